"""What phases and plays are to bring, with intervals, and what these rest on."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.measuring.forecasting import FIGURE_WORDS, MONEY, Forecast, basis_in_words, corrections_in_words
from tasks.documents.parts import Money, Paragraph, Part, Section, Table, Value
from tasks.planning.document.told import Told


def forecast(told: Told) -> Section:
    """A row for each figure of each phase that has not begun, what they rest on, and the same of plays."""
    return Section(told("Forecast", "效果预测"), list(_parts(told)))


def _parts(told: Told) -> Iterator[Part]:
    found = told.plan.forecasts
    if not found:
        yield Paragraph(told("Every phase has begun; nothing is forecast any more.", "各阶段均已开始，不再预测。"))
        return
    yield Paragraph(
        told(
            "Of figures that rest on earlier phases about eight of ten end between low and high. Reach: members"
            " contacted; buyers and sales: theirs, until the phase ends; cost: benefits used, and messages. What the"
            " campaign adds is another question: only a hold-out answers it.",
            "以历史阶段为依据的数字，十个中约有八个落在上下限之间。触达：实际联系到的会员；购买人数与成交额：这些会员在"
            "阶段结束前的；成本：已使用的权益与消息费。活动带来多少增量是另一个问题，只有对照组能回答。",
        ),
        "small",
    )
    columns = "figure|middle|low|high|the plan has|earlier phases", "指标|中位|下限|上限|计划值|历史次数"
    whole = [row for one in found if not one.play for row in _rows(told, one)]
    yield Table(told("forecast", "效果预测"), told.head(f"phase|{columns[0]}", f"阶段|{columns[1]}"), whole)
    rows = [(told.phase(one.phase), _basis(told, one)) for one in found if not one.play]
    yield Table(told("forecast rests on", "预测依据"), told.head("phase|rests on", "阶段|依据"), rows)
    plays = [
        (row[0], told.play(one.phase, one.play), *row[1:]) for one in found if one.play for row in _rows(told, one)
    ]
    head, title = told.head(f"phase|play|{columns[0]}", f"阶段|玩法|{columns[1]}"), told("Play by play", "按玩法")
    yield Table(told("forecast of plays", "玩法预测"), head, plays, title, folded=True)


def _basis(told: Told, one: Forecast) -> str:
    moved = corrections_in_words(one)
    return told.said(basis_in_words(one)) + (f"\n{told.said(moved)}" if moved else "")


def _rows(told: Told, one: Forecast) -> Iterator[tuple[Value, ...]]:
    for each in one.figures:
        values = (each.median, each.low, each.high, each.planned)
        shown = (Money(n) if n is not None and each.figure in MONEY else n for n in values)
        earlier = each.earlier or told("none: wide default", "无，默认区间")
        yield (told.phase(one.phase), told.said(FIGURE_WORDS[each.figure]), *shown, earlier)

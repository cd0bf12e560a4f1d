"""What was said before launch, against what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaign_calendars.measuring.forecasting import FIGURE_WORDS, MONEY, FigureName
from campaign_calendars.measuring.scoring import HitRate, ScoredFigure
from tasks.documents.parts import Money, Paragraph, Part, Section, Share, Table, Value
from tasks.reporting.sections.told import Told


def forecast(told: Told) -> Section | None:
    """Each figure with its interval, and how often intervals held over all campaigns; None where nothing was said."""
    scores = told.m.forecasts
    if not scores.figures:
        return None
    phases = [one for one in scores.figures if not one.play]
    plays = [one for one in scores.figures if one.play]
    parts: list[Part] = [
        Paragraph(_headline(told, phases)),
        _table(told, phases, told("forecast against actual", "预测与实际")),
    ]
    if plays:
        title = told("Play by play", "按玩法")
        parts.append(_table(told, plays, told("plays against actual", "玩法预测与实际"), title))
    if scores.hit_rates:
        parts += _hits(told, scores.hit_rates, scores.corrected)
    note = told(
        "The forecast is that of the plan that was applied last before the phase began. Bias: what it came to against"
        " the middle. Figures of plays overlap and do not add up to those of the phase. Benefits that may still be used"
        " count once they are; what no source tells is not scored.",
        "预测取自阶段开始前最后应用的计划。偏差：实际值相对中位的差。各玩法的数字有重叠，不能相加得到阶段数字。"
        "尚可使用的权益在使用后才计入；没有数据来源的指标不评分。",
    )
    return Section(told("Forecast against actual", "预测与实际"), [*parts, Paragraph(note, "small")])


def _headline(told: Told, phases: Sequence[ScoredFigure]) -> str:
    inside, sure = sum(one.inside for one in phases), [one for one in phases if one.earlier]
    held = sum(one.inside for one in sure)
    if not sure:
        return told(
            f"{inside} of {len(phases)} figures of whole phases ended inside their interval, a wide default; none"
            " rested on experience.",
            f"各阶段共 {len(phases)} 个预测数字，均为默认区间，没有历史依据；{inside} 个落在区间内。",
        )
    return told(
        f"{held} of {len(sure)} figures of whole phases that rested on earlier ones ended inside their interval; eight"
        " of ten were to.",
        f"以历史阶段为依据的整阶段数字共 {len(sure)} 个，{held} 个落在区间内；预期约为十之有八。",
    )


def _table(told: Told, rows: Sequence[ScoredFigure], name: str, title: str = "") -> Table:
    head = told.head(
        "phase|play|figure|low|middle|high|actual|inside|bias|earlier phases",
        "阶段|玩法|指标|下限|中位|上限|实际|在区间内|偏差|历史次数",
    )
    cells = [
        (
            told.phase(one.phase),
            told.play_named(one.phase, one.play) if one.play else told("whole phase", "整个阶段"),
            told.said(FIGURE_WORDS[one.figure]),
            *(_amount(one.figure, value) for value in (one.low, one.median, one.high, one.actual)),
            told.word("yes" if one.inside else "no"),
            None if one.bias is None else Share(one.bias),
            one.earlier or told("wide default", "默认区间"),
        )
        for one in rows
    ]
    return Table(name, head, cells, title, folded=bool(title))


def _amount(figure: FigureName, value: int) -> Value:
    return Money(value) if figure in MONEY else value


def _hits(told: Told, rates: Sequence[HitRate], moved: Mapping[FigureName, float]) -> list[Part]:
    head = told.head(
        "figure|scored|inside|hit rate|bias (median)|next middle moved by|next interval (times)",
        "指标|已评分|在区间内|命中率|偏差（中位数）|下次中位修正|下次区间（倍）",
    )
    rows: list[tuple[Value, ...]] = [
        (
            told.said(FIGURE_WORDS[one.figure]),
            one.scored,
            one.inside,
            Share(one.inside / one.scored),
            None if one.bias is None else Share(one.bias),
            Share(moved.get(one.figure, 1.0) - 1),
            f"{one.widened:.1f}",
        )
        for one in rates
    ]
    text = told(
        "Over all campaigns of the store, of whole phases that rested on earlier ones. Where fewer than eight of ten"
        " hold, the next intervals are made as many times as wide as it would have taken. The next middle moves by the"
        " bias so far, of which few campaigns let little count.",
        "统计本店全部活动中以历史阶段为依据的整阶段数字。命中率不足八成时，下次区间按所需倍数放宽。"
        "下次的中位按已有偏差修正，活动越少修正越小。",
    )
    return [
        Table(told("hit rate", "命中率"), head, rows, told("How often intervals held", "区间命中情况")),
        Paragraph(text, "small"),
    ]

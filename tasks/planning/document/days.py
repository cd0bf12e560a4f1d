"""When what happens, to whom and why not to others: the timeline, every occurrence, every play in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from campaign_calendars.model.triggers import event_in_words
from campaign_calendars.time.rows import timeline_rows
from tasks.documents.parts import Money, Paragraph, Part, Picture, Section, Table, Value
from tasks.planning.document.told import Told
from tasks.planning.planned import PlannedPlay
from tasks.reporting.timeline import timeline_svg


def occurrences(told: Told) -> Section:
    """The timeline, and what happens at which moment."""
    rows = timeline_rows(told.loaded.calendar, told.lang)
    words = told.listed([f"{row.label} {row.span.start:%m-%d} – {row.span.last:%m-%d}" for row in rows])
    head = told.head(
        "when|phase|play|in the audience|chosen|held out|excluded|benefits|messages cost at most",
        "时间|阶段|玩法|人群|选中|对照组|排除|权益|消息费上限",
    )
    table = Table(told("occurrences", "触达安排"), head, [_row(told, one) for one in told.plan.occurrences])
    return Section(told("When", "安排"), [Picture(timeline_svg(rows), words), table, *_notes(told)])


def _row(told: Told, row: PlannedPlay) -> tuple[Value, ...]:
    mark = told(" (has run)", "（已运行）") if row.done else told(" (missed)", "（已错过）") if row.missed else ""
    return (
        told.moment(row.at) + mark,
        told.phase(row.phase),
        told.play(row.phase, row.play),
        row.candidates,
        row.chosen,
        sum(row.held_out.values()),
        sum(row.excluded.values()),
        Money(row.benefit_cost_cents),
        Money(row.message_cost_cents),
    )


def _notes(told: Told) -> Iterator[Part]:
    yield Paragraph(
        told(
            "In the audience = chosen + held out + excluded, once for each occurrence. Members are as the snapshot"
            " knows them: later occurrences are an upper estimate.",
            "人群 = 选中 + 对照组 + 排除，每次触达各计一次。会员以快照为准，较晚的触达为上限估计。",
        ),
        "small",
    )
    if told.plan.triggers:
        head = told.head("play|event|a day|in all|cost at most", "玩法|事件|每日|合计|最高费用")
        rows: list[tuple[Value, ...]] = [
            (
                told.play(one.phase, one.play),
                told.said(event_in_words(one.event)),
                f"{one.members_a_day:,.1f}",
                one.members,
                Money(one.message_cost_cents + one.benefit_cost_cents),
            )
            for one in told.plan.triggers
        ]
        yield Table(told("triggers", "触发"), head, rows, told("Answers to events, expected", "事件触发（预计）"))


def plays(told: Told) -> Section:
    """Every play in words, with reasons that add up."""
    found: dict[tuple[str, str], list[PlannedPlay]] = {}
    for row in told.plan.occurrences:
        found.setdefault((row.phase, row.play), []).append(row)
    head = told.head(
        "phase|play|to whom|what they get|where|chosen|held out|excluded", "阶段|玩法|对象|内容|渠道|选中|对照组|排除"
    )
    rows = [_play(told, *key, mine) for key, mine in found.items()]
    why = told.head("phase|play|why not|times", "阶段|玩法|未触达原因|人次")
    table = Table(told("reasons", "未触达原因"), why, list(_reasons(told, found)), told("Why not", "未触达原因"))
    return Section(told("Plays", "玩法"), [Table(told("plays", "玩法"), head, rows), table, *_few(told)])


def _play(told: Told, phase: str, play: str, mine: list[PlannedPlay]) -> tuple[Value, ...]:
    written, channels = told.written(phase, play), Counter[str]()
    for row in mine:
        channels.update(row.channels)
    audience = told.loaded.calendar.audiences.get(written.audience) if written else None
    benefits = told.loaded.calendar.benefits
    gets = [told.offer(name) for name in (written.told if written else ()) if name in benefits]
    return (
        told.phase(phase),
        told.play(phase, play),
        (audience.title.get(told.lang) if audience else "") or (audience.where if audience else ""),
        "\n".join(gets) or told("a message only", "仅消息"),
        "\n".join(f"{told.channel(name)} {n:,}" for name, n in channels.items()) or "–",
        sum(row.chosen for row in mine),
        sum(sum(row.held_out.values()) for row in mine),
        sum(sum(row.excluded.values()) for row in mine),
    )


def _reasons(told: Told, found: dict[tuple[str, str], list[PlannedPlay]]) -> Iterator[tuple[Value, ...]]:
    for (phase, play), mine in found.items():
        counts = Counter[str]()
        for row in mine:
            counts.update(row.excluded)
        for code, n in counts.most_common():
            yield (told.phase(phase), told.play(phase, play), told.reason(code), n)


def _few(told: Told) -> Iterator[Part]:
    """Plays that reach nobody, or few, are said aloud."""
    for row in told.plan.occurrences:
        if row.starved is None or row.starved.reason == "already_reached" or row.done:
            continue
        why = {
            "empty": told("nobody is in its audience", "人群为空"),
            "empty_yet": told("nobody is in its audience yet", "人群目前为空"),
        }.get(row.starved.reason) or told.reason(row.starved.reason)
        where = f"{told.play(row.phase, row.play)}, {told.moment(row.at)}"
        yield Paragraph(
            told(
                f"{where} reaches {row.chosen:,} of {row.candidates:,}: {why}.",
                f"{where}：{row.candidates:,} 人中触达 {row.chosen:,} 人，{why}。",
            ),
            "warning",
        )

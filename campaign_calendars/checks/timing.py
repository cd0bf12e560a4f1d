"""Windows against each other. What a moment alone can get wrong is found by `dates.resolve`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from campaign_calendars.checks.registry import View, documented, found, rule
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.time.timeline import Span, utc
from campaign_calendars.values.scalars import format_duration

_LAST_MINUTE = 59
_LISTED = 3


@rule("C100", "error")
def moments_resolve(view: View) -> Iterator[Finding]:
    """A window ends before it starts.

    `from` is the first second, `to` the last second that still belongs to the window.

    Fails:
        phases: [{id: burst, kind: burst, window: {from: D, to: D-3}}]
    Passes:
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D}}]

    中文：时间窗口的结束早于开始。
    from 是第一秒，to 是仍属于窗口的最后一秒。
    """
    yield from view.timeline.findings


documented(
    "C102",
    "error",
    """A moment counts from a phase or wave that does not exist.

    Fails:
        phases: [{id: burst, kind: burst, window: {from: presale end + 1s, to: D}}]
    Passes:
        phases:
          - {id: presale, kind: presale, window: {from: D-9, to: D-4}}
          - {id: burst, kind: burst, window: {from: presale end + 1s, to: D}}

    中文：时间以不存在的阶段或波段起算。
    请改正名称；end 指仍属于该阶段的最后一秒。
    """,
)
documented(
    "C103",
    "error",
    """Windows wait for each other.

    Every chain of moments has to end at a date or at D.

    Fails:
        phases:
          - {id: a, kind: burst, window: {from: b start, to: D}}
          - {id: b, kind: burst, window: {from: a start, to: D}}
    Passes:
        phases:
          - {id: a, kind: burst, window: {from: D-3, to: D}}
          - {id: b, kind: burst, window: {from: a start, to: D}}

    中文：时间窗口互相依赖。
    每一串时间最终都要落在日期或 D 上。
    """,
)
documented(
    "C104",
    "error",
    """A window lasts longer than three years.

    Nearly always a mistyped year; daily plays would be planned a thousand times.

    Fails:
        phases: [{id: burst, kind: burst, window: {from: 2016-03-05, to: 2026-03-08}}]
    Passes:
        phases: [{id: burst, kind: burst, window: {from: 2026-03-05, to: 2026-03-08}}]

    中文：时间窗口超过三年。
    多半是年份写错；每日玩法会被排上千次。
    """,
)
documented(
    "C105",
    "error",
    """A moment lies outside the years the clock knows.

    Fails:
        phases:
          - {id: a, kind: burst, window: {from: 2099-01-01, to: 2099-01-02}}
          - {id: b, kind: burst, window: {from: a start + 99999w, to: a end + 99999w}}
          - {id: c, kind: burst, window: {from: b start + 99999w, to: b end + 99999w}}
          - {id: d, kind: burst, window: {from: c start + 99999w, to: c end + 99999w}}
          - {id: e, kind: burst, window: {from: d start + 99999w, to: d end + 99999w}}
          - {id: f, kind: burst, window: {from: e start + 99999w, to: e end + 99999w}}
    Passes:
        phases: [{id: a, kind: burst, window: {from: 2099-01-01, to: 2099-01-02}}]

    中文：时间超出可用的年份范围。
    请检查偏移量。
    """,
)
documented(
    "C106",
    "error",
    """A moment counts from D, but the calendar has no `day_zero`.

    Fails:
        day_zero:
    Passes:
        day_zero: 2026-03-08

    中文：时间以 D 日计算，但日历没有 day_zero。
    请写明 D 日，例如 day_zero: 2026-03-08。
    """,
)
documented(
    "C107",
    "error",
    """A play is planned for a moment outside its window.

    Occurrences lie inside the phase, or inside the sub-phase named by `during`.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D+1 10:00, message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D-1 10:00, message: m.txt}]

    中文：玩法的时刻不在其时间窗口之内。
    发送时刻须在阶段（或 during 指定的子阶段）之内。
    """,
)


documented(
    "C113",
    "warning",
    """A moment counts working days of a year whose holidays are not published yet.

    Days off and weekends worked instead are announced each autumn for the next year. Until then only
    the statutory holidays are certain, and a moment such as D-15wd, or `workdays 10:00`, is estimated.

    Fails:
        day_zero: 2031-03-08
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{text: apply for the signature, due: D-15wd}]
    Passes:
        day_zero: 2026-03-08
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{text: apply for the signature, due: D-15wd}]

    中文：时间以尚未公布放假安排的年份的工作日计算。
    次年的放假与调休每年秋季公布；此前只有法定节假日是确定的，D-15wd、workdays 10:00 之类的时间为估算。
    """,
    acceptable=True,
)


def _phase_spans(view: View) -> list[tuple[int, str, Span]]:
    known = view.timeline.phases
    spans = [(i, p.id, known[p.id]) for i, p in enumerate(view.calendar.phases) if p.id in known]
    return sorted(spans, key=lambda item: utc(item[2].start))


@rule("C108", "info")
def phases_overlap(view: View) -> Iterator[Finding]:
    """Two phases last at the same time.

    Allowed, and normal in a Double 11 (A10); said because members may be in both.

    Fails:
        phases:
          - {id: presale, kind: presale, window: {from: D-9, to: D-2}}
          - {id: warm-up, kind: warm_up, window: {from: D-4, to: D-1}}
    Passes:
        phases:
          - {id: presale, kind: presale, window: {from: D-9, to: D-5}}
          - {id: warm-up, kind: warm_up, window: {from: D-4, to: D-1}}

    中文：两个阶段在时间上重叠。
    允许，双 11 常见（A10）；提示是因为会员可能同时处于两个阶段。
    """
    spans = _phase_spans(view)
    for position, (index, name, span) in enumerate(spans):
        shared = {other: span.overlap(earlier) for _, other, earlier in spans[:position]}
        shared = {other: length for other, length in shared.items() if length > timedelta()}
        if shared:
            longest = sorted(shared.items(), key=lambda item: -item[1])[:_LISTED]
            listed = ", ".join(f"{other} ({format_duration(length)})" for other, length in longest)
            listed_zh = "、".join(f"{other}（{format_duration(length)}）" for other, length in longest)
            if more := len(shared) - len(longest):
                listed, listed_zh = f"{listed} and {more} more", f"{listed_zh} 等 {len(shared)} 个阶段"
            yield found(("phases", index, "window"), (f"{name} overlaps with {listed}", f"{name} 与 {listed_zh} 重叠"))


@rule("C109", "warning")
def phases_leave_gaps(view: View) -> Iterator[Finding]:
    """There is a gap between one phase and the next.

    In a gap nothing is planned and no phase's figures count; often one end was typed a day short.
    A gap of one second is the classic: `to: … 23:59:58`.

    Fails:
        phases:
          - {id: presale, kind: presale, window: {from: D-9, to: D-5}}
          - {id: burst, kind: burst, window: {from: D-3, to: D}}
    Passes:
        phases:
          - {id: presale, kind: presale, window: {from: D-9, to: D-4}}
          - {id: burst, kind: burst, window: {from: D-3, to: D}}

    中文：相邻阶段之间有空档。
    空档内没有安排，也不计入任何阶段的数据；常见原因是结束日少写了一天，或写成 23:59:58。
    """
    spans = _phase_spans(view)
    if not spans:
        return
    _, last_name, last = spans[0]
    for index, name, span in spans[1:]:
        gap = -span.overlap(last)
        if gap > timedelta():
            yield found(
                ("phases", index, "window", "from"),
                (
                    f"{format_duration(gap)} between {last_name} and {name} belong to no phase",
                    f"{last_name} 与 {name} 之间有 {format_duration(gap)} 不属于任何阶段",
                ),
                (
                    f"Let {name} start at `{last_name} end + 1s`, or write the dates so that they touch.",
                    f"可让 {name} 从 {last_name} end + 1s 开始，或让日期首尾相接。",
                ),
            )
        if utc(span.end) > utc(last.end):
            last, last_name = span, name


@rule("C110", "error")
def sub_phase_inside_phase(view: View) -> Iterator[Finding]:
    """A sub-phase reaches beyond its phase.

    A slump (疲软期) is a part of the burst (A2, A9).

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            sub_phases: [{id: slump, window: {from: D-4, to: D-2}}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            sub_phases: [{id: slump, window: {from: D-3, to: D-2}}]

    中文：子阶段超出所属阶段。
    疲软期是爆发期的一部分（A2、A9）。
    """
    for index, phase in enumerate(view.calendar.phases):
        for number, sub in enumerate(phase.sub_phases):
            outer = view.timeline.phases.get(phase.id)
            inner = view.timeline.sub_phases.get((phase.id, sub.id))
            if outer is not None and inner is not None and not outer.covers(inner):
                yield _outside(("phases", index, "sub_phases", number, "window"), sub.id, phase.id, outer)


@rule("C111", "warning")
def last_minute_belongs(view: View) -> Iterator[Finding]:
    """`to: 23:59` ends the window 59 seconds early.

    `to` is the last second that belongs to the window; without seconds it means :00.

    Fails:
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D 23:59}}]
    Passes:
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D 23:59:59}}]

    中文：to 写 23:59 会使窗口提前 59 秒结束。
    to 是仍属于窗口的最后一秒；不写秒即为 :00。
    """
    windows = [(("phases", i, "window", "to"), p.window) for i, p in enumerate(view.calendar.phases)]
    windows += [(("waves", i, "window", "to"), w.window) for i, w in enumerate(view.calendar.waves)]
    for path, window in windows:
        at = window.to.at
        if at is not None and at.minute == _LAST_MINUTE and not at.second and window.to.text.count(":") == 1:
            yield found(
                path,
                (f"{window.to} leaves out the last 59 seconds", f"{window.to} 少了最后 59 秒"),
                (f"Write {window.to}:59.", f"请写 {window.to}:59。"),
            )


@rule("C112", "warning")
def phase_inside_wave(view: View) -> Iterator[Finding]:
    """A phase reaches beyond the wave it belongs to.

    Waves are measured as a whole (A2, A10); what happens outside would be left out.

    Fails:
        waves: [{id: wave-1, window: {from: D-2, to: D}}]
        phases: [{id: burst, kind: burst, wave: wave-1, window: {from: D-3, to: D}}]
    Passes:
        waves: [{id: wave-1, window: {from: D-3, to: D}}]
        phases: [{id: burst, kind: burst, wave: wave-1, window: {from: D-3, to: D}}]

    中文：阶段超出所属波段。
    波段整体衡量（A2、A10），超出部分不会被计入。
    """
    for index, phase in enumerate(view.calendar.phases):
        outer = view.timeline.waves.get(phase.wave) if phase.wave else None
        inner = view.timeline.phases.get(phase.id)
        if outer is not None and inner is not None and not outer.covers(inner):
            yield _outside(("phases", index, "window"), phase.id, phase.wave or "", outer)


def _outside(path: Path, inner: str, outer: str, span: Span) -> Finding:
    shown = f"{span.start:%Y-%m-%d %H:%M:%S} … {span.last:%Y-%m-%d %H:%M:%S}"
    return found(
        path,
        (f"{inner} reaches beyond {outer} ({shown})", f"{inner} 超出 {outer}（{shown}）"),
        ("Shorten it, or lengthen the other.", "请缩短它，或延长外层窗口。"),
    )

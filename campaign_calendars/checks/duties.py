"""Duties: their names, their order, and whether they come in time for what needs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from campaign_calendars.checks.registry import View, found, rule, unknown
from campaign_calendars.duties.needing import Need, duty_id, needs_of
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.calendar import Duty
from campaign_calendars.time.resolving import begin_of
from campaign_calendars.time.timeline import utc


def _duties(view: View) -> Iterator[tuple[Path, str, Duty, datetime | None]]:
    """Every duty: its path, its id, when it is due."""
    for index, phase in enumerate(view.calendar.phases):
        for number, duty in enumerate(phase.duties):
            due = view.timeline.due.get((phase.id, number))
            yield ("phases", index, "duties", number), duty_id(phase.id, duty), duty, due


@rule("C270", "error")
def duty_exists(view: View) -> Iterator[Finding]:
    """`needs` or `after` names a duty that no phase has.

    What waits for a duty nobody can do would wait for ever.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{id: coupon-set-up, text: set up the coupon, owner: shop team, due: D-4}]
            needs: [coupons-set-up]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{id: coupon-set-up, text: set up the coupon, owner: shop team, due: D-4}]
            needs: [coupon-set-up]

    中文：needs 或 after 引用了任何阶段都没有的事项。
    等待一件没有人能完成的事项，就会永远等下去。
    """
    known = [name for _, name, _, _ in _duties(view)]
    named = [(need.path, need.duty) for need in needs_of(view.calendar)]
    named += [((*path, "after", i), one) for path, _, duty, _ in _duties(view) for i, one in enumerate(duty.after)]
    for path, name in named:
        yield from unknown(path, name, known, ("duty", "事项"))


@rule("C271", "error")
def duties_have_an_order(view: View) -> Iterator[Finding]:
    """Duties wait for each other.

    None of them could ever be begun.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties:
              - {id: pictures, text: make the pictures, owner: design, due: D-6, after: [goods]}
              - {id: goods, text: choose the goods, owner: buying, due: D-6, after: [pictures]}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties:
              - {id: pictures, text: make the pictures, owner: design, due: D-6, after: [goods]}
              - {id: goods, text: choose the goods, owner: buying, due: D-9}

    中文：事项互相等待。
    其中任何一项都无法开始。
    """
    after = {name: duty.after for _, name, duty, _ in _duties(view)}
    told: set[str] = set()
    for path, name, _, _ in _duties(view):
        ring = _ring(name, after)
        if ring and not told & set(ring):
            told |= set(ring)
            circle = " → ".join([*ring, ring[0]])
            yield found(
                (*path, "after"),
                (f"these duties wait for each other: {circle}", f"这些事项互相等待：{circle}"),
                ("Take one of them out of an `after`.", "请从其中一个 after 中去掉一项。"),
            )


def _ring(start: str, after: dict[str, list[str]]) -> list[str]:
    """The way from a duty back to itself; empty when there is none."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        for name in after.get(way[-1], []):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


@rule("C272", "error")
def duties_come_in_time(view: View) -> Iterator[Finding]:
    """A duty is due after the first moment of what needs it, or after the duty that comes next has to begin.

    Who keeps to the calendar would still hold its messages back.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{id: coupon-set-up, text: set up the coupon, owner: shop team, due: D-1}]
            plays:
              - {id: p, audience: everybody, channels: [sms], at: D-2 10:00, message: m.txt, needs: [coupon-set-up]}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{id: coupon-set-up, text: set up the coupon, owner: shop team, due: D-4}]
            plays:
              - {id: p, audience: everybody, channels: [sms], at: D-2 10:00, message: m.txt, needs: [coupon-set-up]}

    中文：事项的期限晚于需要它的玩法的首个时刻，或晚于后续事项必须开始的时间。
    即使人人按日历办事，消息仍会被扣住。
    """
    due = {name: (path, at) for path, name, _, at in _duties(view)}
    deadlines = [(need.duty, at, need.name) for need in needs_of(view.calendar) if (at := _first(view, need))]
    for _, name, duty, at in _duties(view):
        deadlines += [(other, begin_of(duty, at), name) for other in duty.after if at is not None]
    for name, latest, waiting in deadlines:
        path, at = due.get(name, ((), None))
        if at is not None and utc(at) > utc(latest):
            yield found(
                (*path, "due"),
                (
                    f"duty {name} is due {at:%Y-%m-%d %H:%M}, but {waiting} needs it by {latest:%Y-%m-%d %H:%M}",
                    f"事项 {name} 的期限为 {at:%Y-%m-%d %H:%M}，但 {waiting} 在 {latest:%Y-%m-%d %H:%M} 就需要它",
                ),
                (
                    f"Let it be due by {latest:%Y-%m-%d %H:%M}; a date without a time means its end.",
                    f"请把期限提前到 {latest:%Y-%m-%d %H:%M} 之前；只写日期表示当日结束。",
                ),
            )


def _first(view: View, need: Need) -> datetime | None:
    """The first moment at which something of the calendar waits for the duty; None when nothing ever does."""
    moments = [
        at
        for _, phase, play in view.plays()
        if need.kind != "benefit" or need.name in play.benefits
        if need.kind != "phase" or need.name == phase.id
        if need.kind != "play" or need.name == f"{phase.id}/{play.id}"
        for at in view.moments.get((phase.id, play.id), [])[:1] or _sweeps(view, phase.id, play.id)
    ]
    return min(moments, key=utc, default=None)


def _sweeps(view: View, phase: str, play: str) -> list[datetime]:
    return [sweep.span.start for sweep in view.timeline.sweeps if (sweep.phase, sweep.play) == (phase, play)]


@rule("C273", "warning")
def needed_duties_have_owners(view: View) -> Iterator[Finding]:
    """Something waits for a duty that is nobody's.

    What everybody could do, nobody does; its messages are held back then.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{id: coupon-set-up, text: set up the coupon, due: D-4}]
            needs: [coupon-set-up]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{id: coupon-set-up, text: set up the coupon, owner: shop team, due: D-4}]
            needs: [coupon-set-up]

    中文：有内容在等待一件没有负责人的事项。
    人人都可以做的事往往没有人做，届时消息会被扣住。
    """
    needed = {need.duty for need in needs_of(view.calendar)}
    for path, name, duty, _ in _duties(view):
        if name in needed and not duty.owner.get().strip():
            yield found(
                path,
                (f"duty {name} is needed, and nobody owns it", f"事项 {name} 有内容在等待，却没有负责人"),
                ("Name who has to do it: `owner: …`.", "请写明由谁完成：`owner: …`。"),
            )


@rule("C274", "error")
def duties_are_told_apart(view: View) -> Iterator[Finding]:
    """Two duties have one id, or one text in the same phase.

    A tick would count for both.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties:
              - {id: set-up, text: set up the coupon}
              - {id: set-up, text: set up the gift}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties:
              - {id: coupon-set-up, text: set up the coupon}
              - {id: gift-set-up, text: set up the gift}

    中文：两件事项的 id 相同，或同一阶段内文本相同。
    勾选一次会同时算作两件都已完成。
    """
    seen: set[str] = set()
    for path, name, duty, _ in _duties(view):
        if name in seen:
            yield found(
                (*path, "id") if duty.id else (*path, "text"),
                (f"there is another duty {name!r}", f"另有事项 {name!r}"),
                ("Give each an id of its own.", "请为每件事项写不同的 id。"),
            )
        seen.add(name)

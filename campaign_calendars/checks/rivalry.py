"""Plays that take members from each other under the caps, and priorities out of proportion. Needs no data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.worth import leaves_bp_per_day, priority_of
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.calendar import Phase, Play
from campaign_calendars.model.store import Cap
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.scalars import format_duration

_FULL_BP = 10_000
_FOR_GOOD = timedelta(days=36_500)


@rule("C176", "warning")
def caps_allow_repeats(view: View) -> Iterator[Finding]:
    """The store's caps let nobody have a play, or nobody have a repeated play again.

    A cap counts the messages of all plays together, those of this play as well. Where it is stricter than
    `repeat_after`, every later moment of the play waits for members who have not had it yet.

    Fails:
        contact_policy: {caps: [{max: 1, per: 7d}]}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: daily 10:00, repeat_after: 1d, message: m.txt}
    Passes:
        contact_policy: {caps: [{max: 5, per: 7d}]}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: daily 10:00, repeat_after: 1d, message: m.txt}

    中文：店铺的频次上限使玩法无法触达任何人，或使重复玩法无法再次触达同一会员。
    频次上限合计所有玩法的消息，也包括该玩法自身。比 repeat_after 更严时，之后的时刻只能触达尚未收到的会员。
    """
    for path, phase, play in view.plays():
        moments = view.moments.get((phase.id, play.id), [])
        apart = play.repeat_after or _FOR_GOOD
        if play.trigger is not None or play.post is not None or not play.channels or not moments:
            continue
        wished = _most(moments, apart)
        for cap in _caps_over(view, [play]):
            if (allowed := _most(moments, apart, cap)) < min(wished, 2):
                yield _too_often(path, play, cap, (allowed, wished))
                break


def _too_often(path: Path, play: Play, cap: Cap, times: tuple[int, int]) -> Finding:
    """`times`: how often a member can get it, and how often he should."""
    texts = (
        f"a member can get {play.id} {times[0]} of {times[1]} times: the caps allow {_words(cap)}",
        f"会员最多收到 {play.id} {times[0]} 次，而非 {times[1]} 次：频次上限为 {_words(cap)}",
    )
    if not cap.max:
        hints = ("Raise this cap of the store, or take another channel.", "请放宽店铺的该项上限，或改用其他渠道。")
        return found((*path, "channels"), texts, hints)
    needed = format_duration(timedelta(seconds=-(-int(_per(cap).total_seconds()) // cap.max)))
    return found(
        (*path, "repeat_after"),
        texts,
        (
            f"Plan it less often, or raise the cap of the store. Write `repeat_after: {needed}`.",
            f"请减少次数，或放宽店铺的频次上限；写 repeat_after: {needed}。",
        ),
    )


def _most(moments: Iterable[datetime], apart: timedelta, cap: Cap | None = None) -> int:
    """How often a member can get messages of these moments; taking each as early as possible is best."""
    taken: list[datetime] = []
    for at in map(utc, moments):
        repeated = bool(taken) and at - taken[-1] < apart
        full = cap is not None and sum(at - earlier < _per(cap) for earlier in taken) >= cap.max
        if not (repeated or full):
            taken.append(at)
    return len(taken)


def _words(cap: Cap) -> str:
    return f"{cap.max}/{format_duration(_per(cap))}"


def _caps_over(view: View, plays: Iterable[Play]) -> list[Cap]:
    """Caps of a rolling span that count every message of these plays, whatever channel it takes."""
    channels = {name for play in plays for name in play.channels}
    rolling = [cap for cap in view.store.contact_policy.caps if isinstance(cap.per, timedelta)]
    return [cap for cap in rolling if not cap.channels or channels <= set(cap.channels)]


def _per(cap: Cap) -> timedelta:
    assert isinstance(cap.per, timedelta)  # noqa: S101  `_caps_over` leaves the others out
    return cap.per


@dataclass(frozen=True)
class _Sender:
    """A planned play as one of those that want the same members."""

    path: Path
    phase: Phase
    play: Play
    moments: tuple[datetime, ...]
    worth: float
    takes_all: bool
    """Whether it takes every member it may reach, at its only moment: nothing of it can run out."""


@rule("C177", "warning")
def plays_leave_members_to_each_other(view: View) -> Iterator[Finding]:
    """Two plays want the same audience so close together that the caps let a member have only one of them.

    The audience and its channels are the same, nothing of the other play can run out, and every moment of this
    one lies within the span of a cap of one: nobody is left for it. It is said only where no third play of
    that audience could change it. With `plan: planned` the play of higher priority gets the members, with
    `first_come` the earlier one.

    Fails:
        contact_policy: {caps: [{max: 1, per: 20h}]}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D-1 10:00, message: m.txt}
              - {id: q, audience: everybody, channels: [push], at: D-1 20:00, message: m.txt, priority: 100}
    Passes:
        contact_policy: {caps: [{max: 1, per: 20h}]}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D-2 10:00, message: m.txt}
              - {id: q, audience: everybody, channels: [push], at: D-1 20:00, message: m.txt, priority: 100}

    中文：两个玩法面向同一人群且时间过近，频次上限使会员只能收到其中之一。
    人群与渠道相同，另一玩法没有会用完的资源，而本玩法的每个时刻都在“一次”的频次窗口之内：没有会员留给它。
    仅在同一人群的其他玩法不会改变结果时提示。plan: planned 时优先级高者得到会员，first_come 时先到者得到。
    """
    for group in _same_audience(view):
        for sender in group:
            winner = _who_takes(view, sender, group)
            if winner is None:
                continue
            yield _nobody_left(view, sender, *winner)


def _nobody_left(view: View, sender: _Sender, winner: _Sender, cap: Cap) -> Finding:
    mine, other, per = sender.play.id, winner.play.id, format_duration(_per(cap))
    at, why = f"{winner.moments[0]:%m-%d %H:%M}", _reason(view, winner, sender)
    return found(
        (*sender.path, "at"),
        (
            f"{mine} has nobody left: {other} at {at} takes its audience ({why[0]}), the caps allow {_words(cap)}",
            f"{mine} 没有会员可触达：{other}（{at}）占用同一人群（{why[1]}），频次上限为 {_words(cap)}",
        ),
        (
            f"Move it {per} or more away from {other}, change `priority`, or divide the audience.",
            f"请与 {other} 相隔 {per} 以上，或调整 priority，或拆分人群。",
        ),
    )


def _reason(view: View, winner: _Sender, loser: _Sender) -> tuple[str, str]:
    if view.calendar.plan == "first_come":
        return ("it comes first", "先到")
    high, low = priority_of(winner.phase, winner.play), priority_of(loser.phase, loser.play)
    return (f"priority {high} against {low}", f"优先级 {high} 对 {low}")


def _same_audience(view: View) -> Iterator[list[_Sender]]:
    """Planned plays that send to the same audience over the same channels, where there are several."""
    groups: dict[tuple[str, frozenset[str]], list[_Sender]] = {}
    for path, phase, play in view.plays():
        moments = tuple(view.moments.get((phase.id, play.id), ()))
        mine = play.trigger is None and play.post is None  # a post counts for nobody's caps
        if mine and play.channels and moments and play.audience in view.calendar.audiences:
            where = view.calendar.audiences[play.audience].where
            sender = _Sender(path, phase, play, moments, _worth(view, phase, play, moments), _takes_all(view, play))
            groups.setdefault((where, frozenset(play.channels)), []).append(sender)
    return (group for group in groups.values() if len(group) > 1)


def _takes_all(view: View, play: Play) -> bool:
    limited = any(channel.capacity_per_day is not None for channel in view.channels_of(play))
    return not limited and not play.benefits and len(view.channels_of(play)) == len(play.channels)


def _worth(view: View, phase: Phase, play: Play, moments: tuple[datetime, ...]) -> float:
    """Its priority, less what waits from the campaign's beginning cost where members leave the audience."""
    if view.calendar.plan == "first_come":
        return 0.0
    expression = view.expression(play.audience)
    rate = leaves_bp_per_day(expression) if expression is not None else 0
    waited = (utc(moments[0]) - utc(view.timeline.campaign.start)) / timedelta(days=1)
    return priority_of(phase, play) * math.pow(1 - rate / _FULL_BP, waited)


def _who_takes(view: View, sender: _Sender, group: Sequence[_Sender]) -> tuple[_Sender, Cap] | None:
    for cap in _caps_over(view, [sender.play]):
        if cap.max != 1:
            continue
        for other in group:
            if other is sender or not other.takes_all or len(other.moments) > 1:
                continue
            near = all(_close(at, other.moments[0], cap) for at in sender.moments)
            if near and _beats_rivals(view, other, group, cap):
                return other, cap
    return None


def _beats_rivals(view: View, sender: _Sender, group: Sequence[_Sender], cap: Cap) -> bool:
    """Whether whoever may have it, at its only moment, gets it whatever else his audience is sent."""
    at = sender.moments[0]
    rivals = [(other, close) for other in group if other is not sender and (close := _near(other, at, cap))]
    if view.calendar.plan == "first_come":
        return all(utc(moment) > utc(at) for _, close in rivals for moment in close)
    return sender.worth > sum(other.worth * _takes(other, close) for other, close in rivals)


def _takes(sender: _Sender, moments: Sequence[datetime]) -> int:
    return 1 if sender.play.repeat_after is None else len(moments)


def _near(sender: _Sender, at: datetime, cap: Cap) -> list[datetime]:
    return [moment for moment in sender.moments if _close(moment, at, cap)]


def _close(one: datetime, other: datetime, cap: Cap) -> bool:
    return abs(utc(one) - utc(other)) < _per(cap)


@rule("C178", "warning")
def priority_in_proportion(view: View) -> Iterator[Finding]:
    """The priority of a play is more than that of all other plays of its phase together.

    Only ratios matter: for one contact of such a play the plan gives up a contact of every other play of the
    phase. That may be meant for one play of a campaign; more often a number was written without looking at
    those that others have by default.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D-3 10:00, message: m.txt, priority: 900}
              - {id: q, audience: everybody, channels: [push], at: D-2 10:00, message: m.txt}
              - {id: r, audience: everybody, channels: [push], at: D-1 10:00, message: m.txt}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D-3 10:00, message: m.txt, priority: 140}
              - {id: q, audience: everybody, channels: [push], at: D-2 10:00, message: m.txt}
              - {id: r, audience: everybody, channels: [push], at: D-1 10:00, message: m.txt}

    中文：某玩法的优先级高于所在阶段其他玩法之和。
    只有比例起作用：为了该玩法的一次触达，计划会放弃阶段内其他每个玩法各一次触达。个别玩法可以如此；更多时候是填写时没有对照其他玩法的默认值。
    """
    for path, phase, play in view.plays():
        if play.priority is None or not play.channels:
            continue
        others = [priority_of(phase, other) for other in phase.plays if other is not play and other.channels]
        if len(others) < 2 or play.priority <= sum(others):  # noqa: PLR2004
            continue
        yield found(
            (*path, "priority"),
            (
                f"{play.id} has priority {play.priority}, all other plays of {phase.id} together {sum(others)}",
                f"{play.id} 的优先级为 {play.priority}，{phase.id} 其他玩法合计 {sum(others)}",
            ),
            (
                f"Give it what a contact is worth beside theirs. Write `priority: {sum(others)}`.",
                f"请按与其他玩法相比的价值填写，例如 priority: {sum(others)}。",
            ),
        )

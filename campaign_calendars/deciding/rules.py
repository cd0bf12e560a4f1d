"""Rules about one member, resolved: what closes a play, what opens it, how many, how much.

A plan and a run ask the same `MemberRules`. A plan sees all that is to come; a run sees what was sent and
granted (also later than its moment, when it is late), and `gates_of` says what that must and must not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.rules import MOST_AT_LEAST, MemberRule
from campaign_calendars.time.timeline import Timeline, utc
from campaign_calendars.values.scalars import format_duration

PlayName = tuple[str, str]
"""Calendar id and play id."""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PlayRule:
    """What contacts by some plays (`by`) do to others (`to`).

    `closes`: no `to` from a `by` on until `window` is over, at the very end of it allowed again; without a
    window `to` and `by` are never both sent, whichever comes first. `opens`: `to` only if a `by` was sent
    before and is at most `window` ago. `least`: in the end none of `by`, or `least` of them.
    """

    name: str
    code: str
    kind: Literal["closes", "opens", "least"]
    by: tuple[PlayName, ...]
    to: tuple[PlayName, ...]
    window: timedelta | None = None
    least: int = 0


@dataclass(frozen=True, slots=True)
class MemberRules:
    """Of one calendar. `spend_cents`: what benefits for one member may cost, in the campaign and in each phase."""

    plays: tuple[PlayRule, ...] = ()
    spend_cents: int | None = None
    spend_cents_per_phase: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What each says, as the plan tells it."""
        money = ((self.spend_cents, "in the campaign"), (self.spend_cents_per_phase, "in a phase"))
        spend = (f"benefits for {yuan(cents)} {over}" for cents, over in money if cents is not None)
        return (*(rule.name for rule in self.plays), *spend)

    def __bool__(self) -> bool:
        return bool(self.plays) or self.spend_cents is not None or self.spend_cents_per_phase is not None


@dataclass(frozen=True, slots=True)
class PlayGate:
    """What one occurrence asks of a member's contacts, for one rule.

    Those by `plays` with `after < at <= upto` (no bound where None): none of them, or one at least if
    `wanted`. `told` names the rule's plays in the chain.
    """

    code: str
    told: str
    plays: tuple[PlayName, ...]
    after: datetime | None = None
    upto: datetime | None = None
    wanted: bool = False


def member_rules(calendar: Calendar) -> MemberRules:
    """The rules of a calendar that passed `check`."""
    made = [rule for written in calendar.rules for rule in _play_rules(calendar.calendar, written)]
    return MemberRules(tuple(made), _spend(calendar, "campaign"), _spend(calendar, "phase"))


def _spend(calendar: Calendar, per: str) -> int | None:
    written = (rule.spend_per_member for rule in calendar.rules if (rule.per or "campaign") == per)
    return min((cents for cents in written if cents is not None), default=None)


def full_name(calendar: str, play: str) -> PlayName:
    """`recall` and `autumn/recall` as calendar and play."""
    other, slash, name = play.partition("/")
    return (other, name) if slash else (calendar, play)


def gates_of(
    rules: MemberRules, calendar: Calendar, timeline: Timeline, play: str, at: datetime
) -> tuple[PlayGate, ...]:
    """What an occurrence of a play at an aware moment asks of those it is for."""
    me = (calendar.calendar, play)
    made: list[PlayGate] = []
    for rule in rules.plays:
        further = 0
        if rule.kind == "least" and me in rule.to:
            further = sum(_times(calendar, timeline, other, at, sent=other == me) for other in rule.to)
        made += _gates(rule, me, utc(at), further)
    return tuple(made)


def messages_of(calendar: Calendar, timeline: Timeline, play: str) -> int:
    """How many messages of a play one member can get in the whole calendar."""
    return _times(calendar, timeline, (calendar.calendar, play), timeline.campaign.start, sent=False)


def _play_rules(calendar: str, rule: MemberRule) -> Iterator[PlayRule]:
    def named(plays: Sequence[str]) -> tuple[PlayName, ...]:
        return tuple(full_name(calendar, play) for play in plays)

    if rule.never is not None:
        for play in rule.never:
            others = [other for other in rule.never if other != play]
            yield PlayRule(
                f"never {play} with {', '.join(others)}", "play_excluded", "closes", named([play]), named(others)
            )
    elif rule.after is not None and rule.not_ is not None and rule.for_ is not None:
        name = f"no {rule.not_} for {format_duration(rule.for_)} after {rule.after}"
        yield PlayRule(name, "play_too_near", "closes", named([rule.after]), named([rule.not_]), rule.for_)
    elif rule.follow_up is not None and rule.of is not None:
        soon = f" within {format_duration(rule.within)}" if rule.within else ""
        name = f"{rule.follow_up} only after {', '.join(rule.of)}{soon}"
        yield PlayRule(name, "not_followed", "opens", named(rule.of), named([rule.follow_up]), rule.within)
    elif rule.at_least is not None and rule.of is not None:
        name = f"at least {rule.at_least} of {', '.join(rule.of)}, or none"
        yield PlayRule(name, "too_few", "least", named(rule.of), named(rule.of), None, rule.at_least)


def _gates(rule: PlayRule, play: PlayName, at: datetime, further: int) -> Iterator[PlayGate]:
    told = ",".join(name for _, name in rule.by)
    if rule.kind == "closes":
        if play in rule.to:
            since = None if rule.window is None else at - rule.window
            yield PlayGate(rule.code, told, rule.by, since, None if since is None else at)
        if play in rule.by and rule.window is not None:
            # A run that is late must not keep away what was sent after it.
            others = ",".join(name for _, name in rule.to)
            yield PlayGate(rule.code, others, rule.to, at - MICROSECOND, at + rule.window - MICROSECOND)
    elif rule.kind == "opens" and play in rule.to:
        since = None if rule.window is None else at - rule.window - MICROSECOND
        yield PlayGate(rule.code, told, rule.by, since, at, wanted=True)
    elif rule.kind == "least" and play in rule.to and 1 + further < rule.least:
        # So few are left that only who has had one may have more.
        yield PlayGate(rule.code, told, rule.by, wanted=True)


def _times(calendar: Calendar, timeline: Timeline, play: PlayName, at: datetime, *, sent: bool) -> int:
    """How often a play may still reach one member, as far as the calendar goes; `sent`: it does so at this moment."""
    found = next(((ph, p) for ph in calendar.phases for p in ph.plays if (calendar.calendar, p.id) == play), None)
    if found is None:
        return 0
    phase, written = found
    if written.trigger is not None:  # as often as there are events
        return MOST_AT_LEAST if utc(at) < utc(timeline.phases[phase.id].end) else 0
    count, last = 0, dict[str | None, datetime]()
    for occurrence in timeline.occurrences:
        moment, before = utc(occurrence.at), last.get(occurrence.channel)
        if occurrence.play != written.id or moment < utc(at):
            continue
        if before is None or (written.repeat_after is not None and moment - before >= written.repeat_after):
            count += not (sent and moment == utc(at))
            last[occurrence.channel] = moment
    return count

"""What one member may have over everything to come: caps, plays once, benefits once, and rules between plays.

Numbers the limits as choices mean them, and writes down what of before counts for each (`ahead_limits`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from campaign_calendars.deciding.beside import calendar_and_phase
from campaign_calendars.deciding.briefs import BenefitOption, Brief
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.rules import MICROSECOND, PlayName, PlayRule
from warehouse.contact_plan.problem import MAX_AMOUNT, Limit, Relation
from warehouse.engines.rows import utc_naive


@dataclass(frozen=True, slots=True)
class Counted:
    """Which contacts of before count for a limit; None is any. Held-out members' ghosts count unless `sent`."""

    channels: tuple[str, ...] = ()
    plays: tuple[PlayName, ...] = ()
    calendar: str | None = None
    phase: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sent: bool = False


@dataclass
class LimitsAhead:
    """The limits of some occurrences; their order is that in which they are first meant."""

    briefs: Sequence[Brief]
    limits: list[Limit] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _counted: dict[int, Counted] = field(default_factory=dict)
    _spend: list[tuple[int, str | None]] = field(default_factory=list)
    _held: dict[str, int] = field(default_factory=dict)
    _same_moment: dict[str, tuple[int, PlayRule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for brief in self.briefs:
            for cap in brief.caps:
                if any(cap.covers(option.channel) for option in brief.channels):
                    self._cap(brief, cap)
        self._benefits()
        self._plays()
        self._rules()
        self._exclusive()
        self._money()

    def caps_of(self, brief: Brief, channel: str, benefit: BenefitOption | None) -> tuple[int, ...]:
        """What a message counts one for, and which close it when full."""
        meant = [self._cap_key(brief, cap) for cap in brief.caps if cap.covers(channel)]
        meant += [_play_key(brief), _gap_key(brief)]
        meant += [f"benefit {benefit.benefit}"] if benefit else []
        return tuple(sorted(self._numbers[key] for key in meant if key in self._numbers))

    def relation(self, brief: Brief, benefit: BenefitOption | None) -> Relation:
        """What rules between plays, and those of money, are to a message."""
        (calendar, _), own = calendar_and_phase(brief), _is_own(brief)
        play = (calendar, brief.play)
        counts: list[tuple[int, int]] = []
        closed: list[int] = []
        needs: list[int] = []
        for rule in brief.rules.plays:
            number = self._numbers.get(rule.name)
            if number is not None and play in rule.by:
                counts.append((number, 1))
            if number is not None and play in rule.to and rule.kind != "least":
                (closed if rule.kind == "closes" else needs).append(number)
            if rule.name in self._same_moment:
                counts += [(self._same_moment[rule.name][0], 1)] if play in rule.to else []
                closed += [self._same_moment[rule.name][0]] if play in rule.by else []
        if own and benefit is not None:
            mine = self._held.get(benefit.benefit)
            counts += [(mine, 1)] if mine is not None else []
            closed += [self._held[other] for other in benefit.exclusive]
        if brief.reminder is not None:
            given = self._numbers[_given_key(brief)]
            counts += [(given, 1)] if benefit is not None else []
            needs += [given] if benefit is None else []
        for number, phase in self._spend:
            if own and benefit is not None and benefit.cost_cents and phase in (None, brief.phase):
                counts.append((number, min(benefit.cost_cents, MAX_AMOUNT)))
                closed.append(number)
        return Relation(tuple(counts), tuple(closed), tuple(needs))

    def number_of_benefit(self, benefit: str) -> int | None:
        """The limit of a benefit for one member; None where there can be no more of it than allowed."""
        return self._numbers.get(f"benefit {benefit}")

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Rows of `ahead_limits`, as its columns stand."""
        for number, counted in self._counted.items():
            limit = self.limits[number]
            spans = (
                None if counted.since is None else utc_naive(counted.since),
                None if counted.until is None else utc_naive(counted.until),
            )
            for channel in counted.channels or (None,):
                for calendar, play in counted.plays or ((counted.calendar, None),):
                    yield (
                        number, limit.window, limit.max, limit.package, channel, calendar, counted.phase, play,
                        *spans, counted.sent,
                    )  # fmt: skip

    def money(self) -> list[tuple[int, str | None]]:
        """Rows of `ahead_money`: the limit, and the phase whose grants count (None: all of the calendar)."""
        return self._spend

    def held(self) -> Iterator[tuple[int, str]]:
        """Rows of `ahead_held`: the limit, and the benefit that counts for it while it can be used."""
        return ((number, benefit) for benefit, number in self._held.items())

    def _add(self, key: str, limit: Limit, counted: Counted | None = None) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.limits)
            self.limits.append(limit)
            if counted is not None:
                self._counted[self._numbers[key]] = counted
        return self._numbers[key]

    def _cap_key(self, brief: Brief, cap: CapRule) -> str:
        if cap.span == "day":
            return f"{cap.name} {brief.day.start.isoformat()}"
        if cap.span == "phase":
            return f"{cap.name} {brief.phase}"
        of_another = cap.span is not None and not _is_own(brief)
        return f"{cap.name} {calendar_and_phase(brief)[0]}" if of_another else cap.name

    def _cap(self, brief: Brief, cap: CapRule) -> None:
        key = self._cap_key(brief, cap)
        counted = Counted(cap.channels)
        if cap.span == "day":
            counted = Counted(cap.channels, since=brief.day.start, until=brief.day.end)
        elif cap.span is not None:
            calendar, phase = calendar_and_phase(brief)
            counted = Counted(cap.channels, (), calendar, phase if cap.span == "phase" else None)
        self._add(key, Limit(key, cap.max, cap.per, 0, cap.package), counted)

    def _benefits(self) -> None:
        for option in {o.benefit: o for b in self.briefs for o in b.benefits}.values():
            asking = sum(option.benefit in {o.benefit for o in b.benefits} for b in self.briefs)
            if asking > option.per_member:
                key = f"benefit {option.benefit}"
                self._add(key, Limit(key, option.per_member))

    def _plays(self) -> None:
        plays: dict[str, list[Brief]] = {}
        for brief in self.briefs:
            plays.setdefault(_play_key(brief), []).append(brief)
        for key, mine in plays.items():
            if len(mine) > 1 and _binds(mine):
                self._add(key, Limit(key, 1, mine[0].again))
        for brief in self.briefs:
            if brief.gap is not None:
                self._add(_gap_key(brief), Limit(_gap_key(brief), 1, brief.gap))
            if brief.reminder is not None:
                calendar, phase = calendar_and_phase(brief)
                counted = Counted(plays=((calendar, brief.play),), phase=phase, sent=True)
                self._add(_given_key(brief), Limit(_given_key(brief), 1, brief.again), counted)

    def _rules(self) -> None:
        due = {(calendar_and_phase(brief)[0], brief.play) for brief in self.briefs}
        for rule in self.briefs[0].rules.plays if self.briefs else ():
            if due.isdisjoint(rule.to):
                continue
            counted = Counted(plays=rule.by, sent=rule.kind == "opens")
            if rule.kind == "least":
                self._add(rule.name, Limit(rule.name, rule.least, None, rule.least), counted)
                continue
            # A follow-up may still come at the very end of its window.
            more = MICROSECOND if rule.kind == "opens" else timedelta()
            window = None if rule.window is None else rule.window + more
            self._add(rule.name, Limit(rule.name, 1, window), counted)
            if rule.kind == "closes" and rule.window is not None and self._meet(rule):
                key = f"{rule.name}, at one moment"
                number = self._add(key, Limit(key, 1, MICROSECOND), Counted(plays=rule.to))
                self._same_moment[rule.name] = (number, rule)

    def _meet(self, rule: PlayRule) -> bool:
        """Whether plays of both sides are due at one moment."""
        due = [(calendar_and_phase(brief)[0], brief.play, brief.at) for brief in self.briefs]
        moments = [{at for calendar, play, at in due if (calendar, play) in side} for side in (rule.by, rule.to)]
        return not moments[0].isdisjoint(moments[1])

    def _exclusive(self) -> None:
        """Of each benefit that is not given beside others, that a member holds it: as long as it can be used."""
        mine = [(brief.at, option) for brief in self.briefs if _is_own(brief) for option in brief.benefits]
        if not (excluded := dict.fromkeys(name for _, option in mine for name in option.exclusive)):
            return
        ever = self.briefs[-1].at - self.briefs[0].at + MICROSECOND
        for name in excluded:
            ends = [(at, option.usable_until) for at, option in mine if option.benefit == name]
            lasts = [ever if end is None else min(end - at, ever) for at, end in ends if end is None or end > at]
            limit = Limit(f"holding {name}", 1, max(lasts, default=ever))
            self._held[name] = self._add(limit.name, limit)

    def _money(self) -> None:
        mine = [brief for brief in self.briefs if _is_own(brief)]
        if not any(option.cost_cents for brief in mine for option in brief.benefits):
            return
        rules = self.briefs[0].rules
        if rules.spend_cents is not None:
            limit = Limit("benefits for one member", min(rules.spend_cents, MAX_AMOUNT))
            self._spend.append((self._add(limit.name, limit), None))
        if rules.spend_cents_per_phase is not None:
            for phase in dict.fromkeys(brief.phase for brief in mine if brief.benefits):
                limit = Limit(f"benefits for one member in {phase}", min(rules.spend_cents_per_phase, MAX_AMOUNT))
                self._spend.append((self._add(limit.name, limit), phase))


def _play_key(brief: Brief) -> str:
    """Once for each member; where a play sends on each of its channels, once on each."""
    return f"play {brief.phase}/{brief.play}" + (f" {brief.touch}" if brief.touch is not None else "")


def _gap_key(brief: Brief) -> str:
    """How far apart its messages on several channels are."""
    return f"gap {brief.phase}/{brief.play}"


def _given_key(brief: Brief) -> str:
    """What its reminders need: that it gave the member something before."""
    return f"given {brief.phase}/{brief.play}"


def _is_own(brief: Brief) -> bool:
    """Whether it is of the calendar that is planned, not of one beside it."""
    return calendar_and_phase(brief)[0] == brief.calendar


def _binds(briefs: Sequence[Brief]) -> bool:
    """Whether two occurrences of a play can be too close for one member."""
    again = briefs[0].again
    return again is None or any(b.at - a.at < again for a, b in pairwise(briefs))

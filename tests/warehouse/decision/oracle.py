"""The whole decision in plain Python, member by member, as the pages of design and domain tell it. No SQL.

Written from the rules, not from the engine: three-valued audiences, gates in their order, arms by salted hash, caps in
both directions of time, scarce things in the fair order, one deciding reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.model.store import Cap, Store

from .cases import Member

STAGES = (
    "left", "under_age", "suppressed", "no_contact_point", "no_consent", "benefit_tier", "benefit_condition",
    "already_reached",
    "play_excluded", "play_too_near", "not_followed", "too_few", "quiet_hours", "cap", "shared_address",
    "benefit_limit", "benefit_exclusive", "benefit_spend", "benefit_points", "kept_for_later", "ghost", "no_value",
    "capacity", "benefit_stock", "benefit_daily_cap", "benefit_budget", "limit",
)  # fmt: skip
BEFORE_ARMS = frozenset(STAGES[:7])
Truth = bool | None
Outcome = tuple[str, str | None, str | None]
"""Status, channel or deciding reason or control group, benefit."""


@dataclass(frozen=True)
class Message:
    member: str
    channel: str
    phase: str
    play: str
    at: datetime


@dataclass(frozen=True)
class Given:
    member: str
    benefit: str
    at: datetime
    cents: int
    points: int


@dataclass
class Oracle:
    """What was done so far; `audiences` say of a member whether he is in it, None where that is not known."""

    calendar: Calendar
    store: Store
    members: Sequence[Member]
    balances: Mapping[str, int | None]
    audiences: Mapping[str, Callable[[Member], Truth]]
    sent: list[Message] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    def decide(self, phase: str, play: Play, at: datetime) -> dict[str, Outcome]:
        """One occurrence: who gets what, who does not and why; what is given is remembered."""
        outcomes: dict[str, Outcome] = {}
        waiting: list[tuple[str, Member, list[str], list[str]]] = []
        for member in self.members:
            if self.audiences[play.audience](member) is not True:
                continue
            held = {name: self.channel(member, name, at) for name in play.channels}
            unfit = self.unfit(member, play, held)
            if unfit is not None:
                outcomes[member.member_id] = ("excluded", unfit, None)
            elif (group := self.group(phase, play, member.member_id)) is not None:
                outcomes[member.member_id] = ("held_out", group, None)
            elif (reason := self._stopped(member, phase, play, at, held)) is not None:
                outcomes[member.member_id] = ("excluded", reason, None)
            else:
                channels = [name for name in play.channels if held[name] is None]
                benefits = [name for name in play.benefits if self.benefit(member, name) is None]
                waiting.append((self._turn(phase, play, at, member.member_id), member, channels, benefits))
        return outcomes | self._share(phase, play, at, sorted(waiting, key=lambda one: (one[0], one[1].member_id)))

    # -- conditions on a member alone -------------------------------------------------------------

    def unfit(self, member: Member, play: Play, held: Mapping[str, str | None]) -> str | None:
        if member.has_left:
            return "left"
        if member.age is not None and member.age < self.store.contact_policy.min_age:
            return "under_age"
        if None in member.suppressed:
            return "suppressed"
        if all(reason in BEFORE_ARMS for reason in held.values()):
            return _furthest(held.values())
        asked = [self.benefit(member, name) for name in play.benefits]
        return _furthest(asked) if asked and all(reason in BEFORE_ARMS for reason in asked) else None

    def channel(self, member: Member, name: str, at: datetime) -> str | None:
        channel = self.store.channels[name]
        known = {point: (consented, withdrawn) for point, consented, withdrawn in member.points}
        consented, withdrawn = known.get(name, (False, False))
        asks = channel.consent == "required"
        if name in member.suppressed:
            return "suppressed"
        if withdrawn:
            return "no_consent"
        if name not in known and (asks or not member.joined):
            return "no_contact_point"
        if asks and not consented:
            return "no_consent"
        quiet = channel.quiet_hours
        local = at.astimezone(ZoneInfo(str(self.calendar.timezone))).time()
        if quiet is not None:
            inside = quiet.from_ <= local < quiet.to
            if quiet.from_ > quiet.to:
                inside = local >= quiet.from_ or local < quiet.to
            if inside:
                return "quiet_hours"
        return "cap" if any(self._full(member.member_id, name, cap, at) for cap in self._caps(name)) else None

    def _caps(self, channel: str) -> list[Cap]:
        return [cap for cap in self.store.contact_policy.caps if not cap.channels or channel in cap.channels]

    def _full(self, member: str, channel: str, cap: Cap, at: datetime) -> bool:
        """Whether one message more would break the cap in any window that holds it, before or after."""
        mine = [m.at for m in self.sent if m.member == member and (not cap.channels or m.channel in cap.channels)]
        ends = [at, *(moment for moment in mine if at < moment < at + cap.per)]
        return any(sum(end - cap.per < moment <= end for moment in mine) + 1 > cap.max for end in ends)

    def group(self, phase: str, play: Play, member: str) -> str | None:
        own = self.calendar.holdout.salt if self.calendar.holdout else self.calendar.calendar
        draws = []
        if self.store.holdout is not None:
            draws.append(("global", self.store.holdout.salt, self.store.holdout.share))
        if self.calendar.holdout is not None:
            draws.append(("campaign", own, self.calendar.holdout.campaign))
        draws.append(("play", f"{own}:{phase}/{play.id}", play.holdout))
        for name, salt, share in draws:
            if int(hashlib.md5(f"{salt}:{member}".encode()).hexdigest()[:8], 16) % 10_000 < share:
                return name
        return None

    def _stopped(
        self, member: Member, phase: str, play: Play, at: datetime, held: Mapping[str, str | None]
    ) -> str | None:
        for one in self.sent:
            same = (one.member, one.phase, one.play) == (member.member_id, phase, play.id)
            if same and (play.repeat_after is None or abs(one.at - at) < play.repeat_after):
                return "already_reached"
        if all(held.values()):
            return _furthest(held.values())
        unmet = [self.benefit(member, name) for name in play.benefits]
        return _furthest(unmet) if unmet and all(unmet) else None

    def benefit(self, member: Member, name: str) -> str | None:
        benefit = self.calendar.benefits[name]
        if benefit.tiers and member.tier not in benefit.tiers:
            return "benefit_tier"
        if not member.joined:
            return "benefit_condition"  # all kinds of these worlds are for members
        if sum((g.member, g.benefit) == (member.member_id, name) for g in self.given) >= benefit.per_member:
            return "benefit_limit"
        balance = self.balances[member.member_id]
        if balance is not None and benefit.points_price:
            promised = sum(g.points for g in self.given if g.member == member.member_id)
            if balance - promised < benefit.points_price:
                return "benefit_points"
        return None

    # -- what members share ------------------------------------------------------------------------

    def _turn(self, phase: str, play: Play, at: datetime, member: str) -> str:
        stamp = at.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")
        salt = f"{self.calendar.calendar}/{phase}/{play.id}/{stamp}"
        return hashlib.md5(f"{salt}:{member}".encode()).hexdigest()

    def _share(
        self, phase: str, play: Play, at: datetime, waiting: Sequence[tuple[str, Member, list[str], list[str]]]
    ) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        left_out = []
        for _, member, channels, benefits in waiting:
            channel = next((name for name in channels if self._has_room(name, at)), None)
            benefit = next((name for name in benefits if self._gone(name, at) is None), None)
            if channel is None or (play.benefits and benefit is None):
                left_out.append((member, channels, benefits))
                continue
            outcomes[member.member_id] = ("chosen", channel, benefit)
            self.sent.append(Message(member.member_id, channel, phase, play.id, at))
            if benefit is not None:
                known = self.calendar.benefits[benefit]
                self.given.append(Given(member.member_id, benefit, at, known.cost_cents, known.points_price or 0))
        for member, channels, benefits in left_out:
            full = not any(self._has_room(name, at) for name in channels)
            gone = "capacity" if full else _furthest(self._gone(name, at) for name in benefits)
            outcomes[member.member_id] = ("excluded", gone, None)
        return outcomes

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(str(self.calendar.timezone))).date()

    def _has_room(self, channel: str, at: datetime) -> bool:
        capacity = self.store.channels[channel].capacity_per_day
        today = sum(one.channel == channel and self._day(one.at) == self._day(at) for one in self.sent)
        return capacity is None or today < capacity

    def _gone(self, name: str, at: datetime) -> str | None:
        """Why no more of a benefit can be given, in the order in which it is told."""
        benefit, budget = self.calendar.benefits[name], self.calendar.budget
        mine = [g for g in self.given if g.benefit == name]
        if benefit.stock is not None and len(mine) >= benefit.stock:
            return "benefit_stock"
        if benefit.daily_cap is not None and sum(self._day(g.at) == self._day(at) for g in mine) >= benefit.daily_cap:
            return "benefit_daily_cap"
        if budget is None or not benefit.cost_cents:
            return None
        pools = {other: known.pool for other, known in self.calendar.benefits.items()}
        spent = Counter({None: sum(g.cents for g in self.given)})
        for g in self.given:
            if pools[g.benefit] is not None:
                spent[pools[g.benefit]] += g.cents
        limits = {None: budget.total, **{name: pool.amount for name, pool in budget.pools.items()}}
        short = any(spent[pool] + benefit.cost_cents > limits[pool] for pool in {None, benefit.pool} if pool in limits)
        return "benefit_budget" if short else None


def _furthest(reasons: object) -> str:
    named = [reason for reason in reasons if reason is not None]  # type: ignore[attr-defined]
    return max(named, key=STAGES.index)


def breaks_a_cap(sent: Sequence[Message], caps: Sequence[Cap]) -> list[tuple[str, timedelta]]:
    """Members with more messages than a cap allows, at any message's moment."""
    found = []
    for cap in caps:
        counted = [one for one in sent if not cap.channels or one.channel in cap.channels]
        for last in counted:
            near = [m for m in counted if m.member == last.member and last.at - cap.per < m.at <= last.at]
            if len(near) > cap.max:
                found.append((last.member, cap.per))
    return found

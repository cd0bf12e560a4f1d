"""A brief: everything a decision has to know about one occurrence of one play.

The decision engine sees briefs only, never the calendar's models, so the language can grow
without the engine noticing, and a test can write a brief by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from campaign_calendars.deciding.conditions import Condition
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.expecting import Expectation
from campaign_calendars.deciding.limits import LimitRule
from campaign_calendars.deciding.rules import MemberRules, PlayGate
from campaign_calendars.model.calendar import Unit
from campaign_calendars.model.programme import Ladder, TierRules
from campaign_calendars.time.timeline import BalanceWindow, Span


@dataclass(frozen=True, slots=True)
class HoldoutRule:
    """A control group: members whose bucket under `salt` is below `share_bp` basis points.

    `by` a region, the bucket is that of its name: a whole region is in the group or out of it, and members without one
    are out.
    """

    name: str
    salt: str
    share_bp: int
    by: Unit = "member"

    @property
    def region(self) -> str | None:
        """The column of `member_features` with the region that is drawn; None: members are."""
        return None if self.by == "member" else self.by


def regions_of(rules: Iterable[HoldoutRule]) -> frozenset[str]:
    """The columns of `member_features` that the groups read."""
    return frozenset(rule.region for rule in rules if rule.region is not None)


@dataclass(frozen=True, slots=True)
class AgentOption:
    """An assistant or guide, the tag of the members who are hers, and what she can take on this local day."""

    name: str
    tag: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelOption:
    """A channel as this occurrence may use it; `capacity` is of its local day, all plays together.

    `message_cost_cents` is the most that a message of this play may cost there: the price of a part times the most
    parts its text may have. A channel with agents is one option for each of them, which only her own members may be
    reached by.
    `restricted`: the platform does not let it be used on that day. `bound`: it reaches only whom the data knows to be
    in the group or bound to the assistant; of 10,000 members who joined `implied_bp` are reachable without that
    (groups and assistants: as the store assumes, while the data knows of nobody). `talks`: of these, who talked to the
    shop within 30 days only. `on_join`: bound by joining, unless a contact point says otherwise. `ended`: the
    group is dissolved; `posts_per_day` is the most one group may have of posts.
    """

    channel: str
    consent_required: bool
    quiet: bool
    capacity: int | None = None
    message_cost_cents: int = 0
    agent: AgentOption | None = None
    restricted: bool = False
    bound: bool = False
    implied_bp: int = 10_000
    ended: bool = False
    posts_per_day: int | None = None
    talks: bool = False
    on_join: bool = False

    @property
    def joined_bp(self) -> int:
        """Of 10,000 joined members without a contact point, how many it reaches."""
        return 0 if self.consent_required else self.implied_bp

    @property
    def closed(self) -> bool:
        """Whether nothing can leave at this moment, whoever it is for."""
        return self.quiet or self.restricted or self.ended

    @property
    def label(self) -> str:
        """The channel, and whose."""
        return self.channel if self.agent is None else f"{self.channel}/{self.agent.name}"


Shut = Literal["benefit_window", "not_admitted", "benefit_sold_out", "benefit_stock"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """The group channel a play invites into, with at least `groups` groups of `seats` each (None: no limit)."""

    channel: str
    seats: int | None = None
    groups: int = 1
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """A local year, and what else of this calendar counts for it: every gift of the kind."""

    span: Span
    benefits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenefitOption:
    """A benefit as this occurrence may give it; `cost_cents` is what one grant reserves, `points` what it asks.

    `shut` is why nobody may be given it at this moment, `conditions` are what it asks of a member otherwise. Where the
    platform keeps its rules (`by_platform`), a condition over facts that no source brings is left to it.
    """

    benefit: str
    cost_cents: int
    stock: int | None = None
    daily_cap: int | None = None
    per_member: int = 1
    pool: str | None = None
    tiers: tuple[str, ...] = ()
    points: int = 0
    shut: Shut | None = None
    conditions: tuple[Condition, ...] = ()
    by_platform: bool = False
    exclusive: tuple[str, ...] = ()
    """Benefits beside which it is not given while they can still be used."""
    usable_until: datetime | None = None
    """The first moment at which what is given now can be used no more; None: it always can."""
    turn: tuple[str, ...] = ()
    """The store's tiers, in whose order it is given where there is not enough (`order: tier`); empty: by lot."""
    year: Year | None = None
    """It is given once a year over all calendars: a birthday gift."""


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """Reserved money may not pass these; `total_cents` None means no limit."""

    total_cents: int | None = None
    pools: Mapping[str, int] = field(default_factory=dict)


LATE_SEEN = timedelta(days=7)
"""How long a step that was missed is still told of; what is older is not looked at."""


@dataclass(frozen=True, slots=True)
class StepBrief:
    """What is particular to a step of a sequence.

    `by_day`: it falls on a local day, `after` that day's beginning. `since` is the first moment of its phase: steps
    due before are not its concern. `goal_events` and `goal_tag` end the sequence for a member.
    """

    sequence: str
    by_day: bool
    since: datetime
    goal_events: tuple[str, ...] = ()
    goal_tag: str | None = None


@dataclass(frozen=True, slots=True)
class TriggerBrief:
    """The event a play answers, and what its events need of calendar and store.

    `retry`: members whom a gate held back for the time being are looked at again in this sweep.
    `balances` say when presale orders are paid in full where they do not say it themselves.
    `tiers` are the rules over `tier_window` that an upgrade passes, for the tiers `tier_ids`, lowest first.
    `channels` are those to which somebody is bound; `step` makes it a step of a sequence.
    """

    event: str
    after: timedelta
    within: timedelta
    timezone: str
    retry: bool = True
    before_days: int = 0
    streak: int | None = None
    leap_birthday: Literal["feb-28", "mar-1"] = "feb-28"
    tier_window: timedelta = timedelta(days=365)
    tiers: TierRules = field(default_factory=lambda: TierRules(Ladder((), ())))
    tier_ids: tuple[str, ...] = ()
    balances: tuple[BalanceWindow, ...] = ()
    channels: tuple[str, ...] = ()
    step: StepBrief | None = None

    @property
    def memory(self) -> timedelta:
        """How far back decisions about its events matter."""
        return self.within if self.step is None else self.within + LATE_SEEN


@dataclass(frozen=True, slots=True)
class Brief:
    """One occurrence of one play, resolved.

    `predicate` is SQL made by `segments.to_predicate` over `member_features as f`, of which it
    reads `columns`. `day` is the local day of the occurrence, half open. `repeat_after` None means
    a member gets the play once; with a `trigger`, once for each event. `priority` says what one contact
    is worth beside others, `leaves_bp_per_day` how many of 10,000 members leave the audience in a day.
    `changes_ahead`: the calendar's own messages, or the date alone, change who is in the audience;
    `fills_ahead`: what members buy in the campaign brings them in.
    With an `expectation` a contact is worth money instead; `explore_bp` of 10,000 members get a random option.
    `rules` are those of the whole calendar about one member, `gates` what they ask at this occurrence;
    `limits` are those of the whole calendar about all messages together. A `post` goes to groups, not to members.
    With a `gap` it is one of several messages, one on each channel and so far apart: its single channel alone counts
    for whom the play has reached, and whoever holds what an earlier one gave is reminded of it.
    """

    calendar: str
    phase: str
    play: str
    at: datetime
    day: Span
    predicate: str
    columns: frozenset[str]
    order_salt: str
    channels: tuple[ChannelOption, ...]
    benefits: tuple[BenefitOption, ...] = ()
    holdouts: tuple[HoldoutRule, ...] = ()
    caps: tuple[CapRule, ...] = ()
    budget: BudgetLimits = field(default_factory=BudgetLimits)
    min_age: int = 18
    repeat_after: timedelta | None = None
    expires_at: datetime | None = None
    approve_above: int | None = None
    trigger: TriggerBrief | None = None
    lane: Literal["system", "human"] = "system"
    priority: int = 100
    leaves_bp_per_day: int = 0
    changes_ahead: bool = False
    expectation: Expectation | None = None
    explore_bp: int = 0
    fills_ahead: bool = False
    rules: MemberRules = field(default_factory=MemberRules)
    gates: tuple[PlayGate, ...] = ()
    limits: tuple[LimitRule, ...] = ()
    post: bool = False
    invitation: Invitation | None = None
    gap: timedelta | None = None

    @property
    def region(self) -> str | None:
        """The column with the region by which a control group is drawn; None: all draw members."""
        return next((rule.region for rule in self.holdouts if rule.region is not None), None)

    @property
    def turn(self) -> tuple[str, ...]:
        """Tiers in the order in which members have their turn, where a benefit says so; then, and else, by lot."""
        return next((option.turn for option in self.benefits if option.turn), ())

    @property
    def touch(self) -> str | None:
        """The one channel whose turn it is, of a play that sends on each of its channels."""
        return self.channels[0].channel if self.gap is not None else None

    @property
    def reminder(self) -> int | None:
        """The position behind its benefits that stands for being reminded of one; None: it reminds of none."""
        return len(self.benefits) if self.gap is not None and self.benefits else None

    @property
    def timed(self) -> bool:
        """Whether it sends messages to members at a planned moment: what a plan divides between occurrences."""
        return self.trigger is None and not self.post

    @property
    def again(self) -> timedelta | None:
        """How far apart two contacts of one member by this play must be; None: there is one only."""
        if self.repeat_after is None and self.trigger is not None and self.trigger.step is None:
            return timedelta()  # events say when
        return self.repeat_after

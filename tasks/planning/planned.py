"""What a plan says, as records; the text directly below a field says what it holds. Costs are integer cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from campaign_calendars.deciding.blocks import Block
from campaign_calendars.deciding.certificate import Certificate, Starved
from campaign_calendars.deciding.conditions import Fact
from campaign_calendars.deciding.enforcers import Enforcer
from campaign_calendars.deciding.runs import PlayCounts, Totals
from campaign_calendars.duties.states import DutyState
from campaign_calendars.findings.problem import SaidProblem
from campaign_calendars.measuring.detectable import HoldoutPower
from campaign_calendars.measuring.forecasting import Forecast
from campaign_calendars.model.benefits.base import Order
from campaign_calendars.set_up.dark import DarkDay
from campaign_calendars.values.scalars import NO_TEXT, Text
from tasks.planning.changing import SinceApplied
from tasks.planning.expectation import ExpectedEvents


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDuty:
    """Something the merchant has to do for a phase."""

    text: Text
    """What, in both languages."""
    level: str
    """`must`: to be done; `focus`: worth most care."""
    due_at: datetime
    """Until when."""
    duty: str = ""
    """Its id."""
    owner: Text = NO_TEXT
    """Who has to do it, in both languages; empty: nobody was named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlacement:
    """Positions a play needs on the platform or in the shop."""

    play: str
    """Play id."""
    title: Text
    """Title of the play, in both languages."""
    positions: tuple[str, ...]
    """Positions of the store."""
    members: int
    """Members in the play's audience as of the snapshot: who may see it. What is shown counts as sent to nobody."""
    dark: tuple[str, ...] = ()
    """Those of its positions that a measure of the platform takes away on some day of the phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlay(PlayCounts):
    """One planned moment of one play, decided ahead of time."""

    phase: str
    """Phase id."""
    done: bool = False
    """It has run: the figures are those of its run."""
    missed: bool = False
    """Its moment has passed without a run, and it may not start any more: it reaches nobody."""
    kept_for: Mapping[str, int] = field(default_factory=dict)
    """What its members are kept for (`phase/play@moment`, `stock NAME@phase/play@moment` …) → members."""
    starved: Starved | None = None
    """Why it reaches nobody, or under a tenth of its audience."""
    audience: str = ""
    """A digest of who is meant: another audience gives another one; empty where it has run, or is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePlan(Totals):
    """One phase; the sums are those of its occurrences."""

    phase: str
    """Phase id."""
    kind: str
    """Kind of phase, e.g. `presale`."""
    title: Text
    """Title, in both languages."""
    goal: Text
    """Goal, in both languages."""
    targets: Mapping[str, float]
    """Metric → figure to reach."""
    wave: str | None
    """Wave the phase belongs to."""
    starts_at: datetime
    """First moment."""
    ends_at: datetime
    """First moment after it."""
    occurrences: int
    """Planned moments of its plays."""
    duties: tuple[PlannedDuty, ...]
    """What the merchant has to do."""
    platform_support: tuple[Text, ...]
    """What the platform does."""
    placements: tuple[PlannedPlacement, ...]
    """Plays that need positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPlay:
    """A play whose messages would wait: what it needs is overdue, or the platform's id of a benefit is not known."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    at: datetime
    """Its next moment."""
    messages: int
    """Messages of that moment."""
    duties: tuple[str, ...]
    """The duties that are not done."""
    without_id: tuple[str, ...] = ()
    """Benefits whose ids on the platform the store requires and nobody has told yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPlan:
    """One pool of the budget."""

    limit_cents: int
    """The most it may hold."""
    used_cents: int
    """What earlier grants have cost, still owe, or reserve, and what is set aside for what applies itself by now."""
    planned_cents: int
    """What the rest of the plan takes, and what is set aside for what will apply itself."""
    title: Text = NO_TEXT
    """What the calendar calls it; empty where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPlan:
    """The budget of the calendar."""

    basis: str
    """`worst_case` or `expected`: what counts as reserved."""
    total_cents: int | None
    """The most the calendar may hold; null: no limit."""
    used_cents: int
    """What earlier grants have cost, still owe, or reserve, and what is set aside for what applies itself by now."""
    planned_cents: int
    """What the rest of the plan takes, and what is set aside for what will apply itself."""
    pools: Mapping[str, PoolPlan]
    """Pool → its part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitPlan:
    """One benefit of the calendar."""

    kind: str
    """Kind of benefit, e.g. `coupon`."""
    stock: int | None
    """How many there are; null: no limit."""
    granted: int
    """How many the plan gives."""
    cost_cents: int
    """What they reserve, in cents."""
    announced: int = 0
    """Messages that tell of it without giving it (`announces`)."""
    order: Order = "hash"
    """Who gets it where there is not enough: by lot (`hash`), higher tiers first, or whoever comes first."""
    enforced_by: tuple[Enforcer, ...] = ()
    """Who keeps its rules: `promocal`, `platform`, `people`."""
    left_to_platform: tuple[Fact, ...] = ()
    """Facts it asks about and no source brings: everybody passes here, the platform tells who may have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLoad:
    """What a plan sends over one channel."""

    messages: int
    """Messages in all."""
    busiest_day: date
    """The day with most messages, in the calendar's time zone."""
    busiest_day_messages: int
    """Messages of that day."""
    capacity_per_day: int | None
    """What the channel can do a day; null: no limit."""
    title: Text = field(default_factory=Text)
    """What the store calls it."""
    assumed: int = 0
    """Of the messages, those for which the store only assumes that the member is in the group or bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a calendar would do over one snapshot; nothing of it names a member."""

    checksum: str
    """Twelve hex digits over everything below; `apply --plan` holds to it."""
    calendar: str
    """Calendar id."""
    store: str
    """Store id."""
    source: str
    """Where the dates are from."""
    verified: bool
    """Whether somebody checked the dates against it."""
    calendar_sha: str
    """SHA-256 of the calendar file."""
    snapshot_id: str
    """The snapshot it was planned on."""
    snapshot_as_of: datetime
    """The moment the snapshot stands for."""
    currency: str
    """Currency of all amounts."""
    changes: tuple[str, ...]
    """What was changed to see what happens (`--what-if`); such a plan cannot be applied."""
    phases: tuple[PhasePlan, ...]
    """Phases, in the order of the calendar."""
    occurrences: tuple[PlannedPlay, ...]
    """Every planned moment of every play, in the order of time."""
    triggers: tuple[ExpectedEvents, ...]
    """What plays that answer events may be expected to do; birthdays are occurrences."""
    budget: BudgetPlan
    """Money."""
    benefits: Mapping[str, BenefitPlan]
    """Benefit → what of it is given."""
    channels: Mapping[str, ChannelLoad]
    """Channel → its load."""
    totals: Totals
    """Sums over the occurrences."""
    persons: str
    """A digest of who gets what at which moment: the same people give the same one, in any order."""
    holdouts: tuple[HoldoutPower, ...]
    """Control groups of what is still to come, and how small an effect they can show."""
    certificate: Certificate | None
    """What the plan of everything to come is worth, and what is scarce; null where the calendar plans nothing."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Play (`phase/play`) → a digest of what its messages say: templates, what they name, attachments, signatures."""
    blocks: tuple[Block, ...] = ()
    """What phases set aside for benefits that apply themselves, in the order of time."""
    duties: tuple[DutyState, ...] = ()
    """Duties as they stand when the plan is made; no part of the checksum."""
    places: tuple[DutyState, ...] = ()
    """What has to go up at each position of each phase, and whether it is up; no part of the checksum."""
    dark: tuple[DarkDay, ...] = ()
    """Days on which a position shows nothing, because what it needs is not online; no part of the checksum."""
    held: tuple[HeldPlay, ...] = ()
    """Plays whose messages would wait for duties or ids; no part of the checksum."""
    forecasts: tuple[Forecast, ...] = ()
    """What phases that have not begun are to bring, each followed by its plays; no part of the checksum: what earlier
    campaigns taught may grow, what is done to whom stays the same."""
    targets: Mapping[str, float] = field(default_factory=dict)
    """Metric → figure to reach of the whole calendar; no part of the checksum: nothing is done otherwise for it."""
    wave_targets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Wave → the same of it; waves without any are left out; no part of the checksum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPlan(Plan):
    """A plan, with what is to be said about the data it was made on."""

    problems: tuple[SaidProblem, ...]
    """Datasets whose newest fact is too old; no part of the checksum."""
    since_applied: SinceApplied | None
    """What it changes against the plan that was applied last; null: there is none. No part of the checksum."""

    @classmethod
    def of(cls, plan: Plan, problems: tuple[SaidProblem, ...], since: SinceApplied | None = None) -> SaidPlan:
        """The plan with what is said beside it."""
        own = {each.name: getattr(plan, each.name) for each in fields(Plan)}
        return cls(**own, problems=problems, since_applied=since)

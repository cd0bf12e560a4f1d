"""What a calendar was worth, as a record: `report --format json` prints it, the page is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.online import BenefitDays
from campaign_calendars.findings.problem import SaidProblem
from campaign_calendars.measuring.figures import CostSum, DayFigures, Funnel, PhaseSales
from campaign_calendars.measuring.lift import Arm, Contrast
from campaign_calendars.measuring.splits import SplitResult
from campaign_calendars.measuring.texts import TextTest
from campaign_calendars.values.scalars import Text
from campaign_calendars.values.units import Ratio
from tasks.accounting.accounts import Account
from tasks.measuring.following import Following
from tasks.measuring.presale import PresaleResult
from tasks.measuring.rates import MeasuredRate
from tasks.measuring.scoring import ForecastScores
from tasks.measuring.truth import WorldTruth


@dataclass(frozen=True, slots=True)
class TargetReached:
    """A figure the operator set as a target."""

    metric: str
    """Which figure: a count, `gmv` in units of the currency, or a rate."""
    target: float
    """What was aimed at."""
    actual: float | None
    """What it came to, money in units of the currency; null where it cannot be told."""
    reached: Ratio | None
    """`actual` / `target`; above 1 when the target was exceeded."""
    lacks: str = ""
    """What is missing to measure it, as `promocal metrics` says; empty where nothing is."""
    open_until: datetime | None = None
    """Until when it may still become another: balances can be paid, articles sent back; null: it is final."""


@dataclass(frozen=True, slots=True)
class PeersBeside:
    """A figure of others beside ours of the whole calendar."""

    metric: str
    """Id of the metric."""
    ours: float | None
    """What ours came to, money in units of the currency; null where it cannot be told."""
    lacks: str
    """What is missing to measure ours; empty where nothing is."""
    theirs: float
    """What it is elsewhere, in the same unit."""
    source: str
    """Who says so."""
    at: datetime | None
    """As of when; null: it always was so."""


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """A measured phase."""

    phase: str
    """Id of the phase."""
    kind: str
    """Kind of the phase, such as `burst`."""
    title: Text
    """Its title."""
    wave: str | None
    """Id of the wave it belongs to."""
    funnel: Funnel
    """Members from the audience to the purchase."""
    sales: PhaseSales
    """Sales in its window."""
    rates: Mapping[str, MeasuredRate]
    """Name of the rate → what it came to."""
    targets: tuple[TargetReached, ...]
    """Targets of the phase in the calendar."""


@dataclass(frozen=True, slots=True)
class WaveMoney:
    """What was sold in the window of a wave, and what its phases gave and sent; null where it cannot be told. Sales are
    those of the whole store: two waves beside each other say nothing of what either brought about.
    """

    sales_cents: int | None
    """What was paid in it, net of refunds, in cents."""
    buyers: int | None
    """Persons who bought."""
    member_sales_cents: int | None
    """What members paid."""
    coupon_sales_cents: int | None
    """What orders with a used benefit of its phases came to, whenever it was used."""
    benefit_cents: int
    """What benefits of its phases cost that were used, in cents."""
    message_cents: int
    """What its messages cost."""


@dataclass(frozen=True, slots=True)
class WaveResult:
    """Phases of one wave together; a member counts once in it, whatever phases reached him."""

    wave: str
    """Id of the wave."""
    title: Text
    """Its title."""
    phases: int
    """How many phases it has."""
    rates: Mapping[str, MeasuredRate]
    """Name of the rate → what it came to."""
    money: WaveMoney
    """What was sold in it, and what it cost."""
    targets: tuple[TargetReached, ...]
    """Targets of the wave in the calendar."""


@dataclass(frozen=True, slots=True)
class PlayResult:
    """A measured play."""

    phase: str
    """Id of the phase."""
    play: str
    """Id of the play."""
    title: Text
    """Its title."""
    audience: str
    """Name of its audience."""
    jobs: Mapping[str, int]
    """State of the message → how many are in it."""
    exposed: int | None
    """Of posts that left: the members of their groups at that moment, once for each post; null: it has none, and whom
    its positions are shown to no source tells. Exposure is no contact: nobody is counted as reached by it."""
    excluded: Mapping[str, int]
    """Deciding reason → how often it excluded somebody."""
    arms: Mapping[str, Arm]
    """Name of the arm → its sums, by assignment; `treated` and the control groups."""
    contrast: Contrast | None
    """Treated against the control group of the play; null for a play without one."""
    texts: TextTest | None
    """Its texts against each other; null for a play that tests none."""
    benefits: Mapping[str, Contrast]
    """Benefit → members who were to get it against held-out members who would have had it; empty without a hold-out."""


@dataclass(frozen=True, slots=True)
class ProgrammeResult:
    """The whole programme's effect: the only contrast money may be claimed from."""

    arms: Mapping[str, Arm]
    """Name of the arm → its sums, by assignment."""
    contrast: Contrast | None
    """Treated against the hold-out of the campaign; null for a campaign without one."""


@dataclass(frozen=True, slots=True)
class BenefitResult:
    """What became of a benefit."""

    benefit: str
    """Id of the benefit."""
    kind: str
    """Kind of the benefit, such as `member_coupon`."""
    title: Text
    """Its title."""
    stock: int | None
    """How many there are; null where the calendar sets no limit."""
    granted: int
    """How many were granted."""
    redemptions: int
    """How many were redeemed."""
    reserved_cents: int
    """What the grants take from the budget."""
    redemption_rate: MeasuredRate
    """Members who redeemed it among those it was granted to."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a calendar was worth as of a moment."""

    calendar: str
    """Id of the calendar."""
    as_of: datetime
    """The moment it was measured; nothing later counts."""
    currency: str
    """Currency of all amounts, such as CNY."""
    running_days: int | None
    """Whole days since its first phase began, while it goes on; null once it is over."""
    days_left: int | None
    """Whole days from then until it ends; null once it is over."""
    snapshot_id: str
    """The snapshot orders and redemptions were taken from."""
    runs: int
    """Runs before that moment."""
    assumed: Mapping[str, int]
    """Channel → messages of those runs for which the store only assumed that the member is there."""
    unpriced: tuple[str, ...]
    """Channels that were used and of whose messages nobody states a price: they count as free in every cost."""
    phases: tuple[PhaseResult, ...]
    """Phases in the order they begin."""
    targets: tuple[TargetReached, ...]
    """Targets of the whole calendar."""
    peers: tuple[PeersBeside, ...]
    """Figures of others beside those of the whole calendar, metric by metric."""
    waves: tuple[WaveResult, ...]
    """Waves in written order."""
    plays: tuple[PlayResult, ...]
    """Plays in written order."""
    splits: tuple[SplitResult, ...]
    """Random splits whose parts get different plays, against each other."""
    programme: ProgrammeResult
    """All plays together against the campaign's hold-out."""
    exclusions: Mapping[str, int]
    """Deciding reason → how often it excluded somebody, in all plays."""
    stopped: Mapping[str, int]
    """Why a queued message was cancelled → how many."""
    presale: PresaleResult | None
    """Orders paid in stages; null for a calendar without a deposit phase."""
    benefits: tuple[BenefitResult, ...]
    """Benefits in written order."""
    costs: tuple[CostSum, ...]
    """What benefits and messages cost, by phase, play, benefit or channel, and tier."""
    accounts: tuple[Account, ...]
    """Money and stock as the books have them: the budget, its pools, benefits, phases."""
    days: tuple[DayFigures, ...]
    """Every local day of the campaign."""
    following: Following
    """The campaign by day, channel and audience."""
    known_at: datetime
    """Up to when the snapshot knows orders; where that is before `as_of`, the rest is not in these figures."""
    redemption_problems: tuple[SaidProblem, ...]
    """Redemptions that should not have happened, by benefit."""
    forecasts: ForecastScores
    """What the applied plans had said phases would bring, against what they brought."""
    benefit_days: BenefitDays | None
    """Days with a member benefit online, where the store states how many it needs."""
    truth: WorldTruth | None
    """Of a generated store what its plays really added, beside what was measured; always null for a real one."""
    simulated: bool
    """Whether members responded by a model, so that no figure here is real."""


@dataclass(frozen=True, slots=True)
class Report(Measurement):
    """A measurement, and the page that was written of it."""

    report: Path
    """Where the page is."""


def reported(measurement: Measurement, page: Path) -> Report:
    """The measurement with the page that was written of it."""
    return Report(**{each.name: getattr(measurement, each.name) for each in fields(Measurement)}, report=page)

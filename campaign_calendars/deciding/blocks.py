"""Money and stock set aside for benefits that are announced: one block for each benefit and phase (A3).

Nobody is granted such a benefit (it applies itself, is earned or is claimed), so no grant holds its money. From before
it is online until the data can tell of its last use, its phase holds what is expected to be used, and what recognised
uses cost. Pure functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from campaign_calendars.deciding.uses import LATE_DATA, end_after
from campaign_calendars.model.benefits import BenefitBase, reserve_cents
from campaign_calendars.model.benefits.coupons import AfterAnOrder, MemberCoupon
from campaign_calendars.model.benefits.gifts import BuybackGift, MemberExtraGift
from campaign_calendars.model.benefits.group_plays import Timed
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.model.programme import Ladder
from campaign_calendars.time.timeline import BenefitTimes, Span, Timeline, utc

BASIS = timedelta(days=28)
"""So much of the past is counted to tell what a phase will bring."""
EVERY_ORDER = 1_000_000_000
"""`per_member` of what goes with every order."""
BlockState = Literal["planned", "reserved", "open", "over"]
PartState = Literal["planned", "reserved", "open", "spent", "expired", "difference"]
BlockKey = tuple[str, str]
"""Phase and benefit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a phase sets aside for a benefit it announces. While it is online, pieces and costs stay as they were."""

    phase: str
    """Phase id."""
    benefit: str
    """Benefit id."""
    pool: str | None
    """Budget pool that pays."""
    state: BlockState
    """`planned`: not online yet; `open`: online; `reserved`: the same, of what a fact about the member earns; `over`:
    nothing more can be told of it."""
    expected: int | None
    """Uses that are expected; null: the past tells nothing of it."""
    pieces: int
    """Pieces set aside."""
    unit_cents: int
    """What one of them holds."""
    use_cents: int
    """What one use costs at most."""
    uses: int = 0
    """Uses that were recognised."""
    spent_cents: int = 0
    """What they cost."""

    @property
    def held_pieces(self) -> int:
        """What of the stock is used or set aside."""
        return self.uses if self.state == "over" else max(self.pieces, self.uses)

    @property
    def held_cents(self) -> int:
        """What of the budget is spent or set aside."""
        return (self.held_pieces - self.uses) * self.unit_cents + self.spent_cents

    def parts(
        self,
    ) -> Iterator[tuple[Literal["planned", "reserved", "open", "spent", "expired", "difference"], int, int]]:
        """(state, pieces, cents): they sum to the pieces set aside and what these hold."""
        left = max(self.pieces - self.uses, 0)
        yield "expired" if self.state == "over" else self.state, left, left * self.unit_cents
        yield "spent", self.uses, self.spent_cents
        yield "difference", 0, (self.pieces - left) * self.unit_cents - self.spent_cents


@dataclass(frozen=True, slots=True)
class Announced:
    """A benefit that applies itself, in a phase that announces it: used from `online.start` until before `until`.

    `after` orders since `since` come first for what goes with the next one. `use_cents`: what one use costs at most.
    `ranks` are those of the tiers that may have it (1: the lowest); empty: all. `claimed`: members fetch it, so that an
    order tells of a use only by what is in it. `shared`: plays give it as well, and nothing is set aside for claims.
    `group`: only who is in that group.
    """

    phase: str
    benefit: str
    online: Span
    until: datetime
    use_cents: int
    per_member: int
    stock: int | None
    after: int = 0
    since: datetime | None = None
    ranks: tuple[int, ...] = ()
    claimed: bool = False
    shared: bool = False
    group: str | None = None

    @property
    def key(self) -> BlockKey:
        return (self.phase, self.benefit)


@dataclass(frozen=True, slots=True)
class Seen:
    """What data tell of one announced benefit: its `uses` and their cost; what the last weeks had of such uses.

    `unit_cents`: what one of them is expected to cost, where the data tell (points); None: what the benefit says.
    """

    uses: int = 0
    cents: int = 0
    before: int | None = None
    unit_cents: int | None = None


@dataclass(frozen=True, slots=True)
class TierClock:
    """By which a member's tier at the moment of an order is told: what the `window` before it came to.

    `rates` are what the tiers, lowest first, pay of the list price (basis points).
    """

    ladder: Ladder
    window: timedelta
    rates: tuple[int, ...] = ()


def announced(
    calendar: Calendar, timeline: Timeline, levels: Sequence[str] = (), kept: Iterable[Block] = ()
) -> list[Announced]:
    """Every announced benefit that applies itself, follows from a fact or is claimed, by phase, in the order of time.

    So is what the platform shows in public, in the phases whose plays name it.
    `levels` are the store's tiers, lowest first. `kept`: blocks of before; what one use costs stays as it was when it
    went online.
    """
    fixed = {(block.phase, block.benefit): block.use_cents for block in kept if block.state != "planned"}
    given = {name for phase in calendar.phases for play in phase.plays for name in play.benefits}
    found = []
    for phase in calendar.phases:
        names = dict.fromkeys(name for play in phase.plays for name in _without_grant(calendar, play))
        for name in names if phase.id in timeline.phases else ():
            benefit = calendar.benefits[name]
            online = _online(benefit, timeline.phases[phase.id], timeline.benefits.get(name, BenefitTimes()))
            if benefit.delivered == "push" or benefit.kind == "store_coupon" or online is None:
                continue
            after = benefit.after_orders if isinstance(benefit, BuybackGift) else 0
            cost = fixed.get((phase.id, name), benefit.use_costs[0])
            until = _until(name, benefit, timeline, online)
            times = timeline.benefits.get(name, BenefitTimes())
            ranks = tuple(number for number, level in enumerate(levels, 1) if level in benefit.tiers)
            limits = (cost, EVERY_ORDER if benefit.with_every_order else benefit.per_member, benefit.stock)
            asked = (after, times.since if after else None, ranks)
            fetched = (benefit.delivered == "claim", name in given)
            group = benefit.group if isinstance(benefit, Timed) else None
            found.append(Announced(phase.id, name, online, until, *limits, *asked, *fetched, group=group))
    return sorted(found, key=lambda one: (utc(one.online.start), one.phase, one.benefit))


def _without_grant(calendar: Calendar, play: Play) -> Iterator[str]:
    """The benefits of a play that members may have without a grant: announced ones, and those shown in public."""
    yield from play.announces
    for name in play.benefits:
        benefit = calendar.benefits[name]
        if isinstance(benefit, MemberCoupon) and "public" in benefit.exposed_in:
            yield name


def blocks_of(
    calendar: Calendar,
    told: Sequence[Announced],
    seen: Mapping[BlockKey, Seen],
    *,
    kept: Iterable[Block] = (),
    granted: Mapping[str, int] | None = None,
    known_at: datetime,
    now: datetime,
) -> list[Block]:
    """The blocks as of `now`, by data known to `known_at`; `granted` are pieces that grants hold, by benefit.

    Of those that are not `unsized` nobody has to ask the past. A stock is set aside for the earlier phase first; what
    is over gives back what was not used.
    """
    before = {(block.phase, block.benefit): block for block in kept}
    basis = calendar.budget.basis if calendar.budget else "worst_case"
    held, found = Counter(granted or {}), list[Block]()
    for one in told:
        benefit, facts = calendar.benefits[one.benefit], seen.get(one.key, Seen())
        state = _state(one, benefit, known_at, now)
        expected = expected_uses(one.online, facts.before)
        left = None if benefit.stock is None else max(benefit.stock - held[one.benefit], 0)
        block = Block(
            phase=one.phase,
            benefit=one.benefit,
            pool=benefit.pool,
            state=state,
            expected=expected,
            pieces=0 if one.shared else _pieces(benefit, expected, left),
            unit_cents=reserve_cents(benefit, basis) if facts.unit_cents is None else facts.unit_cents,
            use_cents=one.use_cents,
            uses=facts.uses,
            spent_cents=facts.cents,
        )
        old = before.get(one.key)
        if old is not None and old.state != "planned" and state != "planned":
            pieces = old.pieces if left is None else min(old.pieces, max(left, facts.uses))
            block = replace(block, expected=old.expected, pieces=pieces, pool=old.pool, unit_cents=old.unit_cents)
        held[one.benefit] += block.held_pieces
        found.append(block)
    return found


def unsized(told: Iterable[Announced], kept: Iterable[Block], now: datetime) -> frozenset[BlockKey]:
    """Those whose size still rests on the past: from when it is online on a block keeps the size it had then."""
    fixed = {(block.phase, block.benefit) for block in kept if block.state != "planned"}
    return frozenset(one.key for one in told if one.key not in fixed or utc(now) < utc(one.online.start))


def expected_uses(online: Span, before: int | None) -> int | None:
    """Uses to expect of a phase: as many a day as the weeks of `BASIS` had; None: they tell nothing."""
    if before is None:
        return None
    length = utc(online.end) - utc(online.start)
    return -(-before * int(length.total_seconds()) // int(BASIS.total_seconds()))


def _pieces(benefit: BenefitBase, expected: int | None, left: int | None) -> int:
    """Of a quota from second to second, of what a fact may earn anybody, and without a past: the stock."""
    if left is not None and (expected is None or benefit.delivered == "earn" or benefit.used_while_offered):
        return left
    if expected is None:
        return 0
    return expected if left is None else min(expected, left)


def _state(one: Announced, benefit: BenefitBase, known_at: datetime, now: datetime) -> BlockState:
    if utc(now) < utc(one.online.start):
        return "planned"
    if utc(one.until) + LATE_DATA <= utc(known_at):
        return "over"
    return "reserved" if benefit.delivered == "earn" else "open"


def _online(benefit: BenefitBase, phase: Span, times: BenefitTimes) -> Span | None:
    """The part of a phase in which it is on offer."""
    if benefit.offered is None or times.offered is None:
        return phase
    start, end = max(phase.start, times.offered.start, key=utc), min(phase.end, times.offered.end, key=utc)
    return Span(start, end) if utc(start) < utc(end) else None


def _until(name: str, benefit: BenefitBase, timeline: Timeline, online: Span) -> datetime:
    """The first moment at which it can be used no more: presale gifts with the balance, cash-back as long as the last
    one is valid."""
    window = timeline.validity.get(name)
    if window is not None:
        return max(window.end, online.end, key=utc) if isinstance(benefit, AfterAnOrder) else window.end
    if isinstance(benefit, MemberExtraGift) and benefit.sale == "presale":
        dues = [one.due.end for one in timeline.balances if utc(one.placed.start) < utc(online.end)]
        return max([*dues, online.end], key=utc)
    if isinstance(benefit, AfterAnOrder) and benefit.valid is not None and benefit.valid.for_ is not None:
        return end_after(online.end, benefit.valid.for_, timeline.timezone)
    return online.end

"""A campaign day by day, by channel and by audience: what is counted for the report, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from campaign_calendars.values.units import Ratio


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """What a channel did; an order belongs to the last message before it, whatever its channel."""

    channel: str
    """Name of the channel."""
    contacted: int
    """Members to whom a message went out over it, each once; one may be reached over several channels."""
    unreachable: int
    """Members of whom it turned out, when they were decided, that it cannot or may not reach them."""
    cost_cents: int
    """What its messages cost as they left, part by part."""
    buyers: int
    """Members who paid an order after a message of this channel, and no other in between."""
    orders: int
    """Their orders to the end of the campaign."""
    spend_cents: int
    """What they paid for them, net of refunds."""


@dataclass(frozen=True, slots=True)
class BurnDay:
    """Money of one local day."""

    day: date
    """The day in the calendar's time zone."""
    reserved_cents: int
    """What grants given on it take from the budget."""
    used_cents: int
    """Benefits used on it, at what the uses cost."""
    message_cents: int
    """What its messages cost; they are not part of the budget for benefits."""


@dataclass(frozen=True, slots=True)
class ArmDay:
    """An arm of the whole programme as it stood at the end of a local day."""

    arm: str
    """`treated` or `campaign_control`."""
    region: str
    """Where regions are drawn, the region of these members; else empty, as for members without one."""
    day: date
    """The day in the calendar's time zone."""
    members: int
    """Members assigned by then."""
    buyers: int
    """Of them, those who had bought since."""
    spend_cents: int
    """What they had paid, net of refunds known at the moment of measuring."""
    spend_squares: int
    """Sum of the squares of what each had paid."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Members who were in an audience when a play looked, whenever in the campaign; each once."""

    audience: str
    """Name of the audience."""
    members: int
    """Members in it."""
    contacted: int
    """Members to whom its plays sent a message."""
    buyers: int
    """Of those, the ones who paid an order from then to the end of the campaign."""
    spend_cents: int
    """What they paid, net of refunds."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Members who were in both of two audiences."""

    first: str
    """Name of one audience."""
    second: str
    """Name of the other."""
    members: int
    """Members in both."""
    of_smaller: Ratio
    """Their share of the smaller one."""


@dataclass(frozen=True, slots=True)
class Decided:
    """How often candidates of a phase were decided so, once a moment."""

    phase: str
    """Id of the phase."""
    status: str
    """`chosen`, `held_out` or `excluded`."""
    reason: str | None
    """Of the excluded, the deciding reason."""
    times: int
    """How often."""


@dataclass(frozen=True, slots=True)
class DayOfEffect:
    """What the programme had brought by the end of a local day; the intervals hold at all days together."""

    day: date
    """The day in the calendar's time zone."""
    difference: Ratio | None
    """Conversion of the treated less that of the hold-out; null for too few members."""
    interval: tuple[Ratio, Ratio] | None
    """Its ends (confidence sequence); null for too few members, or where nobody has bought."""
    money: float | None
    """Paid by a treated member less paid by one held out, in cents; null for too few buyers."""
    money_interval: tuple[float, float] | None
    """Its ends; null for too few buyers."""


def overlaps_of(names: Sequence[str], sets: Iterable[tuple[Sequence[int], int]]) -> tuple[Overlap, ...]:
    """Every two audiences that share a member, the most members first; `sets`: numbers of audiences → members in
    exactly those.
    """
    both, each = Counter[tuple[int, int]](), Counter[int]()
    for numbers, members in sets:
        each.update(dict.fromkeys(numbers, members))
        both.update(dict.fromkeys(combinations(sorted(numbers), 2), members))
    return tuple(
        Overlap(names[a], names[b], members, members / min(each[a], each[b]))
        for (a, b), members in sorted(both.items(), key=lambda item: (-item[1], item[0]))
    )

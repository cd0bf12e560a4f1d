"""Who the members are before anything is written: when they came, how often and how much they buy.

A population is drawn in blocks of a fixed size, each from its own seed, so that memory stays
bounded and a world can draw the same members again without reading them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from warehouse.sample.draws import Floats, Ints
from warehouse.sample.seasons import DAY

TIMEZONE = "Asia/Shanghai"
# The sample's clock is that of Shanghai, eight hours ahead of UTC without summer time since 1992.
OFFSET = 8 * 3_600
BLOCK = 50_000
HISTORY_DAYS = 400
NEVER = np.int64(-1)

# Shares of the population: prospects were seen but never bought, guests bought without joining.
_PROSPECTS, _GUESTS = 0.16, 0.12
_ORDERS_PER_YEAR = 12.0
_RATE_SHAPE = 1.0
_LIFETIME_DAYS = 800.0
_FIRST_SEEN_DAYS = 1_100
_BASKET_YUAN, _BASKET_SIGMA = 58.0, 0.48
# A few members buy for an office or as presents: they fill the upper tiers.
_BULK_SHARE, _BULK_LOG_FACTOR, _BULK_SIGMA = 0.016, 2.3, 0.75
_LARGEST_BASKET_YUAN = 2_500.0
_LEAVERS = 0.03
_JOIN_AT_ONCE = 0.5


def to_local(at: datetime) -> int:
    """Seconds since 1970 on a Shanghai wall clock; the only form of time inside this package."""
    return int(at.astimezone(UTC).timestamp()) + OFFSET


def to_aware(local: int) -> datetime:
    """The aware UTC datetime of a local second."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(local) - OFFSET)


@dataclass(frozen=True)
class Population:
    """One block of members; arrays of one element per member, times in local seconds, NEVER if not.

    `rate` is expected orders a year while the member is active, `basket` the log of the typical
    order in yuan, `visits` expected shop visits a day, `active_until` the second the habit ends.
    """

    first: int
    created: Ints
    joined: Ints
    left: Ints
    active_until: Ints
    rate: Floats
    basket: Floats
    visits: Floats

    @property
    def size(self) -> int:
        return len(self.rate)

    @property
    def numbers(self) -> Ints:
        return np.arange(self.first, self.first + self.size, dtype=np.int64)

    @property
    def ids(self) -> pa.Array:
        return member_ids(self.numbers)


def member_ids(numbers: Ints) -> pa.Array:
    """`m00000042` for 42; `int(member_id[1:])` is the way back."""
    return prefixed("m", numbers, 8)


def prefixed(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Text ids: the prefix and the number, padded with zeros so that ids sort like numbers."""
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0"), "")


def block_rng(seed: int, block: int, stream: int) -> np.random.Generator:
    """The generator of one purpose in one block; nothing drawn elsewhere moves it."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(block, stream))))


def draw_blocks(members: int, seed: int, as_of: int) -> Iterator[Population]:
    """The whole population, block by block; `as_of` in local seconds."""
    for block, first in enumerate(range(0, members, BLOCK)):
        yield _draw(block_rng(seed, block, 0), first, min(BLOCK, members - first), as_of)


def _draw(rng: np.random.Generator, first: int, size: int, as_of: int) -> Population:
    kind = rng.random(size)
    prospect, guest = kind < _PROSPECTS, kind < _PROSPECTS + _GUESTS
    # The shop grows: more members came lately than long ago.
    age_days = _FIRST_SEEN_DAYS * rng.random(size) ** 1.25
    created = as_of - 60 - (age_days * DAY).astype(np.int64)
    joined = _joined(rng, created, guest, as_of)
    left = _left(rng, joined, as_of)
    active_until = created + (rng.exponential(_LIFETIME_DAYS, size) * DAY).astype(np.int64)
    active_until = np.where(left != NEVER, np.minimum(active_until, left), active_until)
    rate = rng.gamma(_RATE_SHAPE, _ORDERS_PER_YEAR / _RATE_SHAPE, size)
    basket = np.log(_BASKET_YUAN) + rng.normal(0.0, _BASKET_SIGMA, size)
    bulk = rng.random(size) < _BULK_SHARE
    basket += np.where(bulk, rng.normal(_BULK_LOG_FACTOR, _BULK_SIGMA, size), 0.0)
    basket = np.minimum(basket, np.log(_LARGEST_BASKET_YUAN))
    rate = np.where(guest, rate * 0.45, rate)
    rate = np.where(prospect, 0.0, rate)
    visits = 0.012 + rate / 365.0 * 2.2 + np.where(prospect, rng.exponential(0.05, size), 0.0)
    return Population(first, created, joined, left, active_until, rate, basket, visits)


def _joined(rng: np.random.Generator, created: Ints, guest: NDArray[np.bool_], as_of: int) -> Ints:
    """Half join within the hour of being seen, the others weeks later or not yet."""
    at_once = rng.random(len(created)) < _JOIN_AT_ONCE
    delay = np.where(at_once, rng.exponential(900.0, len(created)), rng.exponential(45.0 * DAY, len(created)))
    joined = created + delay.astype(np.int64)
    return np.where(guest | (joined >= as_of), NEVER, joined)


def _left(rng: np.random.Generator, joined: Ints, as_of: int) -> Ints:
    leaves = (rng.random(len(joined)) < _LEAVERS) & (joined != NEVER)
    left = joined + 1 + (rng.random(len(joined)) * np.maximum(as_of - joined - 2, 0)).astype(np.int64)
    return np.where(leaves, left, NEVER)

"""What boards and bills say of a day: visitors by place, what clicks and new members cost, goods laid in.

Figures of the whole shop, nobody's by name: a function of the sample's seed and size and of the day alone, drawn from
streams of their own, so that everything else stays as it is. A day is told when it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from warehouse.sample.draws import Floats, Ints, uniforms
from warehouse.sample.files import money, pick, table, times
from warehouse.sample.population import prefixed
from warehouse.sample.profiles import JOIN_SOURCES
from warehouse.sample.seasons import DAY, EPOCH, intensities
from warehouse.sample.trade import ARTICLES

TOLD = 120
"""Days before the extract of which there is anything."""
CAMPAIGN = "campaign"
"""Where those join whom a world's messages bring: a place of its own, from the extract on."""
_VISITORS, _PLACES, _CLICKS, _PRICE, _WON, _PIECES = range(160, 166)
_SINCE = 18_000
"""The day, of 2019, on which the shop had 1.2 followers for each member of the sample."""
_MEMBERS, _VIEWS, _SESSIONS, _SHOWN, _ONCE = 0.44, 3.4, 1.32, 9.0, 0.74
_PAID_CHANNELS = (("search", 0.004, 70), ("recommend", 0.003, 45))
"""Channel, clicks a day for each member of the sample, cents a click."""
_WON_CENTS, _WON_SHARE = 1_500, 0.0012
_PIECES_A_DAY = 0.0044
"""Pieces of one article for each member of the sample, on an average day."""


@dataclass(frozen=True, slots=True)
class Board:
    """The shop a board is about: the seed and size of its sample."""

    seed: int
    members: int

    def traffic(self, first: int, last: int, *, campaign: bool = False) -> pa.Table:
        """Visitors of the days [first, last) since 1970: the shop, its members, and at places those who are none."""
        days = np.arange(first, last, dtype=np.int64)
        busy = intensities(first, len(days))
        everybody = self._count(0.04 + 0.05 * busy, _VISITORS, days)
        positions, audiences = ["store", "store"], ["all", "member"]
        visitors = [everybody, np.maximum((everybody * _MEMBERS).astype(np.int64), 1)]
        places = list(dict.fromkeys(JOIN_SOURCES)) + [CAMPAIGN] * campaign
        for number, place in enumerate(places):
            share = JOIN_SOURCES.count(place) / len(JOIN_SOURCES) if place != CAMPAIGN else 2.0
            positions.append(place)
            audiences.append("non_member")
            visitors.append(self._count(share * 0.012 * (0.5 + 0.5 * busy), _PLACES, days, number))
        return self._traffic_rows(days, positions, audiences, visitors)

    def _traffic_rows(self, days: Ints, positions: list[str], audiences: list[str], visitors: list[Ints]) -> pa.Table:
        kinds = len(positions)
        order = np.tile(np.arange(kinds), len(days))
        count = np.array(visitors).T.ravel()
        told = order == 0
        followers = np.repeat((self.members * (1.2 + 0.0004 * (days - _SINCE))).astype(np.int64), kinds)
        return table(
            "traffic",
            pick(tuple(positions), order),
            pa.array([EPOCH + timedelta(days=int(day)) for day in np.repeat(days, kinds)], pa.date32()),
            pick(tuple(audiences), order),
            pa.array(count),
            pa.array((count * _VIEWS).astype(np.int64)),
            pa.array((count * _SESSIONS).astype(np.int64)),
            pa.array((count * _SHOWN).astype(np.int64)),
            pa.array((count * _ONCE).astype(np.int64)),
            pa.array(followers, mask=~told),
        )

    def costs(self, first: int, last: int) -> pa.Table:
        """What clicks and the winning of members cost on the days, told at ten in the evening."""
        days = np.arange(first, last, dtype=np.int64)
        busy = intensities(first, len(days))
        parts = []
        for number, (channel, rate, cents) in enumerate(_PAID_CHANNELS):
            clicks = self._count(rate * busy, _CLICKS, days, number)
            price = (cents * (0.8 + 0.4 * uniforms(self.seed, _PRICE, days, number))).astype(np.int64)
            parts.append(_cost_rows("advertising", channel, days, clicks * price, clicks))
        won = self._count(_WON_SHARE * np.ones(len(days)), _WON, days)
        parts.append(_cost_rows("acquisition", "live", days, won * _WON_CENTS, None))
        rows = pa.concat_tables(parts)
        return rows.take(pa.array(np.argsort(np.tile(days, len(parts)), kind="stable")))

    def stock(self, first: int, last: int) -> pa.Table:
        """Goods laid in for ten days, each article at six in the morning of every tenth day in [first, last)."""
        days = np.array([day for day in range(first, last) if day % 10 == 0], dtype=np.int64)
        ahead = np.array([intensities(int(day), 10).sum() for day in days])
        article = np.tile(np.arange(len(ARTICLES)), len(days))
        day = np.repeat(days, len(ARTICLES))
        wanted = self.members * _PIECES_A_DAY * np.repeat(ahead, len(ARTICLES))
        pieces = np.ceil(wanted * (0.9 + 0.5 * uniforms(self.seed, _PIECES, day, article))).astype(np.int64)
        return table("stock", prefixed("sku", article + 1, 3), pa.array(pieces), times(day * DAY + 6 * 3_600))

    def _count(self, rates: Floats, stream: int, *keys: Ints | int) -> Ints:
        """Whole numbers around `rates` for each member of the sample, give or take a tenth, at least one."""
        noise = 0.9 + 0.2 * uniforms(self.seed, stream, *keys)
        counts: Ints = np.maximum((self.members * rates * noise).astype(np.int64), 1)
        return counts


def _cost_rows(kind: str, channel: str, days: Ints, cents: Ints, clicks: Ints | None) -> pa.Table:
    size = len(days)
    return table(
        "costs",
        pa.array([kind] * size, pa.string()),
        pa.array([channel] * size, pa.string()),
        money(cents),
        times(days * DAY + 22 * 3_600),
        pa.nulls(size, pa.int64()) if clicks is None else pa.array(clicks),
    )


def days_told(start: int, end: int) -> tuple[int, int]:
    """The days that are over at a second in (start, end], as [first, last)."""
    return start // DAY, end // DAY


def before_extract(as_of: int) -> tuple[int, int]:
    """The days a sample tells of: those that are over at its extract."""
    return as_of // DAY - TOLD, as_of // DAY

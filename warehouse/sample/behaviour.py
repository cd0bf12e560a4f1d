"""What members do beside browsing, up to the extract: sign-in streaks, reviews, steps of joining, parcels.

Rows are positions of members in their block, local seconds, positions in EVENT_KINDS, and where a step was taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from warehouse.sample.draws import Bools, Ints, uniforms
from warehouse.sample.population import NEVER, Population
from warehouse.sample.profiles import join_sources
from warehouse.sample.seasons import DAY
from warehouse.sample.shares import Shares
from warehouse.sample.trade import Trades, completed

BROWSING = ("visit", "page_view", "cart_add", "favourite", "sign_in", "interact", "coupon_claim", "review")
EVENT_KINDS = (*BROWSING, "share", "join_view", "join_authorise", "registered", "pack_claimed", "shipped", "signed")
LATELY = 120
PARCELS_LATELY = 30
_NUMBERS = {kind: number for number, kind in enumerate(EVENT_KINDS)}
(
    _STREAK,
    _LENGTH,
    _ENDED,
    _HOUR,
    _REVIEWS,
    _REVIEWED,
    _SHARES,
    _SHARED,
    _FOLLOWED,
    _SIGNED,
    _STEPS,
    _LEFT_AT,
    _CLAIMS_PACK,
) = range(130, 143)
_LONGEST, _SHORTEST, _GOES_ON = 30, 3, 0.85
_CLAIMS, _TURNS_AWAY = 0.7, 0.06
"""Of those who joined: claimed the pack. Of those outside: came to the page of joining and went no further."""


@dataclass(frozen=True)
class Acts:
    """Events of one kind; `position` where each happened, as a position in JOIN_SOURCES, -1: nobody says."""

    who: Ints
    at: Ints
    kind: Ints
    position: Ints


def acts_of(seed: int, people: Population, trades: Trades, as_of: int, shares: Shares) -> Acts:
    """All of them, of one block."""
    parts = [*_streaks(seed, people, as_of, shares), *_after_orders(seed, people, trades, as_of, shares)]
    parts += [*_joining(seed, people, as_of, shares), *_parcels(seed, people, trades, as_of, shares)]
    return Acts(*(np.concatenate([getattr(part, name) for part in parts]) for name in Acts.__dataclass_fields__))


def _acts(kind: str, who: Ints, at: Ints, keep: Bools, position: Ints | None = None) -> Acts:
    place = np.full(len(who), -1, dtype=np.int64) if position is None else position
    return Acts(who[keep], at[keep], np.full(int(keep.sum()), _NUMBERS[kind], dtype=np.int64), place[keep])


def _streaks(seed: int, people: Population, as_of: int, shares: Shares) -> Iterator[Acts]:
    numbers = people.numbers
    begun = np.flatnonzero((uniforms(seed, _STREAK, numbers) < shares.streaks) & (people.joined != NEVER))
    luck = np.maximum(uniforms(seed, _LENGTH, numbers[begun]), 1e-12)
    days = np.minimum(_SHORTEST + (np.log(luck) / np.log(_GOES_ON)).astype(np.int64), _LONGEST)
    # Half of the streaks still go on.
    ended = np.maximum(uniforms(seed, _ENDED, numbers[begun]) * 120 - 60, 0).astype(np.int64)
    who = np.repeat(begun, days)
    back = np.arange(len(who)) - np.repeat(np.cumsum(days) - days, days) + np.repeat(ended, days)
    hour = uniforms(seed, _HOUR, numbers[who]) * 10 + 8 + uniforms(seed, _HOUR, numbers[who], back)
    at = (as_of // DAY - 1 - back) * DAY + (hour * 3_600).astype(np.int64)
    member = (at > people.joined[who]) & ((people.left[who] == NEVER) | (at < people.left[who]))
    yield _acts("sign_in", who, at, member & (at < as_of))


def _after_orders(seed: int, people: Population, trades: Trades, as_of: int, shares: Shares) -> Iterator[Acts]:
    done = completed(trades, as_of)
    succeeded = (done != NEVER) & (done >= as_of - LATELY * DAY)
    for kind, share, whether, when in (
        ("review", shares.reviews, _REVIEWS, _REVIEWED),
        ("share", shares.shared, _SHARES, _SHARED),
    ):
        at = done + 600 + (uniforms(seed, when, trades.member, trades.ordered) * 5 * DAY).astype(np.int64)
        does = uniforms(seed, whether, trades.member, trades.ordered) < share
        yield _acts(kind, trades.member - people.first, at, succeeded & does & (at < as_of))


def _joining(seed: int, people: Population, as_of: int, shares: Shares) -> Iterator[Acts]:
    """The steps of joining: page, authorisation, card, pack; and those who came to the page and went no further."""
    numbers = people.numbers
    everybody, drawn = np.arange(people.size), uniforms(seed, _STEPS, numbers)
    position = join_sources(numbers)
    joined = (people.joined != NEVER) & (people.joined >= as_of - LATELY * DAY) & (drawn < shares.join_steps)
    later = people.joined + 30 + (uniforms(seed, _LEFT_AT, numbers) * 900).astype(np.int64)
    claims = joined & (uniforms(seed, _CLAIMS_PACK, numbers) < _CLAIMS) & (later < as_of)
    visited = np.maximum(people.joined - 45, people.created)
    yield _acts("join_view", everybody, visited, joined, position)
    yield _acts("join_authorise", everybody, np.maximum(people.joined - 10, people.created), joined, position)
    yield _acts("registered", everybody, people.joined, joined, position)
    yield _acts("pack_claimed", everybody, later, claims, position)
    outside = (people.joined == NEVER) & (drawn < _TURNS_AWAY * (shares.join_steps > 0))
    since = np.maximum(people.created + 60, as_of - LATELY * DAY)
    at = since + (uniforms(seed, _LEFT_AT, numbers) * (as_of - since - 60)).astype(np.int64)
    yield _acts("join_view", everybody, at, outside, position)
    yield _acts("join_authorise", everybody, at + 20, outside & (drawn < _TURNS_AWAY / 4), position)


def _parcels(seed: int, people: Population, trades: Trades, as_of: int, shares: Shares) -> Iterator[Acts]:
    """Shipped a day after the payment, signed for one to three days later."""
    lately = (trades.paid != NEVER) & (trades.paid >= as_of - PARCELS_LATELY * DAY)
    followed = lately & (uniforms(seed, _FOLLOWED, trades.member, trades.ordered) < shares.parcels)
    who, shipped = trades.member - people.first, trades.paid + DAY
    came = shipped + DAY + (uniforms(seed, _SIGNED, trades.member, trades.ordered) * 2 * DAY).astype(np.int64)
    done = completed(trades, as_of)
    signed = np.where((done != NEVER) & (done < came), done, came)
    sent_back = (trades.refunded != NEVER) & (trades.refunded < came)
    yield _acts("shipped", who, shipped, followed & (shipped < as_of) & ~(sent_back & (trades.refunded < shipped)))
    yield _acts("signed", who, signed, followed & (signed < as_of) & ~sent_back)

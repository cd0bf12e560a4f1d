"""What a play really added: its members with and without its messages, which only a simulation knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.draws import Bools, Ints
from warehouse.sample.habits import OrderFacts
from warehouse.sample.population import NEVER


@dataclass(frozen=True, slots=True)
class PlayTruth:
    """The effect of one play on the members it reached, given everything else that happened.

    A member's outcome counts from their first message of the play to the end of its phase (or to
    where the world stands), as in the measurement of a hold-out. `buyers` of the `members` reached
    paid an order in it, `buyers_anyway` would have without the play; `added_cents` is what the play
    added to their payments, coupons taken off and refunds taken back.
    """

    phase: str
    play: str
    contacts: int
    members: int
    buyers: int
    buyers_anyway: int
    added_orders: int
    added_cents: int

    @property
    def lift(self) -> float:
        """Added buyers per member reached: what a hold-out of the play estimates."""
        return (self.buyers - self.buyers_anyway) / self.members if self.members else 0.0


def play_truth(
    code: int,
    sent: tuple[Ints, Ints],
    window: tuple[int, int],
    orders: OrderFacts,
    discounts: Ints,
    *,
    displaced: OrderFacts,
) -> dict[str, int]:
    """The figures of PlayTruth: compare the orders of a play's members with those it did not bring about.

    `sent` are member and moment of each message, `window` the end of the phase and the moment up to
    which refunds are known, `discounts` cents off and play per order. `displaced` are orders that would have come
    without the play's messages.
    """
    member, at = sent
    end, now = window
    reached, position = np.unique(member, return_inverse=True)
    start = np.full(len(reached), end, dtype=np.int64)
    np.minimum.at(start, position, at)
    theirs = _within(orders, reached, start, end)
    own = orders.cause[theirs] == code
    given_away = ~own & (discounts[1][theirs] == code)
    kept = _kept(orders, theirs, now)
    lost = _within(displaced, reached, start, end)
    buyers = orders.member[theirs]
    anyway = np.concatenate((buyers[~own], displaced.member[lost]))
    added = orders.cents[theirs][own & kept].sum() - discounts[0][theirs][given_away & kept].sum()
    return {
        "contacts": len(member),
        "members": len(reached),
        "buyers": len(np.unique(buyers)),
        "buyers_anyway": len(np.unique(anyway)),
        "added_orders": int(own.sum()) - len(lost),
        "added_cents": int(added - displaced.cents[lost][_kept(displaced, lost, now)].sum()),
    }


def _within(orders: OrderFacts, reached: Ints, start: Ints, end: int) -> Ints:
    """Positions of orders of the members reached that were paid from their first message on and before the end."""
    theirs = np.flatnonzero(np.isin(orders.member, reached) & (orders.paid != NEVER) & (orders.paid < end))
    found: Ints = theirs[orders.paid[theirs] >= start[np.searchsorted(reached, orders.member[theirs])]]
    return found


def _kept(orders: OrderFacts, chosen: Ints, now: int) -> Bools:
    """Whether the money of an order was still there, as far as known now."""
    given_back = (orders.refunded[chosen] != NEVER) & (orders.refunded[chosen] < now)
    kept: Bools = ~given_back
    return kept

"""What a play really added: its members with and without its messages, which only a simulation knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.draws import Ints
from warehouse.sample.habits import OrderFacts
from warehouse.sample.population import NEVER


@dataclass(frozen=True, slots=True)
class PlayTruth:
    """The effect of one play on the members it reached, given everything else that happened.

    Window: from the play's first message to the end of its phase (or to where the world stands).
    `buyers` of the `members` reached paid an order in it, `buyers_anyway` would have without the
    play; `added_cents` is what the play added to their paid orders, coupons taken off.
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
    *, phase: str, play: str, code: int, member: Ints, at: Ints, end: int, orders: OrderFacts, discounts: Ints
) -> PlayTruth:
    """Compare the paid orders of a play's members in its window with those it did not bring about."""
    reached = np.unique(member)
    start = int(at.min()) if len(at) else end
    inside = (orders.ordered >= start) & (orders.ordered < end) & (orders.paid != NEVER) & (orders.paid < end)
    inside &= np.isin(orders.member, reached)
    own = inside & (orders.cause == code)
    anyway = inside & (orders.cause != code)
    given_away = anyway & (discounts[1] == code)
    return PlayTruth(
        phase=phase,
        play=play,
        contacts=len(member),
        members=len(reached),
        buyers=len(np.unique(orders.member[inside])),
        buyers_anyway=len(np.unique(orders.member[anyway])),
        added_orders=int(own.sum()),
        added_cents=int(orders.cents[own].sum() - discounts[0][given_away].sum()),
    )

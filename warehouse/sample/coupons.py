"""Who holds which benefit, and which orders use one.

Only members who were granted a benefit redeem it, each grant once, while its calendar lets it be used. An order
that the benefit's own message brought about is raised to the threshold; an order that would have come
anyway uses a coupon too when the basket is large enough: that is the cost nobody gets back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from warehouse.sample.draws import Ints, uniforms
from warehouse.sample.habits import OrderFacts
from warehouse.sample.messages import NO_BENEFIT, Mailbox
from warehouse.sample.population import NEVER
from warehouse.sample.response import BenefitEffect, Contacts, WorldParams
from warehouse.sample.seasons import DAY

_REDEEM, _CLAIMS, _CLAIMED = 75, 120, 121

Redemption = tuple[int, str, str, int, str]


@dataclass(slots=True)
class _Grant:
    at: int
    benefit: str
    code: int
    ends: int
    """First local second at which it is void."""
    used: bool = False


class Purse:
    """The granted, unused benefits of every member."""

    def __init__(self, params: WorldParams, seed: int) -> None:
        self._params, self._seed = params, seed
        self._grants: dict[int, list[_Grant]] = {}

    def grant(self, contacts: Contacts, mailbox: Mailbox) -> None:
        """Every message that carries a benefit is a grant."""
        with_benefit = np.flatnonzero(contacts.benefit != NO_BENEFIT)
        columns = (contacts.member, contacts.at, contacts.benefit, contacts.code)
        for member, at, benefit, code in zip(*(column[with_benefit].tolist() for column in columns), strict=True):
            name = mailbox.benefit_name(benefit)
            ends = self._ends(name, at, mailbox.plays[code][0])
            self._grants.setdefault(member, []).append(_Grant(at, name, code, ends))

    def _ends(self, benefit: str, at: int, phase: str) -> int:
        """When a grant is void: by its calendar, at the latest so many days later that nobody thinks of it any more."""
        latest = at + self._params.redeem_within_days * DAY + 1
        by_rule = self._params.grant_ends(benefit, at, phase) if self._params.grant_ends else None
        return latest if by_rule is None else min(latest, by_rule)

    def spend(self, orders: OrderFacts, ids: pa.Array) -> tuple[OrderFacts, list[Redemption], Ints]:
        """Orders (by time) with coupons taken off, the redemptions, and per order (cents off, play code)."""
        cents = orders.cents.copy()
        discounts = np.vstack((np.zeros(len(orders), np.int64), np.full(len(orders), -1)))
        luck = uniforms(self._seed, _REDEEM, orders.member, orders.ordered)
        redemptions: list[Redemption] = []
        public = self._claims(orders)
        for position in np.flatnonzero(orders.paid != NEVER).tolist():
            if position in public:
                grant = public[position]
            else:
                held = self._grants.get(int(orders.member[position]), [])
                chosen = self._choose(held, orders, position, float(luck[position]))
                if chosen is None:
                    continue
                grant = chosen
            grant.used = True
            effect = self._params.benefit(grant.benefit)
            before = int(cents[position])
            cents[position] = self._price(before, effect)
            discounts[:, position] = before - cents[position], grant.code
            moment = int(orders.ordered[position])
            row = (int(orders.member[position]), grant.benefit, self._params.calendar, moment, ids[position].as_py())
            redemptions.append(row)
        return replace(orders, cents=cents), redemptions, discounts

    def _claims(self, orders: OrderFacts) -> dict[int, _Grant]:
        """Orders that use a coupon anybody may claim, by position: nobody was granted it, and no play gave it away."""
        names = sorted(name for name, effect in self._params.benefits.items() if effect.value_cents)
        if not names or not self._params.public_claims:
            return {}
        claims = uniforms(self._seed, _CLAIMS, orders.member, orders.ordered) < self._params.public_claims
        which = (uniforms(self._seed, _CLAIMED, orders.member, orders.ordered) * len(names)).astype(np.int64)
        found = {}
        for position in np.flatnonzero(claims & (orders.paid != NEVER)).tolist():
            name = names[which[position]]
            effect, at = self._params.benefit(name), int(orders.ordered[position])
            if orders.cents[position] >= effect.threshold_cents and effect.usable(at):
                found[position] = _Grant(at, name, -1, at + 1)
        return found

    def prompted(self, orders: OrderFacts, benefits: Sequence[str | None]) -> OrderFacts:
        """Orders that messages with these benefits would have brought, with the coupon of each taken off."""
        cents = orders.cents.copy()
        luck = uniforms(self._seed, _REDEEM, orders.member, orders.ordered)
        for position, benefit in enumerate(benefits):
            if benefit is None or luck[position] >= self._params.redeem_if_prompted:
                continue
            effect = self._params.benefit(benefit)
            if effect.usable(int(orders.ordered[position])):
                cents[position] = self._price(int(cents[position]), effect)
        return replace(orders, cents=cents)

    @staticmethod
    def _price(before: int, effect: BenefitEffect) -> int:
        return max(max(before, effect.threshold_cents) - effect.value_cents, 1)

    def _choose(self, held: list[_Grant], orders: OrderFacts, position: int, luck: float) -> _Grant | None:
        """The grant whose message prompted the order, else the oldest one the basket is large enough for."""
        moment, cause = int(orders.ordered[position]), int(orders.cause[position])
        usable = [
            grant
            for grant in held
            if not grant.used and grant.at < moment < grant.ends and self._params.benefit(grant.benefit).usable(moment)
        ]
        for grant in usable:
            if grant.code == cause:
                return grant if luck < self._params.redeem_if_prompted else None
        cents = int(orders.cents[position])
        for grant in usable:
            if cents >= self._params.benefit(grant.benefit).threshold_cents:
                return grant if luck < self._params.redeem_anyway else None
        return None

"""Any sequence of granting, using, refunding, waiting and cancelling, against a plain Python account."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, given

from tests.drawing import drawn
from warehouse.ledger.records import RETURNED, Grant

from .cases import CALENDAR, DAY, HOUR, RULES, T0, Shop

RULE = {rule.benefit: rule for rule in RULES}
COSTS = {"coupon": 500, "gift": 300, "pack": 1000, "service": 200}
MEMBERS = st.sampled_from("ab")
BENEFITS = st.sampled_from([*sorted(COSTS), "coupon", "coupon"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), MEMBERS, BENEFITS, st.sampled_from([None, 6, 24, 72]), st.booleans()),
        st.tuples(st.just("redeem"), MEMBERS, BENEFITS, st.sampled_from([None, 150, 40000])),
        st.tuples(st.just("refund"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 24, 80])),
        st.tuples(st.just("look")),
    ),
    max_size=25,
)


@dataclass
class Use:
    member: str
    benefit: str
    at: datetime
    order: int | None


@dataclass
class Account:
    """The same facts, and what they come to by the rules, in the plainest way."""

    grants: list[tuple[Grant, bool]] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)
    orders: list[tuple[str, int | None]] = field(default_factory=list)
    refunds: dict[int, datetime] = field(default_factory=dict)

    def sums(self, now: datetime) -> dict[tuple[str, str], tuple[int, int]]:
        pieces: Counter[tuple[str, str]] = Counter()
        cents: Counter[tuple[str, str]] = Counter()
        for grant, parts in self.parts(now):
            for state, count, amount in parts:
                pieces[grant.benefit, state] += count
                cents[grant.benefit, state] += amount
        return {key: (pieces[key], cents[key]) for key in cents if pieces[key] or cents[key]}

    def parts(self, now: datetime) -> list[tuple[Grant, list[tuple[str, int, int]]]]:
        charged = self._charge(now)
        return [(one, self._parts(one, sent, charged.get(one.intent_key, []), now)) for one, sent in self.grants]

    def _void(self, use: Use, now: datetime) -> bool:
        if use.order is None or not RULE[use.benefit].comes_back:
            return False
        return use.order in self.refunds and self.refunds[use.order] < now

    def _end(self, grant: Grant) -> datetime | None:
        """Nobody has what has not left yet: it does not end."""
        return grant.valid_until if dict(self.grants)[grant] else None

    def _could(self, grant: Grant, use: Use) -> bool:
        mine = grant.member_id == use.member and grant.benefit == use.benefit
        end = self._end(grant)
        over = end is not None and use.at >= end
        return mine and grant.granted_at <= use.at and not over and grant.intent_key not in self.cancelled

    def _charge(self, now: datetime) -> dict[str, list[Use]]:
        charged: dict[str, list[Use]] = {}
        for use in sorted((u for u in self.uses if u.at < now), key=lambda u: u.at):
            if self._void(use, now):
                continue
            free = [
                grant
                for grant, _ in self.grants
                if self._could(grant, use) and len(charged.get(grant.intent_key, [])) < len(RULE[grant.benefit].costs)
            ]
            if free:
                never = datetime.max.replace(tzinfo=T0.tzinfo)
                one = min(free, key=lambda g: (self._end(g) or never, g.granted_at, g.intent_key))
                charged.setdefault(one.intent_key, []).append(use)
        return charged

    def _is_ours(self, use: Use, benefit: str, now: datetime) -> bool:
        given = [
            one.granted_at for one, _ in self.grants if one.benefit == benefit and one.intent_key not in self.cancelled
        ]
        return use.benefit == benefit and use.at < now and bool(given) and min(given) <= use.at

    def _parts(self, grant: Grant, sent: bool, uses: list[Use], now: datetime) -> list[tuple[str, int, int]]:
        rule, waits = RULE[grant.benefit], "open" if sent else "reserved"
        if grant.intent_key in self.cancelled:
            return [("stopped", 1, grant.cost_cents)]
        end = self._end(grant)
        over = end is not None and end + timedelta(days=3) <= now
        if not uses:
            if not over:
                return [(waits, 1, grant.cost_cents)]
            # A service is seen only where redemptions name it, since the calendar gives it.
            if rule.seen_in == "nowhere" and not any(self._is_ours(use, grant.benefit, now) for use in self.uses):
                return [("assumed", 1, grant.cost_cents)]
            void = any(self._could(grant, u) and u.at < now and self._void(u, now) for u in self.uses)
            return [("refunded" if void else "expired", 1, grant.cost_cents)]
        whole = rule.costs[: len(uses)]
        baskets = [None if u.order is None or not rule.off_basket else self.orders[u.order][1] for u in uses]
        spent = sum(cost if most is None else min(cost, most) for cost, most in zip(whole, baskets, strict=True))
        rest = 0 if over or len(uses) == len(rule.costs) else grant.cost_cents - sum(whole)
        return [("spent", 1, spent), (waits, 0, rest), ("difference", 0, grant.cost_cents - spent - rest)]


def play(shop: Shop, account: Account, steps: list[tuple[object, ...]]) -> datetime:
    now: datetime = T0
    for step in steps:
        now += timedelta(minutes=1)
        match step:
            case ("wait", int(hours)):
                now += hours * HOUR
            case ("look",):
                shop.look(now)
                compare(shop, account, now)
            case ("cancel", int(number)) if number < len(account.grants):
                grant = account.grants[number][0]
                if shop.ledger.cancel([grant.intent_key], "no", now):
                    account.cancelled.add(grant.intent_key)
            case _:
                happen(shop, account, step, now)
    return now


def happen(shop: Shop, account: Account, step: tuple[object, ...], now: datetime) -> None:
    """Somebody gets, uses or gives back something."""
    match step:
        case ("grant", str(member), str(benefit), hours, bool(sent)):
            valid = None if hours is None else int(str(hours)) * HOUR
            made = shop.grant(member, benefit, COSTS[benefit], at=now, valid=valid, sent=sent)
            account.grants.append((made, sent))
        case ("redeem", str(member), str(benefit), basket):
            order, name = None, None
            if isinstance(basket, int):
                order, name = len(account.orders), shop.order(member, now, 100, list_cents=basket)
                account.orders.append((name, basket))
            shop.redeem(member, benefit, now, order=name)
            account.uses.append(Use(member, benefit, now, order))
        case ("refund", int(number), bool(whole)) if number < len(account.orders):
            if number not in account.refunds:
                shop.refund(account.orders[number][0], now, None if whole else 99)
                account.refunds |= {number: now} if whole else {}


def compare(shop: Shop, account: Account, now: datetime) -> None:
    sums = shop.sums()
    assert sums == account.sums(now)
    told = {row.state.intent_key: row.state for row in shop.ledger.given_rows(CALENDAR)}
    for grant, parts in account.parts(now):
        if grant.intent_key not in account.cancelled:
            cents = {state: amount for state, _, amount in parts}
            state = told[grant.intent_key]
            assert state.spent_cents == cents.get("spent", 0) + cents.get("assumed", 0)
            assert state.release == next((name for name in ("expired", "refunded") if name in cents), None)
    assert sum(cents for _, cents in sums.values()) == sum(grant.cost_cents for grant, _ in account.grants)
    held = sum(cents for (_, state), (_, cents) in sums.items() if state not in RETURNED)
    assert held == sum(row.held_cents for row in shop.ledger.grant_rows(CALENDAR))


@drawn(25, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_the_books_are_what_a_plain_account_says(steps: list[tuple[object, ...]]) -> None:
    shop, account = Shop(), Account()
    now = play(shop, account, steps)
    for later in (now + HOUR, now + 10 * DAY):
        shop.look(later)
        compare(shop, account, later)

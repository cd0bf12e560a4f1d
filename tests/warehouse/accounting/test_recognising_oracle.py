"""Random grants of two calendars, redemptions, and orders with lines: uses are charged as plain Python charges them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, given

from campaign_calendars.deciding.uses import UseRule
from campaign_calendars.model.benefits.base import Asked
from tests.drawing import drawn
from warehouse.ledger.records import Grant

from .cases import COUPON, DAY, EXTRA, HOUR, T0, Shop

PRICE = UseRule("price", "orders", (250,), comes_back=False, off_basket=False, asked=Asked(
    items=2, by_lines=True, goods=("t", "u"), most_cents=900, of=2,
))  # fmt: skip
SHARE = UseRule("share", "orders", (120,), comes_back=False, off_basket=False, asked=Asked(
    items=3, by_lines=True, share=9000,
))  # fmt: skip
RULES = (COUPON, EXTRA, PRICE, SHARE)
COSTS = {rule.benefit: rule.costs[0] for rule in RULES}
BENEFITS = st.sampled_from(sorted(COSTS))
MEMBERS = st.sampled_from("ab")
LINES = st.lists(
    st.tuples(st.sampled_from("tux"), st.sampled_from([500, 501]), st.integers(400, 520), st.integers(1, 3)), max_size=3
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), MEMBERS, BENEFITS, st.sampled_from([None, 1, 30]), st.booleans()),
        st.tuples(st.just("redeem"), MEMBERS, st.sampled_from(["c", "other", None])),
        st.tuples(st.just("order"), MEMBERS, LINES, st.sampled_from([15899, 15900]), st.integers(0, 120)),
        st.tuples(st.just("wait"), st.sampled_from([1, 26])),
    ),
    max_size=20,
)  # fmt: skip


@dataclass(frozen=True)
class Use:
    member: str
    benefit: str
    moment: datetime
    placed: datetime
    calendar: str | None


def orders_of(
    member: str, lines: list[tuple[str, int, int, int]], cents: int, at: datetime, placed: datetime
) -> list[Use]:
    """The benefits that an order is a use of, looked at line by line."""
    found = ["extra"] if cents >= 15900 else []
    cheap = sum(pieces for sku, _, each, pieces in lines if sku in "tu" and each * 2 <= 900)
    # Nine tenths of the list price, a started cent counts.
    cut = sum(pieces for _, price, each, pieces in lines if each <= -(-price * 9 // 10))
    found += ["price"] * (cheap >= 2) + ["share"] * (cut >= 3)
    return [Use(member, benefit, at, placed, "c") for benefit in found]


def charge(grants: list[Grant], uses: list[Use]) -> dict[str, Use]:
    """Use by use, each to the grant that ends first, of ties to the oldest."""
    never, charged = datetime.max.replace(tzinfo=T0.tzinfo), dict[str, Use]()
    for use in sorted(uses, key=lambda use: use.moment):
        free = [
            grant
            for grant in grants
            if (grant.member_id, grant.benefit) == (use.member, use.benefit)
            and use.calendar in (None, grant.calendar)
            and grant.granted_at <= use.placed
            and (grant.valid_until is None or use.moment < grant.valid_until)
            and grant.intent_key not in charged
        ]
        if free:
            best = min(free, key=lambda grant: (grant.valid_until or never, grant.granted_at, grant.intent_key))
            charged[best.intent_key] = use
    return charged


@drawn(40, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_uses_are_charged_as_plain_python_charges_them(steps: list[tuple[object, ...]]) -> None:
    shop, uses, now = Shop(), list[Use](), T0
    for step in steps:
        now += timedelta(minutes=1)
        match step:
            case ("grant", str(member), str(benefit), hours, bool(ours)):
                valid = None if hours is None else int(str(hours)) * HOUR
                calendar = "c" if ours or benefit != "coupon" else "other"
                shop.grant(member, benefit, COSTS[benefit], at=now, valid=valid, calendar=calendar)
            case ("redeem", str(member), calendar):
                named = None if calendar is None else str(calendar)
                shop.redeem(member, "coupon", now, calendar=named)
                uses.append(Use(member, "coupon", now, now, named))
            case ("order", str(member), list(lines), int(cents), int(minutes)):
                placed = now - timedelta(minutes=minutes)
                written = [(sku, price, each * pieces, pieces) for sku, price, each, pieces in lines]
                shop.order(member, now, cents, placed=placed, lines=written)
                uses += orders_of(member, lines, cents, now, placed)
            case ("wait", int(hours)):
                now += hours * HOUR
    shop.look(now + DAY, rules=RULES)
    told = {row.state.intent_key: row.state.used_at for row in shop.ledger.given_rows("c")}
    expected = charge(shop.grants, uses)
    mine = [grant for grant in shop.grants if grant.calendar == "c"]
    found = {key: at for key, at in told.items() if at is not None}
    assert found == {one.intent_key: expected[one.intent_key].moment for one in mine if one.intent_key in expected}

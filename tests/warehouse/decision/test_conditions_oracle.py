"""What benefits ask, once more in plain Python, member by member, over random members and moments. No SQL.

Written from the rules: an order counts from its payment on, until it was given back as a whole; a deposit waits until
its balance is paid or its time is over; whoever left comes before everything else.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from warehouse.snapshots.snapshot import Snapshot

from .giving import bound, build, decide, moment

MEMBERS = 150
SALE = moment("2021-10-21")
CAMPAIGN = moment("2021-10-01")
BALANCE_UNTIL = moment("2021-11-04")
MOMENTS = ("2021-10-03 09:30", "2021-10-25 10:00", "2021-11-02 20:00", "2021-11-11 00:00", "2021-11-12 23:00")
WINDOW = {"from": "2021-10-01", "to": "2021-11-11"}


@dataclass
class Order:
    ordered: datetime
    paid: datetime | None
    cents: int
    back: int = 0
    back_at: datetime | None = None
    deposit_at: datetime | None = None

    def bought(self, at: datetime) -> bool:
        if self.paid is None or self.paid >= at:
            return False
        return not (self.back_at is not None and self.back_at < at and self.back >= self.cents)

    def net(self, at: datetime) -> int:
        return self.cents - (self.back if self.back_at is not None and self.back_at < at else 0)

    def owes(self, at: datetime) -> bool:
        if self.deposit_at is None or self.deposit_at >= at:
            return False
        return (self.paid is None or self.paid >= at) and at < BALANCE_UNTIL


@dataclass
class Person:
    name: str
    joined: datetime | None
    left: datetime | None
    born: date | None
    source: str
    orders: list[Order] = field(default_factory=list)

    def is_joined(self, at: datetime) -> bool:
        return self.joined is not None and self.joined < at

    def bought(self, at: datetime, since: datetime | None = None) -> list[Order]:
        return [o for o in self.orders if o.bought(at) and (since is None or (o.paid is not None and o.paid >= since))]


def people(seed: int) -> list[Person]:
    draw = random.Random(seed)

    def moment_in(first: str, days: int) -> datetime:
        return moment(first) + timedelta(seconds=draw.randrange(days * 86_400))

    def order() -> Order:
        ordered = moment_in("2021-09-20", 53)
        cents = draw.randint(1_000, 150_000)
        if draw.random() < 0.3:
            deposit = ordered + timedelta(minutes=draw.randint(1, 90))
            paid = moment_in("2021-11-01", 3) if draw.random() < 0.5 and deposit < moment("2021-11-01") else None
            return Order(ordered, paid, cents, deposit_at=deposit)
        paid = ordered + timedelta(minutes=draw.randint(0, 600)) if draw.random() < 0.9 else None
        made = Order(ordered, paid, cents)
        if paid is not None and draw.random() < 0.3:
            made.back = cents if draw.random() < 0.5 else draw.randint(1, cents - 1)
            made.back_at = paid + timedelta(hours=draw.randint(1, 200))
        return made

    found = []
    for number in range(MEMBERS):
        kind = draw.random()
        joined = None if kind < 0.2 else moment_in("2021-09-01", 72) if kind < 0.7 else moment("2019-05-01")
        left = moment_in("2021-10-01", 43) if joined is not None and draw.random() < 0.1 else None
        left = left if left is None or joined is None or left > joined else None
        born = None if draw.random() < 0.2 else date(1990, draw.choice([2, 9, 10, 11]), draw.randint(1, 28))
        source = "live room" if joined is None and draw.random() < 0.3 else ""
        orders = [order() for _ in range(draw.choice([0, 0, 1, 2, 3]))]
        found.append(Person(f"m{number}", joined, left, born, source, orders))
    return found


def tables(known: list[Person]) -> dict[str, str]:
    def at(value: datetime | None) -> str:
        return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}"

    members = ["member_id,joined_at,left_at,birth_on,join_source"]
    members += [f"{p.name},{at(p.joined)},{at(p.left)},{p.born or ''},{p.source}" for p in known]
    orders = [
        "order_id,member_id,ordered_at,paid_at,amount,refunded,refunded_at,deposit,deposit_paid_at,balance_from,balance_until"
    ]
    for p in known:
        for number, o in enumerate(p.orders):
            staged = f"1.00,{at(o.deposit_at)},2021-11-01 00:00:00,2021-11-03 23:59:59" if o.deposit_at else ",,,"
            back = f"{o.back / 100:.2f}" if o.back else ""
            row = f"{p.name}-{number},{p.name},{at(o.ordered)},{at(o.paid)},{o.cents / 100:.2f},{back},{at(o.back_at)}"
            orders.append(f"{row},{staged}")
    points = ["member_id,channel,address,consented_at"]
    points += [f"{p.name},mail,{p.name}@example.com,2019-01-01 00:00" for p in known]
    return {
        name: "\n".join(rows) + "\n"
        for name, rows in (("members", members), ("orders", orders), ("contact_points", points))
    }


Says = Callable[[Person, datetime], str | None]


def unless(held: bool, told: str) -> str | None:
    return None if held else f"benefit_condition:{told}"


def new_member(p: Person, at: datetime) -> str | None:
    if at >= moment("2021-11-12"):
        return "benefit_window"
    if not p.is_joined(at):
        return "benefit_unknown:joined_at" if p.joined is None and p.source else None
    assert p.joined is not None
    return unless(CAMPAIGN <= p.joined < moment("2021-11-12"), "joined") or unless(
        p.joined >= at - timedelta(days=10), "within"
    )


def birthday(p: Person, at: datetime) -> str | None:
    if not p.is_joined(at):
        return "benefit_condition:joined"
    if p.born is None:
        return "benefit_unknown:birth_on"
    return unless(p.born.month == at.month, "birthday") or unless(bool(p.bought(at)), "orders")


def spent(p: Person, at: datetime, since: datetime) -> int:
    return sum(o.net(at) for o in p.bought(at, since))


def of_members(told: str, holds: Callable[[Person, datetime], bool]) -> Says:
    return lambda p, at: unless(p.is_joined(at), "joined") or unless(holds(p, at), told)


def midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0)


KINDS: Mapping[str, tuple[dict[str, Any], Says]] = {
    "coupon": ({"kind": "member_coupon", "value": 5}, of_members("", lambda _p, _at: True)),
    "service": ({"kind": "service", "offers": "returns"}, lambda _p, _at: None),
    "one cent": ({"kind": "member_gift_001", "item": "tea", "stock": 900, "daily_cap": 900}, lambda _p, _at: None),
    "new": ({"kind": "new_member_coupon", "value": 5, "offered": WINDOW, "within": "10d"}, new_member),
    "birthday": ({"kind": "birthday_gift", "item": "cake"}, birthday),
    "again": (
        {"kind": "buyback_gift", "item": "tea", "after_orders": 2},
        of_members("after_orders", lambda p, at: len(p.bought(at, SALE)) >= 2),
    ),
    "since": (
        {"kind": "buyback_gift", "item": "tea", "since": "2021-10-01"},
        of_members("after_orders", lambda p, at: bool(p.bought(at, CAMPAIGN))),
    ),
    "balance": (
        {"kind": "points_final_payment_coupon", "value": 5, "points": 1},
        of_members("deposit", lambda p, at: any(o.owes(at) for o in p.orders)),
    ),
    "challenge": (
        {"kind": "challenge", "item": "box", "spend": 1_000},
        of_members("reached", lambda p, at: spent(p, at, CAMPAIGN) < 100_000),
    ),
    "daily": (
        {"kind": "challenge", "item": "box", "spend": 100, "period": "day"},
        of_members("reached", lambda p, at: spent(p, at, midnight(at)) < 10_000),
    ),
}


@pytest.fixture(scope="module", params=[1])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Person], Snapshot]:
    known = people(request.param)
    return known, build(tmp_path_factory.mktemp("random"), tables(known))


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_asks_what_the_rules_say(shop: tuple[list[Person], Snapshot], kind: str) -> None:
    known, snapshot = shop
    written, says = KINDS[kind]
    loaded = bound(written)
    for text in MOMENTS:
        at = moment(text)
        expected = {}
        for person in known:
            gone = person.left is not None and person.left < at
            expected[person.name] = "left" if gone else says(person, at)
        told = {}
        for member, (status, reason, chain, arm) in decide(snapshot, loaded, text).items():
            assert (status == "chosen") == (arm is not None) == (reason is None)
            unmet = next((part.removeprefix("it:") for part in chain.split(" > ") if part.startswith("it:")), None)
            told[member] = reason if reason in (None, "left", "benefit_window") else unmet
        assert told == expected, text


def test_the_random_shop_has_everybody_the_rules_tell_apart(shop: tuple[list[Person], Snapshot]) -> None:
    known, _ = shop
    seen = {kind: {says(p, moment(text)) for p in known for text in MOMENTS} for kind, (_, says) in KINDS.items()}
    assert seen["new"] == {
        None, "benefit_window", "benefit_unknown:joined_at", "benefit_condition:joined", "benefit_condition:within",
    }  # fmt: skip
    assert seen["birthday"] >= {None, "benefit_unknown:birth_on", "benefit_condition:birthday"}
    for kind, told in (
        ("again", "after_orders"),
        ("balance", "deposit"),
        ("challenge", "reached"),
        ("daily", "reached"),
    ):
        assert seen[kind] >= {None, f"benefit_condition:{told}"}, kind

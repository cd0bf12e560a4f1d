"""Facts that came in after a decision, in real snapshots: whom a message does not fit any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.audiences.fields.vocabulary import FIELDS
from campaign_calendars.audiences.language import AudienceExpr, parse_audience, to_predicate
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.deciding.briefs import BenefitOption, TriggerBrief
from campaign_calendars.deciding.conditions import Condition as Asked
from tests.warehouse.conftest import AS_OF, PARAMS, Shop
from warehouse.decision import second_look
from warehouse.decision.second_look import EVENT_GONE, NOT_WANTED, Condition, Known, look_again
from warehouse.features.graph import steps_for
from warehouse.features.members import build_features
from warehouse.snapshots.snapshot import Snapshot, open_snapshot

HOUR = timedelta(hours=1)
NOW = AS_OF + 20 * HOUR
NAMES = AudienceNames(calendar="cal", plays=("recall", "other"), tiers=("regular", "silver", "gold"))
UNPAID = TriggerBrief("order_unpaid", timedelta(minutes=30), timedelta(days=1), "Asia/Shanghai")


def condition(text: str, trigger: TriggerBrief | None = None) -> Condition:
    made = parse_audience(text, names=NAMES)
    assert isinstance(made, AudienceExpr)
    return Condition(to_predicate(made), made.fields, trigger)


def look(
    snapshot: Snapshot, play: Condition, *members: str, benefit: str | None = None, **changes: Any
) -> dict[str, str]:
    settings = {"decided_at": AS_OF, "now": NOW, "params": PARAMS, **changes}
    found = look_again(snapshot, {"recall": play}, [("recall", member, benefit) for member in members], **settings)
    assert {name for name, _ in found} <= {"recall"}
    return {member: reason for (_, member), reason in found.items()}


def at(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M:%S}"


def order(number: int, member: str, ordered: datetime, paid: datetime | None = None, **more: object) -> dict[str, Any]:
    row = {"order_id": f"n{number}", "member_id": member, "ordered_at": at(ordered), "amount": "80.00", "items": 1}
    return row | ({"paid_at": at(paid)} if paid else {}) | more


@pytest.fixture
def quiet_shop(shop: Shop) -> Shop:
    """Members m0 … m9, who bought last on 11 … 20 February, and a new set of orders to fill in."""
    shop.write("events", [])
    return shop


def with_orders(shop: Shop, *rows: dict[str, Any]) -> None:
    old = [
        order(n, f"m{n % 10}", datetime(2026, 2, n + 1, 10, tzinfo=UTC), datetime(2026, 2, n + 1, 11, tzinfo=UTC))
        for n in range(20)
    ]
    shop.write("orders", [*old, *(row | {"order_id": f"x{number}"} for number, row in enumerate(rows))])


def test_who_bought_since_or_was_known_too_late_to_have_bought(quiet_shop: Shop) -> None:
    with_orders(
        quiet_shop,
        order(0, "m1", AS_OF + HOUR, AS_OF + HOUR),  # since the decision
        order(0, "m2", AS_OF - HOUR, AS_OF - HOUR),  # before it, but the export came later
        order(0, "m3", AS_OF + HOUR),  # not paid
        order(0, "m4", NOW + HOUR, NOW + HOUR),  # nobody knows that yet
    )
    quiet_shop.write("events", [{"event_id": "e1", "member_id": "m5", "kind": "visit", "at": at(AS_OF + HOUR)}])
    recall = condition("recency_days > 10")
    members = [f"m{n}" for n in range(10)]
    later = quiet_shop.build(as_of=NOW + 2 * HOUR)
    expected = {"m1": NOT_WANTED, "m2": NOT_WANTED}
    assert look(later, recall, *members, "stranger") == expected
    assert look(later, recall, "m0", "m2", "m5") == {"m2": NOT_WANTED}
    assert look(later, recall, *members, now=AS_OF) == {"m2": NOT_WANTED}
    # Compared with all other members, so nobody may be left out of the computation: the same outcome.
    assert look(later, condition("recency_days > 10 and r_score <= 5"), *members) == expected


def test_time_alone_takes_nobody_out(quiet_shop: Shop) -> None:
    with_orders(quiet_shop)
    quiet_shop.write("events", [{"event_id": "e1", "member_id": "m8", "kind": "visit", "at": at(AS_OF + HOUR)}])
    later = quiet_shop.build(as_of=NOW)
    with open_snapshot(later) as con:
        build_features(con, as_of=AS_OF, params=PARAMS, columns=["recency_days"])
        days = dict(con.execute("select member_id, recency_days from member_features").fetchall())
    recent = condition(f"recency_days <= {days['m8']}")
    # A day later nobody of m8's age would match; m8 was there meanwhile, m9 moved with the clock only.
    assert look(later, recent, "m8", "m9", now=AS_OF + timedelta(days=3)) == {"m8": NOT_WANTED}


def test_an_event_that_no_longer_holds(quiet_shop: Shop) -> None:
    before = AS_OF - HOUR
    with_orders(
        quiet_shop,
        order(0, "m1", before),
        order(0, "m2", before, AS_OF + HOUR),
        order(0, "m3", before, closed_at=at(AS_OF + HOUR)),
        order(0, "m4", before, AS_OF - HOUR / 2),
        order(0, "m5", before, AS_OF + HOUR),
        order(0, "m5", before + timedelta(minutes=5)),
        order(0, "m6", before, deposit="5", deposit_paid_at=at(AS_OF + HOUR)),
    )
    later = quiet_shop.build(as_of=NOW)
    found = look(later, condition("joined", UNPAID), "m1", "m2", "m3", "m4", "m5", "m6")
    assert found == {"m2": EVENT_GONE, "m3": EVENT_GONE, "m4": EVENT_GONE, "m6": EVENT_GONE}


def test_what_we_did_and_what_people_set_count_as_the_decision_knew_them(quiet_shop: Shop) -> None:
    with_orders(quiet_shop)
    later = quiet_shop.build(as_of=NOW)
    known = Known(
        [("m1", "sms", "cal", "p", "other", AS_OF - HOUR, None)],
        [("m2", "gold", AS_OF - HOUR, None), ("m3", "gold", AS_OF + HOUR, None)],
    )
    assert look(later, condition("not contacted_by('other')"), "m1", "m2", known=known) == {"m1": NOT_WANTED}
    plain = condition("tier <> 'gold'")
    assert look(later, plain, "m1", "m2", known=known) == {"m2": NOT_WANTED}


def test_a_part_of_the_members_has_the_figures_it_has_among_all(quiet_shop: Shop) -> None:
    with_orders(quiet_shop, order(0, "m1", AS_OF - HOUR, AS_OF - HOUR), order(0, "m2", AS_OF - HOUR))
    quiet_shop.write(
        "order_items",
        [
            {"order_id": f"x{n}", "line_id": f"l{n}", "sku": "s", "category": f"c{n % 2}", "price": "90.00"}
            | {"quantity": 1, "paid": "80.00"}
            for n in range(20)
        ],
    )
    quiet_shop.write("events", [{"event_id": "e1", "member_id": "m1", "kind": "visit", "at": at(AS_OF - HOUR)}])
    entry = {"entry_id": "p1", "member_id": "m1", "kind": "earn", "points": 5, "at": at(AS_OF - HOUR)}
    quiet_shop.write("points", [entry])
    later = quiet_shop.build(as_of=NOW)
    alone = {name for name in FIELDS if not any(step.model.joins == "to_all" for step in steps_for([name]))}
    assert len(alone) > 40
    query = f"select member_id, {', '.join(sorted(alone))} from member_features order by member_id"
    play = {"recall": Condition("true", frozenset(alone))}
    pairs = [("recall", "m1", None), ("recall", "m2", None), ("recall", "m9", None)]
    with second_look._opened(later, pairs, play, 2, "1GB") as con, open_snapshot(later) as whole:
        second_look.history.create_tables(con)
        second_look.history.create_tables(whole)
        for each in (con, whole):
            build_features(each, as_of=AS_OF + HOUR, params=PARAMS, columns=alone)
        narrow = con.execute(query).fetchall()
        assert [row[0] for row in narrow] == ["m1", "m2", "m9"]
        assert narrow == [row for row in whole.execute(query).fetchall() if row[0] in {"m1", "m2", "m9"}]


def test_what_a_benefit_asks_is_looked_at_once_more(quiet_shop: Shop) -> None:
    """An order that was given back, a challenge reached meanwhile: the benefit is not for them any more."""
    given_back = {"refunded": "80.00", "refunded_at": at(AS_OF + 2 * HOUR)}
    with_orders(
        quiet_shop,
        order(0, "m1", AS_OF - HOUR, AS_OF - HOUR, **given_back),
        order(0, "m2", AS_OF - HOUR, AS_OF - HOUR),
        order(0, "m3", AS_OF + HOUR, AS_OF + HOUR),
    )
    later = quiet_shop.build(as_of=NOW + 2 * HOUR)
    since = ("since", AS_OF - 2 * HOUR)
    again = BenefitOption("again", 0, conditions=(Asked("orders_since", (("orders", 1), since)),))
    reach = BenefitOption("reach", 0, conditions=(Asked("not_reached", (("spend", 8_000), since)),))
    play = replace(condition("orders_total >= 0"), benefits=(again, reach))
    members = ["m1", "m2", "m3"]
    assert look(later, play, *members) == {}
    # m3 had not ordered when it was decided, and was given it by a mistake of the export.
    unmet = "benefit_condition:after_orders"
    assert look(later, play, *members, benefit="again") == {"m1": unmet, "m3": unmet}
    assert look(later, play, "m2", "m3", benefit="reach") == dict.fromkeys(("m2", "m3"), "benefit_condition:reached")
    tiered = replace(play, benefits=(BenefitOption("gold-only", 0, tiers=("gold",)),))
    assert look(later, tiered, "m1", benefit="gold-only") == {"m1": "benefit_tier"}

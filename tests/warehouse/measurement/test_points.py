"""The reconciliation of points: what the rules give beside what was recorded, and why they differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign_calendars.deciding.points_rules import point_rules
from campaign_calendars.measuring.points import PointRules
from campaign_calendars.model.store import Store
from tests.warehouse.conftest import AS_OF, Shop
from warehouse.measurement.points import Reconciliation, reconcile
from warehouse.snapshots.snapshot import open_snapshot

DONE = {"status": "交易成功"}
REFERRAL = {"points": 300, "spend": 300}
ZONE = ZoneInfo("Asia/Shanghai")
LEVELS = [{"id": "basic", "spend": 0}, {"id": "gold", "spend": 1000, "points": 2}]


def rules(**points: Any) -> PointRules:
    given: dict[str, Any] = {"per_unit": 1, **points}
    written = {"store": "s", "tiers": {"window": "365d", "levels": LEVELS}, "points": given, "channels": {}}
    store = Store.model_validate(written)
    assert store.points is not None
    day = AS_OF.date()
    return point_rules(store, store.points, ZONE, [], since=day - timedelta(days=800), until=day)


def order(number: int, member: str, amount: str, **more: object) -> dict[str, object]:
    at = f"2026-02-0{number} 10:00"
    return {"order_id": f"o{number}", "member_id": member, "ordered_at": at, "paid_at": at, "amount": amount, **more}


def entry(number: int, member: str, kind: str, points: int, **more: object) -> dict[str, object]:
    row = {"entry_id": f"p{number}", "member_id": member, "kind": kind, "points": points, "at": "2026-02-05 10:00"}
    return {**row, **more}


def found_in(shop: Shop, **points: Any) -> Reconciliation:
    with open_snapshot(shop.build()) as con:
        return reconcile(con, as_of=AS_OF, rules=rules(**points))


def test_rules_and_records_side_by_side(shop: Shop) -> None:
    shop.write(
        "orders",
        [
            order(1, "m1", "1000", **DONE),
            order(2, "m1", "19.90", **DONE),
            order(3, "m2", "300.50", refunded="100", refunded_at="2026-02-20", **DONE),
            order(4, "m3", "300", **DONE),
            order(5, "m4", "50", status="卖家已发货，等待买家确认"),
            *(order(number, f"m{number}", "0.60", **DONE) for number in (6, 7)),
        ],
    )
    shop.write("referrals", [{"referrer_id": "m2", "referred_id": "m3", "at": "2026-01-01"}])
    shop.write(
        "points",
        [
            entry(1, "m1", "earn", 1038, expires_at="2027-02-05 10:00"),
            entry(2, "m2", "earn", 300),
            entry(3, "m2", "refund", 100),
            entry(4, "m2", "referral", 300),
            entry(5, "m9", "earn", 7),
            entry(6, "m9", "redeem", 7),
        ],
    )
    found = found_in(shop, referral=REFERRAL, valid="365d")
    assert found.by_rules == {"order": 1038 + 300 + 300, "refund": -100, "referral": 600, "redeem": -7}
    assert found.recorded == {"earn": 1345, "refund": -100, "referral": 300, "redeem": -7}
    assert (found.members, found.agreeing) == (4, 2)
    assert found.differing == [
        ("m3", 600, 0, ["not_recorded", "referral_not_recorded"]),
        ("m9", -7, 0, ["no_order"]),
    ]
    assert found.wrong_validity == 2


def test_without_records_the_rules_stand_alone(shop: Shop) -> None:
    found = found_in(shop)
    assert found.has_records is False
    assert found.balance_by_rules == sum(100 + n for n in range(20))
    assert found.wrong_validity is None

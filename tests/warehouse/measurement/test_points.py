"""The reconciliation of points: what the rules give beside what was recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign_calendars.measuring.points import PointRules
from campaign_calendars.model.programme import Ladder, Points
from tests.warehouse.conftest import AS_OF, Shop
from warehouse.measurement.points import reconcile
from warehouse.snapshots.snapshot import open_snapshot

DONE = {"status": "交易成功"}
REFERRAL = {"points": 300, "spend": 300}


def rules(**points: Any) -> PointRules:
    ladder = Ladder((0, 100_000), (None, None))
    return PointRules(Points.model_validate(points), ladder, (1, 2), timedelta(days=365), ZoneInfo("Asia/Shanghai"))


def order(number: int, member: str, amount: str, **more: object) -> dict[str, object]:
    at = f"2026-02-0{number} 10:00"
    return {"order_id": f"o{number}", "member_id": member, "ordered_at": at, "paid_at": at, "amount": amount, **more}


def entry(number: int, member: str, kind: str, points: int, **more: object) -> dict[str, object]:
    row = {"entry_id": f"p{number}", "member_id": member, "kind": kind, "points": points, "at": "2026-02-05 10:00"}
    return {**row, **more}


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
    with open_snapshot(shop.build()) as con:
        found = reconcile(con, as_of=AS_OF, rules=rules(referral=REFERRAL, valid="365d"))
    assert (found.by_rules.earned, found.by_rules.taken_back, found.by_rules.referral) == (1038 + 300 + 300, 100, 600)
    assert (found.recorded.earned, found.recorded.taken_back, found.recorded.referral) == (1345, 100, 300)
    assert (found.members, found.agreeing) == (4, 2)
    assert found.differences == [("m3", 600, 0), ("m9", 0, 7)]
    assert found.wrong_validity == 2


def test_without_records_the_rules_stand_alone(shop: Shop) -> None:
    with open_snapshot(shop.build()) as con:
        found = reconcile(con, as_of=AS_OF, rules=rules())
    assert found.has_records is False
    assert found.by_rules.net == sum(100 + n for n in range(20))
    assert found.wrong_validity is None

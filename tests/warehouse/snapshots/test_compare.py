"""What changed between two snapshots, counted in both files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from warehouse.snapshots.compare import MemberChanges, RefundChanges, compare_snapshots


def orders(**changes: str) -> list[dict[str, str]]:
    made = [
        {
            "order_id": f"o{n}",
            "member_id": f"m{n % 10}",
            "ordered_at": "2026-02-01",
            "paid_at": "2026-02-02",
            "amount": 9,
        }
        for n in range(20)
    ]
    made[3].update(changes)
    return made


def test_every_kind_of_change_is_counted(shop: Any) -> None:
    shop.write("orders", orders())
    old = shop.build()
    shop.write(
        "members",
        [{"member_id": f"m{n}", "joined_at": "2025-06-01 08:00:00", "city": "杭州"} for n in range(1, 10)]
        + [{"member_id": "m10", "joined_at": "2026-03-01"}, {"member_id": "m11"}],
    )
    later = orders(refunded="4.50", refunded_at="2026-03-01")[1:]
    shop.write("orders", [*later, {"order_id": "new", "member_id": "m1", "ordered_at": "2026-03-02", "amount": "1"}])
    new = shop.build(as_of=old.as_of + timedelta(hours=1))
    changes = compare_snapshots(old, new)
    assert (changes.old, changes.new) == (old.snapshot_id, new.snapshot_id)
    members, bought = changes.tables["stg_members"], changes.tables["stg_orders"]
    assert (members.rows, members.added, members.removed, members.changed) == ((10, 11), 2, 1, 9)
    assert members.nulls["city"] == (1.0, round(2 / 11, 6))
    # o0 and o10 belonged to the member who is gone; one of them left the file, the other is quarantined.
    assert (bought.rows, bought.added, bought.removed, bought.changed) == ((20, 19), 1, 2, 1)
    assert changes.members == MemberChanges(joined=1, left=0)
    assert changes.refunds == RefundChanges(orders=1, cents=450)
    counts = changes.accounts["orders"].new
    assert counts
    assert counts.quarantined == 1
    assert changes.models == ()


def test_a_snapshot_equals_itself(shop: Any) -> None:
    # Neither a group nor a moment: the keys of their rows have empty columns.
    shop.write("contact_points", [{"member_id": "m1", "channel": "sms", "address": "13800138000"}])
    shop.write("tags", [{"member_id": "m1", "tag": "tea"}])
    one = shop.build()
    assert one.counts["contact_points"].accepted == one.counts["tags"].accepted == 1
    changes = compare_snapshots(one, one)
    for counts in changes.tables.values():
        assert (counts.added, counts.removed, counts.changed, counts.nulls) == (0, 0, 0, {})
    assert changes.accounts == {}

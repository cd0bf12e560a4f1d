"""The budget ledger always closes: what was given is committed or came back, what is planned is committed or free."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.model.calendar import Calendar
from tasks.running.accounts import accounts
from warehouse.ledger.records import GrantSum

COUPON = {"kind": "member_coupon", "value": 5, "pool": "coupons"}
SUMS = st.builds(
    GrantSum, st.sampled_from(["a", "b"]), st.sampled_from(["c", "d", "gone"]), st.sampled_from([None, "coupons"]),
    st.booleans(), st.integers(1, 50), st.integers(0, 10**9),
)  # fmt: skip


def calendar(total: int, stock: int) -> Calendar:
    window = {"from": "2026-03-08", "to": "2026-03-09"}
    return Calendar.model_validate(
        {
            "calendar": "x",
            "store": "s",
            "timezone": "UTC",
            "budget": {"total": total, "pools": {"coupons": total}},
            "benefits": {"c": {**COUPON, "stock": stock}, "d": COUPON},
            "phases": [{"id": "a", "kind": "burst", "window": window}],
        }
    )


@given(st.lists(SUMS, max_size=8), st.integers(0, 10**6), st.integers(0, 60))
def test_every_account_closes(sums: list[GrantSum], total: int, stock: int) -> None:
    found = {row.name: row for row in accounts(calendar(total, stock), sums)}
    for row in found.values():
        assert row.given == row.committed + row.released
        assert row.committed == sum(row.phases.values())
        assert (row.free is None) == (row.planned is None)
        assert row.planned is None or row.planned == row.committed + (row.free or 0)
    assert found["budget"].given == sum(row.cents for row in sums)
    assert found["pool coupons"].given == sum(row.cents for row in sums if row.pool)
    assert found["benefit c"].planned == stock
    pieces = sum(row.given for name, row in found.items() if name.startswith("benefit "))
    assert pieces == sum(row.pieces for row in sums)

"""The budget ledger always closes: limits are the sum of their parts, pools, benefits and phases that of the budget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.model.calendar import Calendar
from tasks.accounting.accounts import accounts, close
from tests.drawing import drawn
from warehouse.ledger.records import GrantSum

COUPON = {"kind": "member_coupon", "value": 5, "pool": "coupons"}
STATES = ("reserved", "open", "spent", "assumed", "stopped", "expired", "refunded", "difference")
SUMS = st.lists(
    st.builds(
        GrantSum, st.sampled_from(["a", "b"]), st.sampled_from(["c", "d", "gone"]),
        st.sampled_from([None, "coupons", "old"]), st.sampled_from(STATES), st.integers(0, 50), st.integers(0, 10**9),
    ),
    max_size=12,
)  # fmt: skip
PLANNED = st.none() | st.dictionaries(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["c", "d", "e"])),
    st.tuples(st.integers(0, 50), st.integers(0, 10**9)),
)


def calendar(total: int, stock: int) -> Calendar:
    window = {"from": "2026-03-08", "to": "2026-03-09"}
    return Calendar.model_validate(
        {
            "calendar": "x",
            "store": "s",
            "timezone": "UTC",
            "budget": {"total": total, "pools": {"coupons": total}},
            "benefits": {"c": {**COUPON, "stock": stock}, "d": COUPON, "e": {"kind": "member_coupon", "value": 1}},
            "phases": [{"id": "a", "kind": "burst", "window": window}],
        }
    )


@drawn(60, suppress_health_check=[HealthCheck.too_slow])
@given(SUMS, PLANNED, st.integers(0, 10**6), st.integers(0, 60))
def test_every_account_closes(
    sums: list[GrantSum], planned: dict[tuple[str, str], tuple[int, int]] | None, total: int, stock: int
) -> None:
    lines = accounts(calendar(total, stock), sums, planned)
    found = {(line.name, line.unit): line for line in lines}
    budget = found["budget", "cents"]
    assert budget.given == sum(row.cents for row in sums)
    assert budget.planned == (None if planned is None else sum(cents for _, cents in planned.values()))
    assert budget.limit == total * 100
    assert budget.free == budget.limit - budget.held - (budget.planned or 0)
    assert found["pool coupons", "cents"].given == sum(row.cents for row in sums if row.pool == "coupons")
    assert found["benefit c", "pieces"].limit == stock
    pieces = sum(line.given for line in lines if line.unit == "pieces")
    assert pieces == sum(row.pieces for row in sums)


def test_accounts_that_do_not_close_are_not_shown() -> None:
    lines = accounts(calendar(100, 5), [GrantSum("a", "c", "coupons", "open", 1, 500)])
    for index, line in enumerate(lines):
        if line.unit == "cents":
            with pytest.raises(RuntimeError, match=r"do not sum|does not close"):
                close([*lines[:index], replace(line, spent=line.spent + 1), *lines[index + 1 :]])

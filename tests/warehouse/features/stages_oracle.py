"""What orders in stages come to, read slowly and in plain Python: the other half of `test_members_oracle`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from warehouse.features.params import FeatureParams

Row = dict[str, Any]
COLUMNS = ("stage", "deposit_cents", "deposit_paid_at", "balance_from", "balance_until", "status")
UNSTAGED: Row = dict.fromkeys(COLUMNS)


def stage_at(order: Row, now: datetime, params: FeatureParams) -> str:
    """none, unpaid, late, open, due, paid, forfeited, closed or unclear."""
    if order["stage"] is None:
        return "none"
    if order["paid_at"] < now if order["paid_at"] is not None else order["stage"] == "balance_paid":
        return "paid"
    placed, (opens, ends) = _windows(order, params)
    if order["deposit_paid_at"] is not None and order["deposit_paid_at"] < now:
        return _with_deposit(order, now, opens, ends)
    if is_closed(order, now):
        return "closed"
    if order["stage"] == "unclear":
        return "unclear"
    return "late" if placed is not None and placed <= now else "unpaid"


def _with_deposit(order: Row, now: datetime, opens: datetime | None, ends: datetime | None) -> str:
    in_time = order["closed_at"] is not None and ends is not None and order["closed_at"] < ends
    if ends is not None and now >= ends and not in_time:
        return "forfeited"
    if is_closed(order, now):
        return "closed"
    return "due" if opens is not None and opens <= now else "open"


def is_closed(order: Row, now: datetime) -> bool:
    """Closed before now; without a moment and a payment, closed at all."""
    if order["closed_at"] is None:
        return bool(order["status"] == "closed") and order["paid_at"] is None
    return bool(order["closed_at"] < now)


def staged_features(orders: Sequence[Row], now: datetime, params: FeatureParams) -> Row:
    """Fields of the orders of one member that are placed before now."""
    stages = [(stage_at(order, now, params), order) for order in orders]
    due = [order for stage, order in stages if stage == "due"]
    known = bool(due) and all(order["deposit_cents"] is not None for order in due)
    return {
        "has_staged_order": any(stage != "none" for stage, _ in stages),
        "balance_open": any(stage in {"open", "due"} for stage, _ in stages),
        "balance_due": bool(due),
        "balance_due_amount": sum(o["amount_cents"] - o["deposit_cents"] for o in due) if known else None,
        "forfeited_orders": sum(stage == "forfeited" for stage, _ in stages),
    }


def open_deposits(orders: Sequence[Row], now: datetime, params: FeatureParams) -> int:
    """Deposits that count as bought: paid since the sale began, balance still open."""
    if params.sale_from is None:
        return 0
    start = params.sale_from.replace(tzinfo=None)
    return sum(stage_at(o, now, params) in {"open", "due"} and o["deposit_paid_at"] >= start for o in orders)


def _windows(order: Row, params: FeatureParams) -> tuple[datetime | None, tuple[datetime | None, datetime | None]]:
    """When the deposit can no longer be paid, and the window of the balance."""
    placed, window = order["balance_from"], (order["balance_from"], order["balance_until"])
    for first, end, opens, ends in params.balance_windows:
        if first.replace(tzinfo=None) <= order["ordered_at"] < end.replace(tzinfo=None):
            placed = end.replace(tzinfo=None)
            window = (window[0] or opens.replace(tzinfo=None), window[1] or ends.replace(tzinfo=None))
    return placed, window


@st.composite
def staged(draw: st.DrawFn, order: Row, moments: st.SearchStrategy[datetime]) -> Row:
    """An order as staging would leave it when it is paid in stages: nothing in it contradicts itself."""
    deposit = draw(st.sampled_from([None, 0, order["amount_cents"] // 5, order["amount_cents"]]))
    opens = draw(st.none() | moments)
    window = {"balance_from": opens, "balance_until": draw(st.sampled_from([None, opens, opens and opens + LATER]))}
    status = draw(st.sampled_from([None, None, "closed"]))
    if order["paid_at"] is not None:
        stage, at = "balance_paid", draw(st.sampled_from([order["ordered_at"], order["paid_at"]]))
    else:
        stage = draw(st.sampled_from(["deposit_unpaid", "deposit_paid", "deposit_paid", "balance_paid", "unclear"]))
        at = order["ordered_at"] + draw(st.sampled_from([timedelta(0), timedelta(hours=30)]))
        at = at if stage in {"deposit_paid", "balance_paid"} else None
    return {**order, "stage": stage, "deposit_cents": deposit, "deposit_paid_at": at, "status": status, **window}


LATER = timedelta(days=3)

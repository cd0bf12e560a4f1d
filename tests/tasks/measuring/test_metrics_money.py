"""Metrics of money beside the books: what a use costs, of packs, under an expected budget and of small baskets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from tasks.measuring.measure import measure
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.running.phase import run_phase
from tasks.runtime import open_runtime
from tests.flows.small_project import MEMBERS
from tests.pulling import refresh
from tests.tasks.conftest import SALE, SMALL
from tests.tasks.measuring.test_message_costs import edited, opened, project

COUPON = "coupon_10: {kind: member_coupon, threshold: 50.00, value: 10.00}"
EXPECTED = "coupon_10: {kind: member_coupon, threshold: 50.00, value: 10.00, redemption_rate: 30%}"
PACK = (
    "coupon_10: {kind: member_coupon_pack, coupons: [{threshold: 50, value: 10}, {threshold: 90, value: 20},"
    " {threshold: 99, value: 30}]}"
)
LATER = SALE + timedelta(hours=4)
NAMES = (
    "sales_to_cost", "benefit_money", "benefit_money_reserved", "open_liability", "open_benefits", "uses_surplus",
    "coupon_use_rate",
)  # fmt: skip
_DATA = '\n[sources.redemptions]\nkind = "csv"\npath = "data/redemptions.csv"\ntimezone = "Asia/Shanghai"\n'


def told(root: Path, benefit: str, uses: Sequence[int], *, calendar: str = "") -> pd.Series:
    """Figures by metric and part after these members (numbers) used the benefit, ten minutes apart, each with an order
    of 100.00. What the books say stands beside them: `books_open`, `books_spent`.
    """
    project(root, "短", calendar=calendar)
    edited(root / "calendars" / f"{SMALL}.yaml", (COUPON, benefit))
    head = "redemption_id,member_id,benefit,calendar,redeemed_at,order_id"
    (root / "data" / "redemptions.csv").write_text(f"{head}\n", "utf-8")
    with (root / "promocal.toml").open("a", encoding="utf-8") as file:
        file.write(_DATA)
    rt = opened(root)
    run_phase(rt, SMALL, "burst", SALE)
    rt.close()
    for number, member in enumerate(uses):
        at = SALE + timedelta(minutes=10 * number + 1)
        when = f"{at:%Y-%m-%d %H:%M:%S}"
        _add(root, "orders", f"n{number},{MEMBERS[member]},{when},{when},100.00")
        _add(root, "redemptions", f"r{number},{MEMBERS[member]},coupon_10,{SMALL},{when},n{number}")
    with open_runtime(root, clock=lambda: LATER) as rt:
        refresh(rt, SMALL, LATER)
        found = compute_metrics(rt, SMALL, Asked(NAMES, LATER)).figures
        costs = [row for row in measure(rt, SMALL, LATER).costs if row.kind == "benefit"]
    series = {" ".join((one.metric, *one.part)): one.numerator for one in found}
    series |= {f"{one.metric} of": one.denominator for one in found if one.denominator is not None}
    series |= {"books_open": sum(row.open_cents for row in costs), "books_spent": sum(row.spent_cents for row in costs)}
    return pd.Series(series)


def _add(root: Path, name: str, row: str) -> None:
    with (root / "data" / f"{name}.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")


@pytest.mark.parametrize(
    ("benefit", "uses", "answer"),
    [
        pytest.param(COUPON, [0, 1], (20_00, 60_00, 80_00, 60_00), id="each its value"),
        # 3.00 are reserved for each of eight; a use costs 10.00 all the same, and what may come is not less.
        pytest.param(EXPECTED, [0, 1], (20_00, 18_00, 24_00, 60_00), id="expected budget"),
        # The dearest coupon of a pack first: 30 and 20 of the first member, 30 of the second.
        pytest.param(PACK, [0, 1, 0], (80_00, 400_00, 480_00, 400_00), id="coupons of packs"),
        pytest.param(PACK, [0] * 4, (60_00, 420_00, 480_00, 420_00), id="one use more than the pack has coupons"),
    ],
)
def test_uses_cost_what_the_books_say(
    tmp_path: Path, benefit: str, uses: Sequence[int], answer: tuple[int, int, int, int]
) -> None:
    """`answer`: cents spent, of the reserve still open, reserved in all, and what may still be claimed."""
    spent, still_open, reserved, liability = answer
    budget = "budget: {total: 5000, basis: expected}\n" if benefit == EXPECTED else ""
    found = told(tmp_path / "shop", benefit, uses, calendar=budget)
    assert (found["books_spent"], found["books_open"]) == (spent, still_open)
    assert (found["benefit_money spent"], found["benefit_money open"]) == (spent, still_open)
    assert found[found.index.str.startswith("benefit_money ")].sum() == found["benefit_money_reserved"] == reserved
    times = 3 if benefit == PACK else 1
    by_member = pd.Series(uses).value_counts()
    told_uses = by_member.clip(upper=times)
    assert (found["sales_to_cost"], found["sales_to_cost of"]) == (told_uses.sum() * 100_00, spent)
    assert found["open_liability"] == liability
    assert found["uses_surplus"] == (by_member - told_uses).sum()
    assert found["open_benefits"] == len(MEMBERS) - (told_uses == times).sum()
    assert (found["coupon_use_rate"], found["coupon_use_rate of"]) == (len(by_member), len(MEMBERS))

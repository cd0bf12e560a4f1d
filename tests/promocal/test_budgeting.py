"""The page of the budget ledger in both languages, at 80 columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from campaign_calendars.deciding.blocks import Block
from campaign_calendars.model.calendar import Calendar
from promocal.cli import budgeting, language
from tasks.accounting.accounts import Planned, accounts
from tasks.planning.budget import BudgetLedger, Stray
from warehouse.ledger.records import GrantSum

SUMS = [
    GrantSum("teaser", "coupon", "coupons", "spent", 40, 40_000_00),
    GrantSum("teaser", "coupon", "coupons", "expired", 10, 10_000_00),
    GrantSum("teaser", "coupon", "coupons", "open", 130, 130_000_00),
    GrantSum("teaser", "gift", None, "assumed", 3, 45_00),
    GrantSum("burst", "gift", None, "reserved", 2, 30_00),
    GrantSum("burst", "coupon", "coupons", "difference", 0, -12_34),
]
PLANNED = {("burst", "gift"): (15, 225_00)}
ENGLISH = """\
sale  amounts in CNY, worst case  uses known to 2026-03-08 02:00 UTC

Budget and pools
what            limit      spent        owed  reserved  planned        free
total      500,000.00  40,045.00  130,000.00     30.00   225.00  329,700.00
coupons    150,000.00  40,000.00  130,000.00      0.00     0.00  -20,000.00
(no pool)           –      45.00        0.00     30.00   225.00           –

Benefits and stock
what    limit      spent        owed  reserved  planned  free
coupon      –         40         130         0        0     –
            –  40,000.00  130,000.00      0.00     0.00     –
gift       20          3           0         2       15     0
            –      45.00        0.00     30.00   225.00     –

Phases
what        spent        owed  reserved  planned
teaser  40,045.00  130,000.00      0.00     0.00
burst        0.00        0.00     30.00   225.00

Came back
what            stopped    expired  refunded  cost less
total              0.00  10,000.00      0.00     -12.34
pool coupons       0.00  10,000.00      0.00     -12.34
benefit coupon        0         10         0          0
                   0.00  10,000.00      0.00     -12.34
phase teaser       0.00  10,000.00      0.00       0.00
phase burst        0.00       0.00      0.00     -12.34

Of what is spent, 45.00 is over and counts as used: no data tell its uses.
pool coupons: 20,000.00 above its limit. Nothing is taken back, and nothing more
is given.
coupon: uses that belong to no grant and are in no account: 7 (7,000.00).
  2 of them (2,000.00) by holders, outside the time in which it may be used.
"""


def ledger(sums: list[GrantSum], planned: Planned | None) -> BudgetLedger:
    window = {"from": "2026-03-08", "to": "2026-03-09"}
    calendar = Calendar.model_validate(
        {
            "calendar": "sale",
            "store": "s",
            "timezone": "UTC",
            "budget": {"total": 500_000, "pools": {"coupons": 150_000}},
            "benefits": {
                "coupon": {"kind": "member_coupon", "value": 1000, "pool": "coupons"},
                "gift": {"kind": "birthday_gift", "item": "tea", "unit_cost": 15, "stock": 20},
            },
            "phases": [{"id": name, "kind": "burst", "window": window} for name in ("teaser", "burst")],
        }
    )
    return BudgetLedger(
        calendar="sale",
        currency="CNY",
        known_at=datetime(2026, 3, 8, 2, tzinfo=UTC) if sums else None,
        basis="worst_case",
        accounts=tuple(accounts(calendar, sums, planned)),
        strays=(Stray(benefit="coupon", pieces=7, cents=700_000, outside=2, outside_cents=200_000),) if sums else (),
    )


def page(capsys: pytest.CaptureFixture[str], lang: str, found: BudgetLedger) -> str:
    language.settle(["--lang", lang])
    try:
        budgeting.print_budget(found)
    finally:
        language.settle([])
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    from promocal.cli import output

    monkeypatch.setenv("COLUMNS", "80")
    output.console.cache_clear()


def test_the_ledger_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert page(capsys, "en", ledger(SUMS, PLANNED)) == ENGLISH


def test_the_same_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    found = page(capsys, "zh", ledger(SUMS, PLANNED))
    assert max(map(cell_len, found.splitlines())) <= 80
    assert "资金池 coupons：超出上限 20,000.00。已给出的不收回，也不再发放。" in found
    heads = [line.split() for line in found.splitlines() if line.startswith("事项")]
    assert heads[0] == ["事项", "上限", "已花费", "待使用", "占用", "计划用量", "可用"]


def test_before_the_first_run_all_is_planned_or_free(capsys: pytest.CaptureFixture[str]) -> None:
    found = page(capsys, "en", ledger([], PLANNED))
    assert found.startswith("sale  amounts in CNY, worst case  nothing was granted yet")
    (total,) = [line.split() for line in found.splitlines() if line.startswith("total")]
    assert total == ["total", "500,000.00", "0.00", "0.00", "0.00", "225.00", "499,775.00"]
    assert "Came back" not in found
    assert "planned" not in page(capsys, "en", ledger([], None)), "without a plan the column is left out"


def test_what_is_set_aside_is_listed_and_what_nobody_can_expect_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    about = {"phase": "burst", "pool": None, "unit_cents": 9_00, "use_cents": 9_00}
    mug = Block(benefit="mug", state="open", expected=20, pieces=20, uses=3, spent_cents=27_00, **about)
    tea = Block(benefit="tea", state="planned", expected=None, pieces=0, **about)
    found = page(capsys, "en", replace(ledger(SUMS, PLANNED), blocks=(mug, tea)))
    rows = [line.split() for line in found.splitlines() if line.startswith(("mug ", "tea "))]
    assert rows[:2] == [
        ["mug", "burst", "20", "20", "3", "180.00", "owed"],
        ["tea", "burst", "–", "0", "0", "0.00", "planned"],
    ]
    assert "tea (burst): no data tell how often it will be used" in found
    chinese = page(capsys, "zh", replace(ledger(SUMS, PLANNED), blocks=(mug, tea)))
    assert max(map(cell_len, chinese.splitlines())) <= 80
    assert "为自动生效的权益预留" in chinese

"""Experiments from elsewhere: the same figures as a calendar's, and a reason instead of a number that looks right."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.elsewhere import told_of_file
from campaign_calendars.measuring.lift import newcombe
from tasks.measuring.elsewhere import measure_arms
from warehouse.measurement.money import compare_money

NOW = datetime(2026, 4, 1, tzinfo=UTC)
Row = tuple[object, ...]


def _file(tmp_path: Path, rows: Sequence[Row], head: str = "member_id,arm,orders,revenue,cost") -> Path:
    path = tmp_path / "arms.csv"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
    return path


def _rows(members: int = 2_000) -> list[Row]:
    rng, rows = random.Random(4), []
    for number in range(members):
        treated = number % 10 > 0
        orders = rng.choice((1, 1, 2)) if rng.random() < (0.3 if treated else 0.2) else 0
        paid = f"{rng.lognormvariate(4.5, 0.6):.2f}" if orders else "0"
        rows.append((f"u{number:05d}", "treated" if treated else "control", orders, paid, "1.50" if treated else 0))
    return rows


def test_figures_are_those_of_a_plain_computation(tmp_path: Path) -> None:
    rows = _rows()
    found = measure_arms(_file(tmp_path, rows), None, as_of=NOW, shares=["treated=90%"], margin=0.4)
    for name, arm in found.arms.items():
        mine = [row for row in rows if row[1] == name]
        cents = [round(float(str(row[3])) * 100) for row in mine]
        costs = [round(float(str(row[4])) * 100) for row in mine]
        orders = [int(str(row[2])) for row in mine]
        assert (arm.members, arm.buyers) == (len(mine), sum(n > 0 for n in orders))
        assert arm.spend_cents == sum(cents)
        assert arm.sums is not None
        assert (arm.sums.orders, arm.sums.spend_squares) == (sum(orders), sum(c * c for c in cents))
        assert arm.sums.buyers_cost == sum(c for c, n in zip(costs, orders, strict=True) if n)
        assert arm.sums.orders_cost == sum(c * n for c, n in zip(costs, orders, strict=True))
    one = found.contrasts["treated"]
    assert one.interval == newcombe(found.arms["treated"], found.arms["control"])
    assert one.money == compare_money(found.arms["treated"], found.arms["control"], margin=0.4)
    assert one.sample_ratio_p == pytest.approx(1)
    assert (found.control, found.outcomes, found.shares["control"]) == ("control", "columns", 0.1)


def test_sizes_that_are_no_chance_show_nothing(tmp_path: Path) -> None:
    one = measure_arms(_file(tmp_path, _rows()), None, as_of=NOW, shares=["treated=50%"]).contrasts["treated"]
    assert (one.verdict, one.difference) == ("not as drawn", None)


def test_an_undeclared_share_is_said(tmp_path: Path) -> None:
    found = measure_arms(_file(tmp_path, _rows()), None, as_of=NOW)
    assert found.contrasts["treated"].sample_ratio_p is None
    assert any("--share" in en and "--share" in zh for en, zh in told_of_file(found))


def test_a_member_in_two_arms_withholds_the_verdict(tmp_path: Path) -> None:
    rows = [*_rows(), ("u00001", "control", 0, 0, 0)]
    found = measure_arms(_file(tmp_path, rows), None, as_of=NOW)
    one = found.contrasts["treated"]
    assert (found.in_two_arms, found.examples) == (1, ("u0***01",))
    assert (one.verdict, one.interval, one.money and one.money.difference) == ("in two arms", None, None)


def test_one_buyer_gives_no_money(tmp_path: Path) -> None:
    rows: list[Row] = [(f"u{n}", "treated" if n % 2 else "control", int(n == 1), 9 * (n == 1), 0) for n in range(200)]
    one = measure_arms(_file(tmp_path, rows), None, as_of=NOW).contrasts["treated"]
    assert one.money is not None
    assert (one.verdict, one.money.verdict) == ("cannot conclude", "too few buyers")


def test_several_arms_are_asked_at_once(tmp_path: Path) -> None:
    rows = [(m, "b" if arm == "treated" and n % 2 else arm, *rest) for n, (m, arm, *rest) in enumerate(_rows())]
    found = measure_arms(_file(tmp_path, rows), None, as_of=NOW)
    assert set(found.contrasts) == {"b", "treated"}
    for one in found.contrasts.values():
        assert one.p is not None
        assert one.p_of_all is not None
        assert one.p_of_all >= one.p
        assert one.money is not None
        assert one.money.p_of_all is not None


def test_before_its_end_the_intervals_may_be_read_daily(tmp_path: Path) -> None:
    rows = [(m, arm, "2026-03-01T00:00+08:00", *rest) for m, arm, *rest in _rows()]
    path = _file(tmp_path, rows, "member_id,arm,assigned_at,orders,revenue,cost")
    one = measure_arms(path, None, as_of=NOW, until=datetime(2026, 5, 1, tzinfo=UTC)).contrasts["treated"]
    assert one.while_running is not None
    assert one.interval is not None
    assert one.while_running[0] < one.interval[0]


def test_a_test_that_goes_on_says_since_when(tmp_path: Path) -> None:
    """Without its beginning the ordinary intervals would be shown, which must not be read before the end."""
    until = datetime(2026, 5, 1, tzinfo=UTC)
    with pytest.raises(UsageError, match="when it began") as told:
        measure_arms(_file(tmp_path, _rows()), None, as_of=NOW, until=until)
    assert "--assigned-at" in told.value.remedy
    began = datetime(2026, 3, 1, tzinfo=UTC)
    found = measure_arms(_file(tmp_path, _rows()), None, as_of=NOW, until=until, assigned_at=began)
    assert found.contrasts["treated"].while_running is not None


@pytest.mark.parametrize(
    ("rows", "head", "says"),
    [
        ([("a", "control"), ("b", "treated")], "member_id,arm", "there is no snapshot"),
        ([("a", "control", 1)], "member_id,arm,bought", "only one arm"),
        ([("a", "x", 1), ("b", "y", 1)], "member_id,arm,bought", "which arm was held out"),
        ([("a", "control", 2)], "member_id,arm,bought", "line 2: it says neither yes nor no"),
        ([("a", "control", "nan")], "member_id,arm,revenue", "no amount"),
        ([("a", "control", "-3")], "member_id,arm,revenue", "no amount"),
        ([("a", "", 1)], "member_id,arm,bought", "no member or no arm"),
        ([("a", "control", 1), ("a", "control", 1), ("b", "t", 1)], "member_id,arm,bought", "several lines of one"),
        ([("a", "control", 1, "2026-03-01")], "member_id,arm,bought,assigned_at", "time zone"),
        ([("a", "control", 1, "CNY"), ("b", "t", 2, "USD")], "member_id,arm,revenue,currency", "CNY, USD"),
        ([("a", 1)], "member_id,bought", "no column of members or of arms"),
        ([("a", "nan", 1)], "member_id,arm,bought", "no member or no arm"),
        ([("1.23457E+17", "control", 1)], "member_id,arm,bought", "a spreadsheet has rounded"),
        ([("a", "control", 1, "3/5/2026")], "member_id,arm,bought,assigned_at", "no moment"),
    ],
)
def test_a_wrong_file_is_told_with_its_remedy(tmp_path: Path, rows: list[Row], head: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        measure_arms(_file(tmp_path, rows, head), None, as_of=NOW)


def test_spellings_of_an_arm_are_one_and_said(tmp_path: Path) -> None:
    rows = [(m, arm.upper() if n % 3 else f" {arm} ", *rest) for n, (m, arm, *rest) in enumerate(_rows())]  # type: ignore[attr-defined]
    found = measure_arms(_file(tmp_path, rows), None, as_of=NOW, shares=["TREATED=90%"])
    assert {arm.lower(): one.members for arm, one in found.arms.items()} == {"control": 200, "treated": 1_800}
    assert any("one: " in en and "同一组" in zh for en, zh in told_of_file(found))


def test_a_decimal_comma_is_no_factor_of_a_hundred(tmp_path: Path) -> None:
    rows = [(m, arm, n, str(paid).replace(".", ","), str(cost).replace(".", ",")) for m, arm, n, paid, cost in _rows()]
    path = tmp_path / "arms.csv"
    lines = ["member_id;arm;orders;revenue;cost", *(";".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(UsageError, match="comma before its decimals") as told:
        measure_arms(path, None, as_of=NOW)
    assert "--decimal ," in told.value.remedy
    found = measure_arms(path, None, as_of=NOW, decimal=",")
    assert found.arms == measure_arms(_file(tmp_path, _rows()), None, as_of=NOW).arms


def test_amounts_that_may_be_thousands_are_asked_about(tmp_path: Path) -> None:
    rows = [("a", "control", "1.234"), ("b", "treated", "2.500"), ("c", "treated", "0")]
    path = _file(tmp_path, rows, "member_id,arm,revenue")
    with pytest.raises(UsageError, match="thousands"):
        measure_arms(path, None, as_of=NOW)
    cents = [measure_arms(path, None, as_of=NOW, decimal=mark).arms["control"].spend_cents for mark in (".", ",")]
    assert cents == [123, 123_400]


def test_a_file_without_costs_has_no_profit(tmp_path: Path) -> None:
    rows = [row[:-1] for row in _rows()]
    found = measure_arms(_file(tmp_path, rows, "member_id,arm,orders,revenue"), None, as_of=NOW, margin=0.4)
    money = found.contrasts["treated"].money
    assert money is not None
    assert money.difference is not None
    assert (found.costs, money.returned) == (False, None)
    assert measure_arms(_file(tmp_path, _rows()), None, as_of=NOW, margin=0.4).costs


def test_what_nobody_said_is_told(tmp_path: Path) -> None:
    """A currency that is assumed, and an end that nobody named: ordinary intervals must not be read every day."""
    found = measure_arms(_file(tmp_path, _rows()), None, as_of=NOW)
    assert found.currency_assumed
    said = " ".join(en for en, _ in told_of_file(found))
    assert "--currency" in said
    assert "--until" in said
    later = measure_arms(_file(tmp_path, _rows()), None, as_of=NOW, currency="EUR", until=NOW)
    said = " ".join(en for en, _ in told_of_file(later))
    assert (later.currency, later.currency_assumed) == ("EUR", False)
    assert "--currency" not in said
    assert "--until" not in said


def test_everybody_paid_the_same(tmp_path: Path) -> None:
    rows: list[Row] = [(f"u{n}", "treated" if n % 2 else "control", 1, "9.90", 0) for n in range(400)]
    one = measure_arms(_file(tmp_path, rows), None, as_of=NOW).contrasts["treated"]
    assert one.money is not None
    assert (one.verdict, one.money.verdict, one.money.difference) == ("cannot conclude", "all paid the same", None)


def test_an_arm_that_was_drawn_and_has_nobody(tmp_path: Path) -> None:
    rows: list[Row] = [(f"u{n}", "control" if n % 2 else "a", 1, "9.90", 0) for n in range(400)]
    found = measure_arms(_file(tmp_path, rows), None, as_of=NOW, shares=["a=45%", "control=45%", "b=10%"])
    assert found.arms["b"].members == 0
    assert found.contrasts["b"].verdict in ("not as drawn", "too few members")
    assert found.contrasts["b"].difference is None


@pytest.mark.parametrize("shares", [["treated=0.9"], ["treated=120%"], ["treated=60%", "control=60%"], ["=5%"]])
def test_shares_have_to_add_up(tmp_path: Path, shares: list[str]) -> None:
    with pytest.raises(UsageError, match="share"):
        measure_arms(_file(tmp_path, _rows(50)), None, as_of=NOW, shares=shares)

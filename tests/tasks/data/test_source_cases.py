"""Small projects of three members with one doubtful export each: what is read, what is set aside, what is said."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import ProblemsFoundError
from campaign_calendars.findings.problem import Problem
from tasks.runtime import open_runtime
from warehouse.sources.catalogue import DATASETS
from warehouse.sources.load import create_raw, understand_source
from warehouse.staging.build import build_staging
from warehouse.staging.explain import SourceReport, explain_sources
from warehouse.staging.policy import policies_of

CASES = Path(__file__).parents[2] / "cases"
AS_OF = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
ORDERED = "select order_id, ordered_at from snap.stg_orders order by 1"
PRICED = "select order_id, amount_cents from snap.stg_orders order by 1"
ACCOUNTS = "select member_id from snap.stg_members order by 1"
THREE = [("0101",), ("0102",), ("0103",)]


@dataclass(frozen=True)
class Expected:
    """What a query finds, rules that are broken by how many rows, and words of what is said, in any finding."""

    query: str = ACCOUNTS
    found: list[Any] = field(default_factory=lambda: THREE)
    rules: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    stops: bool = False


def of_march(*moments: tuple[str, int, int, int, int]) -> list[tuple[str, datetime]]:
    return [(name, datetime(2026, 3, day, hour, minute, second)) for name, day, hour, minute, second in moments]


BOTH = of_march(("A1", 20, 9, 23, 17), ("A2", 20, 15, 30, 0))
EXPECTED: Mapping[str, Expected] = {
    "decimal-comma": Expected(
        PRICED,
        [("A3", 125_000)],
        {"amount-unreadable": 2},
        ("amount '19,99'", "amount '7,5'", "write decimal: ',' for amount in a column map"),
        stops=True,
    ),
    "amount-of-a-barcode": Expected(
        "select count(*), count(*) filter (order_id = 'A1') from snap.stg_orders",
        [(151, 0)],
        {"amount-unreadable": 1},
        ("1 of 152 rows", "data/orders.csv:2"),
    ),
    "date-format-with-offset": Expected(ORDERED, BOTH, said=("the offset in the cell decides the moment",)),
    "blank-before-offset": Expected(ORDERED, BOTH),
    "birthday-as-utc-moment": Expected(
        "select member_id, birth_on from snap.stg_members order by 1",
        [("0101", date(1990, 5, 20)), ("0102", date(2000, 3, 1)), ("0103", date(1988, 11, 2))],
    ),
    "mixed-date-formats": Expected(ORDERED, of_march(("A1", 20, 2, 0, 0), ("A2", 21, 3, 0, 0), ("A3", 22, 4, 0, 0))),
    "error-word-as-member-id": Expected(
        rules={"member-id-missing": 1, "order-member-missing": 2},
        said=("order without a member (2 of 3 rows", "guests = true"),
        stops=True,
    ),
    "error-word-as-name": Expected(
        "select member_id, name from snap.stg_members order by 1",
        [("0101", None), ("0102", "乙二"), ("0103", "丙三")],
    ),
    "totals-row": Expected(rules={"totals-row": 1}, said=("data/members.csv:5",)),
    "phone-with-point-zero": Expected(
        "select address from snap.stg_contact_points where member_id = '0101'", [("13900000101",)]
    ),
    "empty-ids-called-repeated": Expected(
        found=[("0101",)],
        rules={"member-id-missing": 3, "contact-of-unknown-member": 2, "order-of-unknown-member": 2},
        stops=True,
    ),
    "negative-amount-called-over-refunded": Expected(
        PRICED, [("A2", 9_000), ("A3", 3_000)], {"amount-negative": 1}, ("amount '-5.00'",), stops=True
    ),
    "sum-rounds-each-line": Expected(PRICED, [("A1", 100), ("A2", 25)]),
    "unknown-order-state": Expected(
        "select count(*) from snap.stg_orders where status is null", [(1,)], said=("1 of 200 rows", "'partly returned'")
    ),
    "tolerated-row-unsaid": Expected(
        "select member_id, withdrawal_unread from snap.stg_contact_points where withdrawn_at is not null",
        [("0101", True)],
        said=("the member counts as withdrawn on this channel (1 of 250 rows",),
    ),
    "consent-yes-no": Expected(
        "select member_id from snap.stg_contact_points",
        [],
        {"consent-unreadable": 3},
        ("consented_at '是' ×2", "only: {ITS HEADER: [是, yes]}"),
        stops=True,
    ),
    "stale-export": Expected(
        PRICED.replace("amount_cents", "ordered_at::date"), [("A1", date(2025, 11, 20)), ("A2", date(2025, 11, 21))]
    ),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_an_export_is_read_right_or_its_rows_are_set_aside(case: str, tmp_path: Path) -> None:
    expected = EXPECTED[case]
    with duckdb.connect() as con:
        findings = _built(con, lay(tmp_path / "shop", case))
        assert con.execute(expected.query).fetchall() == expected.found
        rules = dict(con.execute("select rule, count(*) from snap.quarantine group by rule").fetchall())
    assert rules == expected.rules
    said = " ".join(f"{problem.message} {' '.join(problem.examples)} {problem.hint}" for problem in findings)
    assert [words for words in expected.said if words not in said] == []
    assert any(problem.severity == "error" for problem in findings) == expected.stops


def test_yes_and_no_are_consent_of_a_stated_day_as_the_remedy_says(tmp_path: Path) -> None:
    shop = lay(tmp_path / "shop", "consent-yes-no")
    given = shop / "mappings" / "consent.yaml"
    rule = "consented_at: {constant: '2025-02-01 09:00:00', only: {agreed: [是]}}"
    given.write_text(given.read_text("utf-8").replace("consented_at: agreed", rule), "utf-8")
    with duckdb.connect() as con:
        assert not [problem for problem in _built(con, shop) if problem.severity == "error"]
        found = con.execute("select member_id, consented_at from snap.stg_contact_points order by 1").fetchall()
    day = datetime(2025, 2, 1, 1)
    assert found == [("0101", day), ("0102", None), ("0103", day)]


def test_a_cover_sheet_is_passed_over_and_the_advice_is_about_the_sheet(tmp_path: Path) -> None:
    shop = lay(tmp_path / "shop", "cover-sheet-first")
    with duckdb.connect() as con, pytest.raises(ProblemsFoundError) as refused:
        _built(con, shop)
    (hint,) = [problem.hint for problem in refused.value.problems]
    assert "the header is: 会员号, 称呼, 生日, 入会时间; this is sheet '会员', the sheets are: 说明, 会员" in hint
    assert "delimiter" not in hint


def test_rows_of_a_workbook_have_the_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    (report,) = _explained(lay(tmp_path / "shop", "row-numbers-of-workbook"), "members")
    assert [(each.rule, each.places) for each in report.rejected] == [("member-id-missing", ("data/members.xlsx:5",))]
    assert not report.ok
    assert report.problems[0].examples == ("data/members.xlsx:5",)


def test_a_column_is_read_or_left_empty_and_never_both(tmp_path: Path) -> None:
    (report,) = _explained(lay(tmp_path / "shop", "read-column-called-empty"), "orders")
    assert "refunded" in report.columns
    assert "refunded_at" in report.missing
    assert set(report.dates) == {"ordered_at", "paid_at"}
    assert not set(report.missing) & (set(report.dates) | set(report.columns))


def _explained(root: Path, dataset: str) -> list[SourceReport]:
    rt = open_runtime(root, clock=lambda: AS_OF)
    reports = explain_sources(rt.sources(), base_dir=root, as_of=AS_OF, only=dataset)
    rt.close()
    return reports


def lay(root: Path, case: str) -> Path:
    for each in ("base", case):
        shutil.copytree(CASES / each, root, dirs_exist_ok=True)
    return root


def _built(con: duckdb.DuckDBPyConnection, root: Path) -> list[Problem]:
    """The sources of a project, read and staged in memory; what was said of them."""
    rt = open_runtime(root, clock=lambda: AS_OF)
    sources = list(rt.sources())
    con.execute("attach ':memory:' as snap")
    con.execute("set TimeZone = 'UTC'")
    for dataset in DATASETS.values():
        create_raw(con, dataset)
    readings = [understand_source(con, spec, root) for spec in sources]
    staged = build_staging(
        con,
        as_of=AS_OF,
        timezones={spec.dataset: spec.timezone for spec in sources},
        progress=lambda _: None,
        policies=policies_of(sources, root),
    )
    rt.close()
    return [*(problem for reading in readings for problem in reading.warnings), *staged.findings]

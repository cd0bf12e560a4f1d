"""Exports at their worst: each cell and each file has one end, the right value, a rule with its place, or a refusal.

Cells are put into one file, a row each; files are read one by one. Nothing is changed in silence, nothing
ends in a traceback, and the account closes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from tests.warehouse.sources.hostile_files import (
    AMOUNT,
    AT,
    COLUMNS,
    FILES,
    GOOD,
    LOST,
    NEGATIVE,
    NONE,
    PIECES,
    UNREAD,
    End,
    lines,
    text,
    utc,
)
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.load import create_raw, understand_source
from warehouse.staging.build import build_staging, prove_counts

CELLS: Mapping[str, Mapping[str, Any]] = {
    "amount_cents": {
        "-3": NEGATIVE, "-0.01": NEGATIVE, "-1,250.00": NEGATIVE, "¥-3": NEGATIVE,
        "- 3": NEGATIVE, "1.00-": AMOUNT,
        "(3)": AMOUNT, "3-": AMOUNT, "−3": AMOUNT, "－３": AMOUNT, "--3": AMOUNT, "+-3": AMOUNT, "3-5": AMOUNT,
        "1.5e2": 15_000, "1E2": 10_000, "1e400": AMOUNT, "0x10": AMOUNT, "inf": AMOUNT, "NaN": NONE,
        "１２．５０": AMOUNT,
        "1,250.5": 125_050, "1.250,5": AMOUNT, "19,99": AMOUNT, "1,2": AMOUNT, "1'000.00": AMOUNT, "1_000": AMOUNT,
        "1 250": 125_000, "1\u00a0250.00": AMOUNT, "1\u202f250,00": AMOUNT, "\u200b12.50": AMOUNT, "12.50\u00a0": 1_250,
        "¥ 12.50": 1_250, "12.50 元": 1_250, "$5": AMOUNT, "5 USD": AMOUNT, "12.5%": AMOUNT, "½": AMOUNT, "١٢": AMOUNT,
        "12.505": 1_251, "0.004": 0, "0.005": 1, "-0": 0, "999999999.99": 99_999_999_999, "1000000000": AMOUNT,
        "=SUM(A1)": AMOUNT, "#VALUE!": NONE, "'12.50": 1_250, "TRUE": AMOUNT, "是": AMOUNT, "12:50": AMOUNT,
    },
    "items": {
        "-3": PIECES, "(3)": None, "3-": None, "３": None, "3.0": 3, "3.5": None, "1e1": 10, "3,000": 3_000,
        "3 件": None, "三": None, "1/2": None, "0": 0, "00003": 3, "+3": 3,
    },
    "ordered_at": {
        "2026-3-8 9:5": utc(2026, 3, 8, 1, 5), "2026/03/08 10:00": utc(2026, 3, 8, 2), "08/03/2026": UNREAD,
        "08.03.2026": UNREAD, "2026-03-08T10:00:00+08": utc(2026, 3, 8, 2), "2026-02-29": UNREAD, "46089.5": UNREAD,
        "2026-03-08T10:00:00-00:00": utc(2026, 3, 8, 10), "1773973397": UNREAD, "20260308": utc(2026, 3, 7, 16),
        "20260308101112": UNREAD, "2026-03-08 10:00:00 CST": UNREAD, "Mar 8, 2026": UNREAD, "now": UNREAD,
        "2026年3月8日": utc(2026, 3, 7, 16), "2026-03-08 10:00 PM": UNREAD, "２０２６－０３－０８": UNREAD,
        "infinity": UNREAD,
        "0001-01-01": UNREAD, "2026-03-08 10:00:60": UNREAD, "2026-03-08\n10:00": UNREAD, "26-3-8": UNREAD,
    },
    "order_id": {
        "'x3": "x3", '="x4"': "x4", "x5\u00a0": "x5", "\u3000x6": "x6", "\ufeffx2": "x2", "x 7": "x 7",
        "00012": "00012",
        "2.02612E+17": "id-rounded", "1E+05": "id-rounded", "NULL": LOST, "nan": LOST, "-": LOST, "#REF!": LOST,
        "12345678901234567890": "12345678901234567890", "1.0": "1.0", "x\n8": "x\n8", 'x"9': 'x"9', "a, b": "a, b",
        "合计": "totals-row", "共 3 条记录": "totals-row", "(3 rows affected)": "totals-row", "3 records": "totals-row",
        "合计工作室": "合计工作室", "共青团": "共青团",
    },
}  # fmt: skip
"""Our column → what is written there → the value it is read as, or the rule of the row that is set aside."""


def test_a_cell_ends_in_its_value_or_under_a_rule_with_its_place(tmp_path: Path) -> None:
    import csv

    listed = [(name, written) for name, cells in CELLS.items() for written in cells]
    with (tmp_path / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, "items"])
        for number, (name, written) in enumerate(listed):
            row = {"order_id": f"o{number}", "member_id": "m1", "ordered_at": AT, "amount": "1.00", "items": "1"}
            writer.writerow((row | {name.removesuffix("_cents"): written}).values())
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        con.execute("set TimeZone = 'UTC'")
        for dataset in DATASETS.values():
            create_raw(con, dataset)
        reading = understand_source(con, SourceSpec("orders", path="orders.csv", timezone="Asia/Shanghai"), tmp_path)
        con.execute("insert into raw_members (member_id, _file, _row) values ('m1', 'm', 2)")
        staged = build_staging(
            con,
            as_of=datetime(2026, 4, 9, tzinfo=UTC),
            timezones={"orders": "Asia/Shanghai"},
            progress=lambda _: None,
            policies={},
        )
        account = prove_counts(con, {"orders": reading.rows})["orders"]
        read = con.execute(f"select _row, {', '.join(CELLS)} from snap.stg_orders").fetchall()
        aside = dict(con.execute("select source_row, rule from snap.quarantine where dataset = 'orders'").fetchall())
    accepted = {row: dict(zip(CELLS, cells, strict=True)) for row, *cells in read}
    ends, line = {}, 2
    for name, written in listed:
        ends[name, written] = aside[line] if line in aside else accepted[line][name]
        line += 1 + written.count("\n")
    assert ends == {(name, written): end for name, cells in CELLS.items() for written, end in cells.items()}
    assert account.rows_in == len(listed) == account.accepted + account.quarantined
    said = {problem.message.partition("rule ")[2].rstrip(")"): problem for problem in staged.findings}
    assert set(aside.values()) | {"items-unreadable"} <= set(said)
    assert all(problem.hint and problem.hint_zh for problem in staged.findings)


@pytest.mark.parametrize("name", FILES)
def test_a_file_ends_in_its_rows_or_refused_with_a_remedy(name: str, tmp_path: Path) -> None:
    write, expected = FILES[name]
    write(tmp_path)
    assert _read(tmp_path, SourceSpec("orders", path="orders.*", timezone="Asia/Shanghai"), expected) == expected


def _read(folder: Path, spec: SourceSpec, expected: End) -> End:
    with duckdb.connect() as con:
        try:
            reading = understand_source(con, spec, folder)
        except (ProblemsFoundError, SourceError) as refused:
            said = _told(refused)
            assert str(folder) not in said.partition("no file matches")[0]
            return End(refused=expected.refused if expected.refused and expected.refused in said else said)
        rows = con.execute(
            "select order_id, member_id, ordered_at, amount from raw_orders order by _file, _row"
        ).fetchall()
        aside: dict[str, list[int]] = {}
        for rule, row in con.execute("select rule, _row from raw_rejects order by _row").fetchall():
            aside.setdefault(rule, []).append(row)
        assert reading.rows == len(rows) + sum(map(len, aside.values()))
        said = [f"{problem.code} {problem.message}" for problem in reading.warnings if problem.severity != "info"]
        told = tuple(want for want in expected.said if any(want.partition(" ")[2] in each for each in said))
    found = End(
        [tuple(cell or "" for cell in row) for row in rows], aside, told if len(said) == len(told) else tuple(said)
    )
    return replace(found, rows=expected.rows) if [*map(list, found.rows)] == [*map(list, expected.rows)] else found


def _told(refused: ProblemsFoundError | SourceError) -> str:
    if isinstance(refused, SourceError):
        assert refused.remedy
        assert refused.remedy_text("zh")
        return f"{refused} {refused.remedy}"
    assert all(problem.hint and problem.hint_zh and problem.zh for problem in refused.problems)
    return " ".join(f"{problem.message} {problem.hint}" for problem in refused.problems)


FOLLOWED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "a delimiter nobody uses": ("", {"delimiter": "^"}),
    "single quotes": ("", {"columns": {name: f"'{name}'" for name in COLUMNS}}),
    "a header of two lines": ("", {"columns": {"order_id": "order id no"}}),
    "headers in words": ("", {"columns": {"member_id": "Member ID"}}),
    "a header that looks the same": ("", {"columns": {"amount": "аmount"}}),
    "a sheet for each month": ("", {"sheet": "S1"}),
    "a folder named like a file": ("orders.csv/*.csv", {}),
    "an archive named CSV": ("orders.csv", {}),
}
"""Files that are refused or doubted → the path and the keys their remedy names."""


@pytest.mark.parametrize("name", FOLLOWED)
def test_the_remedy_of_a_file_leads_on(name: str, tmp_path: Path) -> None:
    FILES[name][0](tmp_path)
    path, keys = FOLLOWED[name]
    if name == "a folder named like a file":
        text(lines())(tmp_path / "orders.csv")
    if name == "an archive named CSV":
        content = zipfile.ZipFile(tmp_path / "orders.csv").read("orders.csv")
        (tmp_path / "orders.csv").write_bytes(content)
    with duckdb.connect() as con:
        reading = understand_source(con, SourceSpec("orders", path=path or "orders.*", **keys), tmp_path)
        assert reading.warnings == []
        assert con.execute("select order_id from raw_orders where order_id like '%o1%'").fetchall()


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    text(lines(), "orders[1].csv")(tmp_path)
    assert _read(tmp_path, SourceSpec("orders", path="orders[1].csv"), GOOD) == GOOD

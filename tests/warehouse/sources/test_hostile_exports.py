"""Exports at their worst: each cell and each file has one end, the right value, a rule with its place, or a refusal.

Cells are put into one file, a row each; files are read one by one. Nothing is changed in silence, nothing
ends in a traceback, and the account closes.
"""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.load import create_raw, understand_source
from warehouse.staging.build import build_staging, prove_counts

COLUMNS = ("order_id", "member_id", "ordered_at", "amount")
HEADER = ",".join(COLUMNS)
AT = "2026-03-08 10:00:00"
AMOUNT, NONE, NEGATIVE = "amount-unreadable", "amount-missing", "amount-negative"
PIECES, UNREAD, LOST = "items-negative", "ordered-at-unreadable", "order-id-missing"


def utc(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type, misc]


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


Rows = Sequence[Sequence[Any]]
ROW = ("o1", "m1", AT, "1.00")
TWO = [ROW, ("o2", "m2", AT, "2.00")]


def lines(rows: Rows = TWO, header: str = HEADER, mark: str = ",", end: str = "\n") -> str:
    written = [header.replace(",", mark), *(mark.join(map(str, row)) for row in rows)]
    return end.join(written) + end


def text(content: str | bytes, name: str = "orders.csv", encoding: str = "utf-8") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode(encoding))

    return write


def book(*sheets: Rows, change: Callable[[Any], None] = lambda book: None) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        import openpyxl

        made = openpyxl.Workbook()
        made.remove(made.active)
        for number, rows in enumerate(sheets, 1):
            sheet = made.create_sheet(f"S{number}")
            for row in rows:
                sheet.append(list(row))
        change(made)
        made.save(folder / "orders.xlsx")

    return write


def parquet(**columns: Any) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        of_all = {name: [row[place] for row in TWO] for place, name in enumerate(COLUMNS)} | columns
        names, arrays = list(of_all), [pa.array(values) for values in of_all.values()]
        pq.write_table(
            pa.Table.from_arrays(arrays, [name.removesuffix("_2") for name in names]), folder / "orders.parquet"
        )

    return write


def packed(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", lines())


@dataclass(frozen=True)
class End:
    """How a file ended: its rows as read, lines set aside as rule → rows, and what was said, or why it was refused."""

    rows: Rows = ()
    aside: Mapping[str, list[int]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    refused: str = ""


GOOD = End(TWO)
MOMENT = datetime(2026, 3, 8, 10)
HEAD, BOOKED = list(COLUMNS), [list(ROW), ["o2", "m2", AT, "2.00"]]
IN_A_BOOK = End([("o1", "m1", AT, "12.5"), ("o2", "m2", AT, "3")])


def far_off(made: Any) -> None:
    made.worksheets[0]["XFD900000"] = "x"


def hidden(made: Any) -> None:
    made.worksheets[0].sheet_state = "hidden"


def merged(made: Any) -> None:
    made.worksheets[0].merge_cells("A2:A3")


def since_1904(made: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    made.epoch = CALENDAR_MAC_1904


def errors(made: Any) -> None:
    for place in ("D2", "A3"):
        made.worksheets[0][place].data_type = "e"


FILES: Mapping[str, tuple[Callable[[Path], Any], End]] = {
    "a mark twice": (text(b"\xef\xbb\xbf\xef\xbb\xbf" + lines().encode()), GOOD),
    "a mark and a quoted header": (
        text('\ufeff"order_id","member_id","ordered_at","amount"\n' + lines().split("\n", 1)[1]),
        GOOD,
    ),
    "two exports in one file": (
        text("\ufeff" + lines(TWO[:1]) + "\ufeff" + lines(TWO[1:])),
        End(TWO, {"header-repeated": [3]}),
    ),
    "utf-16 cut short": (text(lines().encode("utf-16")[:-1]), End(refused="is not text in utf-16")),
    "utf-32": (text(lines(), encoding="utf-32"), End(refused="has zero bytes in line 1")),
    "shift-jis": (
        text(lines([("o1", "会員様です", AT, 1)]), encoding="shift-jis"),
        End(refused="not to text anybody writes"),
    ),
    "half a surrogate": (text(lines().encode().replace(b"m1", b"m\xed\xa0\xbd")), End(refused="line 2 is not UTF-8")),
    "one zero byte in a cell": (
        text(lines().encode().replace(b"m2", b"m2\x00")),
        End(refused="has zero bytes in line 3"),
    ),
    "one zero byte in the header": (
        text(lines().encode().replace(b"der_id", b"der_id\x00")),
        End(refused="has zero bytes in line 1"),
    ),
    "line ends of three systems": (text(lines().replace("\n", "\r\n", 1).replace("1.00\n", "1.00\r")), GOOD),
    "the line of Excel about delimiters": (text("sep=;\n" + lines(mark=";")), GOOD),
    "semicolons and decimal commas": (
        text(lines([("o1", "m1", AT, "1,00")], mark=";")),
        End([("o1", "m1", AT, "1,00")]),
    ),
    "a delimiter nobody uses": (text(lines(mark="^")), End(refused='write delimiter = "^"')),
    "every line ends in a delimiter": (text(lines([(*row, "") for row in TWO])), GOOD),
    "the header ends in a delimiter": (text(lines(header=HEADER + ",")), GOOD),
    "rows of delimiters behind the data": (text(lines([*TWO, *[("",) * 4] * 3])), End(TWO, {"blank-line": [4, 5, 6]})),
    "a row too short": (text(lines([*TWO, ("o3", "m1")])), End(TWO, {"line-broken": [4]})),
    "a remark below": (text(lines() + "共 2 条记录,,,\n"), End(TWO, {"totals-row": [4]})),
    "a cell of several lines": (text(lines([('"o\n1"', "m1", AT, 1), TWO[1]])), End([("o\n1", "m1", AT, "1"), TWO[1]])),
    "quotes doubled and in the middle": (text(lines([('"o""1"', 'm"1', AT, 1)])), End([('o"1', 'm"1', AT, "1")])),
    "a quote left open": (text(lines([('"o1', "m1", AT, 1), TWO[1]])), End(refused="never closed")),
    "a quote left open in the last cell": (
        text(lines([(*ROW, '"open'), *[(*TWO[1], "x")] * 2], HEADER + ",note")),
        End(refused="opened in row 2 is never closed"),
    ),
    "a quote closed by another that is open": (
        text(lines([(*ROW, '"open'), (*TWO[1], '"y'), (*TWO[1], "z")], HEADER + ",note")),
        End(refused="opened in row 2 is never closed"),
    ),
    "a note of several lines in the last cell": (
        text(lines([(*ROW, '"a, b\n\nc"'), (*TWO[1], '"d\ne"')], HEADER + ",note")),
        GOOD,
    ),
    "single quotes": (
        text(lines([[f"'{cell}'" for cell in ROW]], "'order_id','member_id','ordered_at','amount'")),
        End(refused="""{ order_id = "'order_id'" }"""),
    ),
    "a header twice": (
        text(lines([(*row, 9) for row in TWO], HEADER + ",amount")),
        End(refused="2 columns called 'amount'"),
    ),
    "a header twice but for case and blanks": (
        text(lines([(*row, 9) for row in TWO], HEADER + ", Amount ")),
        End(refused="2 columns called 'amount'"),
    ),
    "a header twice that nobody needs": (text(lines([(*row, 8, 9) for row in TWO], HEADER + ",x,x")), GOOD),
    "headers with marks nobody sees": (
        text(lines(header="\u200border_id,member\u200b_id,ordered_at\u00a0,am\u00adount")),
        GOOD,
    ),
    "headers in wide letters": (text(lines(header=HEADER.replace("order_id", "ｏｒｄｅｒ＿ｉｄ"))), GOOD),
    "a header of two lines": (
        text(lines(header=HEADER.replace("order_id", '"order\nid no"'))),
        End(refused='{ order_id = "order id no" }'),
    ),
    "headers in words": (
        text(lines(header=HEADER.replace("member_id", "Member ID"))),
        End(refused='{ member_id = "Member ID" }'),
    ),
    "a header that looks the same": (
        text(lines(header=HEADER.replace("amount", "аmount"))),
        End(refused='{ amount = "аmount" }'),
    ),
    "a header that colours the terminal": (
        text(lines(header=HEADER.replace("amount", "\x1b[31msum"))),
        End(refused="ordered_at, [31msum"),
    ),
    "no byte": (text(b""), End(refused="orders.csv is empty")),
    "a mark only": (text(b"\xef\xbb\xbf"), End(refused="orders.csv is empty")),
    "a workbook without a byte": (text(b"", "orders.xlsx"), End(refused="orders.xlsx is empty")),
    "a Parquet file without a byte": (text(b"", "orders.parquet"), End(refused="orders.parquet is empty")),
    "JSON": (text('[{"order_id": "o1"}]', "orders.json"), End(refused="export it as CSV")),
    "JSON named CSV": (text('[{"order_id": "o1"}]'), End(refused="is no text file but JSON")),
    "an archive": (lambda folder: packed(folder, "orders.zip"), End(refused="unpack it")),
    "an archive named CSV": (lambda folder: packed(folder, "orders.csv"), End(refused="unpack it")),
    "gzip twice": (
        text(gzip.compress(gzip.compress(lines().encode())), "orders.csv.gz"),
        End(refused="has zero bytes"),
    ),
    "gzip of two parts": (
        text(
            gzip.compress(lines(TWO[:1]).encode()) + gzip.compress(b"o2,m2," + AT.encode() + b",2.00\n"),
            "orders.csv.gz",
        ),
        GOOD,
    ),
    "gzip and rubbish": (
        text(gzip.compress(lines().encode()) + b"rubbish", "orders.csv.gz"),
        End(refused="breaks off or is damaged"),
    ),
    "30 MB of nothing in 30 kB": (
        text(gzip.compress(b"\0" * 30_000_000), "orders.csv.gz"),
        End(refused="has zero bytes in line 1"),
    ),
    "a line of 3 MB": (text(lines([*TWO, ("o3", "x" * 3_000_000, AT, 1)])), End(refused="a line is longer than 1 MB")),
    "a folder named like a file": (lambda folder: (folder / "orders.csv").mkdir(), End(refused="no file matches")),
    "a link in a circle": (
        lambda folder: (folder / "orders.csv").symlink_to("orders.csv"),
        End(refused="leads nowhere or in a circle"),
    ),
    "a pipe": (lambda folder: os.mkfifo(folder / "orders.csv"), End(refused="no file matches")),
    "a workbook of real types": (book([HEAD, ["o1", "m1", MOMENT, 12.5], ["o2", "m2", MOMENT, 3]]), IN_A_BOOK),
    "a workbook since 1904": (
        book([HEAD, ["o1", "m1", MOMENT, 12.5], ["o2", "m2", MOMENT, 3]], change=since_1904),
        IN_A_BOOK,
    ),
    "days as numbers": (book([HEAD, ["o1", "m1", 46089.5, 1]]), End([("o1", "m1", "46089.5", "1")])),
    "a sum of floats": (book([HEAD, ["o1", "m1", AT, 0.1 + 0.2]]), End([("o1", "m1", AT, "0.3")])),
    "ids as numbers": (
        book([HEAD, [1234567890123456, "m1", AT, 1], [123456789012345, "m2", AT, 1]]),
        End([("123456789012345", "m2", AT, "1")], {"id-rounded": [2]}),
    ),
    "errors of a spreadsheet": (
        book([HEAD, ["o1", "m1", AT, "#DIV/0!"], ["#NAME?", "m2", AT, 1]], change=errors),
        End([("o1", "m1", AT, ""), ("", "m2", AT, "1")]),
    ),
    "a cell far off": (book([HEAD, *BOOKED], change=far_off), End(refused="900,000 rows by 16,384 columns")),
    "merged cells": (
        book([HEAD, ["o1", "m1", AT, 1], [None, "m2", AT, 2]], change=merged),
        End([("o1", "m1", AT, "1"), ("", "m2", AT, "2")]),
    ),
    "a formula nobody calculated": (book([HEAD, ["o1", "m1", AT, "=SUM(1,2)"]]), End([("o1", "m1", AT, "")])),
    "a title in merged cells": (book([["订单报表"], [], HEAD, *BOOKED]), GOOD),
    "a hidden sheet of last year": (book([HEAD, ["o9", "m9", AT, 9]], [HEAD, *BOOKED], change=hidden), GOOD),
    "a sheet for each month": (
        book([HEAD, BOOKED[0]], [HEAD, BOOKED[1]]),
        End(TWO[:1], said=("S109 sheet 'S1' is read; the header of 'S2' fits as well",)),
    ),
    "a sheet of headers only beside": (book([HEAD, *BOOKED], [HEAD]), GOOD),
    "a decimal of Parquet": (parquet(amount=[Decimal("1.00"), Decimal("2.00")]), GOOD),
    "a float of Parquet": (parquet(amount=[19.99, 1e22]), End([(*ROW[:3], "19.99"), (*TWO[1][:3], "1e+22")])),
    "moments with a zone": (
        parquet(ordered_at=[MOMENT.replace(tzinfo=UTC)] * 2),
        End([("o1", "m1", f"{AT}+00", "1.00"), ("o2", "m2", f"{AT}+00", "2.00")]),
    ),
    "days of Parquet": (
        parquet(ordered_at=[date(2026, 3, 8)] * 2),
        End([("o1", "m1", "2026-03-08", "1.00"), ("o2", "m2", "2026-03-08", "2.00")]),
    ),
    "ids as floats": (parquet(order_id=[1.0, 2016123456789012345.0]), End([("1", *ROW[1:])], {"id-rounded": [2]})),
    "nested cells": (parquet(member_id=[{"id": "m1"}, {"id": "m2"}]), End(refused="'member_id' holds a struct")),
    "lists in cells": (parquet(member_id=[["m1"], ["m2"]]), End(refused="'member_id' holds a list")),
    "nested cells nobody reads": (parquet(extra=[{"a": {"b": [1, 2]}}] * 2), GOOD),
    "a column of Parquet twice": (parquet(amount_2=["9", "9"]), End(refused="2 columns called 'amount'")),
    "half a Parquet file": (text(b"PAR1" + b"\xff" * 40, "orders.parquet"), End(refused="cannot be read as Parquet")),
}
"""What lies there → how it ends."""


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

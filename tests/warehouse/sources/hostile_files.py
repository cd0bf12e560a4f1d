"""Files at their worst: how each is made, and the one end it has."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[Any]]
COLUMNS = ("order_id", "member_id", "ordered_at", "amount")
HEADER = ",".join(COLUMNS)
AT = "2026-03-08 10:00:00"
AMOUNT, NONE, NEGATIVE = "amount-unreadable", "amount-missing", "amount-negative"
PIECES, UNREAD, LOST = "items-negative", "ordered-at-unreadable", "order-id-missing"


def utc(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type, misc]


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

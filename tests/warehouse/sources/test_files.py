"""CSV and Parquet as users really have them: encodings, padded headers, broken lines, wrong maps."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError, UsageError
from warehouse.sources import SourceSpec
from warehouse.sources.delimited import LineNumbers
from warehouse.sources.load import load_raw, read_source

TAOBAO = {
    "order_id": "订单编号",
    "member_id": "买家会员名",
    "ordered_at": "订单创建时间",
    "paid_at": "订单付款时间",
    "amount": "总金额",
}
HEADER = "订单编号,买家会员名,总金额,订单创建时间,订单付款时间 ,收货地址 ,订单备注\n"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    return con


def taobao(path: str = "*.csv", **changes: Any) -> SourceSpec:
    return SourceSpec("orders", "csv", path, **{"encoding": "gb18030", "columns": TAOBAO, **changes})


def table(con: duckdb.DuckDBPyConnection, columns: str = "order_id, member_id, paid_at, _row") -> list[tuple[Any, ...]]:
    return con.execute(f"select {columns} from raw_orders order by _file, _row").fetchall()


def test_a_taobao_export_in_gb18030(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    lines = '="2016123456789012345",会员䶮,"1,099.00",2020-02-03 10:00:00,2020-02-03 10:01:00,"杭州\n西湖",\n'
    (tmp_path / "ExportOrderList.csv").write_bytes((HEADER + lines).encode("gb18030"))
    assert load_raw(con, taobao(), tmp_path) == 1
    (row,) = con.execute("select * from raw_orders").fetch_df().to_dict("records")
    assert {name: value for name, value in row.items() if value is not None} == {
        "order_id": '="2016123456789012345"',
        "member_id": "会员䶮",
        "ordered_at": "2020-02-03 10:00:00",
        "paid_at": "2020-02-03 10:01:00",
        "amount": "1,099.00",
        "_file": "ExportOrderList.csv",
        "_row": 2,
    }


def test_columns_are_found_by_name_in_any_order_and_file(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "orders-2.csv").write_text("amount\torder_id\tordered_at\tmember_id\n1\to2\t2026-01-01\tm\n")
    (tmp_path / "orders-1.csv").write_text("\ufefforder_id,member_id , paid_at,ordered_at,amount\r\no1,m,p,2026,1\r\n")
    spec = SourceSpec("orders", "csv", "orders-*.csv")
    assert load_raw(con, spec, tmp_path) == 2
    assert table(con, "order_id, paid_at, _file, _row") == [
        ("o1", "p", "orders-1.csv", 2),
        ("o2", None, "orders-2.csv", 2),
    ]


def test_broken_lines_keep_their_number_and_are_counted(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    good = "o{n},m,2026-01-01,1\n"
    lines = ["order_id,member_id,ordered_at,amount\n"]
    lines += ["o,m\n" if n in {2, 5} else good.format(n=n) for n in range(1, 8)]
    (tmp_path / "o.csv").write_text("".join(lines))
    assert load_raw(con, SourceSpec("orders", "csv", "o.csv"), tmp_path) == 7
    assert [row for *_, row in table(con)] == [2, 4, 5, 7, 8]
    broken = con.execute("select dataset, _file, _row, line from raw_rejects order by _row").fetchall()
    assert broken == [("orders", "o.csv", 3, "o,m"), ("orders", "o.csv", 6, "o,m")]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=8))
def test_line_numbers_never_meet(batches: list[tuple[int, int]]) -> None:
    """Batches of good lines, each preceded by broken ones: every line has its own number, in order."""
    lines, taken, total = LineNumbers(0), [], 0
    for good, broken in batches:
        lines.broken += [(total + 1 + n, "") for n in range(broken)]
        total += good + broken
        taken += lines.take(good).tolist()
    numbers = taken + [number for number, _ in lines.broken]
    assert sorted(numbers) == list(range(1, total + 1))
    assert taken == sorted(taken)


@pytest.mark.parametrize(
    ("content", "encoding", "says"),
    [
        (
            HEADER.encode("gb18030"),
            "utf-8",
            'is not text in utf-8 (line 1); it reads well as gb18030: set encoding = "gb18030"',
        ),
        ((HEADER + "é,䶮\n").encode("utf-8")[:-2] + b"\xff\xff\n", "gb18030", "is not text in gb18030"),
        (HEADER.encode(), "gbk2", "'gbk2' is not an encoding"),
        ((HEADER + '1,"open\n' + "x\n" * 200).encode(), "utf-8", "a quotation mark opened in row 2 is never closed"),
        ((HEADER + '1,"open\n' + "x\n" * 9_000_000).encode(), "utf-8", "a line is longer than 1 MB"),
    ],
)
def test_unreadable_files_say_so(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes, encoding: str, says: str
) -> None:
    (tmp_path / "o.csv").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        load_raw(con, taobao(encoding=encoding), tmp_path)
    assert says in caught.value.message
    assert caught.value.remedy


def test_a_bad_byte_deep_inside_is_found(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    lines = "".join(f"o{n},m,2026-01-01,1\n" for n in range(500_000))
    (tmp_path / "o.csv").write_bytes(b"order_id,member_id,ordered_at,amount\n" + lines.encode() + b"o\xb6,m,2026,1\n")
    with pytest.raises(SourceError, match="line 500002 is not UTF-8, line 500002 is not GB18030"):
        load_raw(con, SourceSpec("orders", "csv", "o.csv"), tmp_path)


def test_a_missing_file_names_the_pattern_and_the_place(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        load_raw(con, taobao("exports/*.csv"), tmp_path)
    assert f"no file matches 'exports/*.csv' in {tmp_path}" in caught.value.message
    assert "[sources.orders]" in caught.value.remedy


@pytest.mark.parametrize(
    ("header", "columns", "codes", "says"),
    [
        ("order_id,member_id,ordered_at\n", {}, ["S101"], "has no column 'amount'"),
        ("id,member_id,ordered_at,amount\n", {"order_id": "编号"}, ["S101"], "has no column '编号'"),
        ("order_id,member_id,ordered_at,amount,amount\n", {}, ["S102"], "2 columns called 'amount'"),
        ("order_id,member_id,ordered_at,amount\n", {"price": "amount"}, ["S103"], "'price' is not a column of orders"),
        ("a,b\n", {}, ["S101"] * 4, "has no column"),
        ("", {}, ["S105"], "is empty"),
    ],
)
def test_columns_that_do_not_fit_are_findings(
    tmp_path: Path, header: str, columns: dict[str, str], codes: list[str], says: str
) -> None:
    (tmp_path / "o.csv").write_text(header)
    with duckdb.connect() as con, pytest.raises(ProblemsFoundError) as caught:
        load_raw(con, SourceSpec("orders", "csv", "o.csv", columns=columns), tmp_path)
    problems = caught.value.problems
    assert [problem.code for problem in problems] == codes
    assert all(problem.severity == "error" and problem.hint and problem.zh and problem.hint_zh for problem in problems)
    assert says in problems[0].message


def test_a_close_header_is_suggested(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("order_no,member_id,ordered_at,amount\n")
    with pytest.raises(ProblemsFoundError) as caught:
        load_raw(con, SourceSpec("orders", "csv", "o.csv"), tmp_path)
    assert 'order_id = "order_no"' in caught.value.problems[0].hint
    assert str(caught.value.problems[0].location) == "o.csv:1:0"


def test_a_mapped_optional_column_that_is_absent_is_a_warning(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("order_id,member_id,ordered_at,amount\n")
    spec = SourceSpec("orders", "csv", "o.csv", columns={"paid_at": "付款时间"})
    rows, (warning,) = read_source(con, spec, tmp_path)
    assert (rows, warning.code, warning.severity) == (0, "S104", "warning")


def test_parquet_values_become_the_text_they_mean(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    moment = datetime(2026, 3, 8, 2, tzinfo=UTC)
    columns = {
        "order_id ": pa.array([1, 2], pa.int64()),
        "member_id": ["m", None],
        "ordered_at": pa.array([moment, moment], pa.timestamp("us", "Asia/Shanghai")),
        "amount": pa.array([Decimal("19.90"), None], pa.decimal128(10, 2)),
    }
    pq.write_table(pa.table(columns), tmp_path / "o.parquet")
    spec = SourceSpec("orders", "parquet", "*.parquet")
    assert load_raw(con, spec, tmp_path) == 2
    rows = table(con, "order_id, member_id, ordered_at, amount, _file, _row")
    assert rows == [
        ("1", "m", "2026-03-08 02:00:00+00", "19.90", "o.parquet", 1),
        ("2", None, "2026-03-08 02:00:00+00", None, "o.parquet", 2),
    ]


def test_a_file_that_is_no_parquet(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "o.parquet").write_text("order_id\n")
    with pytest.raises(SourceError, match=r"o\.parquet cannot be read as Parquet"):
        load_raw(con, SourceSpec("orders", "parquet", "o.parquet"), tmp_path)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (SourceSpec("order", "csv", "x"), "there is no dataset 'order'"),
        (SourceSpec("orders", "word", "x"), "'word' is not a kind of source"),
        (SourceSpec("orders", "csv", "x", timezone="Beijing"), "'Beijing' is not a time zone"),
    ],
)
def test_impossible_specs(con: duckdb.DuckDBPyConnection, tmp_path: Path, spec: SourceSpec, says: str) -> None:
    with pytest.raises((SourceError, UsageError), match=says):
        load_raw(con, spec, tmp_path)


PLACES = [
    ("o,m\n1,2\n", [2]),
    ("o,m\n\n1,2\n\n\n3,4", [3, 6]),
    ('title\n\n"o\n(x)",m\n1,2\n3,4\n', [5, 6]),
    ('o,m\n1,"a\nb\nc"\n3,4\n5\n"6\n6",7\n', [2, 5, 7]),
    ('o,m\r\n\r\n1,"a\r\nb"\r\n3,4\r\n', [3, 5]),
    ('o,m\n1,5" disk\n\n3,4\n', [2, 3]),
]


@pytest.mark.parametrize(("content", "lines"), PLACES)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_row_has_the_number_that_an_editor_shows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, content: str, lines: list[int], encoding: str
) -> None:
    """Blank lines, a title and cells of several lines count; where quotes are odd at least the order stays."""
    header = "order_id,member_id,amount,ordered_at".replace("order_id", '"order_id\n"') if '"o\n' in content else None
    names = {"order_id": "o" if header is None else "o (x)", "member_id": "m", "ordered_at": "m", "amount": "m"}
    (tmp_path / "o.csv").write_bytes(content.encode(encoding))
    load_raw(con, SourceSpec("orders", "csv", "o.csv", columns=names), tmp_path)
    assert [row for *_, row in table(con)] == lines


@pytest.mark.parametrize("more", ["", "合计,\n"])
def test_a_line_of_blanks_is_one_whatever_else_is_in_the_file(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, more: str
) -> None:
    (tmp_path / "m.csv").write_text("member_id,joined_at\nm1,2026-01-01\n  ,  \n" + more, "utf-8")
    load_raw(con, SourceSpec("members", "csv", "m.csv"), tmp_path)
    assert con.execute("select member_id from raw_members").fetchall() == [("m1",)]
    assert ("blank-line", 3) in con.execute("select rule, _row from raw_rejects").fetchall()

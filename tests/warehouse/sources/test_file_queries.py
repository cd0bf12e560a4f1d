"""A query over files of the project: what it reads, and all it must not be able to do."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaign_calendars.findings.errors import SourceError, UsageError
from tasks.settings import load_settings
from warehouse.sources import SourceSpec
from warehouse.sources.load import read_rows

SALES = """
select l.receipt as order_id, b.card as member_id, min(l.day || ' ' || l.time) as ordered_at,
    sum(l.price::decimal(18, 4) * l.pieces::integer) as amount
from lines as l left join buyers as b on b.receipt = l.receipt
group by all
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "tills").mkdir(parents=True)
    header = "receipt,day,time,price,pieces\n"
    (root / "tills" / "a.csv").write_text(
        header + "0017,2026-03-20,10:00:00,2.505,6\n0017,2026-03-20,10:01:00,1.25,4\n"
    )
    later = "receipt,day,time,pieces,price,店员\n0018,2026-03-21,11:00:00,3,10.00,甲\n"
    (root / "tills" / "b.csv").write_bytes(later.encode("gb18030"))
    book = openpyxl.Workbook()
    sheet = book.create_sheet("顾客")
    for row in (["receipt", "card"], ["0017", "m1"], ["0018", ""]):
        sheet.append(row)
    del book["Sheet"]
    book.save(root / "buyers.xlsx")
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    return root


def spec(query: str, files: dict[str, str] | None = None, **options: Any) -> SourceSpec:
    tables = files or {"lines": "tills/*.csv", "buyers": "buyers.xlsx"}
    return SourceSpec(
        "orders", "duckdb", query=query, timezone="UTC", guests=True, options={"files": tables, **options}
    )


def read(project: Path, query: str, files: dict[str, str] | None = None, **options: Any) -> list[dict[str, Any]]:
    return read_rows(spec(query, files, **options), project)[1]


def test_files_of_any_kind_are_joined(project: Path) -> None:
    rows = read(project, SALES)
    assert [(row["order_id"], row["member_id"], row["ordered_at"], row["amount"]) for row in rows] == [
        ("0017", "m1", "2026-03-20 10:00:00", "20.0300"),
        ("0018", None, "2026-03-21 11:00:00", "30.0000"),
    ]


def test_a_column_an_earlier_file_did_not_have_is_empty_there(project: Path) -> None:
    query = "select receipt || coalesce(店员, '-') as order_id, day as ordered_at, price as amount from lines"
    assert {row["order_id"] for row in read(project, query)} == {"0017-", "0018甲"}


def test_headers_that_are_empty_or_come_twice_can_be_named(project: Path) -> None:
    (project / "odd.csv").write_text("a,,A\n1,2,3\n")
    (row,) = read(
        project, 'select a || column_2 || "A_3" as order_id, 1 as ordered_at, 1 as amount from odd', {"odd": "odd.csv"}
    )
    assert row["order_id"] == "123"


def test_lines_that_break_are_not_lost(project: Path) -> None:
    (project / "tills" / "c.csv").write_text("receipt,day,time,price,pieces\n0019,2026-03-21,1,2,3,4,5,6\n")
    reading, rows = read_rows(spec(SALES), project)
    assert (reading.rows, len(rows)) == (3, 2)


BAD = [
    "select 1; select 2",
    "copy lines to 'out.csv'",
    "create table x as select 1",
    "delete from lines",
    "attach 'x.db'",
    "set memory_limit = '100GB'",
    "install httpfs",
    "call pragma_version()",
    "",
    "-- nothing",
]


@pytest.mark.parametrize("query", BAD)
def test_only_one_select_is_answered(project: Path, query: str) -> None:
    before = sorted(project.rglob("*"))
    with pytest.raises(SourceError):
        read(project, query)
    assert sorted(project.rglob("*")) == before


OUTSIDE = [
    "select * from read_csv('{secret}')",
    "select * from '{secret}'",
    "select content from read_text('{secret}')",
    "select * from glob('{folder}/*')",
    "select * from read_csv('{project}/tills/a.csv')",
    "select * from 'https://example.org/x.csv'",
    "select * from read_parquet('s3://bucket/x')",
    "select Delimiter as order_id, Quote as ordered_at, Escape as amount from sniff_csv('{secret}')",
    "select * from lines) as asked; copy lines to '{project}/out.csv'; select * from (lines",
    "select getenv('HOME') as order_id, 1 as ordered_at, 1 as amount",
    "select * from secret_frame",
]


@pytest.mark.parametrize("query", OUTSIDE)
def test_the_query_sees_its_tables_and_nothing_else(project: Path, query: str) -> None:
    secret_frame = [{"order_id": 1}]
    asked = query.format(secret=project.parent / "secret.csv", folder=project.parent, project=project)
    with pytest.raises(SourceError) as refused:
        read(project, asked)
    assert "query" in str(refused.value)
    assert secret_frame
    assert not (project / "out.csv").exists()


@pytest.mark.parametrize(
    "path", ["../secret.csv", "{secret}", "~/x.csv", "link.csv", "linked/secret.csv", "*.csv", "s3://b/x.csv"]
)
def test_files_outside_the_project_are_not_read(project: Path, path: str) -> None:
    (project / "link.csv").symlink_to(project.parent / "secret.csv")
    (project / "linked").symlink_to(project.parent)
    with pytest.raises(SourceError, match="is not inside the project"):
        read(project, "select 1", {"x": path.format(secret=project.parent / "secret.csv")})


def test_a_query_without_end_is_stopped(project: Path) -> None:
    endless = "select count(*) as order_id, 1 as ordered_at, 1 as amount from range(10000000) a, range(10000000) b"
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"took more than 0\.3 s"):
        read(project, endless, within=timedelta(seconds=0.3))
    assert time.monotonic() - started < 10


def test_rows_without_end_are_stopped(project: Path) -> None:
    endless = "select a.range as order_id, 1 as ordered_at, 1 as amount from range(10000000) a, range(10000000) b"
    with pytest.raises(SourceError, match=r"took more than 0\.5 s"):
        read(project, endless, within=timedelta(seconds=0.5))


def test_memory_has_an_end(project: Path) -> None:
    query = (
        "select len(list(a.range || repeat('x', 4000))) as order_id, 1 as ordered_at, 1 as amount from range(3000000) a"
    )
    with pytest.raises(SourceError, match=r"Out of Memory|cannot be answered"):
        read(project, query)


def test_a_value_that_cannot_be_converted_is_not_shown(project: Path) -> None:
    with pytest.raises(SourceError) as refused:
        read(
            project, "select receipt as order_id, day as ordered_at, cast(店员 as decimal(18, 2)) as amount from lines"
        )
    assert "甲" not in str(refused.value)
    assert "try_cast" in refused.value.remedy


def test_a_name_that_does_not_exist_is_shown(project: Path) -> None:
    with pytest.raises(SourceError, match="reciept"):
        read(project, "select reciept from lines")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('query = "select 1"\nfiles = {}', "files"),
        ('files = {lines = "a.csv"}', "query"),
        ('query = "select 1"\nfiles = {"a b" = "a.csv"}', "no name of a table"),
        ('query = "select 1"\nfiles = {a = "a.csv"}\nwithin = "soon"', "within"),
        ('query = "select 1"\nfiles = {a = "a.csv"}\nurl = "sqlite://"', "url"),
    ],
)
def test_mistakes_in_the_settings_are_named(project: Path, keys: str, said: str) -> None:
    (project / "promocal.toml").write_text(f'[sources.orders]\nkind = "duckdb"\n{keys}\n')
    with pytest.raises(UsageError, match=said):
        load_settings(project, {})


def test_a_section_with_files_needs_no_kind(project: Path) -> None:
    (project / "promocal.toml").write_text('[sources.orders]\nfiles = {lines = "tills/*.csv"}\nquery = "select 1"\n')
    assert load_settings(project, {}).sources["orders"].kind == "duckdb"

"""Folders, globs, compressed files and fsspec URLs: the same lines from wherever they lie."""

from __future__ import annotations

import functools
import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import fsspec
import pytest

from campaign_calendars.findings.errors import SourceError
from warehouse.sources import SourceSpec
from warehouse.sources.load import load_raw, understand_source
from warehouse.staging.inputs import Content, inputs_of

HEADER = "order_id,member_id,ordered_at,amount\n"


def export(first: int, count: int) -> bytes:
    return (HEADER + "".join(f"o{n},会员{n},2026-03-01,1\n" for n in range(first, first + count))).encode("gb18030")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.fixture
def memory() -> Iterator[str]:
    filesystem = fsspec.filesystem("memory")
    for name, data in (("orders-1.csv", export(1, 3)), ("orders-2.csv.gz", gzip.compress(export(4, 2))), ("x.md", b"")):
        filesystem.pipe(f"/exports/{name}", data)
    yield "memory://exports"
    filesystem.rm("/exports", recursive=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "orders.csv").write_bytes(export(1, 3))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def members(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute("select member_id, _file from raw_orders order by order_id").fetchall()


@pytest.mark.parametrize("tail", ["", "/", "/*.csv*", "/orders-?.csv*"])
def test_a_folder_and_a_glob_in_a_store(con: duckdb.DuckDBPyConnection, memory: str, tmp_path: Path, tail: str) -> None:
    spec = SourceSpec("orders", path=memory + tail)
    reading = understand_source(con, spec, tmp_path)
    assert reading.rows == 5
    assert members(con)[0] == ("会员1", "memory://exports/orders-1.csv")
    assert members(con)[4] == ("会员5", "memory://exports/orders-2.csv.gz")
    (item,) = inputs_of(spec, tmp_path, files=[], content=Content(5, 1), reading=reading, before=[])
    assert (item.rows, item.size) == (5, None)


def test_a_file_behind_http_and_behind_a_file_url(con: duckdb.DuckDBPyConnection, site: str, tmp_path: Path) -> None:
    for url in (f"{site}/orders.csv", f"file://{tmp_path}/orders.csv"):
        assert load_raw(con, SourceSpec("orders", path=url), tmp_path) == 3
        assert members(con)[2][0] == "会员3"


def test_a_local_folder_mixes_kinds(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_bytes(export(1, 2))
    (folder / "b.tsv").write_bytes(export(3, 1).replace(b",", b"\t"))
    (folder / "c.csv.gz").write_bytes(gzip.compress(export(4, 1)))
    con.execute(
        f"copy (select 'o5' as order_id, 'm' as member_id, '2026-03-01' as ordered_at, 1 as amount) "
        f"to '{folder}/d.parquet'"
    )
    (folder / "~$a.xlsx").write_bytes(b"a lock file of a spreadsheet")
    (folder / "notes.md").write_text("not an export")
    understood = understand_source(con, SourceSpec("orders", path="exports"), tmp_path)
    assert understood.rows == 5
    assert [(part.place, part.kind, part.rows) for part in understood.parts] == [
        ("exports/a.csv", "csv", 2),
        ("exports/b.tsv", "csv", 1),
        ("exports/c.csv.gz", "csv", 1),
        ("exports/d.parquet", "parquet", 1),
    ]
    assert [part.delimiter for part in understood.parts] == [",", "\t", ",", ""]


@pytest.mark.parametrize(
    ("path", "says", "remedy"),
    [
        ("s3://bucket/orders.csv", "reading s3:// needs the package s3fs", "pip install s3fs"),
        ("oss://bucket/orders.csv", "reading oss:// needs the package ossfs", "pip install ossfs"),
        ("sftp://me:secret@host/orders.csv", "needs the package paramiko", "pip install paramiko"),
        ("carrier-pigeon://x/orders.csv", "nothing here reads 'carrier-pigeon://'", "use a local path"),
        ("memory://nowhere/orders.csv", "nothing is at memory://nowhere/orders.csv", "correct path"),
        ("http://127.0.0.1:1/orders.csv", "orders.csv cannot be read: Cannot connect", "check the address"),
    ],
)
def test_what_cannot_be_reached_says_why(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, path: str, says: str, remedy: str
) -> None:
    with pytest.raises(SourceError) as caught:
        load_raw(con, SourceSpec("orders", path=path), tmp_path)
    assert says in caught.value.message
    assert remedy in caught.value.remedy
    assert "secret" not in caught.value.message

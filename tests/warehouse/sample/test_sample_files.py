"""Writing source files: exact money, empty times, all of a file or nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from warehouse.sample.files import SCHEMAS, SourceFile, money, read_file, table, times, write_file
from warehouse.sample.population import NEVER, prefixed


def events(*seconds: int) -> pa.Table:
    at = np.array(seconds, dtype=np.int64)
    ids = prefixed("e", np.arange(len(at)), 4)
    return table("events", ids, ids, pa.array(["visit"] * len(at)), times(at), pa.nulls(len(at), pa.string()))


def test_money_is_exact() -> None:
    cents = np.array([0, 1, 99, 100, 123_456_789_012, -1, -1_990], dtype=np.int64)
    assert money(cents).to_pylist() == [Decimal(int(value)).scaleb(-2) for value in cents]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_what_is_written_is_read(tmp_path: Path, file_format: str) -> None:
    rows = events(0, 1_580_486_400, int(NEVER))
    assert rows["at"].null_count == 1
    write_file(tmp_path, "events", 3, file_format, rows)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == [f"events-0003.{file_format}"]
    assert read_file(tmp_path, "events", 3, file_format).equals(rows)  # type: ignore[arg-type]
    assert rows.schema == SCHEMAS["events"]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_a_broken_write_leaves_the_old_file(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / f"events-0001.{file_format}"
    write_file(tmp_path, "events", 1, file_format, events(5))  # type: ignore[arg-type]
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        write_and_fail(SourceFile(path, "events", file_format))  # type: ignore[arg-type]
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def write_and_fail(file: SourceFile) -> None:
    with file as target:
        target.write(events(6, 7))
        raise ZeroDivisionError

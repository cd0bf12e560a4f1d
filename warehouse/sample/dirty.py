"""A few rows every real extract has: the demo and the tests show where they end up.

They go into files of their own, `<dataset>-dirty`, so that the clean files stay the same bytes.
A Parquet column has a type and cannot hold an unreadable date: those two rows are in CSV only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from warehouse.sample.files import SCHEMAS, Format, times
from warehouse.sample.seasons import DAY


def dirty_path(directory: Path, dataset: str, file_format: Format) -> Path:
    return directory / f"{dataset}-dirty.{file_format}"


def remove_dirty(directory: Path) -> None:
    """Forget the broken rows of an earlier sample in the same directory."""
    for path in directory.glob("*-dirty.*"):
        path.unlink()


def write_dirty(directory: Path, file_format: Format, as_of: int) -> int:
    """Write the broken rows; returns how many: 11 in CSV, 9 in Parquet."""
    yesterday = times(np.array([as_of - DAY], dtype=np.int64)).cast(pa.string())[0].as_py()
    rows = {"members": _members(yesterday), "orders": _orders(yesterday)}
    if file_format == "csv":
        rows["members"].append(_member("m-odd-birthday", "1987/13/45", yesterday))
        rows["orders"].append(_order("o-odd-date", "m00000000", "yesterday evening", "25.00"))
    for dataset, records in rows.items():
        _write(dirty_path(directory, dataset, file_format), SCHEMAS[dataset], records, file_format)
    return sum(len(records) for records in rows.values())


def _members(at: str) -> list[dict[str, str]]:
    """The first member a second time, and a row without an id."""
    return [_member("m00000000", "", at), _member("", "", at)]


def _orders(at: str) -> list[dict[str, str]]:
    """Twice the first order, two negative amounts, two unknown members, one order without an id."""
    return [
        _order("o000000001", "m00000000", at, "88.00"),
        _order("o000000001", "m00000000", at, "88.00"),
        _order("o-negative-1", "m00000000", at, "-19.90"),
        _order("o-negative-2", "m00000000", at, "-0.01"),
        _order("o-unknown-1", "m-nobody-1", at, "45.00"),
        _order("o-unknown-2", "m-nobody-2", at, "120.50"),
        _order("", "m00000000", at, "10.00"),
    ]


def _member(member_id: str, birth_on: str, created_at: str) -> dict[str, str]:
    return {"member_id": member_id, "birth_on": birth_on, "created_at": created_at, "joined_at": created_at}


def _order(order_id: str, member_id: str, ordered_at: str, amount: str) -> dict[str, str]:
    known = ordered_at if ordered_at[:1].isdigit() else ""
    return {
        "order_id": order_id,
        "member_id": member_id,
        "ordered_at": ordered_at,
        "paid_at": known,
        "amount": amount,
        "refunded": "0.00",
        "items": "1",
    }


def _write(path: Path, schema: pa.Schema, records: list[dict[str, str]], file_format: Format) -> None:
    texts = {name: pa.array([record.get(name) or None for record in records], pa.string()) for name in schema.names}
    if file_format == "csv":
        pa_csv.write_csv(pa.table(texts), path, pa_csv.WriteOptions(quoting_style="needed"))
        return
    columns = [texts[field.name].cast(field.type) for field in schema]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path)

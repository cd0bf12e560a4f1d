"""Source files as a shop would hand them over: CSV or Parquet, in bounded memory, the same bytes every time.

Times are local and without a zone, money is in yuan with two decimals, empty means not known.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from warehouse.sample.draws import Ints
from warehouse.sample.population import NEVER

Format = Literal["csv", "parquet"]

_TIME = pa.timestamp("s")
_FEW_WORDS = ["kind", "channel", "status", "category", "title", "position"]
MONEY = pa.decimal128(14, 2)

_MEMBER = [("member_id", pa.string())]
SCHEMAS: dict[str, pa.Schema] = {
    "members": pa.schema(
        [
            *_MEMBER,
            ("name", pa.string()),
            ("phone", pa.string()),
            ("city", pa.string()),
            ("province", pa.string()),
            ("gender", pa.string()),
            ("birth_on", pa.date32()),
            ("created_at", _TIME),
            ("joined_at", _TIME),
            ("join_source", pa.string()),
            ("left_at", _TIME),
        ]
    ),
    "orders": pa.schema(
        [
            ("order_id", pa.string()),
            *_MEMBER,
            ("ordered_at", _TIME),
            ("paid_at", _TIME),
            ("closed_at", _TIME),
            ("amount", MONEY),
            ("refunded", MONEY),
            ("refunded_at", _TIME),
            ("items", pa.int64()),
            ("status", pa.string()),
            ("completed_at", _TIME),
            ("stage", pa.string()),
            ("deposit", MONEY),
            ("deposit_paid_at", _TIME),
            ("balance_from", _TIME),
            ("balance_until", _TIME),
        ]
    ),
    "events": pa.schema(
        [("event_id", pa.string()), *_MEMBER, ("kind", pa.string()), ("at", _TIME), ("position", pa.string())]
    ),
    "contact_points": pa.schema(
        [
            *_MEMBER,
            ("channel", pa.string()),
            ("address", pa.string()),
            ("consented_at", _TIME),
            ("withdrawn_at", _TIME),
            ("group_id", pa.string()),
            ("bound_at", _TIME),
            ("unbound_at", _TIME),
        ]
    ),
    "tags": pa.schema(
        [
            *_MEMBER,
            ("tag", pa.string()),
            ("family", pa.string()),
            ("value", pa.string()),
            ("at", _TIME),
            ("until", _TIME),
        ]
    ),
    "redemptions": pa.schema(
        [
            ("redemption_id", pa.string()),
            *_MEMBER,
            ("benefit", pa.string()),
            ("calendar", pa.string()),
            ("redeemed_at", _TIME),
            ("order_id", pa.string()),
        ]
    ),
    "order_items": pa.schema(
        [
            ("order_id", pa.string()),
            ("line_id", pa.string()),
            ("sku", pa.string()),
            ("title", pa.string()),
            ("category", pa.string()),
            ("price", MONEY),
            ("quantity", pa.int64()),
            ("paid", MONEY),
            ("refunded", MONEY),
        ]
    ),
    "identities": pa.schema([*_MEMBER, ("kind", pa.string()), ("value", pa.string()), ("at", _TIME)]),
    "referrals": pa.schema([("referrer_id", pa.string()), ("referred_id", pa.string()), ("at", _TIME)]),
    "traffic": pa.schema(
        [
            ("position", pa.string()),
            ("day", pa.date32()),
            ("audience", pa.string()),
            ("visitors", pa.int64()),
            ("page_views", pa.int64()),
            ("sessions", pa.int64()),
            ("exposures", pa.int64()),
            ("one_session", pa.int64()),
            ("followers", pa.int64()),
        ]
    ),
    "costs": pa.schema(
        [
            ("kind", pa.string()),
            ("channel", pa.string()),
            ("amount", MONEY),
            ("at", _TIME),
            ("clicks", pa.int64()),
        ]
    ),
    "stock": pa.schema([("sku", pa.string()), ("pieces", pa.int64()), ("at", _TIME)]),
    "invitations": pa.schema([("inviter_id", pa.string()), ("at", _TIME), ("invited_id", pa.string())]),
    "points": pa.schema(
        [
            ("entry_id", pa.string()),
            *_MEMBER,
            ("kind", pa.string()),
            ("points", pa.int64()),
            ("at", _TIME),
            ("order_id", pa.string()),
            ("expires_at", _TIME),
        ]
    ),
}


def times(local: Ints) -> pa.Array:
    """Local seconds as timestamps; NEVER becomes null."""
    return pa.array(local, pa.int64(), mask=local == NEVER).cast(_TIME)


def money(cents: Ints) -> pa.Array:
    """Cents as exact decimals of two places."""
    # A decimal128 is a little-endian 128-bit integer: the cents and their sign, nothing to convert.
    words = np.empty((len(cents), 2), dtype=np.int64)
    words[:, 0] = cents
    words[:, 1] = cents >> 63
    return pa.Array.from_buffers(MONEY, len(cents), [None, pa.py_buffer(words)])


def pick(words: tuple[str, ...], indexes: Ints) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(indexes))


def empty_where(values: pa.Array, missing: NDArray[np.bool_]) -> pa.Array:
    """The values with nulls where `missing`."""
    return pc.if_else(pa.array(missing), None, values)


def table(dataset: str, *columns: pa.Array) -> pa.Table:
    return pa.Table.from_arrays(list(columns), schema=SCHEMAS[dataset])


class SourceFile:
    """One dataset's file, written block by block under another name and renamed when complete."""

    def __init__(self, path: Path, dataset: str, file_format: Format) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        schema = SCHEMAS[dataset]
        self._writer = (
            pa_csv.CSVWriter(self._partial, schema, write_options=pa_csv.WriteOptions(quoting_style="needed"))
            if file_format == "csv"
            else pq.ParquetWriter(
                self._partial,
                schema,
                compression="snappy",
                use_dictionary=_FEW_WORDS,
            )
        )
        self.rows = 0

    def write(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self._writer.write_table(rows)
            self.rows += rows.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink()


def file_path(directory: Path, dataset: str, number: int, file_format: Format) -> Path:
    """`orders-0001.csv`: the source glob `orders-*.csv` also finds the files a world adds later."""
    return directory / f"{dataset}-{number:04d}.{file_format}"


def later_files(directory: Path, file_format: Format) -> list[Path]:
    """What was added to the first file of each dataset: a sample that lived on."""
    found = [path for dataset in SCHEMAS for path in directory.glob(f"{dataset}-[0-9]*.{file_format}")]
    return sorted(path for path in found if not path.stem.endswith("-0001"))


def write_file(directory: Path, dataset: str, number: int, file_format: Format, rows: pa.Table) -> None:
    with SourceFile(file_path(directory, dataset, number, file_format), dataset, file_format) as target:
        target.write(rows)


def read_file(directory: Path, dataset: str, number: int, file_format: Format) -> pa.Table:
    """A file written here, back as a table of the same schema."""
    path = file_path(directory, dataset, number, file_format)
    if file_format == "parquet":
        return pq.read_table(path).cast(SCHEMAS[dataset])
    schema = SCHEMAS[dataset]
    options = pa_csv.ConvertOptions(
        column_types={field.name: field.type for field in schema},
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return pa_csv.read_csv(path, convert_options=options)

"""A table of metrics as Parquet: one row a figure, both parts as whole numbers."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from campaign_calendars.measuring.metrics.figures import MetricTable

_SCHEMA = pa.schema(
    [
        ("calendar", pa.string()),
        ("metric", pa.string()),
        ("by", pa.string()),
        ("key", pa.string()),
        ("part", pa.list_(pa.string())),
        ("starts_at", pa.timestamp("us", "UTC")),
        ("ends_at", pa.timestamp("us", "UTC")),
        ("as_of", pa.timestamp("us", "UTC")),
        ("members", pa.string()),
        ("state", pa.string()),
        # A product of counts may pass what 64 bits hold.
        ("numerator", pa.decimal128(38, 0)),
        ("denominator", pa.decimal128(38, 0)),
        ("value", pa.float64()),
        ("lacks", pa.string()),
        ("simulated", pa.bool_()),
    ]
)


def write_table(table: MetricTable, target: Path) -> None:
    """Rows in the order of the table; the same table gives the same bytes."""
    rows = [
        {
            "calendar": table.calendar,
            "metric": one.metric,
            "by": table.by,
            "key": one.key,
            "part": list(one.part),
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "as_of": table.as_of,
            "members": table.members,
            "state": one.state,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "value": None if one.value is None else float(one.value),
            "lacks": one.lacks,
            "simulated": table.simulated,
        }
        for one in table.figures
    ]
    partial = target.with_name(f".{target.name}.partial")
    parquet.write_table(pa.Table.from_pylist(rows, _SCHEMA), partial, compression="zstd")
    partial.replace(target)

"""Answers as pandas data frames, each type of a column always as the same dtype."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from pandas import DataFrame

from campaign_calendars.measuring.metrics.figures import MetricTable
from warehouse.analysis.answers import Answer

__all__ = ["DTYPES", "DataFrame", "frame_of", "frame_of_metrics"]

_METRICS = pa.schema(
    [
        ("metric", pa.string()),
        ("key", pa.string()),
        ("part", pa.string()),
        ("starts_at", pa.timestamp("us", "UTC")),
        ("ends_at", pa.timestamp("us", "UTC")),
        ("state", pa.string()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
        ("value", pa.float64()),
        ("lacks", pa.string()),
    ]
)

DTYPES = {
    "varchar": "str",
    "bigint": "Int64",
    "integer": "Int64",
    "boolean": "boolean",
    "double": "float64",
    "date": "datetime64[s]",
    "timestamptz": "datetime64[us, zone]",
}
"""Type of a column of a table → its dtype in a frame."""
_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def frame_of(answer: Answer) -> DataFrame:
    """All rows of an answer. Whole numbers are `Int64` and truths `boolean`, for which a cell may be empty; decimals
    become numbers, lists and records stay objects.
    """
    return _framed_table(pa.Table.from_batches(answer.batches, schema=answer.schema))


def frame_of_metrics(found: MetricTable) -> DataFrame:
    """A row for each figure; the words of `part` stand in one text, moments are in the calendar's zone."""
    schema = pa.schema([_in_zone(each, found.timezone) for each in _METRICS])
    rows = [{name: getattr(one, name) for name in schema.names} | {"part": " ".join(one.part)} for one in found.figures]
    return _framed_table(pa.Table.from_pylist(rows, schema=schema))


def _in_zone(field: pa.Field, zone: str) -> pa.Field:
    return field.with_type(pa.timestamp("us", zone)) if pa.types.is_timestamp(field.type) else field


def _framed_table(found: pa.Table) -> DataFrame:
    schema = pa.schema([pa.field(each.name, _framed(each.type)) for each in found.schema])
    frame: DataFrame = found.cast(schema).to_pandas(types_mapper=_NULLABLE.get)
    return frame


def _framed(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.float64()
    return pa.timestamp("s") if pa.types.is_date(kind) else kind

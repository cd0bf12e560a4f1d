"""Answers as pandas data frames, each type of a column always as the same dtype."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from pandas import DataFrame

from warehouse.analysis.answers import Answer

__all__ = ["DTYPES", "DataFrame", "frame_of"]

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
    schema = pa.schema([pa.field(each.name, _framed(each.type)) for each in answer.schema])
    table = pa.Table.from_batches(answer.batches, schema=answer.schema).cast(schema)
    frame: DataFrame = table.to_pandas(types_mapper=_NULLABLE.get)
    return frame


def _framed(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.float64()
    return pa.timestamp("s") if pa.types.is_date(kind) else kind

"""An answer as it comes: batches of Arrow, handed on as rows, as Parquet, or as a data frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

RecordBatchReader = pa.RecordBatchReader
"""What one connection hands over to another, for those who pass it on and know nothing of Arrow."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer; they can be read once."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, each once."""
        return tuple(self.schema.names)

    @property
    def types(self) -> tuple[str, ...]:
        """Types of the columns as Arrow says them, such as `int64` or `timestamp[us, tz=UTC]`."""
        return tuple(str(each) for each in self.schema.types)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The rows as Python has them; moments are aware."""
        for batch in self.batches:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def write_parquet(self, path: Path) -> int:
        """Write all rows into one file; returns how many there are."""
        import pyarrow.parquet as pq

        count = 0
        with pq.ParquetWriter(path, self.schema, compression="zstd") as writer:
            for batch in self.batches:
                writer.write_batch(batch)
                count += batch.num_rows
        return count

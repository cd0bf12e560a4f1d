"""`kind = "parquet"`: Parquet files, through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from campaign_calendars.findings.errors import SourceError
from warehouse.sources.port import Cells, FileKeys, FileKind, FileRequest, Opened
from warehouse.sources.typed import as_written

_BATCH_ROWS = 100_000


def _open(request: FileRequest[FileKeys]) -> Opened:
    import duckdb

    path = str(request.file.path)
    try:
        described = request.con.execute("describe select * from read_parquet(?)", [path]).fetchall()
    except duckdb.Error as error:
        raise _unreadable(request, error) from None
    names, kinds = [row[0] for row in described], [row[1] for row in described]

    def batches(cells: Cells) -> Iterator[Any]:
        import pyarrow as pa

        chosen = ", ".join(f'{as_written(names[p], kinds[p], as_id=p in cells.ids)} as "c{p}"' for p in cells.positions)
        query = f"select {chosen}, file_row_number + 1 as _row from read_parquet(?, file_row_number = true)"
        try:
            stream: Any = request.con.cursor().sql(query, params=[path])
            for batch in stream.to_arrow_reader(_BATCH_ROWS):
                yield pa.table(batch)
        except duckdb.Error as error:
            raise _unreadable(request, error) from None

    return Opened(names, batches)


def _unreadable(request: FileRequest[FileKeys], error: Exception) -> SourceError:
    return SourceError(
        (
            f"{request.file.place} cannot be read as Parquet: {str(error).splitlines()[0]}",
            f"{request.file.place} 无法按 Parquet 读取：{str(error).splitlines()[0]}",
        ),
        (
            f"check the file, or correct kind in [{request.spec.section}]",
            f"请检查该文件，或修正 [{request.spec.section}] 的 kind",
        ),
    )


KIND = FileKind("parquet", (".parquet",), FileKeys, _open)

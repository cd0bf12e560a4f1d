"""`kind = "parquet"`: Parquet files, through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import SourceError
from warehouse.sources.port import Cells, FileKeys, FileKind, FileRequest, Opened
from warehouse.sources.typed import as_written

if TYPE_CHECKING:
    import duckdb

_BATCH_ROWS = 100_000


def _open(request: FileRequest[FileKeys]) -> Opened:
    import duckdb

    path = str(request.file.path)
    try:
        described = request.con.execute("describe select * from read_parquet(?)", [path]).fetchall()
        header = _as_it_stands(request.con, path)
    except duckdb.Error as error:
        raise _unreadable(request, error) from None
    names, kinds = [row[0] for row in described], [row[1] for row in described]

    def batches(cells: Cells) -> Iterator[Any]:
        import pyarrow as pa

        for position in cells.positions:
            if kinds[position].endswith(("]", ")")) and not kinds[position].startswith("DECIMAL"):
                raise _nested(request, header[position], kinds[position])
        chosen = ", ".join(f'{as_written(names[p], kinds[p], as_id=p in cells.ids)} as "c{p}"' for p in cells.positions)
        query = f"select {chosen}, file_row_number + 1 as _row from read_parquet(?, file_row_number = true)"
        try:
            stream: Any = request.con.cursor().sql(query, params=[path])
            for batch in stream.to_arrow_reader(_BATCH_ROWS):
                yield pa.table(batch)
        except duckdb.Error as error:
            raise _unreadable(request, error) from None

    return Opened(header, batches)


def _as_it_stands(con: duckdb.DuckDBPyConnection, path: str) -> list[str]:
    """The names of the columns as the file has them: DuckDB gives one that comes twice another name."""
    elements = con.execute("select name, num_children from parquet_schema(?)", [path]).fetchall()
    header, within = [], 0
    for name, children in elements[1:]:
        if not within:
            header.append(name)
        within += (children or 0) - (within > 0)
    return header


def _nested(request: FileRequest[FileKeys], name: str, kind: str) -> SourceError:
    place, section = request.file.place, request.spec.section
    what = "list" if kind.endswith("]") else kind.partition("(")[0].lower()
    return SourceError(
        (
            f"{place}: the column '{name}' holds a {what} in each cell, not one value",
            f"{place}：列“{name}”的每一格是嵌套结构（{what}），不是单个值",
        ),
        (
            f"export the value as a column of its own, or map another column in [{section}]",
            f"请把该值导出为单独一列，或在 [{section}] 映射到其他列",
        ),
    )


def _unreadable(request: FileRequest[FileKeys], error: Exception) -> SourceError:
    place = request.file.place
    reason = str(error).splitlines()[0].replace(str(request.file.path), place)
    return SourceError(
        (f"{place} cannot be read as Parquet: {reason}", f"{place} 无法按 Parquet 读取：{reason}"),
        (
            f"check the file, or correct kind in [{request.spec.section}]",
            f"请检查该文件，或修正 [{request.spec.section}] 的 kind",
        ),
    )


KIND = FileKind("parquet", (".parquet",), FileKeys, _open)

"""Our own kinds of sources keep the contract that plug-ins are held to."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from promocal.testing import SourceContract
from warehouse.sources.kinds import auto, parquet, sql, xlsx
from warehouse.sources.kinds import csv as delimited
from warehouse.sources.kinds import duckdb as duckdb_kind

Row = Sequence[str | None]


class TestCsv(SourceContract):
    kind = delimited.KIND

    def put(self, project: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Any]:
        with (project / f"{name}.csv").open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        return {"path": f"{name}.csv", "encoding": "gb18030"}


class TestWorkbook(SourceContract):
    kind = xlsx.KIND

    def put(self, project: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Any]:
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("orders")
        for row in (header, *rows):
            sheet.append(list(row))
        book.save(project / f"{name}.xlsx")
        return {"path": f"{name}.xlsx"}


class TestParquet(SourceContract):
    kind = parquet.KIND

    def put(self, project: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Any]:
        import pyarrow as pa
        from pyarrow.parquet import write_table

        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        write_table(pa.table(columns, names=list(header)), project / f"{name}.parquet")
        return {"path": f"{name}.parquet"}


class TestDatabase(SourceContract):
    kind = sql.KIND

    def put(self, project: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Any]:
        url = f"sqlite:///{project / 'shop.db'}"
        engine = sa.create_engine(url)
        table = sa.Table(name, sa.MetaData(), *(sa.Column(column, sa.Text) for column in header))
        with engine.begin() as connection:
            table.create(connection)
            connection.execute(table.insert(), [dict(zip(header, row, strict=True)) for row in rows])
        engine.dispose()
        return {"url": url, "table": name}

    def nowhere(self, project: Path) -> Mapping[str, Any]:
        return {"url": f"sqlite:///{project / 'shop.db'}", "table": "nothing"}


class TestAuto(TestCsv):
    kind = auto.KIND

    def nowhere(self, project: Path) -> Mapping[str, Any]:
        (project / "orders.docx").write_bytes(b"PK")
        return {"path": "orders.docx"}


class TestFileQuery(SourceContract):
    kind = duckdb_kind.KIND

    def put(self, project: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Any]:
        with (project / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        columns = ", ".join(f'"{column}"' for column in header)
        return {"files": {"lines": f"{name}.csv"}, "query": f"select {columns} from lines"}

    def nowhere(self, project: Path) -> Mapping[str, Any]:
        return {"files": {"lines": "nothing.csv"}, "query": "select 1"}

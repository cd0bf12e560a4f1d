"""`kind = "duckdb"`: a query over named files of the project, answered by DuckDB."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

from pydantic import Field, field_validator

from campaign_calendars.values.scalars import Duration, UnfitError
from warehouse.sources.port import Opened, SourceKeys, TableKind, TableRequest


class DuckdbKeys(SourceKeys):
    files: dict[str, str] = Field(
        min_length=1, description="Table the query names = file or pattern inside the project; every column is text."
    )
    query: str = Field(min_length=1, description="One SELECT over those tables.")
    within: Duration = Field(default=timedelta(minutes=10), description="How long the query may take.")

    @field_validator("files")
    @classmethod
    def _named(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            if not name.isidentifier():
                raise UnfitError(
                    f"'{name}' is no name of a table: letters, digits and _", f"'{name}' 不能作表名：请用字母、数字与 _"
                )
        return files


def _open(request: TableRequest[DuckdbKeys]) -> AbstractContextManager[Opened]:
    from warehouse.sources.file_queries import FileQuery, open_query

    keys = request.keys
    return open_query(FileQuery(request.spec, request.project, keys.files, keys.query, keys.within))


def _place(keys: DuckdbKeys) -> str:
    return f"{', '.join(dict.fromkeys(keys.files.values()))}#query"


KIND = TableKind("duckdb", DuckdbKeys, _open, _place, marks=("files",))

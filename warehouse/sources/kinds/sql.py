"""`kind = "sql"`: a table or query of a database that SQLAlchemy or ADBC reads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

from pydantic import Field, model_validator

from campaign_calendars.values.scalars import Duration
from warehouse.sources.port import Opened, SourceKeys, TableKind, TableRequest


class SqlKeys(SourceKeys):
    url: str = Field(default="", repr=False, description="As SQLAlchemy writes it.")
    url_env: str = Field(default="", description="The environment variable that holds the url.")
    query: str = ""
    table: str = Field(default="", description="With its schema, where that is not the default one.")
    watermark: str = Field(default="", description="Column that grows with every change.")
    overlap: Duration = Field(default=timedelta(), description="How far before the last watermark a pull starts.")

    @model_validator(mode="after")
    def _complete(self) -> SqlKeys:
        if bool(self.url) == bool(self.url_env):
            raise ValueError("an sql source needs exactly one of url and url_env")
        if bool(self.query) == bool(self.table):
            raise ValueError("an sql source needs exactly one of query and table")
        if not self.watermark and (self.overlap or ":since" in self.query):
            raise ValueError("overlap and :since need a watermark")
        return self


def _open(request: TableRequest[SqlKeys]) -> AbstractContextManager[Opened]:
    from warehouse.sources.databases import open_database

    return open_database(request.spec, request.since)


def _place(keys: SqlKeys) -> str:
    from warehouse.sources.databases import address

    return f"{address(keys.url) if keys.url else keys.url_env}#{keys.table or 'query'}"


KIND = TableKind("sql", SqlKeys, _open, _place, marks=("url", "url_env"))

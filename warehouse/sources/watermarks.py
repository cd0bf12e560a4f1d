"""From where on a database is pulled: the latest watermark of the pull before, less an overlap.

A watermark is kept as text that says its type, so that the next pull compares like with like:
`moment:2026-03-01 10:00:00+00`, `text:…` (SQLite keeps moments as text) or `number:…`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import SourceError
from warehouse.sources.catalogue import SourceSpec

if TYPE_CHECKING:
    from sqlalchemy import Connection

# What `:since` of a query stands for when everything is read.
BEGINNING = "1970-01-01 00:00:00"


def latest(spec: SourceSpec, connection: Connection) -> str | None:
    """The highest watermark there is now; None when no row has one."""
    from sqlalchemy import column, func, select, table, text

    if spec.query:
        counted = f"select max(source.{_quoted(spec, connection)}) from ({_inner(spec)}) as source"
        statement: Any = text(counted)
        value = connection.execute(statement, since_values(spec, None)).scalar()
    else:
        schema, _, name = spec.table.rpartition(".")
        statement = select(func.max(column(spec.watermark))).select_from(table(name, schema=schema or None))
        value = connection.execute(statement).scalar()
    return None if value is None else _kept(spec, value)


def bound(spec: SourceSpec, since: str) -> datetime | str | int:
    """The lowest watermark to pull. Raises SourceError when an overlap cannot be taken off it."""
    kind, _, text = since.partition(":")
    if kind == "number":
        if spec.overlap:
            raise _no_moment(spec)
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        if spec.overlap:
            raise _no_moment(spec) from None
        return text
    lower = moment - spec.overlap
    return lower if kind == "moment" else _like(text, lower)


def went_back(since: str, now: str | None) -> bool:
    """Whether the highest watermark is lower than it was: a table was put back or emptied."""
    if now is None:
        return True
    before, after = since.partition(":"), now.partition(":")
    if before[0] != after[0]:
        return True
    if before[0] == "number":
        return int(after[2]) < int(before[2])
    if before[0] == "moment":
        return datetime.fromisoformat(after[2]) < datetime.fromisoformat(before[2])
    return after[2] < before[2]


def since_values(spec: SourceSpec, since: str | None) -> dict[str, Any]:
    """The parameters of a query source: `:since`, where the query names it."""
    if ":since" not in spec.query:
        return {}
    return {"since": datetime.fromisoformat(BEGINNING) if since is None else bound(spec, since)}


def narrowed(spec: SourceSpec, connection: Connection) -> str:
    """A query source without `:since`, cut to the rows from `:since` on."""
    name = f"source.{_quoted(spec, connection)}"
    return f"select * from ({_inner(spec)}) as source where {name} >= :since or {name} is null"


def _inner(spec: SourceSpec) -> str:
    return spec.query.rstrip().rstrip(";")


def _quoted(spec: SourceSpec, connection: Connection) -> str:
    return connection.dialect.identifier_preparer.quote(spec.watermark)


def _kept(spec: SourceSpec, value: Any) -> str:
    if isinstance(value, datetime):
        return f"moment:{value.isoformat(' ')}"
    if isinstance(value, date):
        return f"moment:{datetime.combine(value, time()).isoformat(' ')}"
    if isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value()):
        return f"number:{int(value)}"
    if isinstance(value, str):
        return f"text:{value}"
    raise SourceError(
        (
            f"sources.{spec.dataset}: the watermark {spec.watermark} is neither a moment nor a number",
            f"sources.{spec.dataset}：水位 {spec.watermark} 既不是时间也不是数字",
        ),
        (
            "name a column that grows with every change, for example updated_at",
            "请写每次变更都会增大的列，例如 updated_at",
        ),
    )


def _like(text: str, moment: datetime) -> str:
    """A moment written as another one was."""
    separator = text[10:11] or " "
    written = moment.isoformat(separator, "microseconds" if "." in text else "seconds")
    return written[: len(text)] if len(text) <= len("2026-03-01 10:00") else written


def _no_moment(spec: SourceSpec) -> SourceError:
    return SourceError(
        (
            f"sources.{spec.dataset}: the watermark {spec.watermark} is no moment, so no overlap can be taken off it",
            f"sources.{spec.dataset}：水位 {spec.watermark} 不是时间，无法回退 overlap",
        ),
        (f"remove overlap from [sources.{spec.dataset}]", f"请去掉 [sources.{spec.dataset}] 的 overlap"),
    )

"""What a kind of source has to be: a name, the keys it reads, and a way to open it as a header and batches of text.

There are two sorts. A `FileKind` reads files: finding them, copies of remote ones, digests and reading
only new ones come with it. A `TableKind` reads rows that something else keeps, a database or a service.
Both give an `Opened`: the header as it stands there, then the cells that are asked for, as text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.findings.problem import Problem
from warehouse.sources.catalogue import SourceSpec

if TYPE_CHECKING:
    import duckdb

_BATCH_ROWS = 50_000


class SourceKeys(BaseModel):
    """The keys of `[sources.DATASET]` that a kind reads, beside `kind`, `mapping`, `columns` and `timezone`.

    A key the kind does not have is an error. Secrets stay in the environment: a key called
    `NAME_env` names the variable, see `Request.secret`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileKeys(SourceKeys):
    """What every kind of file reads."""

    path: str = Field(min_length=1, description="File, folder or glob relative to the project, or an fsspec URL.")


Keys = TypeVar("Keys", bound=SourceKeys)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file on this machine; `place` is how findings name it, `kind` how it is read."""

    path: Path
    place: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cells:
    """Which cells are asked for: `positions` in the header from 0, ascending; at `ids` they are ids.

    An id is text whatever digits it has: what reads numbers must not round it.
    """

    positions: list[int]
    ids: frozenset[int] = frozenset()


@dataclass
class Opened:
    """A source that stands open: its header, its cells, and what was understood of it.

    `batches` gives Arrow tables with a text column `c<position>` for each position that is asked for
    and, where lines have numbers of their own, `_row` (int64, from 1); see `text_batches`. `broken`
    are lines that cannot be read, with their numbers; it may grow while batches are taken. `sheets`
    are all of a workbook. `lines` gives for the number of records that were read where each of them
    begins, when that is not simply `first_row` and the ones behind it.
    `watermark`: the highest one before anything was read (see `watermarks`).
    """

    header: Sequence[str]
    batches: Callable[[Cells], Iterable[Any]]
    header_row: int = 1
    encoding: str = ""
    how: tuple[str, str] = ("", "")
    delimiter: str = ""
    sheet: str = ""
    sheets: Sequence[str] = ()
    broken: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    watermark: str | None = None
    first_row: int = 1
    lines: Callable[[int], Any] | None = None


@dataclass(frozen=True)
class Request(Generic[Keys]):
    """What is to be opened: by which validated keys, and which headers (normal form) are looked for."""

    spec: SourceSpec
    keys: Keys
    wanted: Collection[str]

    def secret(self, variable: str) -> str:
        """The value of the environment variable that a key ending in `_env` names. Raises SourceError."""
        if variable not in self.spec.secrets:
            raise SourceError(
                (
                    f"{self.spec.section}: the environment has no {variable}",
                    f"{self.spec.section}：环境变量中没有 {variable}",
                ),
                (f"export {variable} before running", f"运行前请先 export {variable}"),
            )
        return self.spec.secrets[variable]


@dataclass(frozen=True)
class FileRequest(Request[Keys]):
    """One file to open; `con` is a DuckDB connection for kinds that read through it."""

    file: SourceFile
    con: duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class TableRequest(Request[Keys]):
    """Rows to open; `since` is the watermark of the pull before, None when everything is wanted.

    `project`: its directory, where the source is files of it.
    """

    since: str | None = None
    project: Path = Path()


@dataclass(frozen=True)
class FileKind(Generic[Keys]):
    """A kind of file: its name, the endings it is told by when `kind` is auto, its keys, and how one is opened.

    `keys` have a `path`. `open` raises SourceError when a file cannot be read, ProblemsFoundError when
    it holds nothing.
    """

    name: str
    suffixes: tuple[str, ...]
    keys: type[Keys]
    open: Callable[[FileRequest[Keys]], Opened]


@dataclass(frozen=True)
class TableKind(Generic[Keys]):
    """A kind of rows that something else keeps.

    `open` gives them as long as the context lasts, and raises SourceError when they cannot be had.
    `place` names them in manifests, without secrets. `marks`: keys by which a section without `kind` is known.
    Rows need no order: few are numbered by their content, so the same rows get the same numbers.
    A kind whose keys have `watermark` and `overlap` honours `since`; any other is read whole.
    """

    name: str
    keys: type[Keys]
    open: Callable[[TableRequest[Keys]], AbstractContextManager[Opened]]
    place: Callable[[Keys], str]
    marks: tuple[str, ...] = ()


SourceKind = FileKind[Any] | TableKind[Any]


def keys_of(spec: SourceSpec, kind: SourceKind) -> Any:
    """The keys of a kind as the spec has them. Raises SourceError when they do not suffice."""
    own = {name: getattr(spec, name) for name in spec_keys() & set(kind.keys.model_fields)}
    try:
        return kind.keys.model_validate({**own, **spec.options})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join([spec.section, *(str(part) for part in first["loc"])])
        said = first["msg"].removeprefix("Value error, ")
        raise SourceError(
            (f"{key}: {said}", f"{key}：{said}"),
            (f"correct [{spec.section}] of promocal.toml", f"请修正 promocal.toml 的 [{spec.section}]"),
        ) from None


def spec_of(dataset: str, kind: str, keys: SourceKeys, secret: Callable[[str], str], **common: Any) -> SourceSpec:
    """The spec of a source whose settings have these keys; the inverse of `keys_of`.

    `secret` gives the value of an environment variable: where there is a key without `_env` it is
    written there, else the variable stays a name beside its value. `common` are other fields.
    """
    said: dict[str, Any] = {name: getattr(keys, name) for name in type(keys).model_fields}
    secrets = {name: secret(name) for key, name in said.items() if key.endswith("_env") and name}
    for key in [key for key in said if key.endswith("_env") and key.removesuffix("_env") in spec_keys()]:
        if variable := said.pop(key):
            said[key.removesuffix("_env")] = secrets.pop(variable)
    known = {key: value for key, value in said.items() if key in spec_keys()}
    options = {key: value for key, value in said.items() if key not in known}
    return SourceSpec(dataset, kind, **known, **common, options=options, secrets=secrets)


def spec_keys() -> frozenset[str]:
    """Keys of sources that a spec has a field for; the others are its `options`."""
    of_all = {"dataset", "kind", "options", "secrets", "guests", "tolerances"}
    return frozenset(made.name for made in fields(SourceSpec)) - of_all


def text_batches(rows: Iterable[Sequence[object]], cells: Cells, numbers: Iterable[int] | None = None) -> Iterator[Any]:
    """Rows of Python values as the batches of an `Opened`; a row may be shorter than the header.

    `numbers` are those of the lines the rows come from, where some are left out.
    """
    import pyarrow as pa

    lines = zip(rows, count(1) if numbers is None else numbers, strict=False)
    names = [*(f"c{position}" for position in cells.positions), "_row"]
    while batch := list(islice(lines, _BATCH_ROWS)):
        columns = [[row[p] if p < len(row) else None for row, _ in batch] for p in cells.positions]
        numbered = pa.array([number for _, number in batch], pa.int64())
        yield pa.table([*(text_column(column) for column in columns), numbered], names=names)


def text_column(values: Iterable[object]) -> Any:
    """Values as an Arrow array of text."""
    import pyarrow as pa

    return pa.array([None if value is None else as_text(value) for value in values], pa.string())


def as_text(value: object) -> str:
    """A value as PostgreSQL writes it with its clock in UTC: numbers in full, moments with an offset in UTC."""
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def _moment(value: datetime) -> str:
    zone = ""
    if value.tzinfo is not None:
        value, zone = value.astimezone(UTC), "+00"
    text = f"{value:%Y-%m-%d %H:%M:%S}"
    return (f"{text}.{value.microsecond:06}".rstrip("0") if value.microsecond else text) + zone


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: str(value).lower()),
    (datetime, _moment),
    (date, date.isoformat),
    (Decimal, lambda value: f"{value:f}" if value.is_finite() else str(value)),
    (bytes, lambda value: value.decode("utf-8", "replace")),
    (Mapping | list, lambda value: json.dumps(value, ensure_ascii=False)),
)

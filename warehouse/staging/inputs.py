"""What a source consists of: files and tables with size, digest and rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from campaign_calendars.findings.errors import SourceError
from warehouse.shelf.digests import FileDigests
from warehouse.shelf.manifest import Input
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.databases import address
from warehouse.sources.mapping import map_text
from warehouse.sources.places import find_files, is_remote, place_of, without_password
from warehouse.sources.port import TableKind, keys_of
from warehouse.sources.reading import Reading
from warehouse.sources.registry import is_table, kind_of

# What few sources say is part of the digest only where it is said.
_SELDOM = frozenset({"options", "guests", "tolerances"})
# Where something lies does not change what it says.
_WHEREABOUTS = frozenset({"path", "url", "query", "table", "watermark", "overlap"})


@dataclass(frozen=True)
class FileState:
    """A file as it lies there before it is read."""

    place: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Content:
    """Rows of a database in sum: their number and the sum of their digests, in no order.

    A sum needs no order, holds on any number of threads, and rows can be taken out of it again.
    """

    rows: int = 0
    total: int = 0

    def __add__(self, other: Content) -> Content:
        return Content(self.rows + other.rows, self.total + other.total)

    def __sub__(self, other: Content) -> Content:
        return Content(self.rows - other.rows, self.total - other.total)

    def __str__(self) -> str:
        return f"{self.rows},{self.total}"

    @classmethod
    def read(cls, text: str) -> Content:
        rows, _, total = text.partition(",")
        return cls(int(rows), int(total))


def files_of(spec: SourceSpec, base_dir: Path, digests: FileDigests) -> list[FileState]:
    """The local files behind a source, with their digests; none behind a database or an address. Raises SourceError."""
    if told_by_content(spec):
        return []
    return [_state(path, place_of(path, base_dir), digests) for path in find_files(spec, base_dir)]


def _state(path: Path, place: str, digests: FileDigests) -> FileState:
    try:
        return FileState(place, path.stat().st_size, digests.sha256(path))
    except OSError as error:
        raise SourceError(
            (f"{place} cannot be read: {error.strerror}", f"{place} 无法读取：{error.strerror}"),
            ("check the file and its permissions", "请检查该文件及其权限"),
        ) from None


def told_by_content(spec: SourceSpec) -> bool:
    """Whether only the rows themselves say what a source held: databases and remote files."""
    return is_table(spec) or is_remote(spec)


def settings_digest(spec: SourceSpec, base_dir: Path) -> str:
    """Digest of how a source is read, passwords aside: another one, and nothing read before still counts."""
    settings = _said(spec) | {"url": address(spec.url) if spec.url else "", "path": without_password(spec.path)}
    return _digest([settings, _map(spec, base_dir)[1]])


def identity(spec: SourceSpec, base_dir: Path, files: Sequence[FileState], content: Content) -> str:
    """Digest of what a source says and how it is read: the same content, the same digest, wherever it lies."""
    reading = {key: value for key, value in _said(spec).items() if key not in _WHEREABOUTS}
    contents = [[file.place, file.sha256] for file in files]
    return _digest([reading, _map(spec, base_dir)[1], contents, str(content)])


def content_of(con: duckdb.DuckDBPyConnection, table: str, dataset: str) -> Content:
    """The content of a table that has the raw columns of `dataset`."""
    # Control characters keep cells apart and null from empty.
    cells = ", ".join(f'coalesce("{name}", chr(30))' for name in DATASETS[dataset].columns)
    rows, total = con.execute(
        f"""
        select count(*), coalesce(sum(('0x' || left(md5(concat_ws(chr(31), {cells})), 15))::bigint), 0)::varchar
        from {table}
        """
    ).fetchall()[0]
    return Content(int(rows), int(total))


def inputs_of(
    spec: SourceSpec,
    base_dir: Path,
    *,
    files: Sequence[FileState],
    content: Content,
    reading: Reading,
    before: Sequence[Input],
) -> list[Input]:
    """The inputs of a source; `reading` is of what was read now, `before` are those known already."""
    inputs = []
    if spec.mapping:
        # A column map decides what a file says, so it is an input like the file itself.
        file, text = _map(spec, base_dir)
        inputs.append(Input(spec.dataset, file, 0, len(text.encode()), hashlib.sha256(text.encode()).hexdigest()))
    if told_by_content(spec):
        return [*inputs, Input(spec.dataset, _place(spec), content.rows, None, _digest(str(content)))]
    known = {item.place: item for item in before}
    read = {part.place: part for part in reading.parts}
    for state in files:
        part = read.get(state.place)
        if part is None:
            inputs.append(known[state.place])
        elif part.size != state.size:
            raise SourceError(
                (
                    f"{state.place} changed while it was read: it is still being written",
                    f"{state.place} 在读取期间发生变化：仍在写入",
                ),
                ("wait until the export is complete and run again", "请等导出完成后重新运行"),
            )
        else:
            inputs.append(Input(spec.dataset, state.place, part.rows, state.size, state.sha256, part.encoding))
    return inputs


def _said(spec: SourceSpec) -> dict[str, Any]:
    """Everything the settings say of a source but secrets; a key that few sources have only where it is used."""
    said = asdict(spec)
    del said["secrets"]
    return {key: value for key, value in said.items() if key not in _SELDOM or value not in ({}, None)}


def _place(spec: SourceSpec) -> str:
    """Where rows come from that only their content tells: without passwords."""
    kind = kind_of(spec)
    return kind.place(keys_of(spec, kind)) if isinstance(kind, TableKind) else without_password(spec.path)


def map_place(spec: SourceSpec, base_dir: Path) -> str:
    """The place of the column map among the inputs; empty without one. Its text is part of `settings_digest`."""
    return _map(spec, base_dir)[0]


def _map(spec: SourceSpec, base_dir: Path) -> tuple[str, str]:
    """File and text of the column map; empty without one."""
    if not spec.mapping:
        return "", ""
    text, file = map_text(spec.mapping, base_dir)
    return file, text


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()

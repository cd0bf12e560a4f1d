"""What a source consisted of when it was read: files and tables with size, digest and rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb

from warehouse.manifest import Input
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.load import digest_source
from warehouse.sources.mapping import map_text
from warehouse.sources.places import find_files, is_remote, place_of, without_password

# Where something lies does not change what it says.
_WHEREABOUTS = ("path", "url", "query", "table")


def inputs_of(con: duckdb.DuckDBPyConnection, spec: SourceSpec, base_dir: Path) -> list[Input]:
    """The inputs behind `raw_<dataset>`, which was just filled from `spec`."""
    rows = _rows(con, spec.dataset)
    if spec.kind == "sql" or is_remote(spec):
        place = database_place(spec) if spec.kind == "sql" else without_password(spec.path)
        return [Input(spec.dataset, place, sum(rows.values()), None, digest_source(con, spec, base_dir))]
    found = [_map(spec, base_dir)] if spec.mapping else []
    for path in find_files(spec, base_dir):
        place = place_of(path, base_dir)
        found.append(
            Input(spec.dataset, place, rows.get(place, 0), path.stat().st_size, digest_file(path), spec.encoding)
        )
    return found


def _map(spec: SourceSpec, base_dir: Path) -> Input:
    """A column map decides what a file says, so it is an input like the file itself."""
    text, file = map_text(spec.mapping, base_dir)
    data = text.encode()
    return Input(spec.dataset, file, 0, len(data), hashlib.sha256(data).hexdigest())


def identity(spec: SourceSpec, inputs: Sequence[Input]) -> str:
    """Digest of what a source says and how it is read: the same content, the same digest, wherever it lies."""
    reading = {key: value for key, value in _settings(spec).items() if key not in _WHEREABOUTS}
    # A database has no files to tell apart, and the name of a table says nothing about its rows.
    contents = [["" if item.size is None else item.place, item.sha256] for item in inputs]
    return _digest([reading, contents])


def database_place(spec: SourceSpec) -> str:
    """`postgresql://user:***@host/db#table`: a database without its password."""
    from sqlalchemy.engine import make_url

    return f"{make_url(spec.url).render_as_string(hide_password=True)}#{spec.table or 'query'}"


def digest_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _settings(spec: SourceSpec) -> dict[str, object]:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in asdict(spec).items()}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _rows(con: duckdb.DuckDBPyConnection, dataset: str) -> dict[str, int]:
    counted = con.execute(
        f"""
        select _file, count(*)
        from (select _file from raw_{dataset} union all select _file from raw_rejects where dataset = ?)
        group by all
        """,
        [dataset],
    ).fetchall()
    return {str(place): int(count) for place, count in counted}

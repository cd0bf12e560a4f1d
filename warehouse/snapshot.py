"""Write, audit, publish: a snapshot is built in a new file, judged, and appears at once or not at all.

Readers open published files read-only, so a curious analyst never blocks a send, nor a refresh
either of them. The same sources, settings and `as_of` give the same snapshot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from campaign_calendars.errors import ProblemsFoundError, SnapshotMissingError, SnapshotRejectedError, SourceError
from campaign_calendars.problems import Location, Problem, has_errors, sort_problems
from warehouse import history, shelf
from warehouse.build import Staged, build_staging, describe_tables, prove_counts
from warehouse.engines.port import Engine
from warehouse.features import FeatureParams, build_features
from warehouse.inputs import identity, inputs_of
from warehouse.manifest import BuildRecord, DatasetCounts, Input, Snapshot
from warehouse.model_files import feature_table, load_layer, model_digests
from warehouse.origin import git_revision, models_digest, promocal_version
from warehouse.shelf import current_snapshot, find_snapshot, list_snapshots
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.load import create_raw, read_source

__all__ = [
    "DatasetCounts",
    "Snapshot",
    "attach_snapshot",
    "build_snapshot",
    "current_snapshot",
    "find_snapshot",
    "list_snapshots",
    "open_snapshot",
]


@dataclass(frozen=True)
class _Job:
    sources: tuple[SourceSpec, ...]
    base_dir: Path
    as_of: datetime
    params: FeatureParams
    report: Callable[[str], None]
    engine: Engine | None


@dataclass(frozen=True)
class _Loaded:
    rows_in: dict[str, int]
    warnings: list[Problem]
    fingerprint: str
    inputs: tuple[Input, ...]


def build_snapshot(
    sources: Sequence[SourceSpec],
    *,
    base_dir: Path,
    directory: Path,
    as_of: datetime,
    params: FeatureParams,
    threads: int = 2,
    memory_limit: str = "2GB",
    keep: int = 5,
    progress: Callable[[str], None] | None = None,
    engine: Engine | None = None,
) -> Snapshot:
    """Load, judge and publish; the new snapshot becomes the current one and the oldest are pruned.

    `as_of` is aware; `engine` computes the models, DuckDB unless given. Building again with the same
    sources, `params` and `as_of` returns the published snapshot. Raises SourceError (a source cannot
    be read), SnapshotRejectedError (findings closed the gate; nothing is published, the refused build
    stays as `<id>.rejected.duckdb`), CheckBrokenError (a check could not run) and EngineError.
    """
    moment = as_of.astimezone(UTC)
    job = _Job(tuple(sources), base_dir, moment, params, progress or (lambda _: None), engine)
    _refuse_incomplete(sources)
    built = shelf.workspace(directory, f"{moment:%Y%m%dT%H%M%SZ}")
    try:
        with _builder(built, threads, memory_limit) as con:
            loaded = _load(con, job)
            snapshot_id = f"{moment:%Y%m%dT%H%M%SZ}-{loaded.fingerprint[:8]}"
            if (published := _published(directory, snapshot_id)) is not None:
                shelf.point_to(published)
                return published
            findings, counts, build = _fill(con, job, loaded)
        if has_errors(findings):
            kept = shelf.keep_rejected(built, snapshot_id)
            raise SnapshotRejectedError(
                findings, f"the data was refused; nothing was published (diagnosis: {kept.name})"
            )
        job.report("publishing")
        snapshot = Snapshot(
            snapshot_id=snapshot_id,
            path=directory / f"{snapshot_id}.duckdb",
            as_of=moment,
            counts=counts,
            findings=tuple(findings),
            fingerprint=loaded.fingerprint,
            sequence=shelf.next_sequence(directory),
            build=build,
        )
        shelf.publish(built, snapshot)
        shelf.prune(directory, keep)
        return snapshot
    finally:
        shelf.discard(built)


def open_snapshot(snapshot: Snapshot, *, threads: int = 2, memory_limit: str = "2GB") -> duckdb.DuckDBPyConnection:
    """An in-memory connection with the snapshot attached read-only as catalog `snap`, in UTC.

    Raises SnapshotMissingError when the file has been pruned meanwhile.
    """
    con = connect(snapshot.path.parent, threads, memory_limit)
    try:
        attach_snapshot(con, snapshot)
    except SnapshotMissingError:
        con.close()
        raise
    return con


def attach_snapshot(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str = "snap") -> None:
    """Attach the file read-only as `name`. Raises SnapshotMissingError when it has been pruned."""
    try:
        con.execute(f"attach {_path_literal(snapshot.path)} as {name} (read_only)")
    except duckdb.IOException:
        raise SnapshotMissingError(
            f"snapshot {snapshot.snapshot_id} is gone", "refresh, or raise keep in [warehouse] of promocal.toml"
        ) from None


def connect(directory: Path, threads: int, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """An in-memory connection set up as every build and every reader here needs it."""
    con = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(directory / ".spill"),
            # Every order that matters is written out, which makes row order in files worth nothing.
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    return con


@contextmanager
def _builder(path: Path, threads: int, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(path.parent, threads, memory_limit)
    try:
        con.execute(f"attach {_path_literal(path)} as snap")
        yield con
        con.execute("checkpoint snap")
        con.execute("detach snap")
    finally:
        con.close()


def _load(con: duckdb.DuckDBPyConnection, job: _Job) -> _Loaded:
    """All sources into raw tables; findings of all of them at once (SnapshotRejectedError)."""
    rows_in: dict[str, int] = {}
    warnings: list[Problem] = []
    problems: list[Problem] = []
    inputs: list[Input] = []
    digest = hashlib.sha256(f"{models_digest()}\n{sorted(asdict(job.params).items())}".encode())
    for dataset in DATASETS.values():
        create_raw(con, dataset)
        rows_in[dataset.name] = 0
    for spec in sorted(job.sources, key=lambda spec: list(DATASETS).index(spec.dataset)):
        job.report(f"reading {spec.dataset}")
        try:
            rows_in[spec.dataset], found = read_source(con, spec, job.base_dir)
        except ProblemsFoundError as error:
            problems += error.problems
            continue
        warnings += found
        these = inputs_of(con, spec, job.base_dir)
        inputs += these
        digest.update(identity(spec, these).encode())
    if problems:
        raise SnapshotRejectedError(sort_problems(problems), "the sources do not fit; nothing was published")
    return _Loaded(rows_in, warnings, digest.hexdigest(), tuple(inputs))


def _fill(
    con: duckdb.DuckDBPyConnection, job: _Job, loaded: _Loaded
) -> tuple[list[Problem], dict[str, DatasetCounts], BuildRecord]:
    """Staging, quarantine and, when the gate stays open, features into `snap`."""
    timezones = {spec.dataset: spec.timezone for spec in job.sources}
    staged = build_staging(con, as_of=job.as_of, timezones=timezones, progress=job.report, engine=job.engine)
    counts = prove_counts(con, loaded.rows_in)
    if not has_errors(staged.findings):
        job.report("computing features")
        history.create_tables(con)
        build_features(con, as_of=job.as_of, params=job.params, engine=job.engine)
        con.execute("create table snap.member_features as from member_features")
        describe_tables(con, [*load_layer("staging"), feature_table()])
    return sort_problems(loaded.warnings + staged.findings), counts, _record(job, loaded, staged)


def _record(job: _Job, loaded: _Loaded, staged: Staged) -> BuildRecord:
    return BuildRecord(
        inputs=loaded.inputs,
        rules=tuple(staged.rules),
        models=model_digests(),
        promocal=promocal_version(),
        revision=git_revision(job.base_dir),
    )


def _published(directory: Path, snapshot_id: str) -> Snapshot | None:
    try:
        return find_snapshot(directory, snapshot_id)
    except SnapshotMissingError:
        return None


def _refuse_incomplete(sources: Sequence[SourceSpec]) -> None:
    named = [spec.dataset for spec in sources]
    for name in named:
        if name not in DATASETS:
            raise SourceError(
                f"sources.{name}: there is no dataset '{name}'", f"the datasets are: {', '.join(DATASETS)}"
            )
        if named.count(name) > 1:
            raise SourceError(f"sources.{name}: the dataset has two sources", "use one source with a glob path")
    missing = [dataset.name for dataset in DATASETS.values() if dataset.required and dataset.name not in named]
    if missing:
        raise SnapshotRejectedError([_no_source(name) for name in missing], "required sources are missing")


def _no_source(name: str) -> Problem:
    return Problem(
        "S106",
        "error",
        f"there is no source for the dataset {name}",
        f"add a section [sources.{name}] to promocal.toml",
        Location("promocal.toml"),
        f"数据集 {name} 没有数据源",
        f"在 promocal.toml 中添加 [sources.{name}]",
    )


def _path_literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

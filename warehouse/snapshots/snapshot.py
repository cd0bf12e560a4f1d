"""Write, audit, publish: a snapshot is built in a new file, judged, and appears at once or not at all.

Readers open published files read-only, so a curious analyst never blocks a send, nor a refresh
either of them. The same sources, settings and `as_of` give the same snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from campaign_calendars.findings.errors import SnapshotMissingError, SnapshotRejectedError
from campaign_calendars.findings.problem import Problem, has_errors, sort_problems
from campaign_calendars.findings.said import Tell
from warehouse.engines.port import Engine
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import literal
from warehouse.features.addresses import share_addresses
from warehouse.features.params import FeatureParams
from warehouse.features.state import write_state
from warehouse.identity.findings import findings_of
from warehouse.identity.fold import BEFORE, IDENTITIES, account_views, fold, touch_moved
from warehouse.identity.placeholders import placeholder_findings
from warehouse.identity.resolve import resolve
from warehouse.models.catalogue import load_layer, model_digests
from warehouse.shelf import shelf
from warehouse.shelf.archive import DamagedError
from warehouse.shelf.digests import FileDigests
from warehouse.shelf.erasing import MARK
from warehouse.shelf.manifest import MODES_ZH, BuildRecord, DatasetCounts, RuleResult, Snapshot
from warehouse.shelf.origin import git_revision, promocal_version
from warehouse.shelf.profiles import SnapshotProfile, TableProfile
from warehouse.shelf.room import is_full
from warehouse.shelf.shelf import current_snapshot, find_snapshot, list_snapshots
from warehouse.snapshots.drift import DriftLimits, judge_columns, judge_drift, measure_drift
from warehouse.snapshots.opening import attach_snapshot, busy_threads, connect, open_snapshot
from warehouse.snapshots.profile import profile_tables
from warehouse.snapshots.unchanged import look_again
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.load import refuse_incomplete
from warehouse.staging.build import build_staging, describe_tables, prove_counts
from warehouse.staging.freshness import newest_facts
from warehouse.staging.increment import FORCED, UNREADABLE, Reason, plan_steps
from warehouse.staging.merge import find_touched
from warehouse.staging.policy import policies_of
from warehouse.staging.pull import Pulled, Puller

# What reading a parent that is not whole ends in: its file, its tables or its raw rows.
_DAMAGED = (DamagedError, duckdb.IOException, duckdb.SerializationException, duckdb.CatalogException)

__all__ = [
    "DatasetCounts",
    "Snapshot",
    "attach_snapshot",
    "build_snapshot",
    "connect",
    "current_snapshot",
    "find_snapshot",
    "list_snapshots",
    "open_snapshot",
]


@dataclass(frozen=True)
class _Request:
    sources: tuple[SourceSpec, ...]
    base_dir: Path
    directory: Path
    as_of: datetime
    params: FeatureParams
    threads: int
    memory_limit: str
    keep: int
    report: Tell
    engine: Engine | None
    drift: DriftLimits
    erased: tuple[str, ...]
    now: datetime | None

    @property
    def name(self) -> str:
        return f"{self.as_of:%Y%m%dT%H%M%SZ}"


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
    full: bool = False,
    progress: Tell | None = None,
    engine: Engine | None = None,
    drift: DriftLimits | None = None,
    erased: Sequence[str] = (),
    now: datetime | None = None,
) -> Snapshot:
    """Load, judge and publish; the new snapshot becomes the current one and the oldest are pruned.

    One of an older moment than the current one is published beside it: what the sources say by now is read into a
    new current one first, of the current one's moment, so that nobody knows less than a run of the past does.
    A current one of a moment after `now` is no present and gives way; without `now` there is none of that kind.
    `as_of` is aware; `engine` computes the models, DuckDB unless given. Only what is new since the
    current snapshot is read where that is enough to say the same as reading everything (`full`
    reads everything). Building again with the same sources, `params` and `as_of` returns the
    published snapshot. `erased` are digests of the ids of members who are left out. Builds in one directory
    wait for each other. Raises SourceError (a source
    cannot be read), SnapshotRejectedError (findings closed the gate; nothing is published, the
    refused build stays as `<id>.rejected.duckdb`), CheckBrokenError (a check could not run) and
    EngineError, or DiskFullError (no room; nothing is left behind).
    """
    moment = as_of.astimezone(UTC)
    request = _Request(
        sources=tuple(sources),
        base_dir=base_dir,
        directory=directory,
        as_of=moment,
        params=params,
        threads=threads,
        memory_limit=memory_limit,
        keep=keep,
        report=progress or (lambda _: None),
        engine=engine,
        drift=drift or DriftLimits(),
        erased=tuple(erased),
        now=now,
    )
    full = full or (directory / MARK).exists()
    refuse_incomplete(sources)
    policies_of(sources, base_dir)  # a mistake in the settings is said before anything is read
    with shelf.locked(directory, request.report), shelf.with_room(directory):
        current = _current(directory)
        if current is not None and shelf.holds(current, moment, request.now):
            request.report(
                (
                    f"{current.as_of:%Y-%m-%d %H:%MZ} is the present; bringing it up to date first",
                    f"当前快照截至 {current.as_of:%Y-%m-%d %H:%MZ}；先将其更新",
                )
            )
            current = _built(replace(request, as_of=current.as_of), None if full else current, full)
        return _built(request, None if full else current, full)


def _built(request: _Request, parent: Snapshot | None, full: bool) -> Snapshot:
    try:
        return _build(request, parent, FORCED if full else None)
    except _DAMAGED as error:
        if parent is None or is_full(error):
            raise
        return _build(request, None, UNREADABLE)


def _build(request: _Request, parent: Snapshot | None, whole: Reason | None) -> Snapshot:
    digests = FileDigests(request.directory, fresh=whole is not None)
    steps = plan_steps(request.sources, request.base_dir, parent, digests, whole)
    digests.save()
    built = shelf.workspace(request.directory, request.name)
    parts: list[Path] = []
    try:
        with closing(connect(request.directory, _threads(request, parent), request.memory_limit)) as con:
            goes_on = parent is not None and any(step.mode == "incremental" for step in steps.values())
            if parent is not None and goes_on:
                _attach_parent(con, parent)
            pulled = Puller(con, request.base_dir, request.directory, parent, request.report, request.erased).pull(
                request.sources, steps, request.params
            )
            parts = pulled.parts
            con.execute(f"set threads = {busy_threads(request.threads, max(pulled.rows_in.values())):d}")
            request.report((f"{pulled.mode}: {pulled.reason.en}", f"{MODES_ZH[pulled.mode]}：{pulled.reason.zh}"))
            snapshot_id = f"{request.name}-{pulled.fingerprint[:8]}"
            if whole is None and (published := _published(request.directory, snapshot_id)) is not None:
                shelf.lead(published, request.now)
                return published
            again = _again(con, request, pulled, parent) if parent is not None and goes_on else None
            if parent is not None and again is not None:
                shelf.share(parent.path, built)
                filled = again
            else:
                with _file(con, built):
                    filled = _fill(con, request, pulled, parent)
        return _publish(request, pulled, filled, built, snapshot_id)
    finally:
        shelf.discard(built, parts)


def _publish(request: _Request, pulled: Pulled, filled: _Filled, built: Path, snapshot_id: str) -> Snapshot:
    """The finished file as a published snapshot, unless findings close the gate."""
    if has_errors(filled.findings):
        kept = shelf.keep_rejected(built, snapshot_id)
        raise SnapshotRejectedError(
            filled.findings,
            (
                f"the data was refused; nothing was published (diagnosis: {kept.name})",
                f"数据未通过检验；没有发布任何内容（诊断：{kept.name}）",
            ),
        )
    request.report(("publishing", "正在发布"))
    snapshot = Snapshot(
        snapshot_id=snapshot_id,
        path=request.directory / f"{snapshot_id}.duckdb",
        as_of=request.as_of,
        counts=filled.counts,
        findings=tuple(filled.findings),
        fingerprint=pulled.fingerprint,
        sequence=shelf.next_sequence(request.directory),
        build=filled.build,
    )
    shelf.publish(built, snapshot, pulled.parts, filled.profile, request.now)
    (request.directory / MARK).unlink(missing_ok=True)
    shelf.prune(request.directory, request.keep)
    return snapshot


def _threads(request: _Request, parent: Snapshot | None) -> int:
    """Threads to pull with; how much there is to build is known afterwards."""
    return request.threads if parent is None else busy_threads(request.threads, parent.largest)


def _attach_parent(con: duckdb.DuckDBPyConnection, parent: Snapshot) -> None:
    try:
        attach_snapshot(con, parent, "prev")
        account_views(con, "prev")
    except (duckdb.Error, SnapshotMissingError) as error:
        raise DamagedError(str(error)) from error


def _current(directory: Path) -> Snapshot | None:
    try:
        return current_snapshot(directory)
    except SnapshotMissingError:
        return None


@contextmanager
def _file(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """A new file, attached as `snap` while it is filled."""
    # A file nobody sees before it is whole needs no log to recover from.
    con.execute(f"attach {literal(path)} as snap (recovery_mode no_wal_writes)")
    yield
    con.execute("checkpoint snap")
    con.execute("detach snap")


@dataclass(frozen=True)
class _Filled:
    findings: list[Problem]
    counts: dict[str, DatasetCounts]
    build: BuildRecord
    profile: SnapshotProfile


def _fill(con: duckdb.DuckDBPyConnection, request: _Request, pulled: Pulled, parent: Snapshot | None) -> _Filled:
    """Staging, quarantine and, when the gate stays open, profile, state and features into `snap`."""
    timezones = {spec.dataset: spec.timezone for spec in request.sources}
    with ThreadPoolExecutor(1) as hands:
        staged = build_staging(
            con,
            as_of=request.as_of,
            timezones=timezones,
            progress=request.report,
            increments=pulled.increments,
            engine=request.engine,
            policies=policies_of(request.sources, request.base_dir),
            hands=hands,
        )
        newest = newest_facts(con, request.as_of)
        counts = {
            name: replace(counted, newest=newest.get(name))
            for name, counted in prove_counts(con, pulled.rows_in).items()
        }
        findings = pulled.warnings + judge_columns(pulled.gone, request.drift) + staged.findings
        profile = SnapshotProfile()
        if not has_errors(findings):
            request.report(("comparing with the last snapshots", "正在与近期快照比较"))
            known = shelf.read_profile(parent).tables if parent is not None else {}
            same = {name: table for name, table in known.items() if name.removeprefix("stg_") in staged.standing}
            with _as_it_is(con) as rows:
                compared = hands.submit(_profile, rows, request, same)
                findings += _figures(con, request, pulled, parent)
                profile = compared.result()
            findings += judge_drift(profile.drift, request.drift)
        if staged.settled is not None:
            staged.settled.result()
    build = _record(request, pulled, parent, staged.rules)
    return _Filled(sort_problems(findings), counts, build, profile)


@contextmanager
def _as_it_is(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees `snap` as it is now, whatever is written to it meanwhile: accounts, not yet persons."""
    with closing(con.cursor()) as rows:
        rows.execute("begin transaction read only")
        rows.execute("select 1 from snap.quarantine limit 1").fetchall()  # what is visible is settled by the first look
        yield rows
        rows.execute("commit")


def _figures(
    con: duckdb.DuckDBPyConnection, request: _Request, pulled: Pulled, parent: Snapshot | None
) -> list[Problem]:
    """Accounts become persons, and what is known of them is summed up; findings about persons."""
    goes_on = _find_touched(con, pulled, parent)
    findings = _join_accounts(con, request)
    request.report(("computing features", "正在计算特征"))
    _carry_state(con, request, parent if goes_on else None)
    describe_tables(con, load_layer("staging"))
    return findings


def _again(con: duckdb.DuckDBPyConnection, request: _Request, pulled: Pulled, parent: Snapshot) -> _Filled | None:
    """What is said of the parent's rows as of a later moment, where nothing is new; else None."""
    known = shelf.read_profile(parent).tables
    policies = policies_of(request.sources, request.base_dir)
    same = look_again(con, parent, pulled, policies, as_of=request.as_of, params=request.params)
    if same is None or any(model.name not in known for model in load_layer("staging")):
        return None
    profile = _profile(con, request, known, BEFORE)
    findings = sort_problems([*same.findings, *pulled.warnings, *judge_drift(profile.drift, request.drift)])
    return _Filled(findings, dict(same.counts), _record(request, pulled, parent, same.rules), profile)


def _record(request: _Request, pulled: Pulled, parent: Snapshot | None, rules: Sequence[RuleResult]) -> BuildRecord:
    return BuildRecord(
        mode=pulled.mode,
        reason=pulled.reason.en,
        reason_zh=pulled.reason.zh,
        parent=parent.snapshot_id if parent is not None and pulled.mode == "incremental" else None,
        inputs=tuple(pulled.inputs),
        sources=pulled.sources,
        rules=tuple(rules),
        models=model_digests(),
        promocal=promocal_version(),
        revision=git_revision(request.base_dir),
    )


def _profile(
    con: duckdb.DuckDBPyConnection, request: _Request, same: Mapping[str, TableProfile], place: str = "snap"
) -> SnapshotProfile:
    """What the rows look like, and how far that is from the last snapshots; of the tables in `same` it is known.

    `place` is the catalog or schema of the staged tables.
    """
    known = [tables for each in list_snapshots(request.directory) if (tables := shelf.read_profile(each).tables)]
    tables = profile_tables(con, list(load_layer("staging")), same)
    return SnapshotProfile(tables, tuple(measure_drift(con, tables, known[-request.keep :], place)))


def _find_touched(con: duckdb.DuckDBPyConnection, pulled: Pulled, parent: Snapshot | None) -> bool:
    """Whether the parent's state leads on: only new rows were read. `touched_members` are then those it misses."""
    follow = ("members", IDENTITIES)
    facts_go_on = all(name in follow or name in pulled.increments for name in pulled.sources)
    if parent is None or not pulled.increments or not facts_go_on or parent.build.models != model_digests():
        return False
    con.execute("set variable prev_as_of = $moment::timestamp", {"moment": utc_naive(parent.as_of)})
    find_touched(con, load_layer("staging"), pulled.increments)
    return True


def _join_accounts(con: duckdb.DuckDBPyConnection, request: _Request) -> list[Problem]:
    """Accounts of one person become that person, in every staged table; findings about those kept apart."""
    joined = resolve(con, request.as_of)
    changed = fold(con, request.as_of)
    if changed:
        request.report(
            (
                f"{joined.accounts} accounts are {joined.persons} persons",
                f"{joined.accounts} 个账号合为 {joined.persons} 人",
            )
        )
        if request.engine is not None:
            request.engine.forget(changed)
    return findings_of(joined, share_addresses(con)) + placeholder_findings(con)


def _carry_state(con: duckdb.DuckDBPyConnection, request: _Request, parent: Snapshot | None) -> None:
    """`snap.member_state`: that of the `parent`, moved on; without one from all facts."""
    if parent is None:
        write_state(con, as_of=request.as_of, params=request.params)
        return
    touch_moved(con)
    con.execute("detach prev")  # a file is attached once; the state attaches it by itself
    write_state(con, as_of=request.as_of, params=request.params, previous=parent.path, touched="touched_members")


def _published(directory: Path, snapshot_id: str) -> Snapshot | None:
    try:
        return find_snapshot(directory, snapshot_id)
    except SnapshotMissingError:
        return None

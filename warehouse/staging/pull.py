"""Sources into raw tables, whole or only what is new, with everything the manifest says about it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import duckdb

from campaign_calendars.findings.errors import ProblemsFoundError, SnapshotRejectedError
from campaign_calendars.findings.problem import Problem, sort_problems
from campaign_calendars.findings.said import Tell
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import load_layer
from warehouse.shelf import archive
from warehouse.shelf.manifest import DatasetCounts, Input, Mode, Snapshot, SourceRecord
from warehouse.shelf.origin import models_digest
from warehouse.sources import watermarks
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.doubts import doubt_currencies_between
from warehouse.sources.load import create_raw, understand_source
from warehouse.sources.reading import Reading
from warehouse.sources.registry import is_table
from warehouse.staging.erased import leave_out
from warehouse.staging.increment import Reason, Step, keeps_parts, summary
from warehouse.staging.inputs import Content, content_of, identity, inputs_of, told_by_content
from warehouse.staging.merge import Increment, borrowed, filled_columns, one_row_a_key, settle_pull
from warehouse.staging.standing import findings_about


@dataclass
class Pulled:
    """Raw tables that stand ready, and what was read for them.

    `rows_in` are all rows the snapshot will stand for, those of the parent included. `parts` are
    new parts of the archive that nobody sees yet.
    """

    rows_in: dict[str, int] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    sources: dict[str, SourceRecord] = field(default_factory=dict)
    increments: dict[str, Increment] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    gone: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns that had values in the current snapshot and that no header has any more, by dataset."""
    fingerprint: str = ""
    mode: Mode = "full"
    reason: Reason = field(default_factory=lambda: Reason("", ""))

    def forget(self, dataset: str) -> None:
        """What was read of one dataset, before it is read again."""
        self.inputs = [item for item in self.inputs if item.dataset != dataset]


@dataclass(frozen=True)
class Puller:
    """Where from, into which connection, on top of which parent (attached as `prev` where steps need it)."""

    con: duckdb.DuckDBPyConnection
    base_dir: Path
    directory: Path
    parent: Snapshot | None
    report: Tell
    erased: Sequence[str] = ()
    """Digests of the ids of members who were erased: as if the sources did not have them."""

    def pull(self, specs: Sequence[SourceSpec], steps: Mapping[str, Step], params: FeatureParams) -> Pulled:
        """All sources; findings of all of them at once (SnapshotRejectedError)."""
        pulled = Pulled()
        done: dict[str, Step] = {}
        contents: dict[str, Content] = {}
        problems: list[Problem] = []
        digest = hashlib.sha256(f"{models_digest()}\n{sorted(asdict(params).items())}".encode())
        for dataset in DATASETS.values():
            create_raw(self.con, dataset)
            pulled.rows_in[dataset.name] = 0
        ordered = sorted(specs, key=lambda spec: list(DATASETS).index(spec.dataset))
        for spec in ordered:
            try:
                done[spec.dataset], contents[spec.dataset] = self._one(pulled, spec, steps[spec.dataset])
            except ProblemsFoundError as error:
                problems += error.problems
        if problems:
            raise SnapshotRejectedError(
                sort_problems(problems),
                ("the sources do not fit; nothing was published", "数据源不符合要求；没有发布任何内容"),
            )
        self._follow(pulled, ordered, done)
        if mixed := doubt_currencies_between({name: said.currencies for name, said in pulled.sources.items()}):
            raise SnapshotRejectedError(
                [mixed], ("the sources do not fit; nothing was published", "数据源不符合要求；没有发布任何内容")
            )
        for spec in ordered:
            content = contents[spec.dataset]
            digest.update(identity(spec, self.base_dir, done[spec.dataset].files, content).encode())
        pulled.fingerprint = digest.hexdigest()
        pulled.mode, pulled.reason = summary(done, pulled.sources)
        return pulled

    def _follow(self, pulled: Pulled, specs: Sequence[SourceSpec], done: dict[str, Step]) -> None:
        """Datasets of which one model reads raw rows (orders and their lines) are read whole together.

        So is what reads raw rows of one that is no source any more.
        """
        readers = {model.dataset: borrowed(model) for model in load_layer("staging")}
        for spec in specs:
            others = [*readers[spec.dataset], *(name for name in done if spec.dataset in readers[name])]
            changed = [name for name in others if self._read_whole(name, done)]
            if spec.dataset in pulled.increments and changed:
                reason = Reason(f"{changed[0]} was read whole", f"{changed[0]} 已全量读取")
                del pulled.increments[spec.dataset]
                pulled.forget(spec.dataset)
                step = replace(done[spec.dataset], mode="full", reason=reason, only=None, since=None)
                done[spec.dataset], _ = self._one(pulled, spec, step)

    def _read_whole(self, dataset: str, done: Mapping[str, Step]) -> bool:
        if dataset not in done:
            return self.parent is not None and dataset in self.parent.build.sources
        return done[dataset].mode == "full"

    def _one(self, pulled: Pulled, spec: SourceSpec, step: Step) -> tuple[Step, Content]:
        """One source; the step that was taken in the end and the content of the whole source."""
        reading = self._read(spec, step)
        filled = filled_columns(self.con, spec.dataset)
        record = self._record(spec.dataset)
        gone = _gone(step, record, reading)
        if (
            reason := _too_little(step, filled, record, reading)
            or _cannot_mix(spec, step, gone)
            or _other_money(step, record, reading)
        ) is not None:
            step = replace(step, mode="full", reason=reason, only=None, since=None)
            reading = self._read(spec, step)
            filled = filled_columns(self.con, spec.dataset)
        if gone:
            pulled.gone[spec.dataset] = gone
        pulled.warnings += reading.warnings
        account = self._account(spec, step, reading.rows)
        pulled.rows_in[spec.dataset] = account.rows_in
        before = self._inputs(spec.dataset) if step.mode == "incremental" else []
        pulled.inputs += inputs_of(
            spec, self.base_dir, files=step.files, content=account.content, reading=reading, before=before
        )
        parts = self._parts(spec, step, account.content, pulled)
        pulled.sources[spec.dataset] = SourceRecord(
            mode=step.mode,
            reason=step.reason.en,
            reason_zh=step.reason.zh,
            new_rows=account.new_rows,
            settings=step.settings,
            parts=parts,
            filled=tuple(sorted({*filled, *(record.filled if step.mode == "incremental" else ())})),
            content=str(account.content) if told_by_content(spec) else "",
            watermark=reading.watermark,
            one_row_a_key=account.one_row_a_key,
            currencies=tuple(sorted({*reading.currencies, *(record.currencies if step.mode == "incremental" else ())})),
        )
        if step.mode == "incremental":
            pulled.increments[spec.dataset] = self._increment(spec)
        return step, account.content

    def _read(self, spec: SourceSpec, step: Step) -> Reading:
        if step.only is not None and not step.only:
            return Reading()  # its table is there, and empty
        self.report((f"reading {spec.dataset}", f"正在读取 {spec.dataset}"))
        reading = understand_source(self.con, spec, self.base_dir, only=step.only, since=step.since)
        return replace(reading, rows=reading.rows - leave_out(self.con, spec.dataset, self.erased))

    def _account(self, spec: SourceSpec, step: Step, rows: int) -> _Account:
        dataset = spec.dataset
        before = self._counts(dataset).rows_in if step.mode == "incremental" else 0
        if not told_by_content(spec):
            return _Account(before + rows, rows, Content())
        if step.mode == "full":
            return _Account(
                rows, rows, content_of(self.con, f"raw_{dataset}", dataset), one_row_a_key(self.con, dataset)
            )
        settle_pull(self.con, dataset, self._paths(dataset))
        fresh = content_of(self.con, f"raw_{dataset}", dataset)
        gone = content_of(self.con, f"superseded_{dataset}", dataset)
        content = Content.read(self._record(dataset).content) - gone + fresh
        return _Account(before - gone.rows + fresh.rows, fresh.rows, content, one_row_a_key(self.con, dataset))

    def _parts(self, spec: SourceSpec, step: Step, content: Content, pulled: Pulled) -> tuple[str, ...]:
        """The parent's parts and the one just written, below the directory of snapshots."""
        before = self._record(spec.dataset).parts if step.mode == "incremental" else ()
        if not keeps_parts(spec, self.base_dir):
            return ()
        chain = "\n".join([*before, identity(spec, self.base_dir, step.files, content)])
        name = f"{spec.dataset}-{hashlib.sha256(chain.encode()).hexdigest()[:16]}.parquet"
        built = archive.write_part(self.con, spec.dataset, self.directory, name)
        if built is None:
            return before
        pulled.parts.append(built)
        return (*before, f"{archive.FOLDER}/{name}")

    def _increment(self, spec: SourceSpec) -> Increment:
        record = self._record(spec.dataset)
        known = self.parent.build.rules if self.parent else ()
        return Increment(
            spec.dataset,
            tuple(self._paths(spec.dataset)),
            record.filled,
            superseded=is_table(spec),
            rules=tuple(result for result in known if result.dataset == spec.dataset),
            findings=findings_about(self.parent, spec.dataset) if self.parent else (),
        )

    def _paths(self, dataset: str) -> list[Path]:
        return [self.directory / part for part in self._record(dataset).parts]

    def _record(self, dataset: str) -> SourceRecord:
        known = self.parent.build.sources.get(dataset) if self.parent else None
        return known or SourceRecord("full")

    def _counts(self, dataset: str) -> DatasetCounts:
        return self.parent.counts[dataset] if self.parent else DatasetCounts(0, 0, 0)

    def _inputs(self, dataset: str) -> list[Input]:
        return [item for item in self.parent.build.inputs if item.dataset == dataset] if self.parent else []


def _too_little(step: Step, filled: Sequence[str], record: SourceRecord, reading: Reading) -> Reason | None:
    """Why new rows are not enough after all, now that they were read."""
    if step.mode == "full":
        return None
    if step.since is not None and watermarks.went_back(step.since, reading.watermark):
        return Reason("its watermark went back", "增量水位回退")
    # What a source can say at all decides about all its rows.
    fresh = sorted(set(filled) - set(record.filled))
    return Reason(f"the column {fresh[0]} has values now", f"列 {fresh[0]} 开始有值") if fresh else None


def _gone(step: Step, record: SourceRecord, reading: Reading) -> tuple[str, ...]:
    """Columns with values in the current snapshot that nothing read now has; other settings ask for other columns."""
    if not reading.parts or record.settings != step.settings:
        return ()
    here = {name for part in reading.parts for name in part.columns}
    return tuple(name for name in record.filled if name not in here)


def _cannot_mix(spec: SourceSpec, step: Step, gone: Sequence[str]) -> Reason | None:
    """A column a database dropped is gone from its old rows, too; files keep what they said."""
    if not is_table(spec) or step.mode == "full" or not gone:
        return None
    return Reason(f"the column {gone[0]} is gone", f"列 {gone[0]} 已不存在")


def _other_money(step: Step, record: SourceRecord, reading: Reading) -> Reason | None:
    """Amounts in a currency that earlier ones are not in: whether both still stand there only the whole source says."""
    other = sorted(set(reading.currencies) - set(record.currencies))
    if step.mode == "full" or not other or not record.currencies:
        return None
    return Reason(f"amounts in {other[0]} came in", f"出现了以 {other[0]} 计的金额")


@dataclass(frozen=True)
class _Account:
    rows_in: int
    new_rows: int
    content: Content
    one_row_a_key: bool = True

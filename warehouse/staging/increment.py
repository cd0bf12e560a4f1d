"""What a refresh has to read: only what is new since the current snapshot, or everything, and why.

The choice is made for every dataset by itself. A dataset is read whole whenever anything but new
rows could have changed what it says; what it says is then compared with its parent row by row, so
other datasets need not follow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.models.catalogue import load_layer, model_digests
from warehouse.shelf.digests import FileDigests
from warehouse.shelf.manifest import Input, Mode, Snapshot, SourceRecord
from warehouse.shelf.origin import promocal_version
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.matching import rules_of
from warehouse.sources.places import is_remote
from warehouse.sources.registry import is_table
from warehouse.staging.inputs import FileState, files_of, map_place, settings_digest

# Parts are read together; a fresh start now and then also notices what a database deleted.
MOST_PARTS = 60


@dataclass(frozen=True)
class Reason:
    """Why, for people: English and Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class Step:
    """How one dataset is pulled: `only` these files, or rows from `since` on; neither means everything."""

    mode: Mode
    reason: Reason
    settings: str = ""
    files: tuple[FileState, ...] = ()
    only: frozenset[str] | None = None
    since: str | None = None


FIRST = Reason("the first snapshot", "首个快照")
FORCED = Reason("asked for", "按要求全量")
OLDER = Reason("the current snapshot was made by another version of promocal", "当前快照由其他版本的 promocal 生成")
UNREADABLE = Reason("the current snapshot cannot be read", "当前快照无法读取")
_NO_PARTS = Reason("the raw rows of the current snapshot are gone", "当前快照的原始数据已不存在")


def plan_steps(
    specs: Sequence[SourceSpec],
    base_dir: Path,
    parent: Snapshot | None,
    digests: FileDigests,
    whole: Reason | None = None,
) -> dict[str, Step]:
    """A step for every source; `whole` forces everything to be read. Raises SourceError (no files)."""
    why = whole or (FIRST if parent is None else None)
    if why is None and parent is not None and parent.build.promocal != promocal_version():
        why = OLDER
    steps = {}
    for spec in specs:
        settings = settings_digest(spec, base_dir)
        files = tuple(files_of(spec, base_dir, digests))
        reason = why or (_cannot_continue(spec, base_dir, settings, files, parent) if parent else None)
        if reason is not None or parent is None:
            steps[spec.dataset] = Step("full", reason or FIRST, settings, files)
            continue
        steps[spec.dataset] = _continued(spec, settings, files, parent)
    return steps


def keeps_parts(spec: SourceSpec, base_dir: Path) -> bool:
    """Whether later refreshes may read only what is new, and need the raw rows for that."""
    return _never(spec, base_dir) is None


def _never(spec: SourceSpec, base_dir: Path) -> Reason | None:
    """Why a source is read whole every time."""
    if is_table(spec) and not spec.watermark:
        return Reason("it has no watermark", "未设置增量水位")
    if is_remote(spec):
        return Reason("remote files are always read whole", "远程文件每次全量读取")
    if rules_of(spec, base_dir).per:
        return Reason("its lines are put together across files", "多行按单合并，需全量读取")
    return None


def summary(steps: Mapping[str, Step], records: Mapping[str, SourceRecord]) -> tuple[Mode, Reason]:
    """The refresh in one line: `incremental: 1 new file, 3,210 rows`."""
    going_on = [name for name, step in steps.items() if step.mode == "incremental"]
    if not going_on:
        reasons = list(dict.fromkeys(step.reason for step in steps.values()))
        if len(reasons) == 1:
            return "full", reasons[0]
        return "full", Reason(
            "; ".join(f"{name}: {step.reason.en}" for name, step in steps.items()),
            "；".join(f"{name}：{step.reason.zh}" for name, step in steps.items()),
        )
    files = sum(len(steps[name].only or ()) for name in going_on)
    rows = sum(records[name].new_rows for name in going_on)
    en, zh = f"{_files(files)}, {rows:,} rows", f"{files} 个新文件，{rows:,} 行"
    whole = [(name, step) for name, step in steps.items() if step.mode == "full"]
    if whole:
        en += "; read whole: " + ", ".join(f"{name} ({step.reason.en})" for name, step in whole)
        zh += "；全量读取：" + "，".join(f"{name}（{step.reason.zh}）" for name, step in whole)
    return "incremental", Reason(en, zh)


def _files(count: int) -> str:
    return f"{count} new file{'' if count == 1 else 's'}"


def _cannot_continue(
    spec: SourceSpec, base_dir: Path, settings: str, files: Sequence[FileState], parent: Snapshot
) -> Reason | None:
    """Why the dataset has to be read whole; None when its new rows are enough."""
    record = parent.build.sources.get(spec.dataset)
    if record is None:
        return Reason("a new source", "新增数据源")
    if (never := _never(spec, base_dir)) is not None:
        return never
    if record.settings != settings:
        return Reason("its settings changed", "数据源设置有变化")
    if _model_changed(spec.dataset, parent):
        return Reason("its model changed", "模型有变化")
    if is_table(spec):
        reason = _database_cannot(record)
    else:
        own_map = map_place(spec, base_dir)
        known = [item for item in parent.build.inputs if item.dataset == spec.dataset and item.place != own_map]
        reason = _files_changed(files, known)
    return reason or _parts_cannot(record, parent)


def _parts_cannot(record: SourceRecord, parent: Snapshot) -> Reason | None:
    if any(not (parent.path.parent / part).exists() for part in record.parts):
        return _NO_PARTS
    if len(record.parts) >= MOST_PARTS:
        return Reason(f"after {MOST_PARTS} increments", f"已累计 {MOST_PARTS} 次增量")
    return None


def _database_cannot(record: SourceRecord) -> Reason | None:
    if record.watermark is None:
        return Reason("no row had a watermark", "没有任何行带有增量水位")
    if not record.one_row_a_key:
        return Reason("it has several rows for a key", "同一主键有多行")
    return None


def _files_changed(files: Sequence[FileState], before: Sequence[Input]) -> Reason | None:
    now = {file.place: file for file in files}
    for item in before:
        file = now.get(item.place)
        if file is None:
            return Reason(f"{item.place} is gone", f"{item.place} 已不存在")
        if (file.size, file.sha256) != (item.size, item.sha256):
            return Reason(f"{item.place} changed", f"{item.place} 有变化")
    return None


def _model_changed(dataset: str, parent: Snapshot) -> bool:
    names = [model.name for model in load_layer("staging") if model.dataset == dataset]
    now = model_digests()
    return any(now[name] != parent.build.models.get(name) for name in names)


def _continued(spec: SourceSpec, settings: str, files: Sequence[FileState], parent: Snapshot) -> Step:
    known: Collection[str] = {item.place for item in parent.build.inputs if item.dataset == spec.dataset}
    if is_table(spec):
        since = parent.build.sources[spec.dataset].watermark
        return Step("incremental", Reason("rows that changed", "有变化的行"), settings, since=since)
    new = frozenset(file.place for file in files if file.place not in known)
    reason = Reason(_files(len(new)), f"{len(new)} 个新文件")
    return Step("incremental", reason, settings, tuple(files), only=new)

"""What a snapshot was made of and came to: the content of `<id>.json`, written and read back.

A manifest holds no clock and no duration: the same inputs give the same manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from campaign_calendars.findings.problem import Location, Problem

FORMAT = 2
Mode = Literal["full", "incremental"]
MODES_ZH: dict[Mode, str] = {"full": "全量", "incremental": "增量"}


@dataclass(frozen=True)
class DatasetCounts:
    """Rows of one dataset; `rows_in = accepted + quarantined + duplicates` always holds.

    Duplicates are rows that say again, or said earlier, what an accepted row says: overlapping
    exports and older states. They are nobody's mistake.
    """

    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int = 0


@dataclass(frozen=True)
class Input:
    """One file, table or query that was read.

    `place` is a path relative to the project or a URL without its password; `sha256` is of the
    file's bytes, or of the rows a database gave (`warehouse.staging.inputs.content_of`).
    """

    dataset: str
    place: str
    rows: int
    size: int | None
    sha256: str
    encoding: str = ""


@dataclass(frozen=True)
class RuleResult:
    """What one rule came to in this build: `failing` of `judged` rows, and whether it closed the gate."""

    dataset: str
    rule: str
    severity: str
    rows: str
    judged: int
    failing: int
    stopped: bool = False


@dataclass(frozen=True)
class SourceRecord:
    """How one dataset was pulled, and what the next refresh needs to pull only what is new.

    `mode` says whether everything was read or only what was new, `reason` why. `settings` digests
    how the source is read. `parts` are the raw rows so far, as files below `raw/`; `filled` the
    columns that have a value in any of them. `content` sums up the rows a database gave,
    `watermark` is the latest it had, and `one_row_a_key` says whether no key stood there twice.
    """

    mode: Mode
    reason: str = ""
    reason_zh: str = ""
    new_rows: int = 0
    settings: str = ""
    parts: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    content: str = ""
    watermark: str | None = None
    one_row_a_key: bool = True


@dataclass(frozen=True)
class BuildRecord:
    """How a snapshot came to be.

    `reason` and `reason_zh` say why it was built in full or from its parent. `models` are the
    SHA-256 of each model's files. `revision` is the git revision of the project, if it has one.
    """

    mode: Mode = "full"
    reason: str = ""
    reason_zh: str = ""
    parent: str | None = None
    inputs: tuple[Input, ...] = ()
    sources: Mapping[str, SourceRecord] = field(default_factory=dict)
    rules: tuple[RuleResult, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    promocal: str = ""
    revision: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot. `as_of` is aware UTC; `sequence` counts publications in the directory."""

    snapshot_id: str
    path: Path
    as_of: datetime
    counts: dict[str, DatasetCounts]
    findings: tuple[Problem, ...]
    fingerprint: str
    sequence: int = 0
    build: BuildRecord = field(default_factory=BuildRecord)


def as_document(snapshot: Snapshot) -> dict[str, Any]:
    """The manifest as JSON values."""
    return {
        "format": FORMAT,
        "snapshot_id": snapshot.snapshot_id,
        "as_of": snapshot.as_of.isoformat(),
        "fingerprint": snapshot.fingerprint,
        "sequence": snapshot.sequence,
        "counts": {name: asdict(counts) for name, counts in snapshot.counts.items()},
        "build": asdict(snapshot.build),
        "findings": [
            {**problem.as_dict(), "zh": problem.zh, "hint_zh": problem.hint_zh} for problem in snapshot.findings
        ],
    }


def from_document(stored: Mapping[str, Any], path: Path) -> Snapshot:
    """A manifest that was read; one of an earlier format lacks what that did not know."""
    return Snapshot(
        snapshot_id=stored["snapshot_id"],
        path=path,
        as_of=datetime.fromisoformat(stored["as_of"]),
        counts={name: DatasetCounts(**counts) for name, counts in stored["counts"].items()},
        findings=tuple(_problem(dict(item)) for item in stored["findings"]),
        fingerprint=stored["fingerprint"],
        sequence=stored["sequence"],
        build=_build(stored.get("build", {})),
    )


def _build(stored: Mapping[str, Any]) -> BuildRecord:
    typed: dict[str, Any] = {
        "sources": {name: _source(item) for name, item in stored.get("sources", {}).items()},
        "inputs": tuple(Input(**item) for item in stored.get("inputs", ())),
        "rules": tuple(RuleResult(**item) for item in stored.get("rules", ())),
    }
    return BuildRecord(**{**stored, **typed})


def _source(stored: Mapping[str, Any]) -> SourceRecord:
    return SourceRecord(**{**stored, "parts": tuple(stored["parts"]), "filled": tuple(stored["filled"])})


def _problem(stored: dict[str, Any]) -> Problem:
    location = Location(stored.pop("file"), stored.pop("line"), stored.pop("column"))
    return Problem(**stored, location=location)

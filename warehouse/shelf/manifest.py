"""What a snapshot was made of and came to: the content of `<id>.json`, written and read back.

A manifest holds no clock and no duration: the same inputs give the same manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from campaign_calendars.findings.problem import Location, Problem, SaidProblem

FORMAT = 2
Mode = Literal["full", "incremental"]
MODES_ZH: dict[Mode, str] = {"full": "全量", "incremental": "增量"}


@dataclass(frozen=True, slots=True)
class DatasetCounts:
    """Rows of one dataset; `rows_in` = `accepted` + `quarantined` + `duplicates` always holds."""

    rows_in: int
    """Rows that were read."""
    accepted: int
    """Rows that are in the snapshot."""
    quarantined: int
    """Rows that break a rule; they are kept with it."""
    duplicates: int = 0
    """Rows that say again, or said earlier, what an accepted row says: overlapping exports and older states."""
    newest: datetime | None = None
    """When the latest of what was accepted happened, in UTC; null without moments before the snapshot's."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file, table or query that was read."""

    dataset: str
    """Dataset it belongs to."""
    place: str
    """A path relative to the project, or a URL without its password."""
    rows: int
    """Rows that were read of it."""
    size: int | None
    """Of a file, in bytes; null for a database."""
    sha256: str
    """Of the file's bytes, or of the rows a database gave."""
    encoding: str = ""
    """Of a text file; else empty."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule came to in a build."""

    dataset: str
    """Dataset it judges."""
    rule: str
    """Name of the rule."""
    severity: str
    """`stop` for what must hold, `warn`, or `info`."""
    rows: str
    """Which rows it judges."""
    judged: int
    """How many it judged."""
    failing: int
    """How many of them it found wanting."""
    stopped: bool = False
    """Whether it kept the snapshot from being published."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How one dataset was pulled, and what the next refresh needs to pull only what is new."""

    mode: Mode
    """Whether everything was read or only what was new."""
    reason: str = ""
    """Why, in English."""
    reason_zh: str = ""
    """Why, in Chinese."""
    new_rows: int = 0
    """Rows that were new."""
    settings: str = ""
    """A digest of how the source is read."""
    parts: tuple[str, ...] = ()
    """The raw rows so far, as files below `raw/`."""
    filled: tuple[str, ...] = ()
    """Columns that have a value in any of them."""
    content: str = ""
    """A digest of the rows a database gave."""
    watermark: str | None = None
    """The latest a database had, as it writes it; null for files."""
    one_row_a_key: bool = True
    """Whether no key stood in the source twice."""
    currencies: tuple[str, ...] = ()
    """Currencies its amounts are said to be in; empty where it says none."""


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """How a snapshot came to be."""

    mode: Mode = "full"
    """Built in full or from its parent."""
    reason: str = ""
    """Why, in English."""
    reason_zh: str = ""
    """Why, in Chinese."""
    parent: str | None = None
    """The snapshot it was built from; null when in full."""
    inputs: tuple[Input, ...] = ()
    """What was read."""
    sources: Mapping[str, SourceRecord] = field(default_factory=dict)
    """Dataset → how it was pulled."""
    rules: tuple[RuleResult, ...] = ()
    """What every rule came to."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Model → SHA-256 of its files."""
    promocal: str = ""
    """Version of promocal; empty from a bare checkout."""
    revision: str | None = None
    """Git revision of the project, if it has one."""


@dataclass(frozen=True, slots=True)
class KeptProblem(SaidProblem):
    """A finding of a build in both languages; `message` and `hint` are English."""

    zh: str = ""
    """The message in Chinese; may be empty."""
    hint_zh: str = ""
    """The hint in Chinese; may be empty."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A snapshot as `<id>.json` keeps it; one of an earlier format lacks what that did not know."""

    snapshot_id: str
    """Id of the snapshot: its moment, and the beginning of its fingerprint."""
    as_of: datetime
    """The moment it knows everything up to, in UTC."""
    fingerprint: str
    """A digest of all that the snapshot depends on."""
    sequence: int
    """Counts publications in the directory."""
    counts: Mapping[str, DatasetCounts]
    """Dataset → its account."""
    findings: tuple[KeptProblem, ...]
    """What was found, in file order."""
    build: BuildRecord = field(default_factory=BuildRecord)
    """How it came to be."""
    format: int = FORMAT
    """Version of this form."""


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot. `as_of` is aware UTC; `sequence` counts publications in the directory."""

    snapshot_id: str
    path: Path
    as_of: datetime
    counts: Mapping[str, DatasetCounts]
    findings: tuple[Problem, ...]
    fingerprint: str
    sequence: int = 0
    build: BuildRecord = field(default_factory=BuildRecord)

    @property
    def largest(self) -> int:
        """Rows that were read of the dataset with most."""
        return max((counted.rows_in for counted in self.counts.values()), default=0)


def manifest_of(snapshot: Snapshot) -> Manifest:
    """What is written beside a snapshot."""
    return Manifest(
        snapshot_id=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        fingerprint=snapshot.fingerprint,
        sequence=snapshot.sequence,
        counts=snapshot.counts,
        findings=tuple(_kept(problem) for problem in snapshot.findings),
        build=snapshot.build,
    )


def snapshot_of(manifest: Manifest, path: Path) -> Snapshot:
    """The snapshot of a manifest that was read; `path` is its DuckDB file."""
    return Snapshot(
        snapshot_id=manifest.snapshot_id,
        path=path,
        as_of=manifest.as_of,
        counts=manifest.counts,
        findings=tuple(_problem(kept) for kept in manifest.findings),
        fingerprint=manifest.fingerprint,
        sequence=manifest.sequence,
        build=manifest.build,
    )


def _kept(problem: Problem) -> KeptProblem:
    at = problem.location
    return KeptProblem(
        code=problem.code,
        severity=problem.severity,
        message=problem.message,
        hint=problem.hint,
        file=at.file,
        line=at.line,
        column=at.column,
        zh=problem.zh,
        hint_zh=problem.hint_zh,
        examples=problem.examples,
    )


def _problem(kept: KeptProblem) -> Problem:
    location = Location(kept.file, kept.line, kept.column)
    return Problem(kept.code, kept.severity, kept.message, kept.hint, location, kept.zh, kept.hint_zh, kept.examples)

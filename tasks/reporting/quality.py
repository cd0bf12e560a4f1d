"""`promocal quality`: one page that says how good the data of a snapshot is. No value of a person is on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.data.snapshots import find
from tasks.reporting.quality_labels import words
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.shelf.manifest import Snapshot
    from warehouse.shelf.profiles import SnapshotProfile
    from warehouse.staging.quarantine import RefusedCount, RefusedRow

_EXAMPLES = 3
_SHOWN_SHARES = 8
_WIDTH, _HEIGHT = 120, 26


@dataclass(frozen=True, slots=True)
class QualityPage:
    """The data quality page of a snapshot."""

    snapshot_id: str
    """The snapshot it is about."""
    page: Path
    """Where the page is."""
    quarantined: int
    """Rows that break a rule, of all datasets."""
    rules_failing: int
    """Rules that found a row wanting."""


@dataclass(frozen=True, slots=True)
class _Totals:
    """Rows of all datasets; `accepted` is a share of them."""

    rows: int
    accepted: float
    quarantined: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class _RuleRow:
    """A rule with what it came to, in the language of the page."""

    dataset: str
    rule: str
    severity: str
    says: str
    judged: int
    passing: int
    failing: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class _Example:
    """A refused row, masked: column → what may be shown of its cell."""

    place: str
    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a rule refused, and a few of the rows."""

    count: RefusedCount
    examples: tuple[_Example, ...]


def quality(rt: Runtime, name: str, target: Path, *, lang: str = "en") -> QualityPage:
    """Write the page of a snapshot (id, its beginning, or `current`) to `target`; returns what it is about."""
    from warehouse.shelf.shelf import read_profile

    snapshot = find(rt, name)
    profile = read_profile(snapshot)
    page = render(rt, snapshot, profile, _refused(rt, snapshot, profile), lang)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    return QualityPage(
        snapshot_id=snapshot.snapshot_id,
        page=target,
        quarantined=sum(counts.quarantined for counts in snapshot.counts.values()),
        rules_failing=sum(1 for rule in snapshot.build.rules if rule.failing),
    )


def render(rt: Runtime, snapshot: Snapshot, profile: SnapshotProfile, refused: Sequence[_Refused], lang: str) -> str:
    """The page as HTML text, complete in itself."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tasks.reporting", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(n=lambda value: f"{value:,.0f}", pct=lambda value: f"{value:.1%}", share=_small_share)
    environment.filters.update(bound=_bound)
    return environment.get_template("quality.html").render(
        w=words(lang),
        lang=lang,
        css=(files("tasks.reporting") / "quality.css").read_text("utf-8"),
        snapshot=snapshot,
        reason=snapshot.build.reason_zh if lang == "zh" else snapshot.build.reason,
        findings=[(f.severity, f.code, f.text(lang), f.remedy(lang)) for f in snapshot.findings],
        totals=_totals(snapshot),
        rules=_rules(snapshot, lang),
        refused=refused,
        trends=_trends(rt, snapshot),
        tables=profile.tables,
        drift=sorted(profile.drift, key=lambda each: (-abs(each.change), each.table, each.column)),
        shown=_SHOWN_SHARES,
    )


def _bound(value: int | str) -> str:
    """The lowest or highest value of a column; moments without offset, the page says that they are UTC."""
    return str(value).replace("T", " ").removesuffix("+00:00")


def _small_share(value: float) -> str:
    """A share of which a few rows in a million still show."""
    return f"{value:.2%}" if value == 0 or value >= 0.00005 else "< 0.01%"  # noqa: PLR2004


def _totals(snapshot: Snapshot) -> _Totals:
    counts = snapshot.counts.values()
    rows = sum(each.rows_in for each in counts)
    accepted = sum(each.accepted for each in counts)
    return _Totals(
        rows=rows,
        accepted=accepted / rows if rows else 1.0,
        quarantined=sum(each.quarantined for each in counts),
        duplicates=sum(each.duplicates for each in counts),
    )


def _rules(snapshot: Snapshot, lang: str) -> list[_RuleRow]:
    from warehouse.models.catalogue import load_layer

    says = {rule.rule: rule.says.get(lang) for model in load_layer("staging") for rule in model.expectations}
    rank = {"stop": 0, "warn": 1, "info": 2}
    results = sorted(
        snapshot.build.rules, key=lambda result: (not result.stopped, rank[result.severity], -result.failing)
    )
    return [
        _RuleRow(
            dataset=result.dataset,
            rule=result.rule,
            severity=result.severity,
            says=says.get(result.rule, ""),
            judged=result.judged,
            passing=max(result.judged - result.failing, 0),
            failing=result.failing,
            stopped=result.stopped,
        )
        for result in results
    ]


def _refused(rt: Runtime, snapshot: Snapshot, profile: SnapshotProfile) -> list[_Refused]:
    """Per dataset and rule: how many rows, and a few of them with everything masked that may be somebody's own."""
    from warehouse.snapshots.opening import open_snapshot
    from warehouse.staging.quarantine import by_rule, examples

    warehouse = rt.settings.warehouse
    with open_snapshot(snapshot, threads=warehouse.threads, memory_limit=warehouse.memory_limit) as con:
        found = [(each, examples(con, each.dataset, each.rule, _EXAMPLES)) for each in by_rule(con)]
    return [
        _Refused(each, tuple(_masked(each.dataset, row, _usual_words(profile, each.dataset)) for row in rows))
        for each, rows in found
    ]


def _masked(dataset: str, row: RefusedRow, usual: Mapping[str, Mapping[str, float]]) -> _Example:
    from warehouse.staging.quarantine import shown_cell

    cells = json.loads(row.row_json or "{}")
    return _Example(
        row.place,
        row.row,
        {
            name: shown_cell(dataset, name, str(value), usual.get(name, ()))
            for name, value in cells.items()
            if value and not name.startswith("_")
        },
    )


def _usual_words(profile: SnapshotProfile, dataset: str) -> dict[str, Mapping[str, float]]:
    """Column → the words many rows of it have, as the profile knows them."""
    table = profile.tables.get(f"stg_{dataset}")
    return {name: column.words for name, column in table.columns.items()} if table else {}


def _trends(rt: Runtime, snapshot: Snapshot) -> dict[str, str]:
    """Accepted rows of each dataset over the kept snapshots, as a line of SVG."""
    from warehouse.shelf.shelf import list_snapshots

    history = [each for each in list_snapshots(rt.warehouse_dir) if each.sequence <= snapshot.sequence]
    return {
        name: sparkline([each.counts[name].accepted for each in history if name in each.counts])
        for name in snapshot.counts
    }


def sparkline(values: list[int]) -> str:
    """A small line from the first value to the last, which carries a dot; empty where there is nothing to compare."""
    if len(values) < 2:  # noqa: PLR2004
        return ""
    low, high = min(values), max(values)
    span, step = max(high - low, 1), _WIDTH / max(len(values) - 1, 1)
    points = [
        (round(index * step, 1), round(_HEIGHT - 4 - (value - low) / span * (_HEIGHT - 8), 1))
        for index, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg viewBox="-4 0 {_WIDTH + 8} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img">'
        f'<polyline points="{line}" fill="none" stroke="#2f6690" stroke-width="1.6"/>'
        f'<circle cx="{x}" cy="{y}" r="2.6" fill="#c8553d"/></svg>'
    )

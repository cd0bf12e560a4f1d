"""A new snapshot beside the last ones: volume, empty cells and distributions that moved too far.

The population stability index of shares a (now) and e (before) is the sum of (a - e) · ln(a / e);
below 0.1 nothing moved, above 0.25 the population is another one. Empty shares count as 0.0001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import median
from typing import Literal

import duckdb

from campaign_calendars.findings.problem import Location, Problem, Severity
from warehouse.shelf.profiles import ColumnProfile, Moved, TableProfile
from warehouse.snapshots.profile import shares_below

Level = Literal["off", "warn", "stop"]
Kind = Literal["volume", "nulls", "distribution"]
_LEAST_SHARE = 0.0001
_LEAST_ROWS = 100


@dataclass(frozen=True)
class DriftLimits:
    """How far is too far, and what then. `volume`: share of the median of the last snapshots' rows;
    `nulls`: change of the share of empty cells; `distribution`: population stability index."""

    volume: float = 0.5
    nulls: float = 0.2
    distribution: float = 0.25
    on_volume: Level = "warn"
    on_nulls: Level = "warn"
    on_distribution: Level = "warn"
    on_columns: Level = "warn"


def stability_index(before: Sequence[float], now: Sequence[float]) -> float:
    """The population stability index of two lists of shares of the same bins."""
    pairs = [(max(e, _LEAST_SHARE), max(a, _LEAST_SHARE)) for e, a in zip(before, now, strict=True)]
    return sum((a - e) * log(a / e) for e, a in pairs)


def measure_drift(
    con: duckdb.DuckDBPyConnection,
    now: Mapping[str, TableProfile],
    before: Sequence[Mapping[str, TableProfile]],
    place: str = "snap",
) -> list[Moved]:
    """Every figure that can move; the last of `before` is the newest. `place` is the catalog or schema of the tables.

    Tables with fewer than a hundred rows then or now move by chance and are left out.
    """
    found: list[Moved] = []
    for table, current in now.items():
        known = [profile[table] for profile in before if table in profile]
        if not known or min(current.rows, known[-1].rows) < _LEAST_ROWS:
            continue
        usual = median(each.rows for each in known)
        found.append(_moved(table, "", "volume", (usual, current.rows), current.rows / usual - 1))
        for name, column in current.columns.items():
            if (old := known[-1].columns.get(name)) is None:
                continue
            shares = (old.nulls / known[-1].rows, column.nulls / current.rows)
            found.append(_moved(table, name, "nulls", shares, shares[1] - shares[0]))
            if old.shares and column.shares:
                index = _index(con, f"{place}.{table}", name, (old, column))
                found.append(_moved(table, name, "distribution", (0.0, index), index))
    return found


def judge_drift(moved: Sequence[Moved], limits: DriftLimits) -> list[Problem]:
    """Findings about what moved too far; errors where the limits say `stop`."""
    problems = []
    for each in moved:
        level: Level = getattr(limits, f"on_{each.kind}")
        limit: float = getattr(limits, each.kind)
        if level != "off" and abs(each.change) > limit:
            problems.append(_problem(each, limit, "error" if level == "stop" else "warning"))
    return problems


def judge_columns(gone: Mapping[str, Sequence[str]], limits: DriftLimits) -> list[Problem]:
    """S133 for every column (by dataset) that had values in the last snapshot and is in no header now."""
    if limits.on_columns == "off":
        return []
    severity: Severity = "error" if limits.on_columns == "stop" else "warning"
    return [
        Problem(
            "S133",
            severity,
            f"{dataset}: the column {name} had values in the last snapshot and is not in the source any more; "
            "it is read as empty",
            f"look at the source: was it renamed? Then name it in columns of [sources.{dataset}] or in its map",
            Location(f"sources.{dataset}"),
            f"{dataset}：列 {name} 在上次快照中有值，现在来源中已没有这一列，按空值处理",
            f"请检查来源：若已改名，请在 [sources.{dataset}] 的 columns 或映射中写明",
        )
        for dataset, names in gone.items()
        for name in names
    ]


def _index(
    con: duckdb.DuckDBPyConnection, table: str, name: str, columns: tuple[ColumnProfile, ColumnProfile]
) -> float:
    old, new = columns
    if old.edges is not None and old.edges == new.edges:
        return stability_index(old.parts, new.parts)
    if old.edges is not None:
        return stability_index(old.parts, shares_below(con, table, name, old.edges))
    values = sorted({*old.words, *new.words})
    before, now = (
        # What is not among the most frequent is a bin of its own.
        [*(shares.get(value, 0.0) for value in values), max(0.0, 1 - sum(shares.values()))]
        for shares in (old.words, new.words)
    )
    return stability_index(before, now)


def _moved(table: str, column: str, kind: Kind, figures: tuple[float, float], change: float) -> Moved:
    before, now = (round(figure, 6) for figure in figures)
    return Moved(table, column, kind, before, now, round(change, 6))


def _problem(moved: Moved, limit: float, severity: Severity) -> Problem:
    table, column, change = moved.table, moved.column, moved.change
    if moved.kind == "volume":
        code, says = (
            "S130",
            f"{table}: {moved.now:,.0f} rows, {change:+.0%} against the median of the last snapshots",
        )
        zh = f"{table}：{moved.now:,.0f} 行，较近期快照中位数 {change:+.0%}"
    elif moved.kind == "nulls":
        code, says = "S131", f"{table}.{column}: {moved.now:.1%} empty, {moved.before:.1%} before"
        zh = f"{table}.{column}：空值 {moved.now:.1%}，此前 {moved.before:.1%}"
    else:
        code, says = "S132", f"{table}.{column}: values are spread otherwise than before (stability index {change:.2f})"
        zh = f"{table}.{column}：取值分布发生变化（稳定性指数 {change:.2f}）"
    hint = f"look at the export; if this is right, raise {moved.kind} ({limit:g}) in [warehouse.drift]"
    hint_zh = f"请检查导出；若属正常，可在 [warehouse.drift] 调高 {moved.kind}（{limit:g}）"
    return Problem(code, severity, says, hint, Location(f"sources.{table.removeprefix('stg_')}"), zh, hint_zh)

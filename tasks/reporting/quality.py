"""`promocal quality`: one page that says how good the data of a snapshot is. No value of a person is on it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.data.snapshots import find
from tasks.reporting.quality_labels import words
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.shelf.manifest import Snapshot

_EXAMPLES = 3
_SHOWN_SHARES = 8
_WIDTH, _HEIGHT = 120, 26


def quality(rt: Runtime, name: str, target: Path, *, lang: str = "en") -> dict[str, Any]:
    """Write the page of a snapshot (id, its beginning, or `current`) to `target`; returns what it is about."""
    from warehouse.shelf.shelf import read_profile

    snapshot = find(rt, name)
    profile = read_profile(snapshot)
    page = render(rt, snapshot, profile, _refused(rt, snapshot, profile), lang)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    return {
        "snapshot_id": snapshot.snapshot_id,
        "page": str(target),
        "quarantined": sum(counts.quarantined for counts in snapshot.counts.values()),
        "rules_failing": sum(1 for rule in snapshot.build.rules if rule.failing),
    }


def render(rt: Runtime, snapshot: Snapshot, profile: dict[str, Any], refused: list[dict[str, Any]], lang: str) -> str:
    """The page as HTML text, complete in itself."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tasks.reporting", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(n=lambda value: f"{value:,.0f}", pct=lambda value: f"{value:.1%}", share=_small_share)
    return environment.get_template("quality.html").render(
        w=words(lang),
        lang=lang,
        css=(files("tasks.reporting") / "report.css").read_text("utf-8"),
        snapshot=snapshot,
        reason=snapshot.build.reason_zh if lang == "zh" else snapshot.build.reason,
        findings=[(f.severity, f.code, f.text(lang), f.remedy(lang)) for f in snapshot.findings],
        totals=_totals(snapshot),
        rules=_rules(snapshot, lang),
        refused=refused,
        trends=_trends(rt, snapshot),
        tables=profile.get("tables", {}),
        drift=sorted(profile.get("drift", ()), key=lambda each: (-abs(each["change"]), each["table"], each["column"])),
        shown=_SHOWN_SHARES,
    )


def _small_share(value: float) -> str:
    """A share of which a few rows in a million still show."""
    return f"{value:.2%}" if value == 0 or value >= 0.00005 else "< 0.01%"  # noqa: PLR2004


def _totals(snapshot: Snapshot) -> dict[str, float]:
    counts = snapshot.counts.values()
    rows = sum(each.rows_in for each in counts)
    accepted = sum(each.accepted for each in counts)
    return {
        "rows": rows,
        "accepted": accepted / rows if rows else 1.0,
        "quarantined": sum(each.quarantined for each in counts),
        "duplicates": sum(each.duplicates for each in counts),
    }


def _rules(snapshot: Snapshot, lang: str) -> list[dict[str, Any]]:
    from warehouse.models.catalogue import load_layer

    says = {rule.rule: rule.says.get(lang) for model in load_layer("staging") for rule in model.expectations}
    rank = {"stop": 0, "warn": 1, "info": 2}
    return [
        {**vars(result), "says": says.get(result.rule, ""), "passing": max(result.judged - result.failing, 0)}
        for result in sorted(
            snapshot.build.rules, key=lambda result: (not result.stopped, rank[result.severity], -result.failing)
        )
    ]


def _refused(rt: Runtime, snapshot: Snapshot, profile: dict[str, Any]) -> list[dict[str, Any]]:
    """Per dataset and rule: how many rows, and a few of them with everything masked that may be somebody's own."""
    from warehouse.staging.quarantine import by_rule, examples, shown_cell

    warehouse = rt.settings.warehouse
    with _opened(snapshot, warehouse.threads, warehouse.memory_limit) as con:
        found = [{**each, "examples": examples(con, each["dataset"], each["rule"], _EXAMPLES)} for each in by_rule(con)]
    for each in found:
        usual = _usual_words(profile, each["dataset"])
        for example in each["examples"]:
            cells = json.loads(example.pop("row_json") or "{}")
            example["cells"] = {
                name: shown_cell(each["dataset"], name, str(value), usual.get(name, ()))
                for name, value in cells.items()
                if value and not name.startswith("_")
            }
            del example["key"]
    return found


def _usual_words(profile: dict[str, Any], dataset: str) -> dict[str, Any]:
    """Column → the words many rows of it have, as the profile knows them."""
    columns = profile.get("tables", {}).get(f"stg_{dataset}", {}).get("columns", {})
    return {name: told["shares"] for name, told in columns.items() if isinstance(told.get("shares"), dict)}


def _opened(snapshot: Snapshot, threads: int, memory_limit: str) -> Any:
    from warehouse.snapshots.snapshot import open_snapshot

    return open_snapshot(snapshot, threads=threads, memory_limit=memory_limit)


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

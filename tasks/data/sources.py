"""The sources of a project: listed, tested before anything is loaded, and their column maps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.said import Tell
from tasks.runtime import open_runtime
from tasks.settings import SourceSection, load_settings
from warehouse.sources.port import TableKind
from warehouse.sources.registry import kind_named

if TYPE_CHECKING:
    from warehouse.staging.explain import SourceReport


def list_sources(project: Path) -> list[dict[str, str]]:
    """Dataset, kind, where from and map of each source; no secrets."""
    return [
        {"dataset": dataset, "kind": source.kind, "from": _from(source), "map": source.mapping}
        for dataset, source in sorted(load_settings(project).sources.items())
    ]


def _from(source: SourceSection) -> str:
    """The path, or what is read and where; no secrets."""
    kind = kind_named(source.kind, "sources")
    if not isinstance(kind, TableKind):
        return str(getattr(source.keys, "path", ""))
    where, _, name = kind.place(source.keys).rpartition("#")
    return f"{name} in {where}" if where else name


def list_maps(project: Path) -> list[dict[str, Any]]:
    """Name, title and datasets of every map the project can use."""
    from warehouse.sources.mapping import FOLDER, load_map, shipped_maps

    own = {path.stem for path in (project / FOLDER).glob("*.yaml")}
    found = []
    for name in sorted({*own, *shipped_maps()}):
        known = load_map(name, project)
        titles = {"en": known.title.en, "zh": known.title.zh}
        found.append({"map": name, "title": titles, "datasets": list(known.datasets), "own": name in own})
    return found


def map_text(project: Path, name: str) -> str:
    """The YAML of a map, comments and all."""
    from warehouse.sources.mapping import map_text as text

    return text(name, project)[0]


def judge_sources(project: Path, name: str, as_of: datetime | None, progress: Tell) -> list[SourceReport]:
    """Reports of all sources, or of the one called `name`; empty when there is none of that name."""
    from warehouse.staging.explain import explain_sources

    with open_runtime(project, progress=progress) as rt:
        moment = as_of or rt.clock()
        return explain_sources(rt.sources(), base_dir=rt.settings.root, as_of=moment, only=name, progress=progress)

"""The sources of a project: listed, tested before anything is loaded, and their column maps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.said import Tell
from campaign_calendars.values.scalars import Text
from tasks.runtime import open_runtime
from tasks.settings import SourceSection, load_settings
from warehouse.sources.port import TableKind
from warehouse.sources.registry import kind_named

if TYPE_CHECKING:
    from warehouse.staging.explain import SourceReport


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the project; no secrets."""

    dataset: str
    """Dataset it fills."""
    kind: str
    """Kind of the source, such as `csv` or `sql`."""
    place: str
    """A path or URL of files; of a database, what is read of it and where it is."""
    map: str
    """The column map it is read with; empty without one."""


@dataclass(frozen=True, slots=True)
class MapRow:
    """A column map the project can use."""

    map: str
    """Name of the map."""
    title: Text
    """What it reads."""
    datasets: tuple[str, ...]
    """Datasets it can fill."""
    own: bool
    """Whether it is one of the project's, not a shipped one."""


@dataclass(frozen=True, slots=True)
class SourceList:
    """What `promocal sources list` lists."""

    sources: tuple[SourceRow, ...]
    """Sources of the project by dataset."""
    maps: tuple[MapRow, ...]
    """Column maps by name."""


def list_sources(project: Path) -> tuple[SourceRow, ...]:
    """Dataset, kind, where from and map of each source; no secrets."""
    return tuple(
        SourceRow(dataset, source.kind, _place(source), source.mapping)
        for dataset, source in sorted(load_settings(project).sources.items())
    )


def _place(source: SourceSection) -> str:
    """The path, or what is read and where; no secrets."""
    kind = kind_named(source.kind, "sources")
    if not isinstance(kind, TableKind):
        return str(getattr(source.keys, "path", ""))
    where, _, name = kind.place(source.keys).rpartition("#")
    return f"{name} in {where}" if where else name


def list_maps(project: Path) -> tuple[MapRow, ...]:
    """Name, title and datasets of every map the project can use."""
    from warehouse.sources.mapping import FOLDER, load_map, shipped_maps

    own = {path.stem for path in (project / FOLDER).glob("*.yaml")}
    known = {name: load_map(name, project) for name in sorted({*own, *shipped_maps()})}
    return tuple(MapRow(name, each.title, tuple(each.datasets), name in own) for name, each in known.items())


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

"""Kinds of sources by name: one file each in `kinds/`, and those of plug-ins (`promocal.sources`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePath

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import nearest
from campaign_calendars.registering.registry import OURS, Registry
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.port import FileKind, SourceKind, TableKind

AUTO = "auto"
"""Files, each read by the kind its name ends like."""

SOURCES: Registry[SourceKind] = Registry(
    "source kind",
    "warehouse.sources.kinds",
    lambda thing: thing.name if isinstance(thing, FileKind | TableKind) else None,
    group="promocal.sources",
)


def kind_named(name: str, place: str) -> SourceKind:
    """A kind by name. UsageError, naming `place`, says which one may have been meant."""
    if name in SOURCES:
        return SOURCES[name]
    guess = nearest(name, sorted(SOURCES))
    names = ", ".join(sorted(SOURCES))
    known = (
        f"the kinds are: {names}; another one needs its plug-in installed",
        f"可用的类型：{names}；其他类型需先安装插件",
    )
    raise UsageError(
        (f"{place}: '{name}' is not a kind of source", f"{place}：'{name}' 不是数据源类型"),
        (f"did you mean '{guess}'?", f"是否想写 '{guess}'？") if guess else known,
    )


def kind_of(spec: SourceSpec) -> SourceKind:
    """The kind of a source; UsageError for one that nobody registered."""
    return kind_named(spec.kind, spec.section)


def kind_by_keys(keys: Collection[str]) -> str:
    """The kind of a section that names none: told by its keys, else files."""
    marked = (name for name, kind in SOURCES.items() if isinstance(kind, TableKind) and set(kind.marks) & set(keys))
    return next(marked, AUTO)


def is_table(spec: SourceSpec) -> bool:
    """Whether rows are read that something else keeps, not files."""
    return isinstance(kind_of(spec), TableKind)


def is_ours(kind: SourceKind) -> bool:
    """Whether promocal itself declares the kind."""
    return SOURCES.origin(kind.name) == OURS


def suffixes() -> Mapping[str, str]:
    """Ending of a file name → the kind that reads it."""
    return {ending: kind.name for kind in SOURCES.values() if isinstance(kind, FileKind) for ending in kind.suffixes}


def kind_by_name(file_name: str) -> str | None:
    """The kind that reads files of such a name; the ending `.gz` is looked through."""
    return suffixes().get(PurePath(file_name.removesuffix(".gz")).suffix.lower())

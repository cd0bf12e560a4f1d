"""Where a project finds generated or prepared files: source settings, as objects and as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from warehouse.sample import grocery
from warehouse.sample.files import SCHEMAS, Format
from warehouse.sample.population import TIMEZONE
from warehouse.sources import SourceSpec


def sample_sources(directory: Path | str, file_format: Format = "csv") -> list[SourceSpec]:
    """The sources of a generated store; the globs also find what a world adds later."""
    return [_files(dataset, directory, file_format, TIMEZONE) for dataset in SCHEMAS]


def grocery_sources(directory: Path | str) -> list[SourceSpec]:
    """The sources `prepare_grocery` wrote; the data hold no events."""
    return [_files(dataset, directory, "parquet", grocery.TIMEZONE) for dataset in grocery.DATASETS]


def _files(dataset: str, directory: Path | str, file_format: Format, timezone: str) -> SourceSpec:
    path = (Path(directory) / f"{dataset}-*.{file_format}").as_posix()
    return SourceSpec(dataset=dataset, kind=file_format, path=path, timezone=timezone)


def sources_toml(sources: Iterable[SourceSpec]) -> str:
    """File sources as sections of promocal.toml."""
    sections = []
    for source in sources:
        # A JSON string is a TOML basic string.
        settings = {"kind": source.kind, "path": source.path, "timezone": source.timezone}
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
        sections.append("\n".join([f"[sources.{source.dataset}]", *lines]) + "\n")
    return "\n".join(sections)

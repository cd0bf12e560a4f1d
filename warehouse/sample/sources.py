"""Where a project finds prepared files: source settings, as objects and as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from warehouse.sample import grocery
from warehouse.sources import SourceSpec


def grocery_sources(directory: Path | str) -> list[SourceSpec]:
    """The sources `prepare_grocery` wrote; the data hold no events."""
    return [
        SourceSpec(dataset, "parquet", (Path(directory) / f"{dataset}-*.parquet").as_posix(), timezone=grocery.TIMEZONE)
        for dataset in grocery.DATASETS
    ]


def sources_toml(sources: Iterable[SourceSpec]) -> str:
    """File sources as sections of promocal.toml."""
    sections = []
    for source in sources:
        # A JSON string is a TOML basic string.
        settings = {"kind": source.kind, "path": source.path, "timezone": source.timezone}
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
        sections.append("\n".join([f"[sources.{source.dataset}]", *lines]) + "\n")
    return "\n".join(sections)

"""`models/<layer>/<name>/model.yaml` as typed values: columns, dependencies, expectations.

Every key is honoured: columns and their types make the published table, descriptions and units
become its comments, `pii` marks them, expectations become the gate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaign_calendars.values import Share, Text

MODELS = files("warehouse") / "models"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    type: Literal["varchar", "bigint", "integer", "boolean", "date", "timestamp"]
    description: str
    unit: str = ""
    pii: bool = False

    def comment(self) -> str:
        """What a reader of the table sees beside the column."""
        marks = [self.description, f"unit: {self.unit}" if self.unit else "", "personal data" if self.pii else ""]
        return "; ".join(mark for mark in marks if mark)


class Expectation(_Strict):
    """One rule. `rows: reject` moves failing rows to the quarantine, `keep` only counts them.

    `severity: stop` closes the gate when the failing share exceeds `tolerance` (basis points of the
    table's rows); `warn` and `info` report and never stop.
    """

    rule: str
    expect: Literal["row_count", "not_null", "null", "in_set", "between", "at_least", "before_as_of"]
    column: str = ""
    other: str = ""
    min: int | str | None = None
    max: int | str | None = None
    values: tuple[int | bool | str, ...] = ()
    severity: Literal["stop", "warn", "info"]
    rows: Literal["reject", "keep"] = "keep"
    tolerance: Share = 0
    says: Text

    @model_validator(mode="after")
    def _complete(self) -> Expectation:
        needs = {
            "row_count": self.min is not None and not self.column,
            "in_set": bool(self.column and self.values),
            "between": bool(self.column) and (self.min is not None or self.max is not None),
            "at_least": bool(self.column and self.other),
        }
        if not needs.get(self.expect, bool(self.column)):
            raise ValueError(f"rule {self.rule}: {self.expect} lacks what it compares")
        return self


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule came to: `failing` of `total` rows (row_count: 1 of 1 when it fails).

    `rows_query` selects `_file, _row` of exactly the failing rows (rules that reject only).
    """

    rule: Expectation
    total: int
    failing: int
    rows_query: str = ""
    parameters: tuple[object, ...] = ()

    @property
    def beyond_tolerance(self) -> bool:
        return self.failing * 10_000 > self.rule.tolerance * self.total


class Model(_Strict):
    """One table: its grain, what it is made from, what it holds and what must be true of it."""

    name: str
    dataset: str = ""
    grain: str
    depends_on: tuple[str, ...]
    columns: dict[str, Column]
    expectations: tuple[Expectation, ...] = ()
    query: str = Field(repr=False)

    def ddl(self) -> str:
        """Column definitions of the table."""
        return ", ".join(f'"{name}" {column.type}' for name, column in self.columns.items())

    def column_list(self) -> str:
        return ", ".join(f'"{name}"' for name in self.columns)


@cache
def load_layer(layer: Literal["staging", "features"]) -> tuple[Model, ...]:
    """The models of a layer, each after the ones it depends on; ties by name."""
    folders = sorted((item for item in (MODELS / layer).iterdir() if item.is_dir()), key=lambda item: item.name)
    return tuple(in_order(_load(folder) for folder in folders if (folder / "model.yaml").is_file()))


def in_order(models: Iterable[Model]) -> list[Model]:
    """Dependencies first. `raw_*` tables and models of other layers count as given."""
    by_name = {model.name: model for model in models}
    graph = {name: [need for need in model.depends_on if need in by_name] for name, model in by_name.items()}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


def staging_macros() -> str:
    return (MODELS / "staging" / "macros.sql").read_text("utf-8")


def models_text() -> str:
    """Every model file in a fixed order: part of what identifies a snapshot."""
    texts = []
    for layer in ("staging", "features"):
        for folder in sorted((MODELS / layer).iterdir(), key=lambda item: item.name):
            parts = sorted(folder.iterdir(), key=lambda item: item.name) if folder.is_dir() else [folder]
            texts += [part.read_text("utf-8") for part in parts]
    return "\n".join(texts)


def _load(folder: Traversable) -> Model:
    described = yaml.safe_load((folder / "model.yaml").read_text("utf-8"))
    return Model(**described, query=(folder / "query.sql").read_text("utf-8"))

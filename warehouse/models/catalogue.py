"""`models/<layer>/<name>/model.yaml` as typed values: columns, dependencies, expectations.

Every key is honoured: columns and their types make the published table, descriptions and units
become its comments, `pii` marks them, expectations become the gate.

A feature model is a folder in `models/features`: `query.sql` gives at most one row per member as
of `getvariable('as_of')`, `model.yaml` lists its columns. With `joins: by_member` they become
columns of `member_features` (`joins: to_all` is one row that every member gets; without `joins`
only other models read it). A column without a row for the member is its `default`, else empty;
`feature: false` keeps it for other models. Models read others by name after naming them in
`depends_on`. `materialized: view` is computed where it is read, `table` once. What needs several
models at once is an expression in `member_features/query.sql`: the columns of that model are the fields
that no fact is. A column that is a field of `campaign_calendars/audiences/fields/catalogue.py` says
nothing about itself but its default: type, unit, meaning and personal data are read from there. Every other
column is `feature: false` or an id. Queries never say `exclude` or `unnest` columns by position: a build of
a few columns looks up by name what they need.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaign_calendars.audiences.fields.catalogue import AS_OF_RULES, FIELDS
from campaign_calendars.values.scalars import Share, Text

MODELS = files("warehouse") / "models"
MEMBER = "member_id"
SPINE = "member_profile"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    type: Literal["varchar", "bigint", "integer", "boolean", "date", "timestamp"]
    description: str
    unit: str = ""
    pii: bool = False
    default: int | bool | str | None = None
    """Where the model has no row for a member, or the row is empty here."""
    feature: bool = True
    """False: a step on the way, no column of `member_features`."""

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
    given: Literal["", "guests"] = ""
    """Only where the source has this setting."""
    unless: Literal["", "guests"] = ""
    """Only where it has not."""
    says: Text
    remedy: Text | None = None
    """Instead of what is usually said about such rows."""

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
    among: int = 0
    """The failing share counts as one of so many rows at least: a few new rows beside a long history."""

    @property
    def beyond_tolerance(self) -> bool:
        return self.failing * 10_000 > self.rule.tolerance * max(self.total, self.among)


class Model(_Strict):
    """One table: its grain, what it is made from, what it holds and what must be true of it."""

    name: str
    dataset: str = ""
    grain: str
    depends_on: tuple[str, ...]
    materialized: Literal["table", "view"] = "table"
    joins: Literal["spine", "by_member", "to_all"] | None = None
    columns: dict[str, Column]
    expectations: tuple[Expectation, ...] = ()
    query: str = Field(repr=False)

    def ddl(self) -> str:
        """Column definitions of the table."""
        return ", ".join(f'"{name}" {column.type}' for name, column in self.columns.items())

    def column_list(self) -> str:
        return ", ".join(f'"{name}"' for name in self.columns)

    def typed_query(self, wanted: Collection[str] | None = None) -> str:
        """The query with the columns in their order and types; only those `wanted`, if given."""
        names = [name for name in self.columns if wanted is None or name in wanted]
        columns = ", ".join(f'cast("{name}" as {self.columns[name].type}) as "{name}"' for name in names)
        return f"select {columns} from ({self.query}) as made"


@cache
def load_layer(layer: Literal["staging", "features"]) -> tuple[Model, ...]:
    """The models of a layer, each after the ones it depends on; ties by name."""
    folders = sorted((item for item in (MODELS / layer).iterdir() if item.is_dir()), key=lambda item: item.name)
    models = [_load(folder) for folder in folders if (folder / "model.yaml").is_file()]
    return tuple(in_order(_assembled(models) if layer == "features" else models))


def facts_model(models: Iterable[Model], wanted: Collection[str] | None = None) -> Model:
    """`member_facts`: the spine and the models that join it, side by side, one row per member.

    Of the columns not `wanted` only the types are left, as empty values; models without a wanted
    column are not read at all.
    """
    joining = sorted((m for m in models if m.joins), key=lambda m: (m.joins != "spine", m.joins == "to_all", m.name))
    columns: dict[str, Column] = {}
    selected, tables, read = [], [], []
    for model in joining:
        new = [name for name in model.columns if name != MEMBER or model.joins == "spine"]
        if twice := columns.keys() & set(new):
            raise ValueError(f"{model.name}: another feature model has {sorted(twice)} already")
        columns |= {name: model.columns[name] for name in new}
        used = [name for name in new if wanted is None or name in wanted]
        if used or model.joins == "spine":
            tables.append(_join(model))
            read.append(model.name)
        selected += [_fact(model, name) if name in used else _empty(model, name) for name in new]
    query = "select\n    " + ",\n    ".join(selected) + "\n" + "\n".join(tables) + "\n"
    return Model(
        name="member_facts",
        grain="one row per member known before as_of",
        depends_on=tuple(read),
        materialized="view",
        columns=columns,
        query=query,
    )


def _assembled(models: list[Model]) -> list[Model]:
    """The models with `member_facts`, and with every column in `member_features`."""
    facts = facts_model(models)
    (last,) = (model for model in models if model.name == "member_features")
    features = {name: column for name, column in facts.columns.items() if column.feature}
    made = {name: Column(**_from_catalogue(name, {})) for name in FIELDS if name not in features}
    complete = last.model_copy(update={"columns": features | made})
    return [*(model for model in models if model is not last), facts, complete]


def _join(model: Model) -> str:
    if model.joins == "spine":
        return f"from {model.name}"
    if model.joins == "to_all":
        return f"cross join {model.name}"
    return f"left join {model.name} on {model.name}.{MEMBER} = {SPINE}.{MEMBER}"


def _fact(model: Model, name: str) -> str:
    column = model.columns[name]
    if column.default is None:
        return f'{model.name}."{name}"'
    return f'coalesce({model.name}."{name}", {_sql_literal(column.default)}) as "{name}"'


def _empty(model: Model, name: str) -> str:
    return f'cast(null as {model.columns[name].type}) as "{name}"'


def _sql_literal(value: int | bool | str) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower()


def in_order(models: Iterable[Model]) -> list[Model]:
    """Dependencies first. `raw_*` tables and models of other layers count as given."""
    by_name = {model.name: model for model in models}
    graph = {name: [need for need in model.depends_on if need in by_name] for name, model in by_name.items()}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


@cache
def macros_of(layer: Literal["staging", "features"]) -> str:
    """Statements that define a layer's macros in a session; a session of its own (a cursor too) needs them anew."""
    return (MODELS / layer / "macros.sql").read_text("utf-8")


@cache
def model_digests() -> dict[str, str]:
    """SHA-256 of what makes each model: its own files and those its layer shares (macros)."""
    digests = {}
    for layer in ("staging", "features"):
        entries = sorted((MODELS / layer).iterdir(), key=lambda item: item.name)
        shared = b"".join(item.read_bytes() for item in entries if item.is_file())
        for folder in (item for item in entries if (item / "model.yaml").is_file()):
            own = b"".join(part.read_bytes() for part in sorted(folder.iterdir(), key=lambda item: item.name))
            digests[folder.name] = hashlib.sha256(shared + b"\0" + own).hexdigest()
    return digests


def _load(folder: Traversable) -> Model:
    described = yaml.load((folder / "model.yaml").read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - both are safe
    if folder.name[:4] != "stg_":
        described["columns"] = {name: _from_catalogue(name, said) for name, said in described["columns"].items()}
    return Model(**described, query=(folder / "query.sql").read_text("utf-8"))


def _from_catalogue(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """A column of a feature model; the catalogue says everything about a field but its default."""
    field = FIELDS.get(name)
    if field is None:
        if name != MEMBER and said.get("feature", True):
            raise ValueError(f"column {name} is a feature and has no entry in the catalogue of fields")
        return dict(said)
    if extra := said.keys() - {"default"}:
        raise ValueError(f"column {name}: {sorted(extra)} are said by the catalogue of fields")
    meaning = f"{field.meaning.get('en')} {AS_OF_RULES[field.as_of].get('en')} ({field.row})"
    return {
        "type": field.column_type,
        "description": meaning,
        "unit": field.column_unit,
        "pii": field.pii,
        **said,
    }

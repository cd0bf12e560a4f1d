"""The tables an analyst sees: stable names, and what each column holds, in English and Chinese."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from campaign_calendars.audiences.fields.catalogue import FIELDS, Field
from campaign_calendars.values.scalars import Text
from warehouse.models.catalogue import MEMBER, load_layer

FEATURES = "features"
OF_ARMS = ("arms", "facts")
"""Two views of one table: who was drawn into which arm, and what came of it."""
ASSIGNED = "assigned"
PUBLISHED = "published"
"""The in-memory catalog with the views; whatever else is open stands in others, which no question may name."""
_STORED = "memory.main"
_RENAMED = {"at": "happened_at"}
"""Columns whose names mean something in SQL → what they are called in a question."""
_MOMENT = "timestamptz"
_HIDDEN = "'***'"


@dataclass(frozen=True, slots=True)
class AnalysisColumn:
    """A column of a table."""

    name: str
    """Its name."""
    type: str
    """Its type as DuckDB says it; a moment is a `timestamptz`."""
    unit: str
    """Its unit; empty where it has none."""
    personal: bool
    """Whether it is masked by default."""
    meaning: Text
    """What it holds."""

    kept_as: str
    """Its name where it is kept."""
    hundredths: bool = False
    """Whether it is kept in hundredths, as a whole number."""

    @property
    def stored(self) -> str:
        """Its type where it is kept: moments naive, in UTC."""
        return "timestamp" if self.type == _MOMENT else self.type

    def expression(self, *, masked: bool) -> str:
        """What the view says: a pseudonym for a member, nothing of other personal data, moments with their zone."""
        if self.personal and masked:
            if self.name == MEMBER:
                return f"{_STORED}.pseudonym({self.name}) as {self.name}"
            hidden = f"if({self.name} is null, null, {_HIDDEN})" if self.type == "varchar" else f"null::{self.type}"
            return f"{hidden} as {self.name}"
        kept = f'"{self.kept_as}"'
        if self.type == _MOMENT:
            kept = f"timezone('UTC', {kept})"
        return f"{kept}{' / 100.0' if self.hundredths else ''} as {self.name}"


@dataclass(frozen=True, slots=True)
class AnalysisTable:
    """A table of `promocal sql`."""

    name: str
    """Its name."""
    meaning: Text
    """What a row is."""
    columns: tuple[AnalysisColumn, ...]
    """Its columns."""

    def view(self, *, masked: bool, columns: Collection[str] | None = None) -> str:
        """The statement that makes its view; only of these columns of the relation behind it, if given."""
        wanted = [each for each in self.columns if columns is None or each.kept_as in columns]
        said = ", ".join(each.expression(masked=masked) for each in wanted)
        return f"create view {PUBLISHED}.main.{self.name} as select {said} from {self.source}"

    def create(self) -> str:
        """The statement that makes the table behind it, for one that is no snapshot's."""
        behind = [tables()[name] for name in OF_ARMS] if self.name in OF_ARMS else [self]
        columns = {each.name: each.stored for table in behind for each in table.columns}
        said = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
        return f"create table {self.source} ({said})"

    @property
    def source(self) -> str:
        """The relation its view reads."""
        if "of" in _written()[self.name]:
            return f"snap.{_written()[self.name]['of']}"
        if self.name == FEATURES:
            return f"{_STORED}.member_features"
        return f"{_STORED}.kept_{ASSIGNED if self.name in OF_ARMS else self.name}"


@cache
def tables() -> Mapping[str, AnalysisTable]:
    """Every table by name, in the order in which a person meets them."""
    written = _written().items()
    return {name: AnalysisTable(name, Text(**said["means"]), tuple(_columns(said))) for name, said in written}


@cache
def _written() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load((files(__package__) / "tables.yaml").read_text("utf-8"))
    return found


def _columns(said: Mapping[str, Any]) -> Iterator[AnalysisColumn]:
    if "of" in said:
        (model,) = (model for model in load_layer("staging") if model.name == said["of"])
        for kept, column in model.columns.items():
            name = _RENAMED.get(kept, kept)
            meaning = Text(en=column.description, zh=said["zh"][name])
            yield _column(name, column.type, column.unit, column.pii, meaning, kept_as=kept)
    elif "columns" in said:
        for name, one in said["columns"].items():
            meaning = Text(en=one["en"], zh=one["zh"])
            yield _column(name, one["type"], one.get("unit", ""), one.get("pii", False), meaning)
    else:
        yield _column(MEMBER, "varchar", "", True, Text(en="The member.", zh="会员。"))
        yield from map(_of_field, FIELDS.values())


def _of_field(field: Field) -> AnalysisColumn:
    """A field of audiences as a column: cents say so in their name, decimals are numbers as they are written there."""
    if field.type == "money":
        return _column(f"{field.name}_cents", "bigint", "cents", field.pii, field.meaning, kept_as=field.name)
    if field.type == "decimal":
        return AnalysisColumn(field.name, "double", field.unit, field.pii, field.meaning, field.name, hundredths=True)
    return _column(field.name, field.column_type, field.unit, field.pii, field.meaning)


def _column(
    name: str, type_: str, unit: str, personal: bool, meaning: Text, *, kept_as: str | None = None
) -> AnalysisColumn:
    kept = kept_as or name
    # A moment that carries its zone needs no word about it.
    if type_ == "timestamp":
        return AnalysisColumn(name, _MOMENT, "", personal, meaning, kept)
    return AnalysisColumn(name, type_, unit, personal, meaning, kept)

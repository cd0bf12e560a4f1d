"""What the accepted rows of a snapshot look like, and how far that had moved: `profiles/<id>.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column of the accepted rows. Of personal columns only `nulls` is known.

    `edges` cut a column of numbers into ten parts; `shares` are those of the parts, or of the words
    that ten rows or more have. Both are shares of the filled rows.
    """

    nulls: int
    distinct: int | None = None
    min: int | str | None = None
    max: int | str | None = None
    edges: tuple[int, ...] | None = None
    shares: Mapping[str, float] | tuple[float, ...] | None = None

    @property
    def words(self) -> Mapping[str, float]:
        """Shares by word; empty for a column of numbers or moments."""
        return self.shares if isinstance(self.shares, Mapping) else {}

    @property
    def parts(self) -> tuple[float, ...]:
        """Shares of the parts between the edges; empty for a column without."""
        return self.shares if isinstance(self.shares, tuple) else ()


@dataclass(frozen=True, slots=True)
class TableProfile:
    """A staged table: its accepted rows, and its columns by name."""

    rows: int
    columns: Mapping[str, ColumnProfile]


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure beside what it was in the last snapshots; `column` is empty for the rows of a table.

    `before` and `now` are rows for `volume`, shares of empty cells for `nulls`; `change` is a share,
    a difference of shares, or a population stability index.
    """

    table: str
    column: str
    kind: Literal["volume", "nulls", "distribution"]
    before: float
    now: float
    change: float


@dataclass(frozen=True, slots=True)
class SnapshotProfile:
    """Tables by name, and every figure that could move; both empty where nothing is known."""

    tables: Mapping[str, TableProfile] = field(default_factory=dict)
    drift: tuple[Moved, ...] = ()

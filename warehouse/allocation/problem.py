"""What an allocation is asked: options of one play, what they use of shared rows, which table knows the values.

One row per member in a wide table. Values and amounts are whole numbers (1/10,000 of the currency in the
benchmark, any unit that is one for all): integer sums are the same on any number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said

PRICE_SCALE = 1_000_000
MOST_ROWS = 100
MOST_OPTIONS = 100
MAX_EXACT = 2**52
"""Whole numbers up to here are exact as float64."""


class AllocationError(UsageError):
    """Something that cannot be allocated: wrong numbers, or minimums that cannot be met together."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a member with an option uses of a row: `times` units, or `times` the member's number in `column`."""

    row: int
    times: int = 1
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A benefit on a channel; `value` is the column that says what it is worth to each member (null: not his).

    A member gets at most one option of a `group`.
    """

    name: str
    value: str
    uses: tuple[Use, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Something all members share. A minimum is written with negative amounts and a negative capacity."""

    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """`table` has one row per member, `member` names its key, `order` a column in whose order ties are given.

    A member gets at most `most` options, one of each group.
    """

    table: str
    options: tuple[Option, ...]
    rows: tuple[Row, ...]
    member: str = "member"
    order: str = "fair_order"
    most: int = 1

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the options of each group, in the order in which groups are first named."""
        found: dict[str, list[int]] = {}
        for number, option in enumerate(self.options):
            found.setdefault(option.group, []).append(number)
        return tuple(tuple(numbers) for numbers in found.values())

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that amounts are read from, each once."""
        return tuple(dict.fromkeys(use.column for o in self.options for use in o.uses if use.column is not None))


def check(asked: Allocation) -> None:
    """AllocationError for what is no allocation."""
    for said in _wrong(asked):
        raise AllocationError(said)


def _wrong(asked: Allocation) -> Iterator[Said]:
    if len(asked.rows) > MOST_ROWS or not 0 < len(asked.options) <= MOST_OPTIONS:
        yield (
            f"{len(asked.options)} options and {len(asked.rows)} shared rows: at most {MOST_OPTIONS} and {MOST_ROWS}",
            f"{len(asked.options)} 个选项、{len(asked.rows)} 项共享资源：最多 {MOST_OPTIONS} 与 {MOST_ROWS}",
        )
    if asked.most < 1:
        yield ("a member may have no option at all", "每位会员可得的选项数须为正")
    for option in asked.options:
        if any(not 0 <= use.row < len(asked.rows) for use in option.uses):
            yield (f"{option.name} uses a row that there is not", f"{option.name} 占用了不存在的资源")
    for row in asked.rows:
        if isinstance(row.capacity, bool) or not isinstance(row.capacity, int):
            yield (f"there is no whole number of {row.name}", f"{row.name} 的数量不是整数")
        elif abs(row.capacity) >= MAX_EXACT:
            yield (f"the amount of {row.name} is too large", f"{row.name} 的数额过大")

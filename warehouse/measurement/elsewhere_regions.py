"""Regions in a file of arms: which column says them, and what came of each where regions were drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.lift import Arm
from warehouse.measurement.arms import sums_of_arms
from warehouse.measurement.regions import RegionSums
from warehouse.sources.matching import normal

MEMBER = "member"
REGION_HEADS = ("region", "区域", "地区", "大区")
"""A column of such a name says that regions were drawn."""
_PLACES = {
    "region": REGION_HEADS,
    "city": ("city", "城市"),
    "province": ("province", "省份", "省"),
    "store": ("store", "shop", "门店", "店铺"),
}
_MANY = 5
"""Members to a region from which on it is no chance that each lies in one arm."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The column with the region of each line; `drawn`: regions were drawn, else it is only looked at."""

    by: str
    head: str
    at: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class ByRegion:
    """Regions of each arm with their sums, and how many persons of each arm have none."""

    by: str
    arms: Mapping[str, Sequence[tuple[str, Arm]]]
    without: Mapping[str, int]

    def against(self, arm: str, control: str) -> tuple[list[RegionSums], int]:
        """Rows of a comparison, and persons of both arms without a region."""
        rows = [
            RegionSums(region, name == control, sums)
            for name in (arm, control)
            for region, sums in self.arms.get(name, ())
        ]
        return rows, self.without.get(arm, 0) + self.without.get(control, 0)

    def without_orders(self) -> ByRegion:
        """The same where it is known who bought, and not how often."""
        arms = {
            name: [(region, replace(arm, sums=arm.sums and arm.sums.without_orders())) for region, arm in rows]
            for name, rows in self.arms.items()
        }
        return replace(self, arms=arms)


def unit_of_file(file: Path, header: Sequence[str], drawn_by: str | None) -> Unit | None:
    """The column of regions: as named, else one called `region`; one of provinces or cities is only looked at.

    UsageError: there is no column of that name.
    """
    if drawn_by is not None and normal(drawn_by) == MEMBER:
        return None
    if drawn_by is not None:
        found = [at for at, head in enumerate(header) if normal(head) == normal(drawn_by)]
        if not found:
            raise _no_column(file, header, drawn_by)
        return Unit(_kind(drawn_by), header[found[0]], found[0], drawn=True)
    return next(_known(header), None)


def _known(header: Sequence[str]) -> Iterator[Unit]:
    for by, heads in _PLACES.items():
        wanted = {normal(head) for head in heads}
        for at, head in enumerate(header):
            if normal(head) in wanted:
                yield Unit(by, head, at, drawn=by == "region")


def _kind(head: str) -> str:
    return next((by for by, heads in _PLACES.items() if normal(head) in map(normal, heads)), "region")


def _no_column(file: Path, header: Sequence[str], wanted: str) -> UsageError:
    shown = ", ".join(header)
    return UsageError(
        (f"{file} has no column {wanted!r}; its columns are {shown}", f"{file} 没有 {wanted!r} 列；现有列：{shown}"),
        (
            "write --drawn-by with the column of the regions that were drawn, or --drawn-by member",
            "请用 --drawn-by 写明抽取所用的区域列；若按会员抽取，请写 --drawn-by member",
        ),
    )


def by_region(con: duckdb.DuckDBPyConnection, unit: Unit) -> ByRegion:
    """The regions of `elsewhere_members`."""
    known = "(select * from elsewhere_members where region is not null)"
    arms: dict[str, list[tuple[str, Arm]]] = {}
    for (region,), arm, sums in sums_of_arms(con, known, "region"):
        arms.setdefault(arm, []).append((region, sums))
    without = con.execute("select arm, count(*) from elsewhere_members where region is null group by arm").fetchall()
    return ByRegion(unit.by, arms, dict(without))


def lie_in_one_arm(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether every region has members of one arm only, which no draw of members brings about."""
    row = con.execute(
        "select count(*), max(arms), sum(members) from (select region, count(distinct arm) as arms, count(*) as members"
        " from elsewhere_members where region is not null group by region)"
    ).fetchone()
    regions, most, members = row or (0, 0, 0)
    return bool(regions > 1 and most == 1 and members >= _MANY * regions)

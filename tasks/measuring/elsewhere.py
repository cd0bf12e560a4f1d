"""An experiment that ran in another tool, measured by the same rules as a calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.drawn import sample_ratio
from campaign_calendars.measuring.elsewhere import (
    ArmsFile,
    ArmsMeasured,
    control_of,
    shares_of_arms,
    why_withheld,
)
from campaign_calendars.measuring.lift import Arm, Contrast, checked, contrast, of_all_plays, withheld
from campaign_calendars.measuring.looking import so_far
from campaign_calendars.values.scalars import FULL_SHARE

if TYPE_CHECKING:
    from warehouse.measurement.elsewhere_regions import ByRegion
    from warehouse.snapshots.snapshot import Snapshot


def measure_arms(
    file: Path,
    snapshot: Snapshot | None,
    *,
    as_of: datetime,
    until: datetime | None = None,
    control: str | None = None,
    shares: Sequence[str] = (),
    margin: float | None = None,
    currency: str | None = None,
    zone: ZoneInfo | None = None,
    assigned_at: datetime | None = None,
    decimal: Literal[".", ","] | None = None,
    drawn_by: str | None = None,
) -> ArmsMeasured:
    """Arms of a file against their control, by assignment.

    Outcomes are columns of the file, or orders of the `snapshot` (not later than it knows them). Before `until` the
    intervals are those that may be read every day. `shares`: such as `treated=90%`; `margin`: 0 to 1, of
    use only where the file says what members cost; `decimal`: what stands before the decimals of amounts;
    `drawn_by`: the column with the region that was drawn, or `member`; default: the column `region`, if there is one.
    """
    from warehouse.measurement.elsewhere import read_arms

    found, outcomes, named, regions = read_arms(
        file, snapshot, as_of=as_of, until=until, zone=zone, assigned_at=assigned_at, decimal=decimal, drawn_by=drawn_by
    )
    held = control_of(tuple(found.arms), control)
    drawn = shares_of_arms(shares, tuple(found.arms))
    arms = {**{name: Arm(0, 0) for name in drawn}, **found.arms}
    elapsed, margin = _elapsed(found.first_at, found.as_of, until), margin if found.costs else None
    told = {
        name: _against(found, arm, arms[held], _pair(drawn, name, held), margin=margin, elapsed=elapsed)
        if regions is None
        else _between(found, regions, name, held, margin=margin, elapsed=elapsed)
        for name, arm in arms.items()
        if name != held
    }
    known = {each.name: getattr(found, each.name) for each in fields(ArmsFile)}
    return ArmsMeasured(
        **{**known, "arms": dict(sorted(arms.items()))},
        file=file.name,
        outcomes=outcomes,
        until=until,
        currency=named or currency or "CNY",
        currency_assumed=not (named or currency),
        control=held,
        shares={name: share / FULL_SHARE for name, share in drawn.items()},
        contrasts=_at_once(told),
    )


def _at_once(told: Mapping[str, Contrast]) -> dict[str, Contrast]:
    """Contrasts of several arms, which are asked at once."""
    if len(told) == 1:
        return dict(told)
    together = of_all_plays(list(told.values()))
    return {name: one for name, one in zip(told, together, strict=True) if one is not None}


def _elapsed(first: datetime | None, as_of: datetime, until: datetime | None) -> float:
    """Which part of the experiment is over; without an end, all of it.

    UsageError: it goes on, and nobody says since when: intervals to be read daily need to know how far it is.
    """
    if until is None or as_of >= until:
        return 1.0
    if first is None:
        raise UsageError(
            ("the test goes on, and nothing says when it began", "测试仍在进行，但没有写明何时开始"),
            (
                "write --assigned-at with the moment all were assigned at, or add a column assigned_at",
                "请用 --assigned-at 写明统一的分组时间，或增加 assigned_at 列",
            ),
        )
    if until <= first:
        return 1.0
    return max((as_of - first) / (until - first), 0.0)


def _against(
    found: ArmsFile, arm: Arm, held: Arm, drawn: Mapping[str, int], *, margin: float | None, elapsed: float
) -> Contrast:
    from warehouse.measurement.money import compare_money

    name, control = drawn
    money = compare_money(arm, held, margin=margin) if arm.sums and held.sums else None
    told = replace(contrast(arm, held), money=money)
    if all(drawn.values()):
        counts = ({name: arm.members, control: held.members}, {name: arm.joined, control: held.joined})
        told = checked(told, min((p for of in counts if (p := sample_ratio(of, drawn)) is not None), default=None))
    if (why := why_withheld(found)) is not None:
        return withheld(told, why)
    return so_far(told, elapsed) if 0 < elapsed < 1 else told


def _between(
    found: ArmsFile, regions: ByRegion, name: str, held: str, *, margin: float | None, elapsed: float
) -> Contrast:
    """Regions of an arm against those of the control."""
    from warehouse.measurement.regions import compare_regions

    rows, without = regions.against(name, held)
    money = all(row.arm.sums for row in rows) and all(found.arms[one].sums for one in (name, held) if one in found.arms)
    told = compare_regions(rows, by=regions.by, without=without, margin=margin, money=money)
    if (why := why_withheld(found)) is not None:
        return withheld(told, why)
    return so_far(told, elapsed) if 0 < elapsed < 1 else told


def _pair(drawn: Mapping[str, int], name: str, control: str) -> dict[str, int]:
    """Shares of an arm and of the control, in this order."""
    return {name: drawn.get(name, 0), control: drawn.get(control, 0)}

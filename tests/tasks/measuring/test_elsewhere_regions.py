"""Experiments from elsewhere drawn by region: the region is the unit, and a file that hides it is found out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.elsewhere import ArmsMeasured, told_of_file
from campaign_calendars.measuring.lift import newcombe
from tasks.measuring.elsewhere import measure_arms

NOW = datetime(2026, 4, 1, tzinfo=UTC)
Row = tuple[object, ...]
REGIONS = 16


def _rows(regions: int = REGIONS, members: int = 60) -> list[Row]:
    """(member, arm, region, orders, revenue, revenue before) of regions that buy more or less, whatever is done."""
    rng, rows = random.Random(8), []
    for region in range(regions):
        rate = rng.uniform(0.15, 0.6)
        for number in range(members + 10 * region):
            bought, before = (int(rng.random() < rate) for _ in range(2))
            arm = "control" if region % 3 == 0 else "treated"
            rows.append((f"u{region:02}{number:04}", arm, f"区{region}省", bought, 100 * bought, 80 * before))
    return rows


def _file(tmp_path: Path, rows: Sequence[Row], place: str = "region") -> Path:
    path = tmp_path / "arms.csv"
    head = f"member_id,arm,{place},orders,revenue,revenue_before"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
    return path


def _measured(tmp_path: Path, rows: Sequence[Row], place: str = "region", drawn_by: str | None = None) -> ArmsMeasured:
    return measure_arms(_file(tmp_path, rows, place), None, as_of=NOW, drawn_by=drawn_by)


def test_a_column_of_regions_makes_them_the_unit(tmp_path: Path) -> None:
    rows = _rows()
    found = _measured(tmp_path, [*rows, ("nobody", "treated", "", 0, 0, 0)])
    one = found.contrasts["treated"]
    assert one.regions is not None
    assert (found.drawn_by, one.regions.by) == ("region", "region")
    assert (one.regions.treated, one.regions.held_out, one.regions.without_region) == (10, 6, 1)
    assert one.regions.names == tuple(sorted(f"区{n}" for n in range(0, REGIONS, 3)))
    counted = {row.region: (row.members, row.buyers, row.spend_cents, row.buyers_before) for row in one.regions.rows}
    for region in range(REGIONS):
        mine = [row for row in rows if row[2] == f"区{region}省"]
        bought, before = (sum(bool(row[place]) for row in mine) for place in (3, 5))
        assert counted[f"区{region}"] == (len(mine), bought, 10_000 * bought, before)
    assert one.verdict == "cannot conclude"
    assert one.interval is not None
    assert one.money is not None
    assert one.money.difference is not None
    narrow = newcombe(found.arms["treated"], found.arms["control"])
    assert one.interval[1] - one.interval[0] > narrow[1] - narrow[0]
    assert not any("--share" in en for en, _ in told_of_file(found)), "sizes of regions are no chance of members"


@pytest.mark.parametrize("place", ["省份", "province", "城市", "门店"])
def test_another_column_of_places_is_named(tmp_path: Path, place: str) -> None:
    rows = _rows()
    by_members, by_regions = _measured(tmp_path, rows, place), _measured(tmp_path, rows, place, drawn_by=place)
    assert by_members.contrasts["treated"].regions is None
    assert by_members.whole == place
    assert any(f"--drawn-by {place}" in en and f"--drawn-by {place}" in zh for en, zh in told_of_file(by_members))
    assert by_regions.contrasts["treated"].regions is not None
    assert (by_regions.drawn_by, by_regions.whole) == (place, "")


def test_members_drawn_within_places_stay_the_unit(tmp_path: Path) -> None:
    rows = [(m, "control" if n % 2 else "treated", *rest) for n, (m, _, *rest) in enumerate(_rows())]
    found = _measured(tmp_path, rows, "province")
    assert (found.drawn_by, found.whole, found.contrasts["treated"].regions) == ("member", "", None)
    assert _measured(tmp_path, rows, "region", drawn_by="member").contrasts["treated"].regions is None


def test_a_region_in_both_arms_shows_nothing(tmp_path: Path) -> None:
    found = _measured(tmp_path, [*_rows(), ("odd", "control", "区1", 1, 100, 0)])
    one = found.contrasts["treated"]
    assert (one.verdict, one.difference) == ("not as drawn", None)
    assert one.regions is not None
    assert one.regions.mixed == ("区1",)
    assert any("--drawn-by member" in en and "--drawn-by member" in zh for en, zh in told_of_file(found))


def test_words_for_not_knowing_are_no_region(tmp_path: Path) -> None:
    """Members of both arms who live in 未知 would else make one region that stands in both."""
    rows = [
        (member, arm, ("未知", "-", "Unknown", "其他")[n % 4] if n % 5 == 0 else region, *rest)
        for n, (member, arm, region, *rest) in enumerate(_rows())
    ]
    one = _measured(tmp_path, rows).contrasts["treated"]
    assert one.regions is not None
    assert (one.verdict, one.regions.mixed) == ("cannot conclude", ())
    assert one.regions.without_region == len(range(0, len(rows), 5))


def test_a_share_that_is_not_used_is_said(tmp_path: Path) -> None:
    found = measure_arms(_file(tmp_path, _rows()), None, as_of=NOW, shares=["control=30%", "treated=70%"])
    assert any("--share is not used" in en and "--share" in zh for en, zh in told_of_file(found))
    assert not any("--share is not used" in en for en, _ in told_of_file(_measured(tmp_path, _rows())))


@pytest.mark.parametrize("drawn_by", ["region", "member"])
def test_a_file_that_does_not_say_how_often_prices_no_order(tmp_path: Path, drawn_by: str) -> None:
    rng, path = random.Random(2), tmp_path / "arms.csv"
    lines = ["member_id,arm,region,bought,revenue,cost"]
    for member, arm, region, *_ in _rows():
        bought = int(rng.random() < (0.1 if arm == "control" else 0.6))
        lines.append(f"{member},{arm},{region},{bought},{100 * bought},{9 * (arm == 'treated')}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    one = measure_arms(path, None, as_of=NOW, margin=0.4, drawn_by=drawn_by).contrasts["treated"]
    assert one.money is not None
    assert one.money.per_buyer is not None
    assert one.money.per_order is None
    assert one.treated.sums is not None
    assert one.treated.sums.orders == 0


def test_few_regions_show_nothing_however_many_members(tmp_path: Path) -> None:
    found = _measured(tmp_path, _rows(regions=7, members=900))
    assert found.contrasts["treated"].verdict == "too few regions"


def test_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column 'land'"):
        _measured(tmp_path, _rows(), drawn_by="land")

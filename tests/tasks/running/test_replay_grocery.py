"""A real retailer's year through the product: 27 overlapping campaigns, known figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.running.replay import ReplayResult, replay, replay_runtime
from tasks.runtime import Runtime, open_runtime
from warehouse.sample.grocery import prepare_grocery

pytestmark = pytest.mark.grocery
CALENDAR = "grocery-2017"
_SOURCE = '[sources.{0}]\nkind = "parquet"\npath = "data/{0}*.parquet"\ntimezone = "UTC"\n'
_DATASETS = ("members", "orders", "contact_points", "tags", "redemptions")


def make_project(root: Path) -> Path:
    create_project(root, CALENDAR)
    prepare_grocery(root / "data")
    settings = "".join(_SOURCE.format(name) for name in _DATASETS) + '[channels.mail]\nkind = "file"\n'
    (root / "promocal.toml").write_text(settings, "utf-8")
    return root


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Runtime, ReplayResult]:
    root = make_project(tmp_path_factory.mktemp("grocery") / "project")
    rt = replay_runtime(open_runtime(root), CALENDAR)
    return rt, replay(rt, CALENDAR)


def test_every_campaign_reached_exactly_its_targets(replayed: tuple[Runtime, ReplayResult]) -> None:
    _, result = replayed
    assert len(result.runs) == 27
    assert sum(run.chosen for run in result.runs) == 6_589
    assert sum(run.dispatch.sent for run in result.runs) == 6_589
    assert sum(run.excluded for run in result.runs) == 0


def test_redeemers_by_type_are_the_published_ones(replayed: tuple[Runtime, ReplayResult]) -> None:
    measured = replayed[1].measurement
    found = {}
    for wave in measured.waves:  # as published: a household counts in every campaign
        rates = [phase.rates["redemption_rate"] for phase in measured.phases if phase.wave == wave.wave]
        found[wave.wave] = (sum(rate.numerator for rate in rates), sum(rate.denominator for rate in rates))
    assert found == {"type-a": (604, 3647), "type-b": (154, 2368), "type-c": (34, 574)}


def test_a_household_of_several_campaigns_is_one_of_their_wave(replayed: tuple[Runtime, ReplayResult]) -> None:
    rt, result = replayed
    phases = {
        wave.wave: {p.phase for p in result.measurement.phases if p.wave == wave.wave}
        for wave in result.measurement.waves
    }
    grants = list(rt.ledger.grant_rows(CALENDAR, over=True))
    for wave in result.measurement.waves:
        holders = {row.member_id for row in grants if row.phase in phases[wave.wave]}
        assert wave.rates["redemption_rate"].denominator == len(holders)
        assert 0 < wave.rates["redemption_rate"].numerator < len(holders)


def test_no_redemption_outside_its_window_or_by_an_untargeted_household(
    replayed: tuple[Runtime, ReplayResult],
) -> None:
    problems = replayed[1].measurement.redemption_problems
    # A few of these real households redeemed one coupon of a campaign more often than once.
    assert {problem.code for problem in problems} <= {"D417"}


def test_one_corrupted_redemption_is_noticed(replayed: tuple[Runtime, ReplayResult]) -> None:
    import duckdb

    from tasks.measuring.measure import measure

    rt, _ = replayed
    data = rt.settings.root / "data"
    source = next(data.glob("redemptions*.parquet"))
    before = source.read_bytes()
    try:
        with duckdb.connect() as con:
            con.execute("create table r as from read_parquet(?)", [str(source)])
            # A household that no campaign targeted redeems one coupon.
            stranger = con.execute(
                "select min(member_id) from read_parquet(?) where member_id not in"
                " (select member_id from read_parquet(?) where tag like 'campaign-%')",
                [str(data / "members-0001.parquet"), str(data / "tags-0001.parquet")],
            ).fetchone()
            con.execute("update r set member_id = ? where redemption_id = (select max(redemption_id) from r)", stranger)
            con.execute("copy r to ? (format parquet)", [str(source)])
        refresh(rt, CALENDAR, rt.clock())
        problems = measure(rt, CALENDAR, rt.clock()).redemption_problems
    finally:
        source.write_bytes(before)
        refresh(rt, CALENDAR, rt.clock())
    (corrupted,) = (problem for problem in problems if problem.code != "D417")
    assert corrupted.code == "D401"
    assert "1 of" in corrupted.message

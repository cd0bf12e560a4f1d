"""A calendar whose hold-out is drawn by province, from the plan to the figures: whole provinces, compared as such."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.detectable import HoldoutPower, told_of_draw
from campaign_calendars.measuring.regions import told_of_regions
from campaign_calendars.measuring.worth import worth_in_words
from promocal.cli.tables import print_measurement
from promocal.scaffold import create_project
from tasks.analysis.contrasting import contrast_rows
from tasks.data.refresh import refresh
from tasks.deciding.decisions import decision_path
from tasks.deciding.draws import keep_draws, require_same_draws
from tasks.measuring.measure import effects_of, measure
from tasks.measuring.opening import measuring, runs_before
from tasks.planning.power import power_of_holdouts
from tasks.reporting.report import report
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, feature_params, open_runtime
from tests.warehouse.buckets import bucket
from warehouse.measurement.regions import compare_regions
from warehouse.sample.generate import generate

CALENDAR = "queens-day-2020"
NOW = datetime.fromisoformat("2020-03-05T12:00:00+08:00")
RECALL = datetime.fromisoformat("2020-03-05T15:00:00+08:00")
LATER = NOW + timedelta(days=8)
SALT = f"{CALENDAR}:province"
SHARE = 3_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The recall of the burst ran on 1,200 members, with the orders of the eight days after."""
    root = tmp_path_factory.mktemp("regions") / "project"
    create_project(root, CALENDAR)
    generate(root / "data", members=1_200, seed=11, as_of=LATER, dirty=False)
    path = root / "calendars" / f"{CALENDAR}.yaml"
    text = path.read_text("utf-8")
    assert "holdout: {campaign: 5%, salt" in text
    path.write_text(
        text.replace("holdout: {campaign: 5%, salt", "holdout: {campaign: 30%, by: province, salt"), "utf-8"
    )
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, CALENDAR, NOW)
        run_phase(rt, CALENDAR, "burst", RECALL)
        yield rt


def rows_of(rt: Runtime) -> list[tuple[str, str | None, str | None, str, datetime]]:
    """(member, region, arm, status, moment) of all decisions."""
    files = [str(decision_path(rt, run.run_id)) for run in rt.ledger.runs(CALENDAR)]
    sql = "select member_id, region, arm, status, occurrence_at from read_parquet(?) order by occurrence_at, member_id"
    return duckdb.execute(sql, [files]).fetchall()


def power_of(rt: Runtime, rows: Path) -> HoldoutPower:
    """What a plan of that moment says of the campaign's hold-out; `rows` gets what it decides."""
    loaded = rt.load_calendar(CALENDAR)
    briefs = [
        make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence)
        for occurrence in loaded.timeline.occurrences
        if occurrence.at == RECALL
    ]
    with rt.open_session(rt.current_snapshot()) as session:
        session.move_to(briefs[0].at, feature_params(loaded), briefs)
        for brief in briefs:
            session.decide(brief)
        session.write(rows)
        return next(one for one in power_of_holdouts(session, loaded, briefs) if one.name == "campaign")


def test_provinces_are_held_out_shown_in_the_plan_and_compared_as_regions(shop: Runtime, tmp_path: Path) -> None:
    decided = rows_of(shop)
    arms = [(region, arm) for _, region, arm, *_ in decided if arm is not None]
    held = {region for region, arm in arms if arm == "campaign_control"}
    assert held == {region for region, _ in arms if region is not None and bucket(SALT, region) < SHARE}
    assert {arm for region, arm in arms if region is None} <= {"treated", "play_control"}
    assert not held & {region for region, arm in arms if arm != "campaign_control"}

    row = power_of(shop, tmp_path / "rows.parquet")
    planned = duckdb.execute(
        "select member_id, region, arm from read_parquet(?) where arm is not null", [f"{tmp_path}/rows.parquet"]
    ).fetchall()
    assert row.regions is not None
    assert set(row.regions.names) == {region for _, region, arm in planned if arm == "campaign_control"}
    assert row.regions.without_region == len({member for member, region, _ in planned if region is None}) > 0
    assert row.detectable is not None
    assert row.detectable > 0.02, "so few regions show large effects only, however many members live in them"
    said = told_of_draw(row)
    assert all(name in said[0][0] and name in said[0][1] for name in row.regions.names[:12])
    assert any("have no province" in en for en, _ in said)

    refresh(shop, CALENDAR, LATER)
    found = measure(shop, CALENDAR, LATER)
    whole = found.programme.contrast
    assert whole is not None
    assert whole.regions is not None
    assert set(whole.regions.names) == held
    assert whole.sample_ratio_p is None, "sizes of regions are no chance of members"


def test_figures_are_those_of_a_plain_computation(shop: Runtime) -> None:
    refresh(shop, CALENDAR, LATER)
    first: dict[str, tuple[str, str | None, datetime]] = {}
    for member, region, arm, _, at in rows_of(shop):
        if arm is not None and member not in first:
            first[member] = ("campaign_control" if arm == "campaign_control" else "treated", region, at)
    whole = measure(shop, CALENDAR, LATER).programme.contrast
    assert whole is not None
    assert whole.regions is not None
    with duckdb.connect(str(shop.current_snapshot().path), read_only=True) as con:
        orders = con.execute(
            "select member_id, paid_at, amount_cents - coalesce(refunded_cents, 0) from stg_orders"
            " where paid_at < ? and amount_cents > coalesce(refunded_cents, 0)",
            [duckdb_moment(LATER)],
        ).fetchall()
    counted: dict[str, list[int]] = {}
    for member, (_, region, at) in first.items():
        if region is None:
            continue
        mine = [(paid, cents) for who, paid, cents in orders if who == member]
        after = [cents for paid, cents in mine if paid >= at]
        before = [cents for paid, cents in mine if at - (duckdb_moment(LATER) - at) <= paid < at]
        sums = counted.setdefault(region, [0] * 5)
        for place, value in enumerate((1, bool(after), sum(after), bool(before), sum(before))):
            sums[place] += value
    seen = {
        row.region: [row.members, row.buyers, row.spend_cents, row.buyers_before, row.before_cents]
        for row in whole.regions.rows
    }
    assert seen == counted
    assert whole.regions.without_region == sum(region is None for _, region, _ in first.values())


def duckdb_moment(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def test_the_contrasts_table_and_the_words_say_what_was_drawn(shop: Runtime) -> None:
    loaded = shop.load_calendar(CALENDAR)
    with measuring(shop, loaded, shop.current_snapshot(), LATER, runs_before(shop, loaded, LATER)) as session:
        effects = effects_of(shop, loaded, session, shop.ledger.job_counts(before=LATER))
        rows, without = session.regions()
    whole = effects.programme.contrast
    assert whole is not None
    assert whole.regions is not None
    alone = compare_regions(rows, by="province", without=without)
    assert (whole.difference, whole.interval) == (alone.difference, alone.interval)
    assert whole.while_running is not None or whole.difference is None, "the campaign goes on: it is read by the band"
    cells = [row for row in contrast_rows(CALENDAR, effects) if row[1] == "programme"]
    assert cells
    assert {row[-4] for row in cells} == {"province"}
    assert {row[-3:-1] for row in cells} == {(whole.regions.treated, whole.regions.held_out)}
    others = [row for row in contrast_rows(CALENDAR, effects) if row[1] == "play"]
    assert {row[-4:] for row in others} <= {("member", None, None, None)}
    said = [*told_of_regions(whole.regions), *worth_in_words(whole, "CNY", days=8, left=4)]
    assert said
    assert all(en and zh for en, zh in said)


def test_another_unit_in_mid_campaign_is_refused_like_another_salt(shop: Runtime) -> None:
    keep_draws(shop, shop.load_calendar(CALENDAR), "run", "reservoir", [])
    require_same_draws(shop, shop.load_calendar(CALENDAR))
    path = shop.calendar_path(CALENDAR)
    text = path.read_text("utf-8")
    path.write_text(text.replace("by: province", "by: city"), "utf-8")
    try:
        with pytest.raises(UsageError, match="control group campaign"):
            require_same_draws(shop, shop.load_calendar(CALENDAR))
    finally:
        path.write_text(text, "utf-8")


def test_the_terminal_says_what_was_drawn_once(shop: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    print_measurement(measure(shop, CALENDAR, LATER), "en")
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("Drawn by province:") == 1
    assert said.count("have no province in the data") == 1


def test_the_page_shows_every_region(shop: Runtime, tmp_path: Path) -> None:
    for lang, words in (("en", ("Drawn by province", "Region by region")), ("zh", ("按省份抽取", "各区域结果"))):
        page = tmp_path / f"{lang}.html"
        report(shop, CALENDAR, LATER, page, lang=lang)
        text = page.read_text("utf-8")
        assert all(word in text for word in words)

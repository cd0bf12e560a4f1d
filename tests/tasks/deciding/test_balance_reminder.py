"""The shipped Double 11 calendar on a generated store: its balance reminder reaches whoever owes a balance."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from campaign_calendars.time.timeline import utc
from tasks.runtime import feature_params
from tests.warehouse.figures import ask
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.sample.generate import generate
from warehouse.sample.population import TIMEZONE
from warehouse.snapshots.snapshot import Snapshot, build_snapshot, open_snapshot
from warehouse.sources import SourceSpec

LIBRARY = files("campaign_calendars") / "library"
DATASETS = ("members", "orders")


@pytest.fixture(scope="module")
def loaded() -> LoadedCalendar:
    calendar = load_calendar((LIBRARY / "double-11-2021.yaml").read_text("utf-8"), "double-11-2021.yaml")
    store = load_store((LIBRARY / "stores" / "demo-beauty.yaml").read_text("utf-8"), "demo-beauty.yaml").model
    assert store is not None
    return bind(calendar, store)


@pytest.fixture(scope="module")
def snapshot(loaded: LoadedCalendar, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """3,000 members as they were known on 12 November."""
    base, end = tmp_path_factory.mktemp("shop"), datetime.fromisoformat("2021-11-12T00:00:00+08:00")
    generate(base / "data", members=3_000, seed=7, as_of=end)
    sources = [SourceSpec(name, "csv", f"data/{name}-*.csv", timezone=TIMEZONE) for name in DATASETS]
    made = build_snapshot(sources, base_dir=base, directory=base / "var", as_of=end, params=feature_params(loaded))
    assert made.counts["orders"].quarantined == 0
    return made


OWING = """
    select distinct member_id from snap.stg_orders join snap.stg_members using (member_id)
    where deposit_paid_at < '{at}' and coalesce(paid_at >= '{at}', true) and coalesce(closed_at >= '{at}', true)
        and balance_from <= '{at}' and balance_until > '{at}'
        and joined_at < '{at}' and coalesce(left_at >= '{at}', true)
    order by 1
"""


def test_the_balance_reminder_reaches_whoever_owes_one(loaded: LoadedCalendar, snapshot: Snapshot) -> None:
    """At each moment of the reminder exactly the members whose deposit is paid and whose balance is not."""
    reached = []
    for occurrence in loaded.timeline.occurrences:
        if not occurrence.play.startswith("balance-reminder"):
            continue
        brief = make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence)
        with open_snapshot(snapshot) as con:
            history.create_tables(con)
            build_features(con, as_of=occurrence.at, params=feature_params(loaded))
            chosen = f"select member_id from member_features as f where {brief.predicate} order by 1"
            found = con.execute(chosen).fetchall()
        assert found == ask(snapshot, OWING.format(at=f"{utc(occurrence.at):%Y-%m-%d %H:%M:%S}"))
        reached.append(len(found))
    assert len(reached) == 3
    assert reached[0] > reached[1] > 0, "most pay in the first hours"
    assert reached[2] > 0

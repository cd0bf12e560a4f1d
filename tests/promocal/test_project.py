"""The public API: a project's tables as data frames, with the columns and dtypes that docs/tables.md tells."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import promocal
from campaign_calendars.findings.errors import PromocalError, UsageError
from promocal.project import Project
from promocal.scaffold import create_project
from promocal.tables_page import tables_pages
from tasks.data.refresh import refresh
from tasks.measuring.measure import measure
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.replayed import Replayed, write_record
from tasks.running.phase import run_phase
from tasks.runtime import open_runtime
from tests.flows.small_project import SENTINELS, write_project
from tests.tasks.conftest import SALE, SMALL
from warehouse.analysis.frames import DTYPES
from warehouse.analysis.tables import tables
from warehouse.sample.generate import generate

DOCS = Path(__file__).parents[2] / "docs"
CALENDAR = "queens-day-2020"
BEGIN = datetime.fromisoformat("2020-02-01T00:00:00+08:00")
LATER = datetime.fromisoformat("2020-03-20T00:00:00+08:00")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated shop of which one phase run was decided and sent, and the orders of the days after."""
    root = tmp_path_factory.mktemp("api") / "shop"
    create_project(root, CALENDAR)
    generate(root / "data", members=400, seed=3, as_of=LATER)
    with open_runtime(root, clock=lambda: BEGIN + timedelta(days=1, hours=10, minutes=30)) as rt:
        refresh(rt, CALENDAR, BEGIN + timedelta(days=1))
        phase = rt.load_calendar(CALENDAR).calendar.phases[0].id
        run_phase(rt, CALENDAR, phase, BEGIN + timedelta(hours=11))
    with open_runtime(root, clock=lambda: LATER) as rt:
        refresh(rt, CALENDAR, LATER)
    return root


@pytest.fixture
def project(root: Path) -> Iterator[Project]:
    with promocal.open_project(root) as opened:
        yield opened


def expected(table: str) -> dict[str, str]:
    zone = "Asia/Shanghai"
    return {each.name: DTYPES[each.type].replace("zone", zone) for each in tables()[table].columns}


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(kind) for name, kind in frame.dtypes.items()}


def test_every_frame_has_the_documented_columns_and_dtypes(project: Project) -> None:
    facts = {**expected("arms"), **expected("facts")}
    assert dtypes(project.features()) == dtypes(project.audience("all-members")) == expected("features")
    assert dtypes(project.decisions(CALENDAR)) == expected("decisions")
    assert dtypes(project.facts(CALENDAR)) == facts
    assert dtypes(project.contrasts(CALENDAR)) == expected("contrasts")


def test_features_and_audiences_are_of_a_moment(project: Project) -> None:
    now, before = project.features(), project.features(BEGIN)
    assert len(now) >= len(before) > 300
    assert before["orders_total"].sum() < now["orders_total"].sum()
    inside = project.audience("all-members", BEGIN)
    assert 0 < len(inside) <= len(before)
    assert set(inside["member_id"]) < set(before["member_id"])
    assert inside["joined"].all()
    with pytest.raises(UsageError, match="no such audience"):
        project.audience("all-member")
    with pytest.raises(UsageError, match="'2020-03-01' is no moment"):
        project.features("2020-03-01")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="has no time zone"):
        project.features(datetime(2020, 2, 1))


def test_decisions_of_a_phase(project: Project) -> None:
    every = project.decisions(CALENDAR)
    (phase,) = every["phase"].unique()
    assert len(project.decisions(CALENDAR, phase)) == len(every) > 0
    assert project.decisions(CALENDAR, "burst").empty
    with pytest.raises(UsageError, match="has no phase brust") as refused:
        project.decisions(CALENDAR, "brust")
    assert refused.value.__notes__ == [f"→ {refused.value.remedy}"]


def test_facts_and_contrasts_are_those_of_the_report(root: Path, project: Project) -> None:
    with open_runtime(root) as rt:
        said = measure(rt, CALENDAR, LATER)
    facts, contrasts = project.facts(CALENDAR, LATER), project.contrasts(CALENDAR, LATER)
    whole = facts[facts["contrast"] == "programme"].groupby("arm")["spend_cents"].agg(["size", "sum"])
    assert {name: (arm.members, arm.spend_cents) for name, arm in said.programme.arms.items()} == {
        name: (row["size"], row["sum"]) for name, row in whole.iterrows()
    }
    found = said.programme.contrast
    assert found is not None
    conversion = contrasts[(contrasts["contrast"] == "programme") & (contrasts["outcome"] == "conversion")].iloc[0]
    assert (conversion["treated"], conversion["control"]) == (found.treated.members, found.control.members)
    assert conversion["verdict"] == found.verdict
    assert (None if pd.isna(conversion["difference"]) else conversion["difference"]) == found.difference
    money = contrasts[(contrasts["contrast"] == "programme") & (contrasts["outcome"] == "spend_cents")].iloc[0]
    assert found.money is not None
    assert money["verdict"] == found.money.verdict
    assert money["treated_mean"] == found.treated.spend_cents / found.treated.members
    plays = {(row.phase, row.play) for row in said.plays if row.contrast is not None}
    of_plays = contrasts[contrasts["contrast"] == "play"]
    assert set(zip(of_plays["phase"], of_plays["play"], strict=True)) == plays


def test_metrics_are_those_of_the_command(root: Path, project: Project) -> None:
    found = project.metrics(CALENDAR, ["gmv", "member_share", "visit_conversion"], by="phase", as_of=LATER)
    assert dtypes(found) == {
        **dict.fromkeys(["metric", "key", "part", "state", "lacks"], "str"),
        **dict.fromkeys(["starts_at", "ends_at"], "datetime64[us, Asia/Shanghai]"),
        **dict.fromkeys(["numerator", "denominator"], "Int64"),
        "value": "float64",
    }
    with open_runtime(root) as rt:
        said = compute_metrics(rt, CALENDAR, Asked(("gmv", "member_share", "visit_conversion"), LATER, "phase"))
    assert found["numerator"].tolist() == [pd.NA if one.numerator is None else one.numerator for one in said.figures]
    assert found["key"].tolist() == [one.key for one in said.figures]
    assert found.loc[0, "starts_at"] == said.figures[0].starts_at
    days = project.metrics(CALENDAR, ["orders"], by="day", since=BEGIN, until=BEGIN + timedelta(days=3))
    assert len(days) == 3
    assert set(project.metrics(CALENDAR, as_of=LATER)["metric"]) > {"member_gmv", "joins"}
    with pytest.raises(UsageError, match="no such metric: member_gvm") as refused:
        project.metrics(CALENDAR, ["member_gvm"])
    assert refused.value.__notes__
    with pytest.raises(UsageError, match="has no time zone"):
        project.metrics(CALENDAR, since=datetime(2020, 2, 1))


def test_an_answer_in_sql(root: Path, project: Project) -> None:
    frame = project.sql(
        "select sum(amount_cents) as cents, max(paid_at::date) as day, 1.5::decimal(4, 1) as x from orders"
    )
    assert dtypes(frame) == {"cents": "Int64", "day": "datetime64[s]", "x": "float64"}
    empty = project.sql("select member_id, joined_at from members where false")
    assert dtypes(empty) == {"member_id": "str", "joined_at": "datetime64[us, Asia/Shanghai]"}
    with pytest.raises(UsageError, match="there is no column amount"):
        project.sql("select amount from orders")
    endless = "select count(*) from range(10000000) a, range(1000000) b where hash(a.range + b.range) = 3"
    with promocal.open_project(root, timeout=timedelta(seconds=0.2)) as hurried, pytest.raises(PromocalError) as late:
        hurried.sql(endless)
    assert "was stopped" in late.value.message


def test_members_are_masked_unless_somebody_asks_by_name(tmp_path: Path) -> None:
    root = write_project(tmp_path / "small", [SALE])
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
    with promocal.open_project(root) as masked:
        shown = masked.sql("from members").to_csv() + masked.features().to_csv()
    assert not any(sentinel in shown for sentinel in SENTINELS)
    with promocal.open_project(root, unmasked_by="Li") as seen:
        assert SENTINELS[2] in seen.sql("from members").to_csv()
    with open_runtime(root) as rt:
        assert [(entry.by, entry.action) for entry in rt.ledger.audit()] == [("Li", "unmask")]


def test_what_could_not_be_had_is_a_warning(tmp_path: Path) -> None:
    root = write_project(tmp_path / "small", [SALE])
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
    (root / "calendars" / "broken.yaml").write_text("calendar: broken\n", "utf-8")
    with promocal.open_project(root) as opened, pytest.warns(UserWarning, match="calendar broken has problems"):
        opened.sql("from arms")
    with promocal.open_project(root) as opened, warnings.catch_warnings():
        warnings.simplefilter("error")
        opened.facts(SMALL)


def test_a_replay_is_a_project_of_its_own(tmp_path: Path) -> None:
    root = write_project(tmp_path / "small", [SALE])
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
        with pytest.raises(UsageError, match="no finished replay"):
            promocal.open_project(root, replay=SMALL)


@pytest.mark.parametrize("simulated", [True, False])
def test_frames_of_a_simulated_replay_say_so(root: Path, tmp_path: Path, *, simulated: bool) -> None:
    place = tmp_path / "shop"
    shutil.copytree(root, place)
    state = next(place.rglob("warehouse")).parent
    write_record(state, Replayed(CALENDAR, LATER, simulated=simulated))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with promocal.open_project(place) as project:
            assert project.simulated is simulated
            frames = [project.sql("select count(*) as n from orders"), project.metrics(CALENDAR, ["gmv"])]
    assert [frame.attrs["simulated"] for frame in frames] == [simulated] * 2
    assert any("SIMULATED" in str(one.message) for one in told) is simulated


def test_the_pages_say_what_there_is() -> None:
    for name, text in tables_pages().items():
        assert (DOCS / name).read_text("utf-8") == text, "run: python -m promocal.reference docs"
    page = (DOCS / "python.md").read_text("utf-8")
    public = {name for name in vars(Project) if not name.startswith("_")}
    assert set(re.findall(r"^\| `(\w+)[(`]", page, re.MULTILINE)) == public

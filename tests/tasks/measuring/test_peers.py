"""Figures of peers that a calendar says, in it or in a sheet: beside ours wherever ours are shown, with who says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_calendars.model.peers import PeerFigure
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.documents.markdown import as_markdown
from tasks.measuring.dashboard import dashboard, dashboard_document
from tasks.measuring.measure import measure
from tasks.measuring.metric_document import metric_document
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.measuring.peers import peers_beside
from tasks.reporting.sections.summary import peers
from tasks.reporting.sections.told import Told
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at

SAID = (
    {"metric": "repeat_rate", "figure": "30%", "source": "同行均值", "on": "2026-02-28"},
    {"metric": "repeat_rate", "figure": "25%", "source": "同行均值", "on": "2026-01-31"},
    {"metric": "repeat_rate", "figure": "99%", "source": "同行均值", "on": "2027-01-01"},
    {"metric": "member_spend_per_buyer", "figure": 168, "source": "Platform"},
)


def with_peers(tiny: Runtime) -> LoadedCalendar:
    loaded = tiny.load_calendar(CALENDAR)
    said = [PeerFigure.model_validate(one) for one in SAID]
    return replace(loaded, calendar=loaded.calendar.model_copy(update={"peers": said}))


@pytest.mark.parametrize(("lang", "day"), [("en", "30% (同行均值, 2026-02-28)"), ("zh", "30%（同行均值，2026-02-28）")])
def test_what_a_calendar_says_of_peers_stands_beside_our_figures(tiny: Runtime, lang: str, day: str) -> None:
    loaded = with_peers(tiny)
    table = compute_loaded(tiny, loaded, Asked(("repeat_rate", "member_spend_per_buyer", "gmv"), AS_OF))
    told = as_markdown(metric_document(loaded, table, lang))
    assert day in told
    assert "168.00" in told
    assert "99%" not in told
    board = as_markdown(dashboard_document(loaded, dashboard(tiny, loaded, Asked((), AS_OF)), lang))
    [row] = [line for line in board.splitlines() if day in line]
    assert "28.57%" in row  # ours, two of seven, on the same line


def test_of_each_source_the_latest_day_counts(tiny: Runtime) -> None:
    loaded = with_peers(tiny)
    early = compute_loaded(tiny, loaded, Asked(("repeat_rate",), at("02-15 00:00")))
    assert [one.value for one in early.benchmarks] == [0.25]
    late = compute_loaded(tiny, loaded, Asked(("repeat_rate",), AS_OF))
    assert [(one.value, one.at) for one in late.benchmarks] == [(0.3, at("02-28 00:00"))]


def test_the_gap_to_peers_needs_no_dataset_where_the_calendar_says_theirs(tiny: Runtime) -> None:
    [gap] = compute_loaded(tiny, with_peers(tiny), Asked(("peer_gap",), AS_OF)).figures
    assert gap.value == pytest.approx(2 / 7 - 0.3, abs=1e-6)


def test_the_report_holds_ours_against_theirs(tiny: Runtime) -> None:
    loaded = with_peers(tiny)
    every = peers_beside(tiny, loaded, AS_OF)
    found = tuple(one for one in every if one.source not in ("同行", "平台"))  # those are of the dataset
    assert len(every) == len(found) + 2
    assert [(one.metric, one.theirs, one.source) for one in found] == [
        ("member_spend_per_buyer", 168, "Platform"),
        ("repeat_rate", 0.3, "同行均值"),
    ]
    assert found[1].ours == pytest.approx(2 / 7)
    assert found[0].ours is not None
    assert found[0].ours < 1_000  # yuan, no cents
    measured = replace(measure(tiny, CALENDAR, AS_OF), peers=found)
    for lang, words in (("en", "Beside others"), ("zh", "同行对比")):
        section = peers(Told(loaded=loaded, lang=lang, m=measured, runs=(), datasets={}))
        assert section is not None
        assert section.title == words
        rows = section.parts[0].rows  # type: ignore[union-attr]
        assert [row[-2:] for row in rows] == [("Platform", ""), ("同行均值", "2026-02-28")]
    assert peers(Told(loaded=loaded, lang="en", m=replace(measured, peers=()), runs=(), datasets={})) is None


def test_what_the_dataset_says_is_held_against_ours_as_well(tiny: Runtime) -> None:
    found = peers_beside(tiny, tiny.load_calendar(CALENDAR), AS_OF)
    assert [(one.metric, one.theirs, one.source) for one in found] == [
        ("member_share", 0.65, "同行"),
        ("spend_per_buyer", 157.36, "平台"),
    ]
    assert peers_beside(tiny, tiny.load_calendar(CALENDAR), at("01-01 00:00"))[0].metric == "spend_per_buyer"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("metric", "gmv", []),
        ("figure", "31%", [(0.31, "peers", at("02-28 00:00"))]),
        ("source", "platform", [(0.3, "platform", at("02-28 00:00"))]),
        ("on", "2026-02-01", [(0.3, "peers", at("02-01 00:00"))]),
    ],
)
def test_another_key_is_another_figure_of_peers(tiny: Runtime, key: str, value: str, shown: list[object]) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    written = {"metric": "repeat_rate", "figure": "30%", "source": "peers", "on": "2026-02-28"}
    said = [PeerFigure.model_validate({**written, key: value})]
    changed = replace(loaded, calendar=loaded.calendar.model_copy(update={"peers": said}))
    found = compute_loaded(tiny, changed, Asked(("repeat_rate",), AS_OF)).benchmarks
    assert [(one.value, one.source, one.at) for one in found] == shown

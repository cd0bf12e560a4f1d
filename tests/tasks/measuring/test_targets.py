"""Targets of phases name metrics of the catalogue; what lacks its data is not missed but not measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_calendars.reading.loading import LoadedCalendar
from tasks.documents.markdown import as_markdown
from tasks.documents.parts import Table
from tasks.measuring.measure import measure
from tasks.measuring.metric_document import metric_document
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.measuring.targets import targets_reached
from tasks.reporting.sections.summary import targets
from tasks.reporting.sections.told import Told
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at


def test_any_metric_of_a_phase_may_be_aimed_at(tiny: Runtime) -> None:
    found = targets_reached(tiny, tiny.load_calendar(CALENDAR), AS_OF).phases
    assert [(one.metric, one.actual, one.reached) for one in found["reservoir"]] == [("joins", 2, 0.5)]
    assert [(one.metric, one.target, one.actual, one.lacks) for one in found["burst-1"]] == [
        ("reach", 4, 3, ""),  # as it was called before: persons contacted
        ("conversion_rate", 0.5, 1 / 3, ""),
        ("member_spend_per_buyer", 200.0, 177.5, ""),
        ("redemption_rate", 0.5, 2 / 3, ""),
        ("share_rate", 0.1, None, "events.kind=share"),
    ]


def test_a_phase_that_has_not_begun_is_not_missed(tiny: Runtime) -> None:
    found = targets_reached(tiny, tiny.load_calendar(CALENDAR), at("03-03 00:00")).phases
    assert {one.lacks for one in found["burst-1"]} == {"later"}


def _with_more(tiny: Runtime) -> LoadedCalendar:
    loaded = tiny.load_calendar(CALENDAR)
    first, second = loaded.calendar.waves
    waves = [first.model_copy(update={"targets": {"gmv": 1_000.0}}), second]
    update = {"targets": {"members_total": 12, "repeat_rate": 0.5, "return_rate": 0.1}, "waves": waves}
    return replace(loaded, calendar=loaded.calendar.model_copy(update=update))


def test_waves_and_the_calendar_have_targets_of_their_own(tiny: Runtime) -> None:
    """Of the hand-made store: 9 members, 2 of 7 bought again; wave 1 sold 937.90."""
    loaded = _with_more(tiny)
    found = targets_reached(tiny, loaded, AS_OF)
    assert [(one.metric, one.actual, one.reached) for one in found.calendar] == [
        ("members_total", 9, 0.75),
        ("repeat_rate", 2 / 7, pytest.approx(4 / 7)),
        ("return_rate", pytest.approx(0.136417, abs=1e-6), pytest.approx(1.36417, abs=1e-5)),
    ]
    assert [(one.metric, one.target, one.actual) for one in found.waves["wave-1"]] == [("gmv", 1_000.0, 937.9)]
    assert set(found.waves) == {"wave-1"}
    assert {one.metric: one.open_until for one in found.calendar} == {
        "members_total": None, "repeat_rate": None, "return_rate": at("04-10 00:00"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "note"),
    [("en", "not final: articles are sent back until 2026-04-10"), ("zh", "非最终值：2026-04-10")],
)
def test_the_report_says_which_target_is_not_final(tiny: Runtime, lang: str, note: str) -> None:
    loaded = _with_more(tiny)
    measured = replace(measure(tiny, CALENDAR, AS_OF), targets=targets_reached(tiny, loaded, AS_OF).calendar)
    section = targets(Told(loaded=loaded, lang=lang, m=measured, runs=(), datasets={}))
    assert section is not None
    [table] = [part for part in section.parts if isinstance(part, Table)]
    notes = {row[1]: f"{row[-1]}" for row in table.rows if row[0] in ("whole calendar", "整个日历")}
    assert sum(bool(text) for text in notes.values()) == 1
    assert any(text.startswith(note) for text in notes.values())


def test_metrics_say_what_was_aimed_at(tiny: Runtime) -> None:
    loaded = _with_more(tiny)
    table = compute_loaded(tiny, loaded, Asked(("repeat_rate", "gmv"), AS_OF))
    assert [(one.metric, one.key, one.target) for one in table.aims] == [("repeat_rate", "tiny", 0.5)]
    text = as_markdown(metric_document(loaded, table, "en"))
    assert "target: 50%, reached 57.14%" in text
    assert "目标" in as_markdown(metric_document(loaded, table, "zh"))
    window = Asked(("repeat_rate",), AS_OF, since=at("03-02 00:00"))
    assert compute_loaded(tiny, loaded, window).aims == (), "another window is not what was aimed at"
    waves = compute_loaded(tiny, loaded, Asked(("gmv",), AS_OF, "wave"))
    assert [(one.key, one.actual) for one in waves.aims] == [("wave-1", 937.9)]


def test_waves_stand_beside_each_other_in_money(tiny: Runtime) -> None:
    found = measure(tiny, CALENDAR, AS_OF)
    first, second = found.waves
    assert (first.money.sales_cents, second.money.sales_cents) == (937_90, 321_50)
    assert (first.money.buyers, second.money.buyers) == (6, 4)
    assert (first.money.member_sales_cents, second.money.member_sales_cents) == (710_00, 321_50)
    assert (first.money.coupon_sales_cents, second.money.coupon_sales_cents) == (280_00, 45_50)
    used = {row.phase: row.spent_cents + row.late_cents for row in found.costs if row.kind == "benefit"}
    assert (first.money.benefit_cents, second.money.benefit_cents) == (used["burst-1"], used["burst-2"])
    assert used == {"burst-1": 30_00, "burst-2": 10_00}, "as the books charge them"
    assert (first.money.message_cents, second.money.message_cents) == (0, 0)

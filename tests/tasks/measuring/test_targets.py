"""Targets of phases name metrics of the catalogue; what lacks its data is not missed but not measured."""

from __future__ import annotations

from tasks.measuring.targets import targets_reached
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at


def test_any_metric_of_a_phase_may_be_aimed_at(tiny: Runtime) -> None:
    found = targets_reached(tiny, tiny.load_calendar(CALENDAR), AS_OF)
    assert [(one.metric, one.actual, one.reached) for one in found["reservoir"]] == [("joins", 2, 0.5)]
    assert [(one.metric, one.target, one.actual, one.lacks) for one in found["burst-1"]] == [
        ("reach", 4, 3, ""),  # as it was called before: persons contacted
        ("conversion_rate", 0.5, 1 / 3, ""),
        ("member_spend_per_buyer", 200.0, 177.5, ""),
        ("redemption_rate", 0.5, 2 / 3, ""),
        ("share_rate", 0.1, None, "events.kind=share"),
    ]


def test_a_phase_that_has_not_begun_is_not_missed(tiny: Runtime) -> None:
    found = targets_reached(tiny, tiny.load_calendar(CALENDAR), at("03-03 00:00"))
    assert {one.lacks for one in found["burst-1"]} == {"later"}

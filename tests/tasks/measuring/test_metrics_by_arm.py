"""Metrics of the hand-made store by arm: by assignment, and as the report has them.

M13, an account of M03, was treated a moment like M03 was held out: the smaller id speaks. M09 bought once before he was
drawn; M10 never was.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.documents.markdown import as_markdown
from tasks.measuring.measure import measure
from tasks.measuring.metric_document import metric_document
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.runtime import Runtime
from tests.tasks.measuring.asking import figures, keyed
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at

F = Fraction
ARMS = ["treated", "campaign_control", "not_assigned"]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("eligible", [7, 3]),
        ("gmv", [1_005_50, 136_00, 187_90]),
        ("orders", [8, 2, 2]),
        ("buyers", [5, 2, 2]),
        ("spend_per_buyer", [F(1_005_50, 5), F(136_00, 2), F(187_90, 2)]),
        ("contacted", [7, 1]),
        ("messages", [11, 1]),
        ("granted", [6, 0]),
        ("coupon_use_rate", [F(3, 6), "empty"]),
    ],
)
def test_a_figure_is_that_of_the_arm_somebody_was_drawn_into(tiny: Runtime, name: str, answer: list[object]) -> None:
    assert keyed(tiny, name, "arm") == dict(zip(ARMS, answer, strict=False))


def test_arms_are_those_of_the_report(tiny: Runtime) -> None:
    arms = measure(tiny, CALENDAR, AS_OF).programme.arms
    persons, buyers, sales = (keyed(tiny, name, "arm") for name in ("eligible", "buyers", "gmv"))
    for name, arm in arms.items():
        assert (persons[name], buyers[name], sales[name]) == (arm.members, arm.buyers, arm.spend_cents)


def test_what_adds_up_adds_up_to_the_whole(tiny: Runtime) -> None:
    for name in ("gmv", "orders", "messages", "granted"):
        [whole] = figures(tiny, name)
        assert sum(one.numerator or 0 for one in figures(tiny, name, by="arm")) == whole.numerator


def test_nothing_later_than_the_moment_draws_anybody(tiny: Runtime) -> None:
    early = {one.key: one.numerator for one in figures(tiny, "eligible", by="arm", as_of=at("03-02 00:00"))}
    assert early == {"treated": 5, "campaign_control": 2}
    before = compute_metrics(tiny, CALENDAR, Asked(("eligible", "buyers"), at("03-01 09:00"), "arm"))
    assert not before.figures
    said = as_markdown(metric_document(tiny.load_calendar(CALENDAR), before, "en"))
    assert "no play has run before 2026-03-01 09:00" in said
    sold = Asked(("orders",), at("03-01 09:00"), "arm", since=at("02-01 00:00"))
    assert not compute_metrics(tiny, CALENDAR, sold).figures, "what the whole store sold is not of an arm"


def test_the_page_says_what_arms_do_not_prove(tiny: Runtime) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    table = compute_metrics(tiny, CALENDAR, Asked(("gmv",), AS_OF, "arm"))
    english, chinese = (as_markdown(metric_document(loaded, table, lang)) for lang in ("en", "zh"))
    assert "arms differ in size" in english
    assert "held out of the campaign" in english
    assert "活动对照组" in chinese
    assert "arms differ in size" not in as_markdown(metric_document(loaded, replace(table, by="tier"), "en"))


def test_what_is_of_no_person_is_not_told_by_arm(tiny: Runtime) -> None:
    with pytest.raises(UsageError, match="is not told by arm"):
        figures(tiny, "visitor_days", by="arm")

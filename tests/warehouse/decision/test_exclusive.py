"""Benefits that nobody holds beside each other: a second is given only when the first is used or over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import BenefitOption
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.set_up.benefits import Known, setup_rows
from campaign_calendars.time.resolving import resolve
from tests.campaign_calendars.checks.examples import CALENDAR, STORE, patched
from warehouse.features import history

from .cases import AT, Member, connect
from .test_member_rules import run
from .test_planned import HOUR, brief, outcomes

DAY = timedelta(days=1)
BENEFITS = """\
benefits:
  c: {kind: member_coupon, value: 5}
  d: {kind: member_coupon, value: 8, exclusive_with: [c]}
  e: {kind: member_coupon, value: 9}
"""


def giving(benefit: str, beside: str, until: datetime | None = None) -> dict[str, Any]:
    """Of a brief: it gives a benefit that is not given beside another one."""
    return {"benefits": (BenefitOption(benefit, 70, exclusive=(beside,), usable_until=until),)}


def exclusive_of(name: str) -> tuple[str, ...]:
    """What the brief of a play that gives this benefit says it excludes (`exclusive_with`)."""
    store = load_store(STORE, "store.yaml").model
    assert store is not None
    text = patched(CALENDAR, BENEFITS).replace("benefits: [c]", f"benefits: [{name}]")
    bound = bind(load_calendar(text, "c"), store)
    made = make_brief(bound.calendar, store, bound.timeline, bound.timeline.occurrences[0])
    return made.benefits[0].exclusive


def test_either_of_the_two_may_say_so() -> None:
    assert [exclusive_of(name) for name in "cde"] == [("d",), ("c",), ()]
    calendar = load_calendar(patched(CALENDAR, BENEFITS), "c").model
    assert calendar is not None
    told = setup_rows(calendar, resolve(calendar), Known({}))
    assert [row.exclusive for row in told] == [("d",), ("c",), ()]


@pytest.mark.parametrize(
    ("usable_until", "reason"),
    [(None, "benefit_exclusive"), (AT + DAY, "benefit_exclusive"), (AT, None), (AT - DAY, None)],
)
def test_a_second_is_refused_as_long_as_the_first_can_be_used(
    usable_until: datetime | None, reason: str | None
) -> None:
    con = connect([Member("holds"), Member("free")])
    history.load_grants(con, [("holds", "cal", "presale", "x", "c", None, AT - DAY, 60, usable_until)])
    run(con, [brief("p", 0, 40, benefits=(BenefitOption("d", 70, exclusive=("c",)),))], planned=False)
    assert outcomes(con, "p") == {"holds": reason or "chosen", "free": "chosen"}


def test_another_benefit_of_the_play_is_given_instead() -> None:
    con = connect([Member("holds")])
    history.load_grants(con, [("holds", "cal", "presale", "x", "c", None, AT - DAY, 60, None)])
    options: Any = (BenefitOption("d", 70, exclusive=("c",)), BenefitOption("e", 70))
    run(con, [brief("p", 0, 40, benefits=options)], planned=False)
    assert con.execute("select benefit from decisions where status = 'chosen'").fetchall() == [("e",)]


@pytest.mark.parametrize(
    ("usable_until", "now", "later"),
    [
        (None, "chosen", "cap"),
        (AT + 5 * HOUR + timedelta(microseconds=1), "chosen", "cap"),
        (AT + 5 * HOUR, "kept_for_later", "chosen"),
    ],
)
def test_nobody_is_kept_for_what_is_refused_then(usable_until: datetime | None, now: str, later: str) -> None:
    """One message in 20 h: the later one is worth more, but only to whom it can be given."""
    con = connect([Member("holds"), Member("free")])
    history.load_grants(con, [("holds", "cal", "presale", "x", "c", None, AT - DAY, 60, usable_until)])
    run(con, [brief("p", 0, 40), brief("q", 5, 90, **giving("d", "c"))], planned=True)
    assert outcomes(con, "p") == {"holds": now, "free": "kept_for_later"}
    assert outcomes(con, "q") == {"holds": later, "free": "chosen"}


@pytest.mark.parametrize("planned", [False, True])
@pytest.mark.parametrize(("lasts", "second"), [(7, "chosen"), (8, "chosen"), (9, "benefit_exclusive")])
def test_what_was_just_given_excludes_until_it_is_over(*, planned: bool, lasts: int, second: str) -> None:
    con = connect([Member("a")])
    first = brief("p", 0, 90, **giving("c", "d", AT + lasts * DAY))
    run(con, [first, brief("q", 8 * 24, 40, **giving("d", "c"))], planned=planned)
    assert (outcomes(con, "p"), outcomes(con, "q")) == ({"a": "chosen"}, {"a": second})


def test_of_two_that_exclude_each_other_the_plan_gives_the_one_that_is_worth_more() -> None:
    con = connect([Member("a")])
    run(con, [brief("p", 0, 40, **giving("c", "d")), brief("q", 48, 90, **giving("d", "c"))], planned=True)
    assert (outcomes(con, "p"), outcomes(con, "q")) == ({"a": "kept_for_later"}, {"a": "chosen"})


def test_the_end_of_a_grant_is_the_one_that_is_written_into_it() -> None:
    store = load_store(STORE, "store.yaml").model
    assert store is not None
    text = patched(CALENDAR, BENEFITS.replace("value: 5}", "value: 5, valid: 2d}"))
    bound = bind(load_calendar(text, "c"), store)
    at = bound.timeline.occurrences[0].at
    made = make_brief(bound.calendar, store, bound.timeline, bound.timeline.occurrences[0]).benefits[0]
    assert made.usable_until == (at + 3 * DAY).replace(hour=0, minute=0, second=0)

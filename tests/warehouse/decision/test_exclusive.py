"""Benefits that nobody holds beside each other: a second is given only when the first is used or over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import BenefitOption
from campaign_calendars.reading.loading import bind, load_calendar
from tests.campaign_calendars.checks.examples import CALENDAR, STORE, patched
from warehouse.features import history

from .cases import AT, Member, connect
from .test_member_rules import run
from .test_planned import brief, outcomes

DAY = timedelta(days=1)
BENEFITS = """\
benefits:
  c: {kind: member_coupon, value: 5}
  d: {kind: member_coupon, value: 8, exclusive_with: [c]}
  e: {kind: member_coupon, value: 9}
"""


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

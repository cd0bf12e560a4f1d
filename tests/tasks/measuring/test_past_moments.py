"""A report of a past moment: what left, was given or was used since is in none of its figures."""

from __future__ import annotations

from collections import Counter

import pytest

from campaign_calendars.measuring.metrics.metric import Grain
from tasks.accounting.accounts import Account, accounts
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.measuring.rates import MeasuredRate
from tasks.runtime import Runtime
from tests.tasks.measuring.asking import figures
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at

MOMENTS = ("03-01 10:05", "03-04 08:00", "03-04 08:00:01", "03-05 00:00", "03-08 09:00", "03-10 12:00", "03-16 00:00")


def _budget(found: Measurement) -> Account:
    return next(line for line in found.accounts if line.name == "budget")


def _states(found: Measurement) -> tuple[Counter[str], Counter[str]]:
    plays, channels = Counter[str](), Counter[str]()
    for play in found.plays:
        plays.update(play.jobs)
    for channel in found.following.channels:
        channels.update(channel.messages)
    return plays, channels


@pytest.mark.parametrize("moment", MOMENTS)
def test_messages_are_those_that_had_left(tiny: Runtime, moment: str) -> None:
    found = measure(tiny, CALENDAR, at(moment))
    [messages] = figures(tiny, "messages", as_of=at(moment))
    plays, channels = _states(found)
    assert plays["sent"] == channels["sent"] == (messages.numerator or 0)
    assert plays == channels


def test_before_any_message_left_nobody_was_treated_otherwise(tiny: Runtime) -> None:
    """Written to at 10:05."""
    verdicts = []
    for moment in ("03-01 10:03", "03-01 10:06"):
        whole = measure(tiny, CALENDAR, at(moment)).programme.contrast
        assert whole is not None
        verdicts.append(whole.verdict)
    assert verdicts == ["nothing sent", "too few members"]


def test_messages_of_a_phase_that_has_not_begun_are_none(tiny: Runtime) -> None:
    found = measure(tiny, CALENDAR, at("03-05 00:00"))
    assert [dict(play.jobs) for play in found.plays] == [
        {"sent": 6},
        {"awaiting_approval": 1, "failed": 1, "sent": 3},
        {},
    ]
    [sms] = found.following.channels
    assert sms.messages == {"awaiting_approval": 1, "failed": 1, "sent": 9}


def test_the_budget_is_that_of_the_moment(tiny: Runtime) -> None:
    moments = ("03-04 08:00", "03-04 08:00:01", "03-10 12:00")
    before, open_, later = (_budget(measure(tiny, CALENDAR, at(moment))) for moment in moments)
    assert (before.spent, before.open, before.reserved) == (0, 0, 0), "nothing was given yet"
    # M01, M02, M08 have theirs, M06 waits.
    assert (open_.spent, open_.open, open_.reserved) == (0, 60_00, 20_00)
    # M02 and M01 used theirs, M01 on a basket that lists at 10.00; M08, M02 again, M07, M05 hold one.
    assert (later.spent, later.open, later.reserved, later.difference) == (30_00, 80_00, 20_00, 10_00)


def test_as_of_now_the_budget_is_that_of_the_books(tiny: Runtime) -> None:
    found = measure(tiny, CALENDAR, AS_OF)
    assert list(found.accounts) == accounts(tiny.load_calendar(CALENDAR).calendar, tiny.ledger.grant_sums(CALENDAR))


@pytest.mark.parametrize("moment", MOMENTS[3:])
def test_who_used_a_benefit_is_told_alike_by_page_and_metric(tiny: Runtime, moment: str) -> None:
    found = measure(tiny, CALENDAR, at(moment))
    phases = {row.phase: row.rates["redemption_rate"] for row in found.phases}
    waves = {row.wave: row.rates["redemption_rate"] for row in found.waves}
    told_by: list[tuple[Grain, dict[str, MeasuredRate]]] = [("phase", phases), ("wave", waves)]
    for by, rates in told_by:
        for figure in figures(tiny, "redeemer_rate", by=by, as_of=at(moment)):
            told = rates[figure.key].numerator, rates[figure.key].denominator
            assert told == (figure.numerator or 0, figure.denominator or 0), (by, figure.key)

"""What is kept free for events: by the rate of the last four weeks, until the end of each day and of the play."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from campaign_calendars.deciding.briefs import BenefitOption, ChannelOption
from campaign_calendars.deciding.events import BASIS_DAYS, EventRate, kept_free
from campaign_calendars.deciding.words import kept_for_events
from campaign_calendars.time.resolving import Span
from warehouse.decision import engine
from warehouse.decision.outlook import Lookout
from warehouse.decision.planned import PlanAhead

from .cases import AT, BRIEF, DAY, Member, connect
from .test_planned import brief, outcomes

SMS = ChannelOption("sms", consent_required=True, quiet=False, capacity=10)
GIFT = BenefitOption("gift", 100, stock=9)
ANSWER = dataclasses.replace(BRIEF, play="answer", channels=(SMS,), benefits=(GIFT,))


def rate(a_day: int, days: float = 10) -> EventRate:
    return EventRate(ANSWER, Span(DAY.start, DAY.start + timedelta(days=days)), a_day * BASIS_DAYS, a_day * BASIS_DAYS)


def test_events_expected_between_two_moments_are_those_while_the_play_answers() -> None:
    noon = DAY.start + timedelta(hours=12)
    assert kept_free([rate(6)], noon, DAY.end, channel="sms") == 3
    assert kept_free([rate(6), rate(1)], noon, DAY.end, channel="sms") == 4
    assert kept_free([rate(6, days=0.75)], noon, DAY.end, channel="sms") == 2
    assert kept_free([rate(6)], noon, DAY.end, channel="push") == 0
    assert kept_free([rate(6)], DAY.start, DAY.start + timedelta(days=99), benefit="gift") == 60
    assert kept_free([rate(0)], noon, DAY.end, channel="sms") == 0


def test_a_plan_leaves_events_their_part_of_channel_and_stock() -> None:
    members = [Member(f"m{number}") for number in range(12)]
    for rates, chosen, reason in (([], 9, "benefit_stock"), ([rate(6, days=0.75)], 7, "kept_for_later")):
        con = connect(members)
        briefs = [brief("now", 0, 60, channels=(SMS,), benefits=(GIFT,))]
        lookout = Lookout(con, briefs)
        lookout.look(lookout.briefs)
        plan = PlanAhead.of(con, lookout.outlook(AT, rates), briefs)
        assert engine.decide_play(con, briefs[0], plan).chosen == chosen
        assert reason in outcomes(con, "now").values()
        certificate = plan.certificate()
        free = {row.name: row.kept_free for row in certificate.rows}
        assert free == {"channel sms 2026-03-05": 2 if rates else 0, "stock gift": 2 if rates else 0}
        if rates:
            chain = con.execute("select distinct chain from decisions where reason = 'kept_for_later'").fetchall()
            assert chain == [("kept_for_later:stock gift@events",)]
            assert kept_for_events(certificate)[0] == "members a day, kept free for events: burst/answer 6"


def test_a_play_without_known_events_is_remarked_on() -> None:
    con = connect([Member("a")])
    lookout = Lookout(con, [brief("now", 0, 60)])
    lookout.look(lookout.briefs)
    certificate = PlanAhead.of(con, lookout.outlook(AT, [rate(0)]), []).certificate()
    assert kept_for_events(certificate)[1] == "近 28 天无事件，未预留：burst/answer"

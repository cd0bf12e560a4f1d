"""Where duties stand, counted back from what comes after them, and as an iCalendar file."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.duties.icalendar import MOST_OCTETS, icalendar
from campaign_calendars.duties.states import DutyState, Tick, duty_states, held
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
day_zero: 2020-03-08
audiences: {everybody: joined}
benefits: {c: {kind: member_coupon, value: 5, needs: [coupon]}}
phases:
  - id: burst
    kind: burst
    window: {from: D-9, to: D}
    needs: [goods]
    duties:
      - {id: goods, text: choose the goods, owner: buying}
      - id: pictures
        text: {zh: '做图；逗号,分号;反斜杠\\', en: pictures}
        owner: Li
        due: 2020-02-24
        takes: 3
        after: [goods]
      - {id: coupon, text: set up the coupon, due: D-1 12:00, if_open: warn, level: focus}
      - {text: tidy up, due: D}
    plays:
      - {id: p, audience: everybody, benefits: [c], channels: [sms], at: D-1 15:00, message: m.txt, needs: [pictures]}
      - {id: q, audience: everybody, channels: [sms], at: D-1 15:00, message: m.txt}
"""


def calendar(text: str = CALENDAR) -> Calendar:
    loaded = load_calendar(text, "c.yaml")
    assert loaded.model is not None, loaded.problems
    return loaded.model


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def states(now: str, *ticked: str) -> dict[str, DutyState]:
    model = calendar()
    ticks = {name: Tick(name, "Li", at(now)) for name in ticked}
    return {duty.duty: duty for duty in duty_states(model, resolve(model), ticks, at(now))}


def test_a_duty_without_a_date_is_due_before_what_comes_after_it_begins() -> None:
    """B due Mon 2020-02-24 needs A, B takes 3 working days: A due Wed 02-19."""
    found = states("2020-01-01 09:00")
    assert found["pictures"].due_at == at("2020-02-24 23:59:59"), "a bare date means its end"
    assert found["pictures"].begin_at.date() == found["goods"].due_at.date() == at("2020-02-19").date()
    assert found["coupon"].due_at == at("2020-03-07 12:00")


@pytest.mark.parametrize(
    ("now", "ticked", "expected"),
    [
        ("2020-02-18 23:59:59", (), {"goods": "open", "pictures": "blocked", "coupon": "open"}),
        ("2020-02-19 00:00:00", (), {"goods": "due", "pictures": "blocked"}),
        ("2020-02-20 00:00:00", (), {"goods": "overdue", "pictures": "blocked"}),
        ("2020-02-19 00:00:00", ("goods",), {"goods": "done", "pictures": "due"}),
        ("2020-02-25 00:00:00", (), {"goods": "overdue", "pictures": "overdue"}),
        ("2020-03-07 12:00:00", ("goods", "pictures"), {"coupon": "due"}),
        ("2020-03-07 12:00:01", ("goods", "pictures"), {"coupon": "overdue"}),
    ],
)
def test_states_by_date_by_order_and_by_tick(now: str, ticked: tuple[str, ...], expected: dict[str, str]) -> None:
    found = states(now, *ticked)
    assert {name: found[name].state for name in expected} == expected


def test_a_duty_without_a_name_is_known_by_phase_and_text() -> None:
    (nameless,) = [duty for duty in states("2020-01-01 09:00").values() if duty.text.en == "tidy up"]
    assert nameless.duty.startswith("burst-")
    again = duty_states(calendar(CALENDAR.replace("tidy up", "tidy")), resolve(calendar()), {}, at("2020-01-01 09:00"))
    assert nameless.duty not in {duty.duty for duty in again}, "another text is another duty"


def test_phase_play_and_benefit_each_hold_back_their_own() -> None:
    model = calendar()
    assert held(model, [], "burst", "p", "c").hold == ("goods", "pictures")
    assert held(model, [], "burst", "p", "c").warn == ("coupon",)
    assert held(model, [], "burst", "p").warn == ()
    assert held(model, ["goods"], "burst", "p").hold == ("pictures",)
    assert held(model, [], "burst", "q").hold == ("goods",)
    assert held(model, ["goods"], "burst", "q").hold == ()
    assert held(model, [], "burst", "gone").hold == held(model, [], "gone", "p").hold == ()
    assert states("2020-01-01 09:00")["coupon"].needed_by == ("benefit c",)


def test_the_calendar_file_is_folded_escaped_and_in_utc() -> None:
    found = list(states("2020-02-19 00:00:00", "goods").values())
    text = icalendar("spring", "春季, 大促", found, at=datetime(2020, 2, 19, 1, tzinfo=UTC), lang="zh")
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VCALENDAR\r\n")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= MOST_OCTETS for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    plain = text.replace("\r\n ", "").split("\r\n")
    assert r"SUMMARY:做图；逗号\,分号\;反斜杠\\" in plain
    assert "X-WR-CALNAME:春季\\, 大促" in plain
    assert "DTSTART:20200224T155959Z" in plain
    assert "TRIGGER;VALUE=DATE-TIME:20200219T155959Z" in plain, "reminded when work has to begin"
    assert "SUMMARY:已完成：choose the goods" in plain
    assert plain.count("BEGIN:VALARM") == 3, "what is done reminds nobody"
    assert "UID:pictures@spring.promocal" in plain
    assert any(r"负责人：Li\n前置事项：goods\n以下内容在等待：play burst/p" in line for line in plain)


def test_after_and_level_of_a_duty() -> None:
    """Without `after` nothing blocks it; `level: focus` is of lower priority in a calendar file."""
    now = at("2020-02-20 09:00")

    def made(text: str) -> dict[str, DutyState]:
        model = calendar(text)
        return {duty.duty: duty for duty in duty_states(model, resolve(model), {}, now)}

    blocked, free = made(CALENDAR), made(CALENDAR.replace("after: [goods]", "after: []"))
    assert (blocked["pictures"].state, free["pictures"].state) == ("blocked", "due")
    focused, plain = (
        icalendar("spring", "", list(made(text).values()), at=now, lang="en").count("PRIORITY:5")
        for text in (CALENDAR, CALENDAR.replace(", level: focus", ""))
    )
    assert (focused, plain) == (1, 0)

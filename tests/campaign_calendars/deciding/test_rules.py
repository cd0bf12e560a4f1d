"""Rules of a calendar, resolved: what each asks at an occurrence, and what a wrong one says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.rules import PlayGate
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar

CALENDAR = """\
calendar: spring
store: shop
timezone: UTC
day_zero: 2026-03-08
rules: {rules}
audiences: {{everybody: joined}}
benefits:
  c: {{kind: member_coupon, threshold: 199, value: 30}}
  d: {{kind: member_coupon, threshold: 99, value: 10}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-5, to: D}}
    plays:
      - {{id: a, audience: everybody, channels: [push], at: D-4 10:00, message: m.txt}}
      - {{id: b, audience: everybody, channels: [push], at: [D-3 10:00, D-1 10:00], message: m.txt}}
      - {{id: c, audience: everybody, channels: [push], benefits: [c, d], at: D 10:00, message: m.txt}}
      - {{id: shown, audience: everybody, positions: [home]}}
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}]}
channels: {push: {consent: implied}}
positions: {home: {}}
"""
SOON = timedelta(microseconds=1)


def loaded(rules: str) -> LoadedCalendar:
    store = load_store(STORE).model
    calendar = load_calendar(CALENDAR.format(rules=rules), "calendar.yaml")
    assert store is not None
    assert calendar.model is not None, calendar.problems
    return bind(calendar, store)


def briefs(rules: str) -> dict[str, Brief]:
    """Of the first occurrence of each play."""
    known = loaded(rules)
    made = [make_brief(known.calendar, known.store, known.timeline, one) for one in known.timeline.occurrences]
    return {brief.play: brief for brief in reversed(made)}


def found(rules: str, lang: str = "en") -> list[str]:
    return [f"{p.code} {p.text(lang)}" for p in check(loaded(rules)) if p.code.startswith("C23")]


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=UTC)


def test_what_is_never_together_closes_both_ways() -> None:
    made = briefs("[never: [a, b, autumn/x]]")
    assert made["a"].gates == (
        PlayGate("play_excluded", "b", (("spring", "b"),)),
        PlayGate("play_excluded", "x", (("autumn", "x"),)),
    )
    assert {gate.told for gate in made["b"].gates} == {"a", "x"}
    assert made["c"].gates == ()


def test_what_is_kept_away_looks_to_both_sides() -> None:
    made = briefs("[{after: a, not: b, for: 2d}]")
    two = timedelta(days=2)
    assert made["b"].gates == (PlayGate("play_too_near", "a", (("spring", "a"),), at(5) - two, at(5)),)
    assert made["a"].gates == (
        PlayGate("play_too_near", "b", (("spring", "b"),), at(4) - SOON, at(4) + two - SOON),
    )  # fmt: skip


def test_a_follow_up_names_what_it_follows() -> None:
    made = briefs("[{follow_up: c, of: [a, b], within: 7d}, {follow_up: b, of: a}]")
    after = at(8) - timedelta(days=7) - SOON
    assert made["c"].gates == (PlayGate("not_followed", "a,b", (("spring", "a"), ("spring", "b")), after, at(8), True),)
    assert made["b"].gates == (PlayGate("not_followed", "a", (("spring", "a"),), None, at(5), True),)


def test_the_last_of_a_least_number_is_closed_to_who_had_none() -> None:
    made = briefs("[{at_least: 2, of: [a, b, c]}]")
    assert made["a"].gates == made["b"].gates == ()
    (gate,) = made["c"].gates
    assert (gate.code, gate.wanted, gate.plays) == ("too_few", True, tuple(("spring", play) for play in "abc"))


def test_money_for_one_member() -> None:
    made = briefs("[{spend_per_member: 30}, {spend_per_member: 20, per: phase}]")
    assert (made["a"].rules.spend_cents, made["a"].rules.spend_cents_per_phase) == (3000, 2000)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[never: [a, bb]]", ["C230 there is no play 'bb'"]),
        ("[never: [a, shown]]", ["C230 shown sends nothing, so the rule does nothing with it"]),
        ("[never: [x/a, x/b]]", ["C230 the rule names no play of this calendar"]),
        ("[{at_least: 2, of: [a, x/b]}]", ["C230 x/b is a play of another calendar"]),
        ("[never: [a, spring/a]]", ["C231 the rule names spring/a twice"]),
        ("[{never: [a, b]}, {follow_up: b, of: a}]", ["C231 b can never be sent: rule 1 excludes it"]),
        ("[{never: [a, b]}, {follow_up: b, of: [a, c]}]", []),
        ("[{after: a, not: b, for: 4d}, {follow_up: b, of: a, within: 3d}]",
         ["C231 b may follow for 3d and is kept away for 4d (rule 1)"]),
        ("[{never: [a, b]}, {at_least: 3, of: [a, b, c]}]",
         ["C231 no more than 2 plays of it go together: rule 1 excludes it"]),
        ("[{follow_up: a, of: b}]", ["C232 a has no moment after b: it reaches nobody"]),
        ("[{follow_up: c, of: a, within: 1d}]", ["C232 c has no moment within 1d after a: it reaches nobody"]),
        ("[{at_least: 3, of: [a, b]}]",
         ["C232 one member can get 2 messages of these plays at most: they reach nobody"]),
        ("[spend_per_member: 5]", ["C232 every benefit of c costs more than 5: it reaches nobody"]),
        ("[spend_per_member: 20]", ["C233 c of c costs more than 20 alone and is never given"]),
        ("[{after: c, not: a, for: 1d}]", ["C233 no moment of a lies so soon after one of c"]),
        ("[{after: a, not: b, for: 2d}, {follow_up: c, of: a}, {spend_per_member: 30}]", []),
    ],
)  # fmt: skip
def test_what_check_says(rules: str, said: list[str]) -> None:
    assert found(rules) == said
    assert all(any("一" <= char <= "龥" for char in text) for text in found(rules, "zh"))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[{never: [a]}]", "at least 2"),
        ("[{after: a, not: b}]", "`after` needs `for`"),
        ("[{after: a, not: b, for: 0d}]", "a rule over no time says nothing"),
        ("[{never: [a, b], follow_up: c}]", "it has never and follow_up"),
        ("[{of: a}]", "it has none"),
        ("[{never: [a, b], within: 7d}]", "`within` means nothing beside `never`"),
        ("[{at_least: 1, of: a}]", "at least 2"),
        ("[{at_least: 99, of: a}]", "at most 20"),
        ("[{spend_per_member: 0}]", "needs no rule"),
        ("[{spend_per_member: 5, per: week}]", "'week' is not a possible"),
        ("[{nevr: [a, b]}]", "nevr"),
    ],
)
def test_what_is_no_rule(rules: str, said: str) -> None:
    read = load_calendar(CALENDAR.format(rules=rules), "calendar.yaml")
    assert read.model is None
    assert any(said in problem.text("en") for problem in read.problems), [p.text("en") for p in read.problems]
    assert all(problem.zh for problem in read.problems)


@pytest.mark.parametrize("span", ["day", "phase", "campaign", "7d"])
def test_caps_of_the_store(span: str) -> None:
    store = load_store(f"{STORE}contact_policy: {{packages: true, caps: [{{max: 1, per: {span}}}]}}\n").model
    calendar = load_calendar(CALENDAR.format(rules="[]"), "calendar.yaml")
    assert store is not None
    known = bind(calendar, store)
    cap = make_brief(known.calendar, known.store, known.timeline, known.timeline.occurrences[0]).caps[0]
    assert cap.package
    assert (cap.span, cap.per) == ((None, timedelta(days=7)) if span == "7d" else (span, None))
    assert cap.name == f"cap 1 per {span}"


def test_a_span_that_is_none() -> None:
    read = load_store(f"{STORE}contact_policy: {{caps: [{{max: 1, per: wekk}}]}}\n")
    assert "day, phase or campaign" in " ".join(f"{p.text('en')} {p.hint}" for p in read.problems)

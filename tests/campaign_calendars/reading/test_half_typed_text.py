"""Half-typed text: the finding stands on the damaged line, the rest is read, nothing is filled in for a run."""

from __future__ import annotations

import pytest

from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.reading.mending import mended
from campaign_calendars.reading.open_ends import open_ends

TEXT = """\
calendar: queens-day
store: demo-food
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences:
  everybody: joined
  lapsed:
    where: lifecycle = 'lost'
benefits:
  c30: {kind: member_coupon, threshold: 199.00, value: 30}
phases:
  - id: warm-up
    kind: warm_up
    window: {from: D-6, to: D-4}
    plays:
      - id: call-back
        audience: lapsed
        benefits: [c30]
        channels: [sms]
        at: D-5 10:00

  - id: burst
    kind: burst
    window:
      from: D-3
      to: D+0 23:59:59
    plays:
      - id: recall
        audience: nobody
        channels: [sms]
        at: daily 10:00
"""
THE_OTHER = ("C120", "nobody")
"""The mistake that has to be found whatever is typed elsewhere."""


def typed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("        audience: lapsed\n", "        aud\n", 17, "C001"),
        ("        audience: lapsed\n", "        aud ience\n", 17, "C001"),
        ("        channels: [sms]\n        at: D-5", "        channels: [sms\n        at: D-5", 19, "C001"),
        ("  everybody: joined", "  everybody: 'joined", 6, "C001"),
        ("  everybody: joined", "  everybody：joined", 6, "C003"),
        ("  everybody: joined", "\teverybody: joined", 6, "C002"),
        ("  everybody: joined", "  everybody: joined: yes", 6, "C001"),
        ("  everybody: joined", "  everybody: @joined", 6, "C001"),
        ("  - id: warm-up", "  - i", 12, "C001"),
        ("      - id: call-back", "", 15, "C025"),
        ("    plays:\n      - id: call-back", "    plays\n      - id: call-back", 15, "C001"),
        ("    window:\n", "    win\n", 24, "C001"),
        ("    window:\n", "\n", 24, "C001"),
        ("audiences:\n", "audie\n", 5, "C001"),
        ("audiences:\n", "\n", 5, "C001"),
        ("phases:\n", "phas\n", 11, "C001"),
        ("phases:\n", "\n", 11, "C001"),
        ("benefits: [c30]", "benefits: {{ c30 }}", 18, "C009"),
    ],
)
def test_the_finding_stands_on_the_damaged_line_and_hides_no_other(old: str, new: str, line: int, code: str) -> None:
    loaded = load_calendar(typed(old, new))
    found = [(one.code, one.location.line) for one in loaded.problems]
    assert found == [(code, line), ("C120", 29)]
    assert all(one.zh and one.hint_zh for one in loaded.problems)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("      from: D-3", "      from: D-", [("C022", 25), ("C120", 29)]),
        ("    kind: burst", "    kind: bur", [("C024", 23), ("C120", 29)]),
        ("value: 30}", "value: thirty}", [("C022", 10), ("C120", 29)]),
        ("timezone: Asia/Shanghai", "timezone: Asia/Shang", [("C022", 3), ("C120", 29)]),
        ("  everybody: joined", "  everybody: joined\n  everybody: joined", [("C004", 7), ("C120", 30)]),
        ("    plays:\n      - id: recall", "    plays:\n      -\n      - id: recall", [("C022", 28), ("C120", 30)]),
        ("    plays:\n      - id: recall", "    play:\n      - id: recall", [("C020", 27), ("C120", 29)]),
    ],
)
def test_a_wrong_value_hides_no_other_mistake(old: str, new: str, found: list[tuple[str, int]]) -> None:
    loaded = load_calendar(typed(old, new))
    assert [(one.code, one.location.line) for one in loaded.problems] == found
    assert loaded.model is None
    assert loaded.shown is not None


def test_what_is_damaged_can_be_shown_and_is_no_calendar_to_run() -> None:
    loaded = load_calendar(typed("        at: D-5 10:00", "        at"))
    assert loaded.model is None
    assert loaded.shown is not None
    phases = loaded.shown.holed.models[0].phases
    assert [(phase.id, [play.id for play in phase.plays]) for phase in phases] == [
        ("warm-up", ["call-back"]),
        ("burst", ["recall"]),
    ]
    assert loaded.shown.damage.lines == {20}


def test_an_item_whose_dash_is_gone_stays_an_item() -> None:
    loaded = load_calendar(typed("\n  - id: burst\n", "\n\n"))
    assert loaded.shown is not None
    assert [phase.kind for phase in loaded.shown.holed.models[0].phases] == ["warm_up", "burst"]
    assert ("C120", 29) in [(one.code, one.location.line) for one in loaded.problems]


def test_a_list_of_one_whose_dash_is_gone_stays_a_list() -> None:
    loaded = load_calendar(typed("      - id: call-back\n", "\n"))
    assert loaded.shown is not None
    play = loaded.shown.holed.models[0].phases[0].plays[0]
    assert (play.audience, play.benefits) == ("lapsed", ["c30"])
    assert loaded.shown.holed.written(("phases", 0, "plays", 0, "at")) == ("phases", 0, "plays", "at")


def test_a_name_that_is_being_typed_is_not_missed_where_it_is_used() -> None:
    for half in ("  lap\n", "  lapse: \n"):
        text = typed("  lapsed:\n    where: lifecycle = 'lost'\n", half)
        assert "there is no audience 'lapsed'" not in [one.message for one in load_calendar(text).problems]
    gone = typed("  lapsed:\n    where: lifecycle = 'lost'\n", "")
    wrong = gone.replace("day_zero: 2026-03-08", "day_zero: 2026-03")
    assert "there is no audience 'lapsed'" in [one.message for one in load_calendar(wrong).problems]


def test_two_damaged_lines_are_two_findings() -> None:
    text = typed("  everybody: joined", "  everybody: 'joined").replace("        at: D-5 10:00", "        at")
    assert [(one.code, one.location.line) for one in load_calendar(text).problems] == [
        ("C001", 6),
        ("C001", 20),
        ("C120", 29),
    ]


def test_the_line_that_is_typed_is_blamed_where_two_could_be() -> None:
    text = "a: 1\nb: {c: 1\nd: [2\ne: 3\n"
    assert {mended(text, edited).mends[0].line for edited in (1, 2)} == {1, 2}  # type: ignore[union-attr]


def test_places_stay_where_they_are() -> None:
    text = typed("        audience: lapsed\n", "        aud\n")
    copy = mended(text)
    assert copy is not None
    assert copy.text.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    ["", "\n", "- a", "'", "[", "{", "a: [", "\t", "：", "{{", "---\n---", "a\nb\nc", "? [a]: b", "a: *b\n" * 9],
)
def test_nothing_at_all_can_be_read_without_raising(text: str) -> None:
    assert load_calendar(text).problems


@pytest.mark.parametrize(
    ("line", "missing", "is_torn"),
    [
        ("a: [b, {c: 'd", "'}]", False),
        ("a: [b] # [", "", False),
        ("a: [b # [", "]", False),
        ('a: "it\\"s', '"', False),
        ("a: it's", "", False),
        ("- 'it''s'", "", False),
        ("a: [b]]", "", True),
        ("a: [b} c", "", True),
        ("a: {zh: a, e", "}", False),
    ],
)
def test_what_a_line_opens(line: str, missing: str, is_torn: bool) -> None:
    ends = open_ends(line)
    assert (ends.missing, ends.is_torn) == (missing, is_torn)

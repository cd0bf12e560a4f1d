"""From YAML to models: every mistake located, coded, explained in both languages, all at once."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.findings.finding import Locations
from campaign_calendars.findings.problem import Problem
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import bind, load_calendar

GOOD = """\
calendar: queens-day
store: demo-food
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences:
  everybody: joined
benefits:
  c30: {kind: member_coupon, threshold: 199.00, value: 30}
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D+0 23:59:59}
    targets: {gmv: 1_000_000, conversion_rate: 6%}
    plays:
      - id: recall
        audience: everybody
        benefits: [c30]
        channels: [sms]
        at: daily 10:00
        holdout: 5%
"""
STORE = """\
store: demo-food
tiers:
  window: 365d
  levels: [{id: basic}, {id: silver, spend: 1000.00}]
channels:
  sms: {consent: required, quiet_hours: {from: 20:00, to: 08:00}}
"""


def shown(problem: Problem) -> tuple[str, int, int, str]:
    return problem.code, problem.location.line, problem.location.column, problem.message


def test_good_calendar_loads_with_money_in_cents_and_shares_in_basis_points() -> None:
    loaded = load_calendar(GOOD, "q.yaml")
    assert loaded.problems == []
    assert loaded.model is not None
    play = loaded.model.phases[0].plays[0]
    assert loaded.model.benefits["c30"].cost_cents == 3000
    assert play.holdout == 500
    assert loaded.model.phases[0].targets == {"gmv": 1_000_000.0, "conversion_rate": 0.06}
    assert loaded.model.audiences["everybody"].where == "joined"
    store = load_store(STORE, "s.yaml")
    assert store.problems == []
    assert store.model is not None
    bound = bind(loaded, store.model)
    assert bound.timeline.occurrences[0].key == "burst/recall/20260305T020000Z"
    assert bound.file == "q.yaml"
    assert isinstance(bound.locations, Locations)


MISTAKES = [
    ("store: demo-food", "stroe: demo-food", ("C020", 2, 1, "unknown key 'stroe'")),
    (
        "calendar: queens-day",
        "links: {sale: sale}\ncalendar: queens-day",
        ("C025", 1, 15, "'sale' wants an address of the web, not 'sale'"),
    ),
    ("calendar: queens-day", "calendar: Queens Day", ("C027", 1, 11, "'Queens Day' is not an id")),
    ("kind: burst", "kind: brust", ("C024", 11, 11, "'brust' is not a possible kind")),
    ("kind: member_coupon", "kind: member_coupn", ("C023", 8, 15, "'member_coupn' is not a possible kind")),
    ("kind: member_coupon, ", "", ("C021", 8, 3, "c30 needs 'kind'")),
    ("value: 30", "value: 30, treshold: 1", ("C020", 8, 60, "unknown key 'treshold'")),
    ("value: 30", "value: 300", ("C022", 8, 8, "the coupon takes off more than its threshold")),
    ("threshold: 199.00", "threshold: 199.001", ("C022", 8, 41, "'199.001' has a part of a cent")),
    ("D+0 23:59:59", "23:59", ("C022", 12, 29, "'23:59' is not a moment")),
    ("to: D+0 23:59:59", "to: ", ("C022", 12, 29, "nothing is written after 'to'")),
    ("holdout: 5%", "holdout: 500%", ("C022", 20, 18, "'500%' is not a share between 0% and 100%")),
    ("benefits: [c30]", "benefits: c30", ("C025", 17, 19, "'benefits' wants a list, not 'c30'")),
    ("audience: everybody", "audience: [everybody]", ("C025", 16, 19, "'audience' wants a text, not a list of 1")),
    ("        audience: everybody\n", "", ("C021", 15, 9, "plays[0] needs 'audience'")),
    ("Asia/Shanghai", "Asia/Shangai", ("C022", 3, 11, "'Asia/Shangai' is not a time zone of the IANA list")),
    ("{from: D-3", "{from_: D-3", ("C020", 12, 14, "unknown key 'from_'")),
]


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_mistake_is_located_and_named(old: str, new: str, expected: tuple[str, int, int, str]) -> None:
    loaded = load_calendar(GOOD.replace(old, new, 1), "q.yaml")
    assert loaded.model is None
    assert expected in [shown(p) for p in loaded.problems]
    assert all(p.zh and p.zh != p.message for p in loaded.problems)


@pytest.mark.parametrize(
    ("old", "new", "hint", "hint_zh"),
    [
        ("store:", "stroe:", "Did you mean 'store'?", "是否想写 'store'？"),
        ("holdout:", "hold_out:", "Did you mean 'holdout'?", "是否想写 'holdout'？"),
        ("threshold:", "treshold:", "Did you mean 'threshold'?", "是否想写 'threshold'？"),
        ("{from: D-3", "{form: D-3", "Did you mean 'from'?", "是否想写 'from'？"),
        ("daily 10:00", "dayly 10:00", "Write 'D-2 10:00'", "请写 'D-2 10:00'"),
        ("kind: member_coupon", "kind: member_cupon", "Did you mean 'member_coupon'?", "是否想写 'member_coupon'？"),
    ],
)
def test_remedy_is_said_in_both_languages(old: str, new: str, hint: str, hint_zh: str) -> None:
    problems = load_calendar(GOOD.replace(old, new, 1)).problems
    assert any(p.hint.startswith(hint) and p.hint_zh.startswith(hint_zh) for p in problems)


def test_reading_and_validation_problems_come_together_without_echoes() -> None:
    text = GOOD.replace("store: demo-food", "store: demo-food\nstore: other").replace("kind: burst", "kind: brust")
    text = text.replace("[c30]", "[c30，c31]")
    assert [(p.code, p.location.line) for p in load_calendar(text).problems] == [
        ("C004", 3),
        ("C024", 12),
        ("C003", 18),
    ]


def test_store_problems_are_located_too() -> None:
    problems = load_store(
        STORE.replace("quiet_hours", "quiet_hour").replace("from: 20:00", "from: 25:00"), "s.yaml"
    ).problems
    assert [p.code for p in problems] == ["C020"]
    problems = load_store(STORE.replace("from: 20:00", "from: 25:00"), "s.yaml").problems
    assert [(p.code, str(p.location)) for p in problems] == [("C022", "s.yaml:6:48")]


def test_unbound_without_a_model() -> None:
    store = load_store(STORE).model
    assert store is not None
    with pytest.raises(ValueError, match="cannot be bound"):
        bind(load_calendar("calendar: x"), store)


@pytest.mark.parametrize(
    "value", ["1e999999999", "9" * 400, "nan", "inf", "-1", "١٢", "1" * 5000, "{}", "[]", "''", "~", "99999d", "0x10"]
)
def test_wild_scalars_never_raise(value: str) -> None:
    for old in ("199.00", "5%", "D-3", "daily 10:00", "1_000_000", "Asia/Shanghai", "2026-03-08", "queens-day"):
        loaded = load_calendar(GOOD.replace(old, value, 1))
        assert isinstance(loaded.model, Calendar) or loaded.problems


def test_a_mistyped_date_hides_neither_expressions_nor_references() -> None:
    text = GOOD.replace("D-3", "D-x").replace("everybody: joined", "everybody: joind and tier >= 'gold'")
    text = text.replace("audience: everybody", "audience: everbody").replace("[c30]", "[c31]")
    text = text.replace("kind: burst", "kind: burst\n    wave: w")
    assert [(p.code, p.location.line) for p in load_calendar(text).problems] == [
        ("C131", 6),
        ("C125", 12),
        ("C022", 13),
        ("C120", 17),
        ("C121", 18),
    ]


@pytest.mark.parametrize(
    "value", ["x", "[1]", "{a: b}", "[{id: [x]}]", "[{plays: x}]", "[{plays: [{benefits: [{}]}]}]", "~"]
)
def test_rough_look_bears_any_shape(value: str) -> None:
    for section in ("phases", "audiences", "benefits", "waves"):
        text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(" "))
        text = text.replace(f"{section}:", f"{section}: {value}")
        assert load_calendar(text).problems


def test_every_error_says_what_to_do() -> None:
    for old, new, _ in MISTAKES:
        for problem in load_calendar(GOOD.replace(old, new, 1)).problems:
            assert problem.hint
            assert problem.hint_zh


def test_unknown_key_beside_another_mistake_still_gets_its_suggestion() -> None:
    problems = load_calendar(
        GOOD.replace("kind: burst", "kind: brust\n    colour: red").replace("holdout: 5%", "holdouts: 5%")
    )
    hints = {p.message: p.hint for p in problems.problems}
    assert hints["unknown key 'holdouts'"] == "Did you mean 'holdout'?"
    assert hints["unknown key 'colour'"].startswith("Known names: duties, goal, id, kind")

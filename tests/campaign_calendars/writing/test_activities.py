"""Import of a platform's activity calendar: the published sample, wrapped answers, located mistakes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.checks import RULES, check, load_store
from campaign_calendars.findings.problem import has_errors
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.writing.activities import import_activities
from campaign_calendars.writing.json_places import read_json
from campaign_calendars.writing.layout import format_text

# 2026-02-24 00:00:00 to 2026-03-09 23:59:59, and 2026-01-06 00:00:00 to 2026-01-08 23:59:59, of +08:00
SAMPLE: list[dict[str, Any]] = [
    {
        "activityId": 1024,
        "actName": "2026年天猫38开门红&amp;38焕新周",
        "actStatus": "ing",
        "activityType": "big",
        "activityStart": 1771862400000,
        "activityEnd": 1773071999000,
    },
    {
        "activityId": "NH-7",
        "actName": "年货开门红预售",
        "activityStart": "1767628800000",
        "activityEnd": 1767887999999,
    },
]


def imported(data: Any, **options: str) -> Calendar:
    made = import_activities(json.dumps(data), "a.json", **options)
    assert made.problems == []
    assert made.text is not None
    loaded = load_calendar(made.text)
    assert loaded.model is not None, loaded.problems
    return loaded.model


def mistakes(text: str) -> list[tuple[str, int, int, str]]:
    made = import_activities(text, "a.json")
    assert made.text is None
    assert all(problem.zh != problem.message and problem.hint for problem in made.problems)
    return [(p.code, p.location.line, p.location.column, p.message) for p in made.problems]


def test_the_published_activities_become_phases_in_order_of_time() -> None:
    calendar = imported({"code": 0, "content": {"data": SAMPLE}})
    assert calendar.calendar == "activities-2026"
    assert not calendar.verified
    assert [(phase.id, phase.kind, phase.title.zh) for phase in calendar.phases] == [
        ("activity-nh-7", "presale", "年货开门红预售"),
        ("activity-1024", "burst", "2026年天猫38开门红&38焕新周"),
    ]
    windows = [(str(p.window.from_), str(p.window.to)) for p in calendar.phases]
    assert windows == [
        ("2026-01-06 00:00:00", "2026-01-08 23:59:59"),
        ("2026-02-24 00:00:00", "2026-03-09 23:59:59"),
    ]
    span = resolve(calendar).phases["activity-1024"]
    assert int(span.start.timestamp() * 1000) == SAMPLE[0]["activityStart"]


def test_the_skeleton_has_no_errors_under_check() -> None:
    made = import_activities(json.dumps(SAMPLE), calendar="mine", store="shop")
    store = load_store(
        "store: shop\ntiers: {window: 365d, levels: [{id: basic}]}\nchannels: {push: {consent: implied}}\n"
    )
    assert store.model is not None, store.problems
    assert not has_errors(check(bind(load_calendar(made.text or ""), store.model)))
    assert "# activityType big, actStatus ing" in (made.text or "")
    assert format_text(made.text or "") == made.text


def test_an_end_at_midnight_is_the_first_moment_after() -> None:
    calendar = imported([{**SAMPLE[0], "activityEnd": SAMPLE[0]["activityEnd"] + 1000}])
    assert str(calendar.phases[0].window.to) == "2026-03-09 23:59:59"


def test_ids_that_repeat_or_are_missing_stay_apart() -> None:
    rows = [SAMPLE[0], SAMPLE[0], {**SAMPLE[0], "activityId": None}, {**SAMPLE[0], "activityId": "红包"}]
    assert [phase.id for phase in imported(rows).phases] == [
        "activity-1024",
        "activity-1024-at-1",
        "activity-at-2",
        "activity-at-3",
    ]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message"),
    [
        ("[{]", "S700", 1, 3, "this is not JSON"),
        ("", "S700", 1, 1, "this is not JSON"),
        ("[" * 100_000, "S700", 1, 1, "nested too deeply"),
        ('[{"activityStart": ' + "9" * 5000 + "}]", "S700", 1, 1, "number is too long"),
        ('{"data": []}', "S701", 1, 1, "no list of activities"),
        ('[\n {"activityStart": 1, "activityEnd": 2}]', "S702", 2, 2, "has no actName"),
        ('[{"actName": "x",\n  "activityStart": true}]', "S702", 2, 20, "is epoch milliseconds, not True"),
        ('[{"actName": "x",\n  "activityStart": 1771862400}]', "S702", 2, 20, "it looks like seconds"),
        ('[{"actName": "x",\n  "activityStart": "soon"}]', "S702", 2, 20, "not 'soon'"),
        (
            '[{"activityStart": 1771862400000,\n "activityEnd": 1771862400000, "actName": "x"}]',
            "S702",
            2,
            17,
            "ends before it starts",
        ),
        ('[{"actName": "x", "activityStart": 1771862400000}, 7]', "S702", 1, 52, "is an object"),
    ],
)
def test_a_mistake_is_said_where_it_stands(text: str, code: str, line: int, column: int, message: str) -> None:
    found = mistakes(text)
    assert any((c, row, at) == (code, line, column) and message in said for c, row, at, said in found), found


@pytest.mark.parametrize("code", ["S700", "S701", "S702"])
def test_the_examples_of_a_mistake_fail_and_pass(code: str) -> None:
    fails, passes = RULES[code].examples()
    assert code in {found[0] for found in mistakes(fails)}
    assert import_activities(passes, "a.json").text is not None


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.text(max_size=12), st.text(max_size=12))
def test_any_name_makes_a_calendar_that_can_be_read_or_a_located_problem(names: list[str], act: str, kind: str) -> None:
    rows = [{**SAMPLE[0], "actName": name, "activityId": act, "activityType": kind} for name in names]
    made = import_activities(json.dumps(rows), "a.json")
    if made.text is None:
        assert made.problems
        assert all(problem.location.line for problem in made.problems)
    else:
        loaded = load_calendar(made.text)
        assert loaded.model is not None, loaded.problems
        assert len(loaded.model.phases) == len(names)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON, st.sampled_from([None, 1, 3]), st.booleans())
def test_every_value_of_a_json_text_has_its_place(data: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    read, places = read_json(text)
    assert read == data
    lines = text.split("\n")
    for path, (line, column) in places.items():
        value = data
        for part in path:
            value = value[part]
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value
    assert not import_activities(text).text

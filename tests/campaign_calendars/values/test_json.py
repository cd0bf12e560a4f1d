"""Records to JSON and back: nothing lost, nothing guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.values.json import from_json, to_json, to_plain


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Sheet:
    at: datetime
    on: date
    lines: tuple[Line, ...]
    by_reason: Mapping[str, int] = field(default_factory=dict)
    best: Line | None = None


moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))]))
lines = st.builds(Line, st.text(), st.integers())
sheets = st.builds(
    Sheet,
    moments,
    st.dates(),
    st.lists(lines, max_size=4).map(tuple),
    st.dictionaries(st.text(), st.integers(), max_size=4),
    st.none() | lines,
)


@given(sheets)
def test_what_is_written_is_read_back(sheet: Sheet) -> None:
    assert from_json(Sheet, to_json(sheet)) == sheet


def test_moments_keep_their_offset() -> None:
    local = datetime(2026, 4, 10, 10, tzinfo=timezone(timedelta(hours=8)))
    assert to_plain({"at": local}) == {"at": "2026-04-10T10:00:00+08:00"}
    with pytest.raises(ValueError, match="no offset"):
        to_plain([datetime(2026, 4, 10, 10)])
    with pytest.raises(ValueError, match="no number"):
        to_plain(float("nan"))


@pytest.mark.parametrize("value", [object(), {1: "a"}, b"bytes", 1j])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_plain(value)


def test_keys_of_a_newer_version_are_passed_over_and_missing_ones_are_not() -> None:
    assert from_json(Line, json.dumps({"name": "a", "cents": 1, "new": 2})) == Line("a", 1)
    with pytest.raises(ValueError, match="cents"):
        from_json(Line, json.dumps({"name": "a"}))

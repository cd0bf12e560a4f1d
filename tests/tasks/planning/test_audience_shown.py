"""One audience taken apart: figures that agree with a plain query, and nobody's id."""

from __future__ import annotations

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.json import to_json
from tasks.planning.audience_shown import show_audience
from tasks.planning.audiences import audiences
from tasks.runtime import Runtime
from tests.tasks.conftest import CALENDAR


def test_every_audience_falls_to_its_size(shop: Runtime) -> None:
    for row in audiences(shop, CALENDAR).audiences:
        shown = show_audience(shop, row.audience, CALENDAR, samples=3)
        assert (shown.in_audience, shown.held_out) == (row.members, row.held_out)
        steps = [clause for clause in shown.clauses if clause.depth == 0]
        left = [shown.members, *(clause.left for clause in steps)]
        assert left == sorted(left, key=lambda count: -(count or 0))
        assert left[-1] == row.members
        assert all(c.left is None for c in shown.clauses if c.depth)
        assert all(c.holds + c.unknown <= shown.members for c in shown.clauses)
        assert len(shown.sample) == min(3, row.members)


def test_the_sample_is_masked_and_always_the_same(shop: Runtime) -> None:
    with shop.open_session(shop.current_snapshot()) as session:
        ids = {row[0] for row in session._con.execute("select member_id from snap.stg_members").fetchall()}
    name = next(row.audience for row in audiences(shop, CALENDAR).audiences if row.members > 5)
    shown = show_audience(shop, name)
    assert shown.sample == show_audience(shop, name, CALENDAR).sample
    text = to_json(shown)
    assert not [member for member in ids if member in text]
    assert all("***" in row.member for row in shown.sample)


def test_a_name_nobody_has(shop: Runtime) -> None:
    with pytest.raises(UsageError, match="no such audience: nobody-at-all"):
        show_audience(shop, "nobody-at-all")
    with pytest.raises(UsageError, match="no such calendar"):
        show_audience(shop, "nobody-at-all", "no-calendar")


def test_one_name_in_two_calendars_wants_the_calendar(shop: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "calendar_ids", lambda self: [CALENDAR, CALENDAR])
    name = audiences(shop, CALENDAR).audiences[0].audience
    with pytest.raises(UsageError, match="several calendars have an audience"):
        show_audience(shop, name)

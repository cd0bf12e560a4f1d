"""The audiences of a calendar: counts that agree with each other and with the plan, and nobody's name."""

from __future__ import annotations

from datetime import timedelta

from campaign_calendars.values.json import to_json
from tasks.planning.audiences import audiences
from tasks.runtime import Runtime
from tests.tasks.conftest import CALENDAR


def test_sizes_overlaps_and_controls(shop: Runtime) -> None:
    found = audiences(shop, CALENDAR)
    sizes = {row.audience: row.members for row in found.audiences}
    assert sizes == {name: row[name] for name, row in found.overlaps.items()}
    assert max(sizes.values()) > 0
    for name, row in found.overlaps.items():
        for other, count in row.items():
            assert count == found.overlaps[other][name] <= min(sizes[name], sizes[other])
    assert all(row.held_out <= row.members <= found.members for row in found.audiences)
    assert any(row.held_out for row in found.audiences)


def test_another_moment_is_another_answer(shop: Runtime) -> None:
    now = audiences(shop, CALENDAR)
    later = audiences(shop, CALENDAR, shop.current_snapshot().as_of + timedelta(days=200))
    assert later.as_of > now.as_of
    assert later.overlaps != now.overlaps


def test_no_member_is_named(shop: Runtime) -> None:
    with shop.open_session(shop.current_snapshot()) as session:
        rows = session._con.execute("select member_id from snap.stg_members").fetchall()
    text = to_json(audiences(shop, CALENDAR))
    assert not [row[0] for row in rows if row[0] in text]

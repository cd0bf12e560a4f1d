"""What a pause of a deployment, or of one of its schedules, excuses."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flows.looking_after import is_paused


def test_a_pause_of_one_schedule_is_no_excuse_for_the_moments_of_another() -> None:
    """Else a moment that nothing started is skipped without a word, since somebody paused another play."""
    paused, active = (
        SimpleNamespace(active=active, schedule=SimpleNamespace(rrule=rule, timezone="Asia/Shanghai"))
        for active, rule in (
            (False, "DTSTART:20260305T100000\nRRULE:FREQ=DAILY;INTERVAL=1;UNTIL=20260307T100000"),
            (True, "DTSTART:20260305T150000\nRRULE:FREQ=DAILY;INTERVAL=1;UNTIL=20260307T150000"),
        )
    )
    found: Any = SimpleNamespace(paused=False, schedules=[paused, active])
    assert is_paused(found, datetime(2026, 3, 6, 2, tzinfo=UTC))
    assert not is_paused(found, datetime(2026, 3, 6, 7, tzinfo=UTC))
    found.paused = True
    assert is_paused(found, datetime(2026, 3, 6, 7, tzinfo=UTC))

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.model.store import Store
from tasks.outreach.quiet import quiet_hours_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def store(start: str, end: str) -> Store:
    return Store.model_validate(
        {
            "store": "shop",
            "tiers": {"window": "365d", "levels": [{"id": "basic"}]},
            "channels": {
                "sms": {"consent": "required", "quiet_hours": {"from": start, "to": end}},
                "group": {"consent": "implied"},
            },
        }
    )


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2026-03-08 19:59:59", None),
        ("2026-03-08 20:00:00", "2026-03-09 08:00:00"),
        ("2026-03-08 23:59:59", "2026-03-09 08:00:00"),
        ("2026-03-09 00:00:00", "2026-03-09 08:00:00"),
        ("2026-03-09 07:59:59", "2026-03-09 08:00:00"),
        ("2026-03-09 08:00:00", None),
    ],
)
def test_over_midnight(local: str, ends: str | None) -> None:
    quiet = quiet_hours_of(store("20:00", "08:00"), SHANGHAI)
    found = quiet("sms", datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).astimezone(UTC))
    assert found == (None if ends is None else datetime.fromisoformat(ends).replace(tzinfo=SHANGHAI))
    assert found is None or found.tzinfo is UTC


def test_within_a_day_and_channels_without_quiet_hours() -> None:
    quiet = quiet_hours_of(store("12:00", "14:00"), SHANGHAI)
    noon = datetime(2026, 3, 8, 12, 30, tzinfo=SHANGHAI)
    assert quiet("sms", noon) == datetime(2026, 3, 8, 14, tzinfo=SHANGHAI)
    assert quiet("group", noon) is None
    assert quiet("nobody", noon) is None


@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)])
def test_the_end_is_always_ahead_and_outside_where_the_clock_is_turned(night: datetime) -> None:
    # 02:30 does not exist in the first night and exists twice in the second.
    quiet = quiet_hours_of(store("20:00", "02:30"), BERLIN)
    for minutes in range(0, 6 * 60, 5):
        at = night + timedelta(minutes=minutes)
        until = quiet("sms", at)
        assert until is None or until > at

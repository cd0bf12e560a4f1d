"""Places that a member is kept for, as a person reads them: occurrences, things kept for them, and events."""

from __future__ import annotations

from datetime import datetime

import pytest

from campaign_calendars.deciding.events import EVENTS
from promocal.cli.tables import place_of

AT = datetime.fromisoformat("2020-02-25T10:00:00+08:00")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("burst/recall@2020-03-05T07:00:00+00:00", "recall 03-05 15:00"),
        ("stock gift@burst/recall@2020-03-05T15:00:00+08:00", "recall 03-05 15:00 (stock of gift)"),
        (f"channel sms 2020-03-05@{EVENTS}", "channel sms 2020-03-05 → events"),
    ],
)
def test_a_place_is_told_in_the_zone_of_the_occurrence(key: str, told: str) -> None:
    assert place_of(key, AT) == told

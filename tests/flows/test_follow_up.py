"""When a run looks again at what could not leave yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.follow_up import next_look
from tasks.outreach.dispatch import LEASE
from tasks.running.guard import OpenJobs

MOMENT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "left", "expected"),
    [
        # The pause is the time since the moment: at least five minutes, at most an hour.
        ("0:00", OpenJobs(pending=1), "02:06"),
        ("0:20", OpenJobs(pending=1), "02:41"),
        ("5:00", OpenJobs(awaiting_approval=1), "08:01"),
        # Everything waits for one hour of the morning: look then, not before.
        ("0:00", OpenJobs(pending=3, not_before=MOMENT + timedelta(hours=9)), "11:01"),
        ("0:00", OpenJobs(pending=3, awaiting_approval=1, not_before=MOMENT + timedelta(hours=9)), "02:06"),
        # A worker died while sending: its lease has to end first.
        ("0:00", OpenJobs(sending=2, not_before=MOMENT), "02:16"),
        # Halfway to the last chance where the pause is longer; pointless after it, and where quiet hours outlast it.
        ("0:00", OpenJobs(pending=1, expires_at=MOMENT + timedelta(minutes=7)), "02:06"),
        ("0:00", OpenJobs(pending=1, expires_at=MOMENT + timedelta(minutes=6)), "02:03"),
        ("5:00", OpenJobs(pending=1, expires_at=MOMENT + timedelta(hours=5, minutes=30)), "07:15"),
        ("0:00", OpenJobs(sending=9, pending=1, expires_at=MOMENT + timedelta(minutes=10)), "02:05"),
        ("0:00", OpenJobs(pending=1, expires_at=MOMENT + timedelta(minutes=1)), None),
        ("5:00", OpenJobs(pending=1, expires_at=MOMENT), None),
        # Nothing may leave any more, but a dead worker has some still: they are ended after its lease.
        ("0:10", OpenJobs(sending=9, expires_at=MOMENT + timedelta(minutes=10)), "02:26"),
        ("0:12", OpenJobs(sending=9, pending=1, expires_at=MOMENT + timedelta(minutes=10)), "02:28"),
        (
            "0:00",
            OpenJobs(pending=1, not_before=MOMENT + timedelta(hours=2), expires_at=MOMENT + timedelta(hours=2)),
            None,
        ),
    ],
)
def test_next_look(since: str, left: OpenJobs, expected: str | None) -> None:
    hours, minutes = map(int, since.split(":"))
    when = next_look(MOMENT, MOMENT + timedelta(hours=hours, minutes=minutes), left)
    assert (f"{when:%H:%M}" if when else None) == expected


def test_the_pause_doubles_until_it_is_an_hour() -> None:
    now, looks = MOMENT, []
    for _ in range(7):
        when = next_look(MOMENT, now, OpenJobs(pending=1))
        assert when is not None
        looks.append(round((when - now).total_seconds() / 60))
        now = when
    assert looks == [6, 7, 14, 28, 56, 61, 61]


def test_the_rest_of_a_phase_leaves_in_time_though_a_dead_worker_holds_some_of_it() -> None:
    """Eight minutes to the end: 5,000 messages are free, 50 are held for longer than the phase lasts."""
    end = MOMENT + timedelta(minutes=8)
    first = next_look(MOMENT - timedelta(minutes=2), MOMENT, OpenJobs(pending=5_000, sending=50, expires_at=end))
    assert first is not None
    assert MOMENT < first < end
    looks = [first]
    while looks[-1] < end:
        when = next_look(MOMENT - timedelta(minutes=2), looks[-1], OpenJobs(sending=50, expires_at=end))
        assert when is not None, "what the worker held has no end"
        assert when > looks[-1]
        looks.append(when)
    assert looks[-1] >= MOMENT + LEASE

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.deciding.intent import batch_key, intent_key

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)


def test_the_key_never_changes() -> None:
    # Known answer: a change here would enqueue everything that was already sent once more.
    assert intent_key("queens-day", "burst", "recall", AT, "m-1", "sms") == (
        "c06fa8ce916830865eda779eb885fa52d4ae7fb9198803ea38d626b54b02bfa0"
    )


def test_the_same_moment_in_another_zone_is_the_same_intent() -> None:
    local = AT.astimezone(ZoneInfo("Asia/Shanghai"))
    assert intent_key("c", "p", "y", local, "m", "sms") == intent_key("c", "p", "y", AT, "m", "sms")


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        intent_key("c", "p", "y", datetime(2026, 3, 8, 2), "m", "sms")


PARTS = st.tuples(*[st.text(max_size=4)] * 5)


@given(PARTS, PARTS)
def test_different_intents_have_different_keys(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    def key(parts: tuple[str, ...]) -> str:
        calendar, phase, play, member, channel = parts
        return intent_key(calendar, phase, play, AT, member, channel)

    assert (key(left) == key(right)) == (left == right)


def test_a_batch_is_its_keys_in_order() -> None:
    assert batch_key(["a", "b"]) == batch_key(iter(["a", "b"]))
    assert len({batch_key(keys) for keys in (["a", "b"], ["b", "a"], ["ab"], [])}) == 4

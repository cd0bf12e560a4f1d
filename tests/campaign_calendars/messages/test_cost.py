"""What a message costs: a price for each part that is billed (B3)."""

from __future__ import annotations

import pytest

from campaign_calendars.messages.cost import cost_of, parts_of
from campaign_calendars.model.store import Channel


def channel(**keys: object) -> Channel:
    return Channel.model_validate({"consent": "implied", "title": {"zh": "渠道"}, **keys})


@pytest.mark.parametrize(
    ("characters", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (150, 3), (160, 3), (600, 9)]
)
def test_an_sms_costs_its_price_for_each_part(characters: int, parts: int) -> None:
    sms = channel(kind="sms", unit_cost=0.06)
    assert (parts_of("字" * characters, sms), cost_of("字" * characters, sms)) == (parts, 6 * parts)


def test_the_signature_takes_its_characters_and_an_emoji_two() -> None:
    signed = channel(kind="sms", unit_cost=0.06, signature="四字签名")
    assert [cost_of("字" * n, signed) for n in (64, 65)] == [6, 12]
    assert [cost_of("字" * n + "🎁", signed) for n in (62, 63)] == [6, 12]


def test_what_is_no_sms_is_one_message_however_long() -> None:
    for kind in ("wecom", "phone", "dedicated_service", "mail", "push"):
        assert cost_of("字" * 600, channel(kind=kind, unit_cost=1.50)) == 150
    assert cost_of("字" * 600, channel(kind="sms", unit_cost=0)) == 0


def test_where_the_store_says_nothing_a_part_costs_what_its_provider_states() -> None:
    stated = channel(kind="sms", provider="alibaba")
    assert cost_of("字" * 71, stated) == 2 * cost_of("字", stated) > 0

"""What a message costs: the price of its channel for each part that is billed (B3).

An SMS of more than 70 characters is billed as several, signature and the words to refuse included; a message of any
other kind is one. Before a text is rendered for its member, the most is counted that it may come to: with each of
`NAMES`, so that what is planned and approved is not passed by what is paid.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from campaign_calendars.messages.sms import length, segments, signature_length
from campaign_calendars.model.store import Channel
from campaign_calendars.providers.of_channel import message_cost

NAMES: Final = ("李", "欧阳娜娜慕容", "")
"""A short name, as long a one as is reckoned with, and none: a text is tried with each. A longer one costs what
it costs when its message leaves; that is kept."""


def parts_of(text: str, channel: Channel) -> int:
    """Parts that a channel bills for a text as it leaves, ended with the way to refuse."""
    return segments(length(text) + signature_length(channel), channel) if channel.kind == "sms" else 1


def cost_of(text: str, channel: Channel) -> int:
    """Cents of a message with a text as it leaves."""
    return pricing(channel)(text)


def pricing(channel: Channel) -> Callable[[str], int]:
    """The same for many texts: what holds for all of them is looked up once."""
    price, signed = message_cost(channel), signature_length(channel)
    if channel.kind != "sms" or not price:
        return lambda _text: price
    known: dict[int, int] = {}

    def cents(text: str) -> int:
        count = length(text) + signed
        if count not in known:
            known[count] = price * segments(count, channel)
        return known[count]

    return cents

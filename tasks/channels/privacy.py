"""Keeping names and addresses out of files and error texts that do not need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign_calendars.values.masking import masked_words
from tasks.channels.answers import TEXT_LENGTH, storable

if TYPE_CHECKING:
    from warehouse.snapshots.recipients import Recipient

_READ = 4_000
_SHOWN = 7  # digits of a number that stay readable: three in front, four behind


def mask_address(address: str) -> str:
    """`13812345678` → `138****5678`, `li.na@example.com` → `l***@example.com`."""
    if "@" in address:
        user, _, domain = address.partition("@")
        return f"{user[:1]}***@{domain}"
    if len(address) <= _SHOWN:
        return "*" * len(address)
    return f"{address[:3]}{'*' * (len(address) - _SHOWN)}{address[-4:]}"


def mask_name(name: str) -> str:
    """`王小明` → `王**`: the first character, the rest starred."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def starred(to: Recipient) -> Recipient:
    """The recipient as a text may know him that people read who must not: the name starred, and his codes."""
    return to._replace(name=mask_name(to.name) if to.name else to.name, starred=True)


def mask_text(text: str, *, address: str | None, name: str | None) -> str:
    """The text with the recipient's own address and name masked."""
    if address:
        text = text.replace(address, mask_address(address))
    if name:
        text = text.replace(name, mask_name(name))
    return text


def safe_error(text: str) -> str:
    """An error text of the other side, fit for the ledger: one line, short, no numbers or mails."""
    return masked_words(storable(text, _READ))[:TEXT_LENGTH]

"""Values of a source as a person may see them on a screen: enough to recognise, not enough to use."""

from __future__ import annotations

import re

_OPEN = frozenset(
    {
        "ordered_at", "paid_at", "closed_at", "refunded_at", "completed_at", "amount", "refunded", "items", "status",
        "kind", "at", "until", "channel", "tag", "family", "benefit", "calendar", "redeemed_at", "consented_at",
        "withdrawn_at", "created_at", "joined_at", "left_at", "city", "province", "sku", "category", "price",
        "quantity", "paid", "points", "expires_at", "purpose", "given_at", "requested_at",
    }
)  # fmt: skip
_LONGEST = 24
_ENDS = 8


def mask_value(column: str, value: str) -> str:
    """`="2016123456789012345"` → `="2…5"`-like; amounts, moments and words of no person stay as they are.

    A person's name, phone, birthday or id never shows whole; long texts are cut.
    """
    text = " ".join(value.split())
    if column in _OPEN:
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    if column == "birth_on":
        return re.sub(r"\d", "9", text)
    core = text.strip("=\"'")
    if len(core) <= 2:  # noqa: PLR2004
        shown = core[:1] + "*"
    elif len(core) < _ENDS:
        shown = core[:1] + "*" * (len(core) - 1)
    else:
        shown = f"{core[:2]}{'*' * min(len(core) - 4, 8)}{core[-2:]}"
    return text.replace(core, shown) if core else text

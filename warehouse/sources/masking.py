"""Values of a source as a person may see them on a screen: enough to recognise, not enough to use."""

from __future__ import annotations

import re

from warehouse.models.catalogue import Model, load_layer

_OPEN = frozenset(
    {
        "ordered_at", "paid_at", "closed_at", "refunded_at", "completed_at", "amount", "refunded", "items", "status",
        "kind", "at", "until", "channel", "tag", "family", "benefit", "calendar", "redeemed_at", "consented_at",
        "withdrawn_at", "created_at", "joined_at", "left_at", "city", "province", "sku", "category", "price",
        "quantity", "paid", "points", "expires_at", "purpose", "given_at", "requested_at", "stage",
        "deposit", "deposit_paid_at", "balance_from", "balance_until", "bound_at", "unbound_at", "last_talk_at",
        "channels", "starts_on", "ends_on", "reason",
    }
)  # fmt: skip
# Columns of words that stand for something; whatever person they are about, many rows have the same.
_WORDS = frozenset(
    {"status", "kind", "channel", "purpose", "tag", "family", "category", "benefit", "calendar", "stage"}
)
# Amounts, counts and moments; a telephone number and an order number are neither.
_FIGURES = re.compile(r"[-+]?[¥￥$€]? ?[\d.,，' ]{1,14}(元|%|[eE][-+]?\d{1,3})?")
_MOMENTS = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?"
    r"([T ]+\d{1,2}:\d{2}(:\d{2}([.]\d{1,6})?)?)?( ?(Z|UTC|[-+]\d{2}:?\d{2}|[A-Z]{2,4}))?"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])[0-3]\d(\d{6})?"
)
_MANY_DIGITS = re.compile(r"(\d[ -]?){7,}")
_LONGEST = 24
_ENDS = 8


def mask_value(column: str, value: str) -> str:
    """`="2016123456789012345"` → `="2…5"`-like; amounts, moments and words of no person stay as they are.

    A person's name, phone, birthday or id never shows whole; long texts are cut.
    """
    text = _on_one_line(value)
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


def shown_value(dataset: str, column: str, value: str) -> str:
    """A cell that could not be taken as it was, as a finding shows it.

    Such a cell may stand in the wrong column, so that the column alone does not open it: of columns
    that are not personal, figures, moments and words of a vocabulary stay as they were written.
    """
    text = _on_one_line(value)
    personal = any(model.columns[column].pii for model in load_layer("staging") if _has(model, dataset, column))
    if not personal and column in _OPEN:
        if _MOMENTS.fullmatch(text) or (_FIGURES.fullmatch(text) and not _MANY_DIGITS.search(text)):
            return text
        if column in _WORDS and len(text) <= _LONGEST and "@" not in text and not _MANY_DIGITS.search(text):
            return text
    return masked(text)


def _on_one_line(value: str) -> str:
    """The text as a terminal may be given it: no line ends, no control characters, nothing invisible."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def masked(text: str) -> str:
    """What a cell looks like without what it says: its first character and its length."""
    return text[:1] + "•" * min(len(text) - 1, 7) if text else ""


def _has(model: Model, dataset: str, column: str) -> bool:
    return model.dataset == dataset and column in model.columns

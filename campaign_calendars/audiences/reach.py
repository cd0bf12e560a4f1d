"""Whether anybody can be in an audience: contradictions in a checked expression.

The expression becomes alternatives of conditions that all have to hold (`or` of `and`s). Each
alternative is looked at field by field: which numbers, which texts, yes or no, empty or not. What
is not understood counts as possible, so an audience is called empty only when it surely is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS
from campaign_calendars.audiences.names import OF_STORE, AudienceNames
from campaign_calendars.audiences.references import FUNCTION
from campaign_calendars.audiences.tree import (
    Between,
    Bracket,
    Call,
    Compare,
    In,
    Is,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Text,
    Truth,
    read_expression,
)
from campaign_calendars.values.moments import parse_moment

MAX_ALTERNATIVES = 256
_NEGATED = {"=": "<>", "<>": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_RANGES: dict[str, tuple[int | None, int | None]] = {
    "birth_month": (1, 12),
    "r_score": (1, 5),
    "f_score": (1, 5),
    "m_score": (1, 5),
    "active_hour": (0, 23),
    "discount_share_365d": (0, 100),
    # Adjustments and refunds can leave less than nothing.
    "points_balance": (None, None),
    "points_earned_365d": (None, None),
}


@dataclass(frozen=True, slots=True)
class _Condition:
    """`name sign value`; sign `in`/`not in` with a set of texts, `is` with True, False or None."""

    name: str
    sign: str
    value: Any


_Alternative = tuple[_Condition, ...]


class _TooManyError(Exception):
    """More alternatives than are worth looking at."""


def can_hold(tree: Node, names: AudienceNames) -> bool:
    """False when no member can fulfil the expression; True when one may."""
    try:
        return any(_possible(alternative) for alternative in _alternatives(tree, names, positive=True))
    except _TooManyError:
        return True


def _alternatives(node: Node, names: AudienceNames, *, positive: bool) -> list[_Alternative]:
    if isinstance(node, Bracket):
        return _alternatives(node.inner, names, positive=positive)
    if isinstance(node, Not):
        return _alternatives(node.inner, names, positive=not positive)
    if isinstance(node, Logic):
        parts = [_alternatives(part, names, positive=positive) for part in node.parts]
        return _joined(parts) if (node.word == "and") == positive else _listed(parts)
    if isinstance(node, Between):
        low = Compare(node.start, ">=", node.left, node.low)
        high = Compare(node.start, "<=", node.left, node.high)
        return _alternatives(Logic(node.start, "and", (low, high)), names, positive=positive)
    condition = _condition(node, names, positive)
    if condition is not None and positive and isinstance(node, Call) and node.name.lower() == FUNCTION:
        return _joined([[(condition,)], _of_named(node, names)])
    return [(condition,) if condition is not None else ()]


def _of_named(node: Call, names: AudienceNames) -> list[_Alternative]:
    """What being in a named audience asks; out of it is also who is unknown to its rule, so that says nothing."""
    name = node.argument.value if node.argument is not None else ""
    named = names.named(name)
    if named is None:
        return [()]
    return _alternatives(read_expression(named.where), names.inside(name), positive=True)


def _listed(parts: Iterable[list[_Alternative]]) -> list[_Alternative]:
    alternatives = [alternative for part in parts for alternative in part]
    if len(alternatives) > MAX_ALTERNATIVES:
        raise _TooManyError
    return alternatives


def _joined(parts: Iterable[list[_Alternative]]) -> list[_Alternative]:
    alternatives: list[_Alternative] = [()]
    for part in parts:
        if len(alternatives) * len(part) > MAX_ALTERNATIVES:
            raise _TooManyError
        alternatives = [(*left, *right) for left in alternatives for right in part]
    return alternatives


def _condition(node: Node, names: AudienceNames, positive: bool) -> _Condition | None:
    """What one part of the expression asks; None when it is not understood."""
    if isinstance(node, Name):
        return _Condition(node.text.lower(), "is", positive)
    if isinstance(node, Call) and node.argument is not None:
        # A name in a rule of the store is the store's, whatever the calendar calls so.
        place = OF_STORE if names.is_of_store and node.name.lower() == FUNCTION else ""
        return _Condition(place + _subject(node)[0], "is", positive)
    if isinstance(node, Truth):
        return _Condition("", "is", node.value == positive)
    if isinstance(node, Is) and _subject(node.left)[0]:
        return _identity(_subject(node.left)[0], node.right, positive)
    if isinstance(node, In) and _subject(node.left)[0]:
        return _membership(_subject(node.left)[0], node, positive)
    return _comparison(node, names, positive) if isinstance(node, Compare) else None


def _subject(node: Node) -> tuple[str, str]:
    """The field or the call that a condition is about, and its type; empty when it is neither."""
    if isinstance(node, Name) and (field := FIELDS.get(node.text.lower())):
        return field.name, field.type
    if isinstance(node, Call) and node.argument is not None and (function := FUNCTIONS.get(node.name.lower())):
        of = f", {node.number.text}" if node.number is not None else ""
        return f"{function.name}('{node.argument.value}'{of})", function.gives
    return "", ""


def _identity(name: str, value: Node, positive: bool) -> _Condition:
    if isinstance(value, Truth):
        return _Condition(name, "is", value.value == positive)
    return _Condition(name, "is" if positive else "is not", None)


def _membership(name: str, node: In, positive: bool) -> _Condition | None:
    options = [option.value for option in node.options if isinstance(option, Text)]
    if len(options) < len(node.options):
        return None
    return _Condition(name, "in" if positive else "not in", frozenset(options))


def _comparison(node: Compare, names: AudienceNames, positive: bool) -> _Condition | None:
    left, right, sign = node.left, node.right, str(node.sign)
    if not _subject(left)[0]:
        left, right, sign = right, left, _MIRRORED[sign]
    name, kind = _subject(left)
    if not name:
        return None
    sign = sign if positive else _NEGATED[sign]
    if kind == "text":
        return _text_comparison(name, sign, right, names)
    if isinstance(right, Truth) and sign in ("=", "<>"):
        return _Condition(name, "is", right.value == (sign == "="))
    value = _moment(right) if kind == "timestamp" else _number(right)
    return _Condition(name, sign, value) if value is not None else None


def _text_comparison(name: str, sign: str, value: Node, names: AudienceNames) -> _Condition | None:
    if not isinstance(value, Text):
        return None
    if sign in ("=", "<>"):
        return _Condition(name, "in" if sign == "=" else "not in", frozenset({value.value}))
    if name != "tier" or names.tiers is None or value.value not in names.tiers:
        return None
    ranks = {tier: Decimal(rank) for rank, tier in enumerate(names.tiers)}
    allowed = [tier for tier, rank in ranks.items() if _holds(rank, sign, ranks[value.value])]
    return _Condition(name, "in", frozenset(allowed))


def _holds(left: Decimal, sign: str, right: Decimal) -> bool:
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[sign]


def _number(node: Node) -> Decimal | None:
    if isinstance(node, Negative):
        inner = _number(node.inner)
        return -inner if inner is not None else None
    if isinstance(node, Bracket):
        return _number(node.inner)
    return Decimal(node.text) if isinstance(node, Number) else None


def _moment(node: Node) -> Decimal | None:
    """Seconds on the wall clock; fine for comparing moments of one zone."""
    if not isinstance(node, Text):
        return None
    moment = parse_moment(node.value)
    local = datetime.fromisoformat(f"{moment.base} {moment.at or '00:00:00'}")
    return Decimal(local.toordinal() * 86_400 + local.hour * 3_600 + local.minute * 60 + local.second)


def _possible(alternative: _Alternative) -> bool:
    by_name: dict[str, list[_Condition]] = {}
    for condition in alternative:
        by_name.setdefault(condition.name, []).append(condition)
    return all(_agree(name, conditions) for name, conditions in by_name.items())


def _agree(name: str, conditions: list[_Condition]) -> bool:
    """Whether one field can fulfil all its conditions."""
    truths = {condition.value for condition in conditions if condition.sign == "is"}
    if len(truths) > 1 or (not name and False in truths):
        return False
    if None in truths:
        # An empty field fulfils nothing but `is null`.
        return all(condition.sign == "is" for condition in conditions)
    return _texts_agree(name, conditions) and _numbers_agree(name, conditions)


def _texts_agree(name: str, conditions: list[_Condition]) -> bool:
    field = FIELDS.get(name)
    allowed: frozenset[str] | None = frozenset(field.choices) if field and field.choices else None
    for condition in conditions:
        if condition.sign == "in":
            allowed = condition.value if allowed is None else allowed & condition.value
    if allowed is None:
        return True
    return bool(allowed.difference(*(c.value for c in conditions if c.sign == "not in")))


def _numbers_agree(name: str, conditions: list[_Condition]) -> bool:
    numbers = [condition for condition in conditions if isinstance(condition.value, Decimal)]
    if not numbers:
        return True
    whole = (FIELDS[name].type if name in FIELDS else FUNCTIONS[name.partition("(")[0]].gives) == "int"
    # Every count is zero or more; amounts may be anything.
    least, most = _range(name) if whole else (None, None)
    low = (Decimal(least), False) if least is not None else (Decimal("-Infinity"), False)
    high = (Decimal(most), False) if most is not None else (Decimal("Infinity"), False)
    for condition in numbers:
        value, sign = condition.value, condition.sign
        if sign in ("=", ">=", ">"):
            low = max(low, (value, sign == ">"))
        if sign in ("=", "<=", "<"):
            high = min(high, (value, sign == "<"), key=lambda bound: (bound[0], not bound[1]))
    excluded = {condition.value for condition in numbers if condition.sign == "<>"}
    return _some_between(low, high, excluded, whole)


def _range(name: str) -> tuple[int | None, int | None]:
    """The least and the most that a count can be."""
    if name.startswith("random_split("):
        return 1, int(name.rpartition(", ")[2].removesuffix(")"))
    return _RANGES.get(name, (0, None))


def _some_between(low: tuple[Decimal, bool], high: tuple[Decimal, bool], excluded: set[Decimal], whole: bool) -> bool:
    """Whether a number lies between the bounds; the flag of a bound leaves it out itself."""
    first, last = low[0], high[0]
    if whole and first.is_finite() and last.is_finite():
        start = int(first.to_integral_value("ROUND_FLOOR")) + (1 if low[1] or first != first.to_integral_value() else 0)
        stop = int(last.to_integral_value("ROUND_CEILING")) - (1 if high[1] or last != last.to_integral_value() else 0)
        return stop - start + 1 > sum(
            start <= value <= stop and value == value.to_integral_value() for value in excluded
        )
    if first != last:
        return first < last
    return not low[1] and not high[1] and first not in excluded

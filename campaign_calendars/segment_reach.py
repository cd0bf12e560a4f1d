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
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from campaign_calendars.fields import FIELDS
from campaign_calendars.moments import parse_moment

if TYPE_CHECKING:
    from campaign_calendars.segments import AudienceNames

MAX_ALTERNATIVES = 256
_SIGNS: dict[type[Any], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_NEGATED = {"=": "<>", "<>": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_RANGES = {"birth_month": (1, 12), "r_score": (1, 5), "f_score": (1, 5), "m_score": (1, 5)}


@dataclass(frozen=True, slots=True)
class _Condition:
    """`name sign value`; sign `in`/`not in` with a set of texts, `is` with True, False or None."""

    name: str
    sign: str
    value: Any


_Alternative = tuple[_Condition, ...]


class _TooManyError(Exception):
    """More alternatives than are worth looking at."""


def can_hold(tree: Any, names: AudienceNames) -> bool:
    """False when no member can fulfil the expression; True when one may."""
    try:
        return any(_possible(alternative) for alternative in _alternatives(tree, names, positive=True))
    except _TooManyError:
        return True


def _alternatives(node: Any, names: AudienceNames, *, positive: bool) -> list[_Alternative]:
    if isinstance(node, exp.Paren):
        return _alternatives(node.this, names, positive=positive)
    if isinstance(node, exp.Not):
        return _alternatives(node.this, names, positive=not positive)
    if isinstance(node, exp.And | exp.Or):
        parts = [_alternatives(part, names, positive=positive) for part in node.flatten()]
        return _joined(parts) if isinstance(node, exp.And) == positive else _listed(parts)
    if isinstance(node, exp.Between):
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
        return _alternatives(exp.And(this=low, expression=high), names, positive=positive)
    condition = _condition(node, names, positive)
    return [(condition,) if condition is not None else ()]


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


def _condition(node: Any, names: AudienceNames, positive: bool) -> _Condition | None:
    """What one part of the expression asks; None when it is not understood."""
    if isinstance(node, exp.Column | exp.Anonymous):
        return _Condition(node.sql(dialect="duckdb").lower(), "is", positive)
    if isinstance(node, exp.Boolean):
        return _Condition("", "is", bool(node.this) == positive)
    if isinstance(node, exp.Is) and isinstance(node.this, exp.Column):
        return _identity(node, positive)
    if isinstance(node, exp.In) and isinstance(node.this, exp.Column):
        return _membership(node, positive)
    if type(node) in _SIGNS:
        return _comparison(node, names, positive)
    return None


def _identity(node: Any, positive: bool) -> _Condition:
    name = node.this.name.lower()
    if isinstance(node.expression, exp.Boolean):
        return _Condition(name, "is", bool(node.expression.this) == positive)
    return _Condition(name, "is" if positive else "is not", None)


def _membership(node: Any, positive: bool) -> _Condition | None:
    options = node.args.get("expressions") or []
    if not all(isinstance(option, exp.Literal) and option.is_string for option in options):
        return None
    return _Condition(node.this.name.lower(), "in" if positive else "not in", frozenset(o.this for o in options))


def _comparison(node: Any, names: AudienceNames, positive: bool) -> _Condition | None:
    left, right, sign = node.this, node.expression, _SIGNS[type(node)]
    if not isinstance(left, exp.Column):
        left, right, sign = right, left, _MIRRORED[sign]
    if not isinstance(left, exp.Column):
        return None
    field = FIELDS.get(left.name.lower())
    sign = sign if positive else _NEGATED[sign]
    if field is None:
        return None
    if field.type == "text":
        return _text_comparison(field.name, sign, right, names)
    if isinstance(right, exp.Boolean) and sign in ("=", "<>"):
        return _Condition(field.name, "is", bool(right.this) == (sign == "="))
    value = _moment(right) if field.type == "timestamp" else _number(right)
    return _Condition(field.name, sign, value) if value is not None else None


def _text_comparison(name: str, sign: str, value: Any, names: AudienceNames) -> _Condition | None:
    if not (isinstance(value, exp.Literal) and value.is_string):
        return None
    if sign in ("=", "<>"):
        return _Condition(name, "in" if sign == "=" else "not in", frozenset({str(value.this)}))
    if name != "tier" or names.tiers is None or value.this not in names.tiers:
        return None
    ranks = {tier: Decimal(rank) for rank, tier in enumerate(names.tiers)}
    allowed = [tier for tier, rank in ranks.items() if _holds(rank, sign, ranks[value.this])]
    return _Condition(name, "in", frozenset(allowed))


def _holds(left: Decimal, sign: str, right: Decimal) -> bool:
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[sign]


def _number(node: Any) -> Decimal | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return -inner if inner is not None else None
    if isinstance(node, exp.Paren):
        return _number(node.this)
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    return Decimal(str(node.this))


def _moment(node: Any) -> Decimal | None:
    """Seconds on the wall clock; fine for comparing moments of one zone."""
    if not (isinstance(node, exp.Literal) and node.is_string):
        return None
    moment = parse_moment(str(node.this))
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
    allowed: frozenset[str] | None = frozenset(FIELDS[name].choices) if name == "lifecycle" else None
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
    whole = FIELDS[name].type == "int"
    # Every count is zero or more; amounts may be anything.
    least, most = _RANGES.get(name, (0, None)) if whole else (None, None)
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

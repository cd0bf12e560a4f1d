"""The tree of an audience expression → SQL: typed, checked, written anew.

Types:

    bool       a condition
    int        a count; compares with numbers and counts
    decimal    hundredths; compares with numbers, written 2.5
    money      cents; compares with amounts of currency, written 199.00
    number     a literal without a unit: becomes whatever it meets
    text       compares with = <> in like; `tier` also by rank
    timestamp  compares with other moments and with '2026-03-01 10:00' in the calendar's zone
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from campaign_calendars.audiences.calls import CallCompiler
from campaign_calendars.audiences.fields.vocabulary import FIELDS
from campaign_calendars.audiences.judging import WrongError
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.tags import Analyse
from campaign_calendars.audiences.tree import (
    Arithmetic,
    Between,
    Bracket,
    Call,
    Compare,
    In,
    Is,
    Like,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Number,
    Text,
    Truth,
)
from campaign_calendars.audiences.types import (
    NUMBERS,
    Typed,
    field_hint,
    foreign,
    moment_literal,
    quoted,
    type_hint,
    type_names,
)
from campaign_calendars.findings.finding import Finding

_LARGEST = Decimal(10) ** 12
_DECIMALS = 6
_RANKED: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """The outcome: SQL when there are no findings."""

    sql: str
    fields: frozenset[str]
    functions: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]


def compile_expression(tree: Node, names: AudienceNames, analyse: Analyse) -> Compiled:
    """Check and compile; collects the findings of all branches of `and` and `or`."""
    compiler = _Compiler(names, analyse)
    sql = compiler.condition(tree)
    return Compiled(sql, frozenset(compiler.fields), frozenset(compiler.functions), tuple(compiler.findings))


class _Compiler(CallCompiler):
    """Compiles a tree node by node."""

    def condition(self, node: Node) -> str:
        """SQL of a boolean expression; a wrong one is recorded and compiles to false."""
        if isinstance(node, Logic):
            return "(" + f" {node.word} ".join(self.condition(part) for part in node.parts) + ")"
        try:
            typed = self.value(node)
            if typed.type != "bool":
                self.mismatch(node, typed, "bool")
        except WrongError:
            return "false"
        return typed.sql

    def value(self, node: Node) -> Typed:
        """Compile any expression."""
        return _COMPILE[type(node)](self, node)

    def logical(self, node: Logic) -> Typed:
        return Typed(self.condition(node), "bool")

    def negated(self, node: Not) -> Typed:
        return Typed(f"not {self.condition(node.inner)}", "bool")

    def bracket(self, node: Bracket) -> Typed:
        if isinstance(node.inner, Logic):
            return self.logical(node.inner)
        inner = self.value(node.inner)
        return Typed(f"({inner.sql})", inner.type, inner.value, inner.field)

    def comparison(self, node: Compare) -> Typed:
        left, right, sign = self.value(node.left), self.value(node.right), node.sign
        if sign not in ("=", "<>") and (ranked := self._by_rank(node, left, right)) is not None:
            return ranked
        left, right = self._meet(node, left, right)
        if left.type in ("text", "bool") and sign not in ("=", "<>"):
            raise self.wrong(
                "C134",
                node,
                (
                    f"{type_names(left)[0]} has no order; use = or <>",
                    f"{type_names(left)[1]}没有大小之分；请用 = 或 <>",
                ),
                ("Only tier is compared by rank.", "只有 tier 可以按等级比较。"),
            )
        return Typed(f"{left.operand} {sign} {right.operand}", "bool")

    def _by_rank(self, node: Compare, left: Typed, right: Typed) -> Typed | None:
        """`tier >= 'gold'` → the tiers from gold on, lowest first."""
        if left.field != "tier" or not isinstance(right.value, str):
            return None
        if self.names.tiers is None:
            return Typed("false", "bool")
        self.known(node.right, right.value, self.names.tiers, "tier")
        ranks = {name: rank for rank, name in enumerate(self.names.tiers)}
        tiers = [name for name, rank in ranks.items() if _RANKED[node.sign](rank, ranks[right.value])]
        if not tiers:
            return Typed("(f.tier is null and null)", "bool")  # unknown stays unknown, also under not
        return Typed(f"f.tier in ({', '.join(quoted(tier) for tier in tiers)})", "bool")

    def member_of(self, node: In) -> Typed:
        if not node.options:
            raise self.wrong(
                "C133",
                node,
                ("`in` wants a list of values", "in 之后应为值的列表"),
                ("Write tier in ('gold', 'diamond').", "请写 tier in ('gold', 'diamond')。"),
            )
        left = self.value(node.left)
        parts = [self._meet(option, left, self.value(option))[1].sql for option in node.options]
        return Typed(f"{left.operand} in ({', '.join(parts)})", "bool")

    def between(self, node: Between) -> Typed:
        value = self.value(node.left)
        low = self._meet(node, value, self.value(node.low))[1]
        high = self._meet(node, value, self.value(node.high))[1]
        if value.type in ("text", "bool"):
            self.mismatch(node, value, "number")
        return Typed(f"{value.sql} between {low.sql} and {high.sql}", "bool")

    def identity(self, node: Is) -> Typed:
        left = self.value(node.left)
        if isinstance(node.right, Null):
            return Typed(f"{left.operand} is null", "bool")
        if isinstance(node.right, Truth) and left.type == "bool":
            return Typed(f"{left.operand} is {str(node.right.value).lower()}", "bool")
        raise self.wrong(
            "C133",
            node,
            ("`is` is followed by null, true or false", "is 之后应为 null、true 或 false"),
            ("Write last_order_at is null.", "请写 last_order_at is null。"),
        )

    def like(self, node: Like) -> Typed:
        left, right = self.value(node.left), self.value(node.right)
        if left.type != "text" or left.is_literal:
            self.mismatch(node, left, "text")
        if not isinstance(right.value, str):
            self.mismatch(node.right, right, "text")
        return Typed(f"{left.sql} like {right.sql}", "bool")

    def name(self, node: Name) -> Typed:
        name = node.text
        if not node.is_plain:
            raise self.wrong(
                "C133",
                node,
                (f"{name[:40]} is not a field", f"{name[:40]} 不是字段"),
                ("Texts are written in single quotes, fields without any.", "文本用单引号，字段不加引号。"),
            )
        known = FIELDS.get(name.lower())
        if known is None:
            raise self.wrong(
                "C131",
                node,
                (f"there is no field {name!r}", f"没有字段 {name!r}"),
                field_hint(
                    name, (*(self.names.tiers or ()), *self.names.phases, *self.names.plays, *self.names.benefits)
                ),
            )
        self.fields.add(known.name)
        return Typed(f"f.{known.name}", known.type, field=known.name)

    def text(self, node: Text) -> Typed:
        return Typed(quoted(node.value), "text", node.value)

    def number(self, node: Number) -> Typed:
        text = node.text
        try:
            number = Decimal(text)
        except ArithmeticError:
            number = _LARGEST
        if not number.is_finite() or abs(number) >= _LARGEST or number != round(number, _DECIMALS):
            raise self.wrong(
                "C134",
                node,
                (f"the number {text[:30]} is too large or too fine", f"数值 {text[:30]} 过大或过细"),
                ("Write at most twelve digits and six decimals.", "最多十二位整数、六位小数。"),
            )
        return Typed(f"{number:f}", "number", number)

    def truth(self, node: Truth) -> Typed:
        return Typed(str(node.value).lower(), "bool")

    def null(self, node: Null) -> Typed:
        raise self.record(foreign(node.start, "NULL"))

    def negative(self, node: Negative) -> Typed:
        inner = self.value(node.inner)
        if inner.type not in NUMBERS:
            self.mismatch(node, inner, "number")
        if isinstance(inner.value, Decimal):
            return Typed(f"{-inner.value:f}", "number", -inner.value)
        return Typed(f"(-{inner.sql})", inner.type)

    def arithmetic(self, node: Arithmetic) -> Typed:
        left, right = self.value(node.left), self.value(node.right)
        for side, typed in ((node.left, left), (node.right, right)):
            if typed.type not in NUMBERS:
                self.mismatch(side, typed, "number")
        if node.sign != "*":
            left, right = self._meet(node, left, right)
            return Typed(f"({left.sql} {node.sign} {right.sql})", left.type)
        kinds = {left.type, right.type}
        if kinds <= {"money", "decimal"}:
            self.mismatch(node.right, right, "number")
        kind = next((kind for kind in ("money", "decimal", "int") if kind in kinds), "number")
        return Typed(f"(cast({left.sql} as double) * {right.sql})", kind)  # cannot overflow, whatever the factor

    def _meet(self, node: Node, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        """Both sides in one type: literals take the type of what they meet."""
        left, right = self._adapt(node, left, right.type, right), self._adapt(node, right, left.type, left)
        if left.type != right.type:
            wrong, other = type_names(right), type_names(left)
            raise self.wrong(
                "C134",
                node,
                (f"{other[0]} is compared with {wrong[0]}", f"{other[1]}与{wrong[1]}无法比较"),
                type_hint(left.type),
            )
        return left, right

    def _adapt(self, node: Node, value: Typed, wanted: str, other: Typed) -> Typed:
        if value.type == "number" and wanted in ("money", "decimal"):
            return self._hundredths(node, value, wanted)
        if value.type == "number" and wanted == "int":
            return Typed(value.sql, "int", value.value)
        if isinstance(value.value, str) and wanted == "timestamp":
            return self._moment(node, value.value)
        if isinstance(value.value, str) and (other.field == "tier" or (other.field and FIELDS[other.field].choices)):
            choices = self.names.tiers if other.field == "tier" else FIELDS[other.field].choices
            self.known(node, value.value, choices, other.field)
        return value

    def _hundredths(self, node: Node, value: Typed, kind: str) -> Typed:
        """Money in cents, decimals in hundredths."""
        if not isinstance(value.value, Decimal):
            return Typed(f"({value.sql} * 100)", kind)
        cents = value.value * 100
        if cents != cents.to_integral_value():
            raise self.wrong(
                "C134",
                node,
                (f"{value.value} has more than two decimals", f"{value.value} 超过两位小数"),
                (
                    "Amounts are written in currency, with two decimals: 199.00.",
                    "金额以元为单位，最多两位小数：199.00。",
                ),
            )
        return Typed(str(int(cents)), kind, cents)

    def _moment(self, node: Node, text: str) -> Typed:
        sql = moment_literal(text, self.names.timezone)
        if sql is None:
            raise self.wrong(
                "C134",
                node,
                (f"{text[:40]!r} is not a moment here", f"{text[:40]!r} 在此不是时间"),
                ("Write '2026-03-01' or '2026-03-01 10:00'.", "请写 '2026-03-01' 或 '2026-03-01 10:00'。"),
            )
        return Typed(sql, "timestamp", text)


_COMPILE = cast(
    "dict[type[Node], Callable[[_Compiler, Node], Typed]]",
    {
        Logic: _Compiler.logical,
        Not: _Compiler.negated,
        Bracket: _Compiler.bracket,
        Compare: _Compiler.comparison,
        In: _Compiler.member_of,
        Between: _Compiler.between,
        Is: _Compiler.identity,
        Like: _Compiler.like,
        Name: _Compiler.name,
        Text: _Compiler.text,
        Number: _Compiler.number,
        Truth: _Compiler.truth,
        Null: _Compiler.null,
        Negative: _Compiler.negative,
        Arithmetic: _Compiler.arithmetic,
        Call: _Compiler.call,
    },
)

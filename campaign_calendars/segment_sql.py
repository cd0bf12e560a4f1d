"""The typed tree of an audience expression → SQL. Imports sqlglot, so it is imported late.

Every node type that is accepted has a method here; everything else is a finding. Types:

    bool       a condition
    int        a count; compares with numbers and counts
    money      cents; compares with amounts of currency, written 199.00
    number     a literal without a unit: becomes whatever it meets
    text       compares with = <> in like; `tier` also by rank
    timestamp  compares with other moments and with '2026-03-01 10:00' in the calendar's zone
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from sqlglot import exp

from campaign_calendars.fields import FIELDS, FUNCTIONS
from campaign_calendars.findings import Finding, suggestion
from campaign_calendars.moments import parse_moment
from campaign_calendars.segment_types import TEMPLATES, TYPE_NAMES, Typed, field_hint, quoted, type_hint, type_names
from campaign_calendars.timeline import from_local

if TYPE_CHECKING:
    from campaign_calendars.segments import AudienceNames

_LARGEST = Decimal(10) ** 12
_DECIMALS = 6
_COMPARE: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_RANKED: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """The outcome: SQL when there are no findings."""

    sql: str
    fields: frozenset[str]
    functions: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]


class _WrongError(Exception):
    """This branch of the tree cannot be compiled; the finding is recorded already."""


def compile_expression(tree: Any, names: AudienceNames) -> Compiled:
    """Check and compile; collects the findings of all branches of `and` and `or`."""
    compiler = _Compiler(names)
    sql = compiler.condition(tree)
    return Compiled(sql, frozenset(compiler.fields), frozenset(compiler.functions), tuple(compiler.findings))


def _offset(node: exp.Expr) -> int:
    starts = [n.meta["start"] for n in node.walk() if "start" in n.meta]
    return min(starts, default=0)


@dataclass
class _Compiler:
    names: AudienceNames
    findings: list[Finding] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    functions: set[tuple[str, str]] = field(default_factory=set)

    def condition(self, node: exp.Expr) -> str:
        """SQL of a boolean expression; a wrong one is recorded and compiles to false."""
        if isinstance(node, exp.And | exp.Or):
            word = " and " if isinstance(node, exp.And) else " or "
            return "(" + word.join(self.condition(part) for part in list(node.flatten())) + ")"
        try:
            typed = self.value(node)
            if typed.type != "bool":
                self._mismatch(node, typed, "bool")
        except _WrongError:
            return "false"
        return typed.sql

    def value(self, node: exp.Expr) -> Typed:
        """Compile any accepted expression."""
        for kinds, compile_node in _NODES:
            if isinstance(node, kinds):
                return compile_node(self, node)
        raise self._wrong(
            "C133",
            node,
            (f"{_shown(node)} is not part of the audience language", f"人群语言不支持 {_shown(node)}"),
            (
                "Use fields, comparisons, in, between, like, is null, and, or, not, and the functions "
                + ", ".join(sorted(FUNCTIONS))
                + ".",
                "可用：字段、比较、in、between、like、is null、and、or、not 以及函数 "
                + "、".join(sorted(FUNCTIONS))
                + "。",
            ),
        )

    def logical(self, node: exp.Expr) -> Typed:
        return Typed(self.condition(node), "bool")

    def negated(self, node: exp.Expr) -> Typed:
        return Typed(f"not {self.condition(node.this)}", "bool")

    def bracket(self, node: exp.Expr) -> Typed:
        if isinstance(node.this, exp.And | exp.Or):
            return self.logical(node.this)
        inner = self.value(node.this)
        return Typed(f"({inner.sql})", inner.type, inner.value, inner.field)

    def comparison(self, node: exp.Expr) -> Typed:
        left, right = self.value(node.this), self.value(node.expression)
        sign = _COMPARE[type(node)]
        if sign not in ("=", "<>") and (ranked := self._by_rank(node, left, right, sign)) is not None:
            return ranked
        left, right = self._meet(node, left, right)
        if left.type in ("text", "bool") and sign not in ("=", "<>"):
            raise self._wrong(
                "C134",
                node,
                (
                    f"{type_names(left)[0]} has no order; use = or <>",
                    f"{type_names(left)[1]}没有大小之分；请用 = 或 <>",
                ),
                ("Only tier is compared by rank.", "只有 tier 可以按等级比较。"),
            )
        return Typed(f"{left.operand} {sign} {right.operand}", "bool")

    def _by_rank(self, node: exp.Expr, left: Typed, right: Typed, sign: str) -> Typed | None:
        """`tier >= 'gold'` → the tiers from gold on, lowest first."""
        if left.field != "tier" or not isinstance(right.value, str):
            return None
        if self.names.tiers is None:
            return Typed("false", "bool")
        self._known(node.expression, right.value, self.names.tiers, "tier")
        ranks = {name: rank for rank, name in enumerate(self.names.tiers)}
        tiers = [name for name, rank in ranks.items() if _RANKED[sign](rank, ranks[right.value])]
        if not tiers:
            return Typed("false", "bool")
        return Typed(f"f.tier in ({', '.join(quoted(tier) for tier in tiers)})", "bool")

    def member_of(self, node: exp.Expr) -> Typed:
        options = node.args.get("expressions") or []
        if node.args.get("query") is not None or not options:
            raise self._wrong(
                "C133",
                node,
                ("`in` wants a list of values", "in 之后应为值的列表"),
                ("Write tier in ('gold', 'diamond').", "请写 tier in ('gold', 'diamond')。"),
            )
        left = self.value(node.this)
        parts = [self._meet(option, left, self.value(option))[1].sql for option in options]
        return Typed(f"{left.operand} in ({', '.join(parts)})", "bool")

    def between(self, node: exp.Expr) -> Typed:
        value = self.value(node.this)
        low = self._meet(node, value, self.value(node.args["low"]))[1]
        high = self._meet(node, value, self.value(node.args["high"]))[1]
        if value.type in ("text", "bool"):
            self._mismatch(node, value, "number")
        return Typed(f"{value.sql} between {low.sql} and {high.sql}", "bool")

    def identity(self, node: exp.Expr) -> Typed:
        left = self.value(node.this)
        if isinstance(node.expression, exp.Null):
            return Typed(f"{left.operand} is null", "bool")
        if isinstance(node.expression, exp.Boolean) and left.type == "bool":
            return Typed(f"{left.operand} is {str(node.expression.this).lower()}", "bool")
        raise self._wrong(
            "C133",
            node,
            ("`is` is followed by null, true or false", "is 之后应为 null、true 或 false"),
            ("Write last_order_at is null.", "请写 last_order_at is null。"),
        )

    def like(self, node: exp.Expr) -> Typed:
        left, right = self.value(node.this), self.value(node.expression)
        if left.type != "text" or not left.field:
            self._mismatch(node, left, "text")
        if not isinstance(right.value, str):
            self._mismatch(node.expression, right, "text")
        return Typed(f"{left.sql} like {right.sql}", "bool")

    def column(self, node: exp.Expr) -> Typed:
        name = node.name
        is_quoted = bool(node.this.args.get("quoted")) if isinstance(node.this, exp.Identifier) else True
        if is_quoted or node.args.get("table") is not None:
            raise self._wrong(
                "C133",
                node,
                (f"{_shown(node)} is not a field", f"{_shown(node)} 不是字段"),
                ("Texts are written in single quotes, fields without any.", "文本用单引号，字段不加引号。"),
            )
        known = FIELDS.get(name.lower())
        if known is None:
            raise self._wrong(
                "C131",
                node,
                (f"there is no field {name!r}", f"没有字段 {name!r}"),
                field_hint(
                    name, (*(self.names.tiers or ()), *self.names.phases, *self.names.plays, *self.names.benefits)
                ),
            )
        self.fields.add(known.name)
        return Typed(f"f.{known.name}", known.type, field=known.name)

    def literal(self, node: exp.Expr) -> Typed:
        text = str(node.this)
        if node.args.get("is_string"):
            return Typed(quoted(text), "text", text)
        try:
            number = Decimal(text)
        except ArithmeticError:
            number = _LARGEST
        if not number.is_finite() or abs(number) >= _LARGEST or number != round(number, _DECIMALS):
            raise self._wrong(
                "C134",
                node,
                (f"the number {text[:30]} is too large or too fine", f"数值 {text[:30]} 过大或过细"),
                ("Write at most twelve digits and six decimals.", "最多十二位整数、六位小数。"),
            )
        return Typed(f"{number:f}", "number", number)

    def boolean(self, node: exp.Expr) -> Typed:
        return Typed(str(bool(node.this)).lower(), "bool")

    def negative(self, node: exp.Expr) -> Typed:
        inner = self.value(node.this)
        if inner.type not in ("number", "int", "money"):
            self._mismatch(node, inner, "number")
        if isinstance(inner.value, Decimal):
            return Typed(f"{-inner.value:f}", "number", -inner.value)
        return Typed(f"(-{inner.sql})", inner.type)

    def arithmetic(self, node: exp.Expr) -> Typed:
        left, right = self.value(node.this), self.value(node.expression)
        for side, typed in ((node.this, left), (node.expression, right)):
            if typed.type not in ("number", "int", "money"):
                self._mismatch(side, typed, "number")
        sign = _ARITHMETIC[type(node)]
        if sign != "*":
            left, right = self._meet(node, left, right)
            return Typed(f"({left.sql} {sign} {right.sql})", left.type)
        kinds = {left.type, right.type}
        if left.type == right.type == "money":
            self._mismatch(node.expression, right, "number")
        kind = "money" if "money" in kinds else "int" if "int" in kinds else "number"
        return Typed(f"(cast({left.sql} as double) * {right.sql})", kind)  # cannot overflow, whatever the factor

    def call(self, node: exp.Expr) -> Typed:
        name = str(node.this).lower() if isinstance(node, exp.Anonymous) else _shown(node).lower()
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._wrong(
                "C132",
                node,
                (f"there is no function {name!r}", f"没有函数 {name!r}"),
                suggestion(name, FUNCTIONS),
            )
        arguments = node.args.get("expressions") or []
        if len(arguments) != 1 or not (isinstance(arguments[0], exp.Literal) and arguments[0].is_string):
            raise self._wrong(
                "C132",
                node,
                (f"{name} wants one text", f"{name} 需要一个文本参数"),
                (f"Write {name}('…').", f"请写 {name}('…')。"),
            )
        argument = str(arguments[0].this)
        known = {"phase": self.names.phases, "play": self.names.plays, "benefit": self.names.benefits}
        if function.names in known:
            self._known(arguments[0], argument, known[function.names], function.names)
        self.functions.add((name, argument))
        return Typed(TEMPLATES[name].format(quoted(argument)), "bool")

    def _meet(self, node: exp.Expr, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        """Both sides in one type: literals take the type of what they meet."""
        left, right = self._adapt(node, left, right.type, right), self._adapt(node, right, left.type, left)
        if left.type != right.type:
            wrong, other = type_names(right), type_names(left)
            raise self._wrong(
                "C134",
                node,
                (f"{other[0]} is compared with {wrong[0]}", f"{other[1]}与{wrong[1]}无法比较"),
                type_hint(left.type),
            )
        return left, right

    def _adapt(self, node: exp.Expr, value: Typed, wanted: str, other: Typed) -> Typed:
        if value.type == "number" and wanted == "money":
            return self._money(node, value)
        if value.type == "number" and wanted == "int":
            return Typed(value.sql, "int", value.value)
        if isinstance(value.value, str) and wanted == "timestamp":
            return self._moment(node, value.value)
        if isinstance(value.value, str) and other.field in ("tier", "lifecycle"):
            choices = self.names.tiers if other.field == "tier" else FIELDS["lifecycle"].choices
            self._known(node, value.value, choices, other.field)
        return value

    def _money(self, node: exp.Expr, value: Typed) -> Typed:
        if not isinstance(value.value, Decimal):
            return Typed(f"({value.sql} * 100)", "money")
        cents = value.value * 100
        if cents != cents.to_integral_value():
            raise self._wrong(
                "C134",
                node,
                (f"{value.value} has a part of a cent", f"{value.value} 超过两位小数"),
                (
                    "Amounts are written in currency, with two decimals: 199.00.",
                    "金额以元为单位，最多两位小数：199.00。",
                ),
            )
        return Typed(str(int(cents)), "money", cents)

    def _moment(self, node: exp.Expr, text: str) -> Typed:
        zone = self.names.timezone
        try:
            moment = parse_moment(text)
        except ValueError:
            moment = None
        if zone is None or moment is None or not hasattr(moment.base, "toordinal"):
            raise self._wrong(
                "C134",
                node,
                (f"{text[:40]!r} is not a moment here", f"{text[:40]!r} 在此不是时间"),
                ("Write '2026-03-01' or '2026-03-01 10:00'.", "请写 '2026-03-01' 或 '2026-03-01 10:00'。"),
            )
        local = datetime.fromisoformat(f"{moment.base} {moment.at or '00:00:00'}")
        return Typed(f"timestamp '{from_local(local, zone).astimezone(UTC):%Y-%m-%d %H:%M:%S}'", "timestamp", text)

    def _known(self, node: exp.Expr, name: str, known: tuple[str, ...] | None, kind: str) -> None:
        if known is not None and name not in known:
            zh = {"tier": "等级", "lifecycle": "生命周期", "phase": "阶段", "play": "玩法", "benefit": "权益"}[kind]
            place = next((n for n in node.find_all(exp.Literal) if str(n.this) == name), node)
            raise self._wrong(
                "C136", place, (f"there is no {kind} {name!r}", f"没有{zh} {name!r}"), suggestion(name, known)
            )

    def _mismatch(self, node: exp.Expr, typed: Typed, wanted: str) -> NoReturn:
        is_en, is_zh = type_names(typed)
        want_en, want_zh = TYPE_NAMES[wanted]
        raise self._wrong(
            "C134",
            node,
            (f"{is_en} stands where {want_en} is wanted", f"此处应为{want_zh}，而不是{is_zh}"),
            type_hint(typed.type),
        )

    def _wrong(self, code: str, node: exp.Expr, texts: tuple[str, str], hints: tuple[str, str]) -> _WrongError:
        finding = Finding(code, (), *texts, *hints, offset=_offset(node))
        if finding not in self.findings:
            self.findings.append(finding)
        return _WrongError()


def _shown(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.this)
    if isinstance(node, exp.Func):
        return type(node).__name__.lower()
    return node.sql(dialect="duckdb")[:40] if isinstance(node, exp.Column) else type(node).__name__.upper()


_Compile = Callable[[_Compiler, exp.Expr], Typed]
_NODES: tuple[tuple[tuple[type[Any], ...], _Compile], ...] = (
    ((exp.And, exp.Or), _Compiler.logical),
    ((exp.Not,), _Compiler.negated),
    ((exp.Paren,), _Compiler.bracket),
    (tuple(_COMPARE), _Compiler.comparison),
    ((exp.In,), _Compiler.member_of),
    ((exp.Between,), _Compiler.between),
    ((exp.Is,), _Compiler.identity),
    ((exp.Like,), _Compiler.like),
    ((exp.Column,), _Compiler.column),
    ((exp.Literal,), _Compiler.literal),
    ((exp.Boolean,), _Compiler.boolean),
    ((exp.Neg,), _Compiler.negative),
    (tuple(_ARITHMETIC), _Compiler.arithmetic),
    ((exp.Func,), _Compiler.call),
)

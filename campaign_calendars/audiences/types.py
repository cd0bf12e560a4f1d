"""What the compiler of audience expressions knows about types: names, remedies, SQL of functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from campaign_calendars.audiences.fields.vocabulary import DAY_PARTS, FIELDS, FUNCTIONS, LIFECYCLES
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.time.timeline import from_local
from campaign_calendars.values.moments import parse_moment

TYPE_NAMES = {
    "bool": ("a yes/no condition", "是非条件"),
    "int": ("a count", "数量"),
    "money": ("an amount of money", "金额"),
    "decimal": ("a number with decimals", "小数"),
    "number": ("a number", "数值"),
    "text": ("a text", "文本"),
    "timestamp": ("a moment", "时间"),
}
NUMBERS = ("number", "int", "money", "decimal")
KIND_NAMES = {
    "tier": "等级",
    "lifecycle": "生命周期",
    "active_day_part": "时段",
    "phase": "阶段",
    "wave": "波段",
    "play": "玩法",
    "benefit": "权益",
    "audience": "人群",
    "gender": "性别",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A compiled piece: SQL and type; the literal's value; the field or the call it is."""

    sql: str
    type: str
    value: Decimal | str | None = None
    field: str = ""
    call: str = ""

    @property
    def is_literal(self) -> bool:
        return self.value is not None

    @property
    def operand(self) -> str:
        """The SQL as part of a larger expression: conditions in brackets, whatever the precedence."""
        return f"({self.sql})" if self.type == "bool" and not self.field else self.sql


def type_names(typed: Typed) -> tuple[str, str]:
    """What a piece is, in English and Chinese."""
    english, chinese = TYPE_NAMES[typed.type]
    if shown := typed.field or typed.call:
        return f"{shown} ({english})", f"{shown}（{chinese}）"
    return english, chinese


def type_hint(kind: str) -> tuple[str, str]:
    """How a value of this type is used, in English and Chinese."""
    return {
        "bool": ("A yes/no field stands alone: joined, not joined.", "是非字段单独使用：joined、not joined。"),
        "money": ("Compare it with an amount such as 199.00.", "请与金额比较，例如 199.00。"),
        "text": ("Texts are written in single quotes: tier = 'gold'.", "文本用单引号：tier = 'gold'。"),
        "timestamp": (
            "Write '2026-03-01 10:00', or use a field that counts days.",
            "请写 '2026-03-01 10:00'，或使用天数字段。",
        ),
    }.get(kind, ("Compare it with a number: recency_days > 30.", "请与数值比较：recency_days > 30。"))


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def field_hint(name: str, texts: tuple[str, ...]) -> tuple[str, str]:
    """Remedy for an unknown field; `texts` are names that belong in quotes."""
    if name in texts or name in LIFECYCLES or name in DAY_PARTS:
        return f"A text needs single quotes: '{name}'.", f"文本需要单引号：'{name}'。"
    if name.lower() in FUNCTIONS:
        usage = FUNCTIONS[name.lower()].usage
        return f"It is a function: {usage}.", f"它是函数：{usage}。"
    return suggestion(name.lower(), FIELDS)


def foreign(offset: int, shown: str) -> Finding:
    """What is part of SQL, but not of the audience language."""
    functions = sorted(FUNCTIONS)
    return Finding(
        "C133",
        (),
        f"{shown} is not part of the audience language",
        f"人群语言不支持 {shown}",
        "Use fields, comparisons, in, between, like, is null, and, or, not, minus, and the functions "
        + ", ".join(functions)
        + ".",
        "可用：字段、比较、in、between、like、is null、and、or、not、minus 以及函数 " + "、".join(functions) + "。",
        offset=offset,
    )


def moment_literal(text: str, zone: ZoneInfo | None) -> str | None:
    """A written local moment as an SQL timestamp in UTC; None when it is none, or there is no zone."""
    try:
        moment = parse_moment(text)
    except ValueError:
        return None
    if zone is None or not hasattr(moment.base, "toordinal"):
        return None
    local = datetime.fromisoformat(f"{moment.base} {moment.at or '00:00:00'}")
    return f"timestamp '{from_local(local, zone).astimezone(UTC):%Y-%m-%d %H:%M:%S}'"

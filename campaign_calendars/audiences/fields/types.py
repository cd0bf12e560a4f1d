"""What is said about a member field: type, unit, meaning, personal data, as-of rule, source row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from campaign_calendars.values.scalars import Text

FieldType = Literal["int", "money", "decimal", "bool", "text", "timestamp"]
AsOfRule = Literal["profile", "before", "window", "campaign", "rules", "hand"]

LIFECYCLES = ("never", "core", "potential", "ordinary", "dormant", "lost")
DAY_PARTS = ("night", "morning", "afternoon", "evening")
COLUMN_TYPES: dict[FieldType, str] = {
    "int": "integer",
    "money": "bigint",
    "decimal": "bigint",
    "bool": "boolean",
    "text": "varchar",
    "timestamp": "timestamp",
}
"""How a field is stored: money in cents, decimals in hundredths, moments in UTC."""

AS_OF_RULES: dict[AsOfRule, Text] = {
    "profile": Text(
        en="The profile as last exported; exports keep no history of it.", zh="取最近一次导出的资料；导出不含历史。"
    ),
    "before": Text(en="Facts strictly before the moment.", zh="只计该时刻之前的事实。"),
    "window": Text(
        en="Facts in [moment - n days, moment): the first instant is in, the moment itself is out.",
        zh="只计 [时刻 - n 天, 时刻) 内的事实：含起点，不含该时刻。",
    ),
    "campaign": Text(
        en="Facts from the start of the campaign to strictly before the moment.", zh="只计活动开始至该时刻之前的事实。"
    ),
    "rules": Text(
        en="Facts strictly before the moment, judged by the rules the store has now.",
        zh="该时刻之前的事实，按店铺现行规则判断。",
    ),
    "hand": Text(en="What people had set by the moment, from the ledger.", zh="截至该时刻的人工设置，取自台账。"),
}


@dataclass(frozen=True)
class Field:
    """One segment field: its type, title, meaning, unit, where its rule comes from and what it may know."""

    name: str
    type: FieldType
    title: Text
    meaning: Text
    unit: str = ""
    nullable: bool = False
    choices: tuple[str, ...] = ()
    as_of: AsOfRule = "before"
    row: str = "A1"
    pii: bool = False

    @property
    def description(self) -> str:
        return self.meaning.get("en")

    @property
    def column_type(self) -> str:
        """Type of the column of `member_features`."""
        return COLUMN_TYPES[self.type]

    @property
    def column_unit(self) -> str:
        """Unit of the stored value."""
        stored = {"money": "cents", "timestamp": "UTC", "decimal": f"hundredths of {self.unit or 'one'}"}
        return stored.get(self.type, self.unit)


@dataclass(frozen=True)
class Group:
    """Fields that share their as-of rule and the row of the domain reference."""

    as_of: AsOfRule
    row: str
    made: list[Field] = field(default_factory=list)

    def add(  # noqa: PLR0917 - one line of the catalogue
        self,
        name: str,
        kind: FieldType,
        title: str,
        en: str,
        zh: str,
        unit: str = "",
        *,
        nullable: bool = False,
        choices: tuple[str, ...] = (),
        pii: bool = False,
    ) -> None:
        titles, meaning = Text(zh=title, en=name.replace("_", " ")), Text(en=en, zh=zh)
        self.made.append(Field(name, kind, titles, meaning, unit, nullable, choices, self.as_of, self.row, pii))

"""What is said about a member field: type, unit, meaning, personal data, as-of rule, source row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from campaign_calendars.values.scalars import Text

FieldType = Literal["int", "money", "decimal", "bool", "text", "timestamp"]
AsOfRule = Literal["profile", "before", "window", "campaign", "rules", "hand"]

LIFECYCLES = ("never", "core", "potential", "ordinary", "dormant", "lost")
DAY_PARTS = ("night", "morning", "afternoon", "evening")
GENDERS = ("female", "male")
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
        en="Facts from the start of the campaign, or of its sale, to strictly before the moment.",
        zh="只计活动（或其销售）开始至该时刻之前的事实。",
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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the catalogue; `title` is Chinese, `en` and `zh` are the meaning.

    With `days` the line stands for one field each, their number in place of `{days}`.
    """

    name: str
    type: FieldType
    title: str
    en: str
    zh: str
    unit: str = ""
    nullable: bool = False
    choices: tuple[str, ...] = ()
    pii: bool = False
    days: tuple[int, ...] = ()

    def fields(self, as_of: AsOfRule, row: str) -> Iterator[Field]:
        for days in self.days or (0,):
            name = self.name.format(days=days)
            yield Field(
                name=name,
                type=self.type,
                title=Text(zh=self.title.format(days=days), en=name.replace("_", " ")),
                meaning=Text(en=self.en.format(days=days), zh=self.zh.format(days=days)),
                unit=self.unit,
                nullable=self.nullable,
                choices=self.choices,
                as_of=as_of,
                row=row,
                pii=self.pii,
            )


def group(as_of: AsOfRule, row: str, *lines: Line) -> tuple[Field, ...]:
    """Fields that share their as-of rule and the row of the domain reference."""
    return tuple(made for line in lines for made in line.fields(as_of, row))

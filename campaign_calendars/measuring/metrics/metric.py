"""What a metric is: what is counted of what, by which windows and parts, and what data it needs."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from campaign_calendars.values.scalars import NO_TEXT, Text

Grain = Literal["calendar", "phase", "wave", "day", "month", "tier", "channel", "store", "play", "arm"]
GRAINS: tuple[Grain, ...] = ("calendar", "phase", "wave", "day", "month", "tier", "channel", "store", "play", "arm")
WINDOWS: frozenset[Grain] = frozenset({"calendar", "phase", "wave", "day", "month"})
"""Grains that are windows of time; the others are parts of one window."""

MemberRule = Literal["1.0", "2.0", "3.0"]
Unit = Literal["count", "money", "share", "ratio", "money_each", "points", "days"]
"""`money` is cents; `money_each` cents for each of the denominator; `ratio` a number that may exceed 1."""

_OF_THEM = ("of them", "of those", "其中")
"""A numerator that begins so is a part of the denominator, and is told behind it."""
_COUNT = r"[a-z_]+\.[a-z_0-9]+"
Product = Annotated[str, Field(pattern=rf"^{_COUNT}( \* {_COUNT})*$")]
"""Counts as `name_of_the_query.column`; several are multiplied, so that a ratio of ratios stays two integers."""


class Metric(BaseModel):
    """A file of the catalogue. What is not said holds for all: `[start, end)` in the store's time zone, cut at the
    moment of measuring; amounts net of refunds known then; persons, not accounts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    """Name of the file."""
    block: str
    """Name of its folder."""
    title: Text
    """What it is called."""
    layer: Literal["result", "process"] = "result"
    """What came of it (核心指标), or what was done (过程指标): never printed in place of each other."""
    unit: Unit
    counts: Text
    """What the numerator counts."""
    of: Text = NO_TEXT
    """What the denominator counts; of a count there is none."""
    numerator: Product
    denominator: Product | None = None
    grains: tuple[Grain, ...]
    """By what it can be told, the default first."""
    members: Literal["definition", "joined", "none"] = "none"
    """Whose: members by the store's definition, whoever joined, or everybody."""
    distinct: bool = False
    """Counts persons: never added up over days, phases, tiers or channels, but counted again."""
    needs: tuple[str, ...] = ()
    """Data it needs beside orders and members, as in `needs`."""
    needs_by: dict[Grain, tuple[str, ...]] = Field(default_factory=dict)
    """What a grain needs on top."""
    split: tuple[str, ...] = ()
    """What its rows are told apart by, within each window; empty: it is one figure."""
    source: str
    """Row of the domain or source it is taken from."""
    note: Text = NO_TEXT
    """What fools people, and what was chosen where sources disagree."""
    beside: tuple[str, ...] = ()
    """Metrics that are to be read together with it."""

    @property
    def queries(self) -> frozenset[str]:
        """The queries it reads."""
        return frozenset(re.findall(r"([a-z_]+)\.", f"{self.numerator} {self.denominator or ''}"))

    def formula(self, lang: str) -> str:
        """Numerator and denominator in words."""
        counted, whole = self.counts.get(lang), self.of.get(lang)
        if whole and counted.startswith(_OF_THEM):
            return f"{whole}，{counted}" if lang == "zh" else f"{whole}: {counted}"
        return f"{counted} ÷ {whole}" if whole else counted

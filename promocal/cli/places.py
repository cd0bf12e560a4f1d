"""Positions on the terminal: whether they are up, and days on which they show nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from promocal.cli.language import either
from promocal.cli.output import console, escape
from promocal.cli.words import word

if TYPE_CHECKING:
    from campaign_calendars.set_up.dark import DarkDay


def print_dark(found: Sequence[DarkDay]) -> None:
    """A line for each position and what it lacks: `subscription: dark on 11-01 …`."""
    key = [(one.position, one.missing) for one in found]
    for position, missing in dict.fromkeys(key):
        days = [one.day for one in found if (one.position, one.missing) == (position, missing)]
        said = either(
            "{position}: dark on {days}, without {missing}",
            "{position}：{days} 不展示，缺少 {missing}",
            position=position,
            days=either(", ", "、").join(_stretches(days)),
            missing=either(", ", "、").join(word("no words pushed") if one == "content" else one for one in missing),
        )
        console().print(f"[yellow]{escape(said)}[/]")
    if found:
        console().print("")


def _stretches(days: Iterable[date]) -> Iterator[str]:
    """Days in a row as one: `11-01`, `11-03–11-05`."""
    for _, row in groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - timedelta(days=pair[0])):
        found = [day for _, day in row]
        yield f"{found[0]:%m-%d}" + (f"–{found[-1]:%m-%d}" if len(found) > 1 else "")

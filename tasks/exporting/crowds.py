"""Crowds for the platform's tools: who is to get which benefit, in batches as large as a call may be (B2).

A crowd holds member ids, nothing else of a person: no name, no number, no address. Whom a hold-out, a cap or
a missing consent keeps out of a message is in no crowd either: it is the decision, not the audience.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.uses import valid_until
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.set_up.benefits import SetupRow
from campaign_calendars.set_up.tools import MOST_BUYERS
from campaign_calendars.time.timeline import Span
from tasks.sheets import Sheet, write_csv

HEAD = ("member", "batch", "play", "benefit", "platform_id", "use from", "use to", "intent key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One call of a tool: so many members get one benefit at one moment."""

    file: str
    phase: str
    play: str
    at: datetime
    benefit: str
    platform_id: str
    number: int
    members: int


@dataclass(frozen=True, slots=True, order=True)
class CrowdMember:
    """One chosen member and what he is to get."""

    phase: str
    play: str
    benefit: str
    at: datetime
    member: str
    channel: str


def write_crowds(
    folder: Path, loaded: LoadedCalendar, members: Iterable[CrowdMember], rows: Mapping[str, SetupRow]
) -> list[Batch]:
    """A file for each play and benefit that the platform hands out; returns the batches. `rows` by benefit."""
    batches: list[Batch] = []
    wanted = sorted(one for one in members if one.benefit in rows and rows[one.benefit].setup != "people")
    for (phase, play, benefit), crowd in groupby(wanted, key=lambda one: (one.phase, one.play, one.benefit)):
        row, file = rows[benefit], f"{phase}.{play}.{benefit}.csv"
        lines: list[tuple[str | int, ...]] = []
        for at, chunk in _chunks(crowd):
            number = batches[-1].number + 1 if batches and batches[-1].file == file else 1
            batches.append(
                Batch(
                    file=file,
                    phase=phase,
                    play=play,
                    at=at.astimezone(loaded.timeline.timezone),
                    benefit=benefit,
                    platform_id=row.platform_id,
                    number=number,
                    members=len(chunk),
                )
            )
            use = _use(loaded, row, phase, at)
            lines += [_line(loaded.calendar.calendar, one, row, number, use) for one in chunk]
        write_csv(folder / file, Sheet("crowd", HEAD, lines))
    return batches


def _chunks(crowd: Iterable[CrowdMember]) -> Iterator[tuple[datetime, list[CrowdMember]]]:
    """As many members of one moment as one call takes."""
    for at, group in groupby(crowd, key=lambda one: one.at):
        members = list(group)
        for start in range(0, len(members), MOST_BUYERS):
            yield at, members[start : start + MOST_BUYERS]


def _use(loaded: LoadedCalendar, row: SetupRow, phase: str, at: datetime) -> tuple[str, str]:
    """First and last second at which what is given at this moment can be used, by the clock of the calendar."""
    end = valid_until(loaded.calendar, loaded.timeline, row.benefit, at, phase)
    if (span := row.valid or (Span(at, end) if end is not None else None)) is None:
        return ("", "")
    first, last = (one.astimezone(loaded.timeline.timezone) for one in (span.start, span.last))
    return (f"{first:%Y-%m-%d %H:%M:%S}", f"{last:%Y-%m-%d %H:%M:%S}")


def _line(calendar: str, one: CrowdMember, row: SetupRow, batch: int, use: tuple[str, str]) -> tuple[str | int, ...]:
    key = intent_key(calendar, one.phase, one.play, one.at, one.member, one.channel)
    return one.member, batch, one.play, one.benefit, row.platform_id, *use, key

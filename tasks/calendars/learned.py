"""What earlier campaigns taught, put before what a calendar or its store says (`values: {learned: true}`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.expecting import values_of
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.responses import LearnedResponse
from campaign_calendars.model.expected import Response, Values
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.json import from_json

FULL = 10_000


@dataclass(frozen=True, slots=True)
class Learned:
    """What earlier campaigns taught."""

    known_when: datetime
    """The moment of the last measurement it rests on."""
    campaigns: tuple[str, ...]
    """Calendars it was learnt from."""
    responses: tuple[LearnedResponse, ...]
    """By kind of phase and benefit: tiers, then everybody."""


def learned_file(state: Path) -> Path:
    """Where it is kept."""
    return state / "outcomes" / "learned.json"


def read_learned(state: Path) -> Learned | None:
    """What was learnt last; None before anything was. UsageError where the file cannot be read."""
    path = learned_file(state)
    if not path.is_file():
        return None
    try:
        return from_json(Learned, path.read_bytes())
    except ValueError:
        raise UsageError(
            (f"{path} cannot be read", f"{path} 无法读取"),
            ("run promocal values learn", "请运行 promocal values learn"),
        ) from None


def with_learned(loaded: LoadedCalendar, state: Path) -> LoadedCalendar:
    """The calendar with what was learnt of its benefits before what is written; unchanged unless it asks for it."""
    if not values_of(loaded.calendar, loaded.store).learned or (learned := read_learned(state)) is None:
        return loaded
    own = loaded.calendar.values or Values()
    known = {*loaded.calendar.benefits, None}
    found = list(_responses([one for one in learned.responses if one.benefit in known]))
    values = own.model_copy(update={"responses": [*found, *own.responses]})
    return replace(loaded, calendar=loaded.calendar.model_copy(update={"values": values}))


def _responses(learned: list[LearnedResponse]) -> Iterator[Response]:
    for one in learned:
        yield Response.model_construct(
            benefit=one.benefit,
            segment=None if one.tier is None else "tier = '" + one.tier.replace("'", "''") + "'",
            phase=one.phase_kind,
            response=round(one.response * FULL),
            without=None if one.without is None else round(one.without * FULL),
            source=one.source,
        )

"""What a report is made from, and the words of both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from campaign_calendars.deciding.certificate import Certificate
from tasks.documents.parts import Share, Value
from tasks.documents.speaker import Speaker
from tasks.measuring.measurement import Measurement, PlayResult
from tasks.measuring.rates import MeasuredRate
from tasks.receipts.arriving import Arrived
from tasks.reporting.labels import words

if TYPE_CHECKING:
    from warehouse.shelf.manifest import DatasetCounts

NARROW = 360
"""Width of a chart for a phone."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the report lists it; `via` says how it ran, `prefect` or `direct`."""

    run_id: str
    phase: str
    at: datetime
    via: str
    chosen: int
    held_out: int
    excluded: int
    sent: int
    allocations: tuple[tuple[str, Certificate], ...] = ()
    """Plays that were decided member by member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Speaker):
    """A measurement with all that its report says beside it."""

    m: Measurement
    runs: Sequence[RunRow]
    datasets: Mapping[str, DatasetCounts]
    """The account of the snapshot, by name."""
    replayed: bool = False
    simulated: bool = False
    """Whether members responded by a model in the replay."""
    certificate: Certificate | None = None
    """Of the last plan."""
    arrived: Sequence[Arrived] = ()
    """What receipts tell."""
    queries: Mapping[str, str] = field(default_factory=dict)
    """Name → SQL by which figures were counted."""
    again: int | None = None
    """Seconds after which the page is rewritten; None: it stays as it is."""

    def word(self, key: str) -> str:
        return words(self.lang)[key]

    @property
    def zone(self) -> tzinfo:
        return self.loaded.timeline.timezone

    @property
    def currency(self) -> str:
        return self.m.currency

    def moment(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def phase(self, phase: str) -> str:
        found = next((one for one in self.m.phases if one.phase == phase), None)
        return (found.title.get(self.lang) if found else "") or phase

    def play(self, row: PlayResult) -> str:
        return row.title.get(self.lang) or row.play

    def play_named(self, phase: str, play: str) -> str:
        found = next((row for row in self.m.plays if (row.phase, row.play) == (phase, play)), None)
        return self.play(found) if found else play


def share(value: float | None) -> Value:
    return None if value is None else Share(value)


def parts_of(rate: MeasuredRate) -> tuple[Value, Value, Value]:
    """Numerator, denominator and share: three cells, so that a spreadsheet can reckon with them."""
    return rate.numerator, rate.denominator, share(rate.value)

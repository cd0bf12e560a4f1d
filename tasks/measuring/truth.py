"""The truth of a generated store beside what was measured; a real store has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.measuring.lift import Contrast
from campaign_calendars.measuring.truth import TrueEffect, beside, covered
from tasks.settings import Settings

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession


@dataclass(frozen=True, slots=True)
class WorldTruth:
    """What the calendar really brought about in a generated store: its members are simulated, nothing here is real."""

    programme: TrueEffect | None
    """All plays together; null where no member was treated."""
    plays: tuple[TrueEffect, ...]
    """Plays with messages, in written order."""
    covered: int
    """How many of the intervals hold the truth."""
    intervals: int
    """How many intervals there are: of plays with a hold-out and of the programme."""


def world_truth(
    settings: Settings,
    session: MeasurementSession,
    contrasts: Sequence[tuple[str, str, Contrast | None]],
    programme: Contrast | None,
) -> WorldTruth | None:
    """The truth of each of `contrasts` (phase, play, what was measured); None unless the store was generated."""
    if not (files := _truth_of(settings)):
        return None
    found = session.truth(files)
    if found is None:
        return None
    by_play = {(row.phase, row.play): row for row in found}
    plays = [beside(by_play[phase, play], seen) for phase, play, seen in contrasts if (phase, play) in by_play]
    whole = beside(by_play["", ""], programme) if ("", "") in by_play else None
    held, judged = covered([*plays, *([whole] if whole else [])])
    return WorldTruth(whole, tuple(plays), held, judged)


def sample_of(settings: Settings) -> Path | None:
    """The folder of the generated store in which every source of the project lies; None for a real store."""
    from warehouse.sample.generate import MANIFEST

    paths = [getattr(section.keys, "path", "") for section in settings.sources.values()]
    folders = {(settings.root / path).parent for path in paths if path and "://" not in path}
    if not all(paths) or len(folders) != 1:
        return None
    folder = folders.pop()
    return folder if (folder / MANIFEST).is_file() else None


def _truth_of(settings: Settings) -> list[Path]:
    """The truth beside the data of a generated store."""
    from warehouse.sample.truth_files import truth_files

    folder = sample_of(settings)
    return truth_files(folder) if folder else []

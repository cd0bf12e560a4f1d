"""Backups one after another: when the next one is due, and which old ones go.

Only folders of `var/backups` that `back_up` named by a moment are looked at; whatever else lies there stays.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.operations.backups import FOLDER, MANIFEST

_MOMENT = "%Y%m%dT%H%M%SZ"
_ABANDONED = timedelta(days=1)


def kept(state: Path) -> list[tuple[datetime, Path]]:
    """The finished backups of a project by their moment, the oldest first."""
    found = []
    for manifest in (state / FOLDER).glob(f"*/{MANIFEST}"):
        with suppress(ValueError):
            found.append((datetime.strptime(manifest.parent.name, _MOMENT).replace(tzinfo=UTC), manifest.parent))
    return sorted(found)


def next_due(state: Path, every: timedelta, now: datetime) -> datetime:
    """When another one is to be made: `every` after the last, or now, so that a restart makes none by itself."""
    made = [moment for moment, _ in kept(state)]
    return max(made[-1] + every, now) if made else now


def drop_old(state: Path, keep: int, now: datetime) -> list[Path]:
    """Remove all finished backups but the `keep` newest, and what a killed one left a day ago; returns what went."""
    gone = [folder for _, folder in kept(state)[:-keep]]
    gone += [half for half in (state / FOLDER).glob(".*-*") if _is_abandoned(half, now)]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _is_abandoned(folder: Path, now: datetime) -> bool:
    """Whether it was begun long ago and never got its name."""
    try:
        begun = datetime.strptime(folder.name[1:].partition("-")[0], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return False
    return now - begun > _ABANDONED

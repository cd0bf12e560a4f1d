"""Backups one after another: when the next one is due, and which old ones go.

Only folders of `var/backups` that `back_up` named by a moment that has come are looked at; whatever else lies there
stays: links, what people put there, and what a clock that was ahead has named.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.operations.backups import FOLDER, MANIFEST

_MOMENT = "%Y%m%dT%H%M%SZ"
_ABANDONED = timedelta(days=1)


def kept(state: Path, now: datetime) -> list[tuple[datetime, Path]]:
    """The finished backups of a project by their moment, the oldest first."""
    found = []
    for manifest in (state / FOLDER).glob(f"*/{MANIFEST}"):
        folder = manifest.parent
        moment = _moment(folder.name)
        if moment is not None and moment <= now and not folder.is_symlink():
            found.append((moment, folder))
    return sorted(found)


def next_due(state: Path, every: timedelta, now: datetime) -> datetime:
    """When another one is to be made: `every` after the last, or now, so that a restart makes none by itself."""
    made = [moment for moment, _ in kept(state, now)]
    return max(made[-1] + every, now) if made else now


def drop_old(state: Path, keep: int, now: datetime) -> list[Path]:
    """Remove all finished backups but the `keep` newest, and what a killed one left a day ago; returns what went."""
    gone = [folder for _, folder in kept(state, now)[:-keep]]
    gone += [half for half in (state / FOLDER).glob(".*-*") if _is_abandoned(half, now)]
    for folder in gone:
        # Half of one that was broken off while it went must not look like a backup; another one may be at it as well.
        half = folder if folder.name.startswith(".") else folder.with_name(f".{folder.name}-{os.getpid()}")
        with suppress(FileNotFoundError):
            shutil.rmtree(folder.rename(half))
    return gone


def _is_abandoned(folder: Path, now: datetime) -> bool:
    """Whether it was begun long ago and never got its name, or has lost it."""
    begun = _moment(folder.name[1:].partition("-")[0])
    return begun is not None and now - begun > _ABANDONED and folder.is_dir() and not folder.is_symlink()


def _moment(name: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(name, _MOMENT).replace(tzinfo=UTC)
    return None

"""Snapshots for tests that need one and do not test how it is made.

A refresh of eight members computes for a second, and hundreds of tests begin with one. The same files pulled by the
same rules for the same moment, beside the same snapshots, give the same: each is made once in a test process, by the
real refresh, and copied from then on.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

from campaign_calendars.values.json import to_plain
from tasks.data import refresh as real
from tasks.runtime import Runtime, feature_params

_made: dict[str, tuple[Path, real.Refreshed]] = {}
"""What a refresh reads and finds → a copy of the folder of snapshots it left, and what it said."""


def refresh(rt: Runtime, calendar_id: str, as_of: datetime) -> real.Refreshed:
    """As `tasks.data.refresh.refresh`, for projects whose sources are files below `data/`."""
    key = _key(rt, calendar_id, as_of)
    if key not in _made:
        said = real.refresh(rt, calendar_id, as_of)
        _made[key] = Path(shutil.copytree(rt.warehouse_dir, Path(_copies().name, str(len(_made))))), said
        return said
    made, said = _made[key]
    _bring(made, rt.warehouse_dir)
    snapshot = rt.find_snapshot(said.snapshot_id)
    rt.ledger.record_snapshot(said.snapshot_id, as_of, snapshot.fingerprint, to_plain(snapshot.counts))
    return said


def _key(rt: Runtime, calendar_id: str, as_of: datetime) -> str:
    """A digest of all that a refresh depends on; published snapshots say themselves what they were made of."""
    sources = rt.sources()
    assert all(source.path.startswith("data/") for source in sources)
    rules = feature_params(rt.load_calendar(calendar_id))
    said = (sources, rules, rt.settings.warehouse, as_of.timestamp(), rt.clock(), sorted(rt.ledger.erasures()))
    digest = hashlib.sha256(repr(said).encode())
    for path in [*_files(rt.settings.root / "data"), *sorted(rt.warehouse_dir.rglob("*.json"))]:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(rt.settings.root)} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _bring(made: Path, folder: Path) -> None:
    """Make `folder` what `made` is; snapshots that are in both stay as they are, somebody may have them open."""
    there = {path.relative_to(folder) for path in _files(folder)}
    wanted = {path.relative_to(made) for path in _files(made)}
    for name in there - wanted:
        (folder / name).unlink()
    for name in wanted:
        if name.suffix == ".json" or name not in there:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(made / name, folder / name)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@cache
def _copies() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes with the process."""
    return tempfile.TemporaryDirectory(prefix="promocal-snapshots-")

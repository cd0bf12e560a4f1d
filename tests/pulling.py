"""Snapshots for tests that need one and do not test how it is made.

A refresh of eight members computes for most of a second, and hundreds of tests begin with one. The same files pulled
by the same rules for the same moment, beside the same snapshots, give the same: each is made once in a test process,
by the real refresh, and copied from then on.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from campaign_calendars.values.json import to_plain
from tasks.data import refresh as real
from tasks.runtime import Runtime, feature_params
from tests.once import bring, files_of, new_folder
from warehouse.shelf.manifest import Snapshot

_made: dict[str, tuple[Path, str]] = {}
"""What a refresh reads and finds → a copy of the folder of snapshots it left, and the id of its own."""


def refresh(rt: Runtime, calendar_id: str, as_of: datetime) -> Snapshot:
    """What `tasks.data.refresh.refresh` publishes, for projects whose sources are files below `data/`."""
    key = _key(rt, calendar_id, as_of)
    if key not in _made:
        snapshot_id = real.refresh(rt, calendar_id, as_of).snapshot_id
        _made[key] = Path(shutil.copytree(rt.warehouse_dir, new_folder(), dirs_exist_ok=True)), snapshot_id
        return rt.find_snapshot(snapshot_id)
    made, snapshot_id = _made[key]
    bring(made, rt.warehouse_dir)
    snapshot = rt.find_snapshot(snapshot_id)
    rt.ledger.record_snapshot(snapshot_id, as_of, snapshot.fingerprint, to_plain(snapshot.counts))
    return snapshot


def _key(rt: Runtime, calendar_id: str, as_of: datetime) -> str:
    """A digest of all that a refresh depends on; published snapshots say themselves what they were made of."""
    sources = rt.sources()
    assert all(source.path.startswith("data/") for source in sources)
    rules = feature_params(rt.load_calendar(calendar_id))
    said = (sources, rules, rt.settings.warehouse, as_of.timestamp(), rt.clock(), sorted(rt.ledger.erasures()))
    digest = hashlib.sha256(repr(said).encode())
    for path in [*files_of(rt.settings.root / "data"), *sorted(rt.warehouse_dir.rglob("*.json"))]:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(rt.settings.root)} {len(content)} ".encode() + content)
    return digest.hexdigest()

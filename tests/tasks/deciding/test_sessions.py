"""What a replay keeps open from one run to the next."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tasks.deciding.sessions import KeptSession
from tasks.runtime import Runtime
from warehouse.shelf.manifest import Snapshot

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)


def snapshot(name: str) -> Snapshot:
    return Snapshot(name, Path(f"{name}.duckdb"), AT, {}, (), "f")


def test_a_connection_for_look_ups_is_kept_until_another_snapshot_is_at_hand() -> None:
    told: list[str] = []

    def opened(which: Snapshot) -> Any:
        told.append(f"open {which.snapshot_id}")
        return SimpleNamespace(close=lambda: told.append(f"close {which.snapshot_id}"))

    rt, kept = cast("Runtime", SimpleNamespace(open_snapshot=opened)), KeptSession()
    first = kept.connect(rt, snapshot("a"))
    assert kept.connect(rt, snapshot("a")) is first
    kept.connect(rt, snapshot("b"))
    kept.close()
    kept.close()
    assert told == ["open a", "close a", "open b", "close b"]

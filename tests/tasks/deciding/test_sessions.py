"""What a replay keeps open from one run to the next."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tasks.deciding.sessions import KeptSession
from tasks.runtime import Runtime
from warehouse.shelf.manifest import Snapshot

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)
RT = cast(
    "Runtime", SimpleNamespace(settings=SimpleNamespace(warehouse=SimpleNamespace(threads=1, memory_limit="1GB")))
)


def snapshot(name: str) -> Snapshot:
    return Snapshot(name, Path(f"{name}.duckdb"), AT, {}, (), "f")


def test_a_connection_for_look_ups_is_kept_until_another_snapshot_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def opened(which: Snapshot, **_: Any) -> Any:
        told.append(f"open {which.snapshot_id}")
        return SimpleNamespace(close=lambda: told.append(f"close {which.snapshot_id}"))

    monkeypatch.setattr("warehouse.snapshots.opening.open_snapshot", opened)
    kept = KeptSession()
    first = kept.connect(RT, snapshot("a"))
    assert kept.connect(RT, snapshot("a")) is first
    kept.connect(RT, snapshot("b"))
    kept.close()
    kept.close()
    assert told == ["open a", "close a", "open b", "close b"]

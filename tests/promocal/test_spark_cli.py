"""`promocal refresh --engine spark`: the command as a user gives it publishes what DuckDB would."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .test_cli import CALENDAR, project, promocal

pytestmark = pytest.mark.spark
__all__ = ["project"]  # a fixture


def refreshed(folder: Path, engine: str) -> dict[str, Any]:
    done = promocal(
        "refresh", CALENDAR, "--as-of", "2020-03-01T00:00+08:00", "--engine", engine, "--format", "json", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def staged(folder: Path, snapshot_id: str) -> list[tuple[Any, ...]]:
    path = folder / "var" / "warehouse" / f"{snapshot_id}.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute("from stg_orders order by all").fetchall()


def test_refresh_on_spark_publishes_the_same_snapshot(project: Path) -> None:
    assert promocal("sample", "--members", "300", "--dirty", cwd=project).returncode == 0
    twin = project.with_name("twin")
    shutil.copytree(project, twin)
    there, here = refreshed(project, "spark"), refreshed(twin, "duckdb")
    assert there == here
    assert there["datasets"]["orders"]["quarantined"] > 0
    orders = staged(project, there["snapshot_id"])
    assert len(orders) > 200
    assert orders == staged(twin, here["snapshot_id"])
    assert not list((project / "var" / "warehouse").glob("spark-*"))

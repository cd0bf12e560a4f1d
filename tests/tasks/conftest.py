"""A generated shop with the shipped 38 calendar, built once for each test process."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.runtime import Runtime, open_runtime
from warehouse.sample.generate import generate

CALENDAR = "queens-day-2020"
NOW = datetime.fromisoformat("2020-02-01T00:00:00+08:00")


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with 600 members, refreshed as of the calendar's first second."""
    root = tmp_path_factory.mktemp("shop") / "project"
    create_project(root, CALENDAR)
    generate(root / "data", members=600, seed=11, as_of=NOW, dirty=True)
    rt = open_runtime(root, clock=lambda: NOW)
    refresh(rt, CALENDAR, NOW + timedelta(seconds=1))
    rt.close()
    return root


@pytest.fixture
def shop(shop_template: Path, tmp_path: Path) -> Runtime:
    """A copy of the shop that a test may change; its clock stands at the calendar's start."""
    root = tmp_path / "shop"
    shutil.copytree(shop_template, root)
    return open_runtime(root, clock=lambda: NOW)

"""A generated shop with the shipped 38 calendar, built once for each test process."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import write_project
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


@pytest.fixture(scope="session")
def shop_plan(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of the shop as it is, at the calendar's start."""
    root = shutil.copytree(shop_template, tmp_path_factory.mktemp("planned") / "project")
    with open_runtime(root, clock=lambda: NOW) as rt:
        return plan(rt, CALENDAR)


SMALL = "small-sale"
SALE = datetime.fromisoformat("2026-03-08T10:00:00+08:00")


@pytest.fixture(scope="session")
def small_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight members and one play with a coupon, refreshed an hour before its moment; nobody is held out."""
    root = tmp_path_factory.mktemp("small") / "project"
    write_project(root, [SALE])
    calendar = root / "calendars" / f"{SMALL}.yaml"
    text = calendar.read_text("utf-8").replace("holdout: 20%", "holdout: 0%").replace("campaign: 10%", "campaign: 0%")
    calendar.write_text(text, "utf-8")
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
    return root


@pytest.fixture
def small(small_template: Path, tmp_path: Path) -> Runtime:
    """A copy of the small project that a test may change; its clock stands at the play's moment."""
    root = tmp_path / "small"
    shutil.copytree(small_template, root)
    return open_runtime(root, clock=lambda: SALE)

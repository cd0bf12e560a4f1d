"""Commands an operator types all day must not wait for engines they do not use."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.values.json import to_json
from promocal.scaffold import create_project
from warehouse.ledger.records import Run
from warehouse.ledger.sql import SqlLedger
from warehouse.shelf.manifest import Snapshot, manifest_of

HEAVY = (
    "prefect",
    "pandas",
    "great_expectations",
    "duckdb",
    "sqlalchemy",
    "pyarrow",
    "numpy",
    "highspy",
    "scipy",
    "sqlglot",
    "aiohttp",
    "asyncio",
    "fsspec",
    "jinja2",
    "lunar_python",
    "phonenumbers",
    "flows",
)
LIBRARY = Path(__file__).parents[2] / "campaign_calendars" / "library"
AT = datetime(2020, 2, 20, tzinfo=UTC)
SNAPSHOT = "20200220T000000Z-00000000"
QUEENS_DAY = str(LIBRARY / "queens-day-2020.yaml")
# Besides HEAVY, what the start of each command must do without (the limits are in benchmarks/startup.py).
LEAVES_OUT: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "--help": (
        ["--help"],
        ("pydantic", "yaml", "tasks", "warehouse", "campaign_calendars.model", "campaign_calendars.measuring"),
    ),
    "plan --help": (["plan", "--help"], ("yaml", "tasks", "warehouse", "campaign_calendars.model")),
    "check": (["check", QUEENS_DAY], ("rich", "warehouse")),
    # Plug-ins may add checks and kinds of benefit, so they are asked (`tasks.plugins`), and nothing else of tasks.
    "explain": (["explain", "C112"], ("rich", "warehouse", "tasks.settings", "tasks.runtime", "tasks.calendars")),
    "schema": (
        ["schema"],
        ("rich", "yaml", "warehouse", "tasks.settings", "tasks.runtime", "campaign_calendars.checks"),
    ),
    "graph": (["graph", "double-11-2021"], ("warehouse", "campaign_calendars.checks")),
    "diff": (["diff", "queens-day-2020", "double-11-2021"], ("warehouse", "campaign_calendars.checks")),
    "fmt": (["fmt", "--check", QUEENS_DAY], ("warehouse", "campaign_calendars.checks")),
}


def loaded_by(arguments: list[str]) -> set[str]:
    """Every module of the process once the command is done."""
    code = (
        "import sys, promocal.cli\n"
        f"sys.argv = ['promocal', *{arguments!r}]\n"
        "try:\n    promocal.cli.main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('MODULES', *sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.rsplit("MODULES", 1)[1].split())


@pytest.mark.parametrize("command", LEAVES_OUT)
def test_commands_without_data_import_no_engine(command: str) -> None:
    arguments, more = LEAVES_OUT[command]
    modules = loaded_by(arguments)
    assert "promocal" in modules
    assert not modules & {*HEAVY, *more}


def test_status_opens_the_ledger_and_no_engine(tmp_path: Path) -> None:
    """It reads a manifest, a few counts, and the calendars for what is next; the server is asked without Prefect."""
    create_project(tmp_path / "shop", "queens-day-2020")
    publish_nothing(tmp_path / "shop" / "var" / "warehouse")
    ledger = SqlLedger(f"sqlite:///{tmp_path}/shop/var/ledger.db")
    ledger.begin_run(Run("r1", "queens-day-2020", "burst", AT, SNAPSHOT, "d", "started", RunSummary(), AT))
    ledger.close()
    modules = loaded_by(["status", "-C", str(tmp_path / "shop")])
    assert {"warehouse.ledger.sql", "warehouse.shelf.shelf"} <= modules
    # SQLAlchemy imports asyncio for its greenlets.
    left_out = {*HEAVY} - {"sqlalchemy", "asyncio", "flows"}
    rooms = {f"warehouse.{room}" for room in ("decision", "features", "identity", "snapshots", "staging")}
    assert not modules & (left_out | rooms)


def test_what_applies_imports_nothing_that_makes_plans() -> None:
    """Most applies find that nothing changed; a plan is made where one was not agreed to as it is written now."""
    code = "import sys, flows.applying, flows.future_names\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    left_out = {*HEAVY} - {"sqlalchemy", "asyncio", "flows"}
    plans = {f"tasks.planning.{name}" for name in ("plan", "planned", "beside", "since_applied", "forecasting")}
    assert not set(done.stdout.split()) & (left_out | plans)


def test_a_run_that_has_nothing_to_plan_loads_no_solver() -> None:
    """A sweep without anybody, a run that goes on where it stopped."""
    code = "import sys, tasks.running.phase, warehouse.decision.session\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    solvers = {"highspy", "scipy.optimize", "scipy.sparse", "scipy.special"}
    assert not set(done.stdout.split()) & {"prefect", "pandas", "pyarrow", "great_expectations", "sqlglot", *solvers}


def publish_nothing(directory: Path) -> None:
    """A snapshot as `status` sees it: a pointer, a manifest, and a file that nobody opens."""
    directory.mkdir(parents=True)
    snapshot = Snapshot(SNAPSHOT, directory / f"{SNAPSHOT}.duckdb", AT, counts={}, findings=(), fingerprint="f")
    snapshot.path.touch()
    snapshot.path.with_suffix(".json").write_text(to_json(manifest_of(snapshot)), "utf-8")
    (directory / "current.json").write_text(json.dumps({"snapshot_id": SNAPSHOT}), "utf-8")


def test_check_draws_nothing_and_builds_the_kinds_it_meets() -> None:
    calendar = str(LIBRARY / "queens-day-2020.yaml")
    assert loaded_by(["check", calendar]).isdisjoint({"rich", "jinja2", "lunar_python"})
    # The table of holidays is read where a calendar counts working days.
    assert "chinese_calendar" in loaded_by(["check", calendar])
    assert "chinese_calendar" not in loaded_by(["check", str(LIBRARY / "grocery-2017.yaml")])
    code = (
        "import sys\nfrom pathlib import Path\nfrom tasks.calendars.checking import read_calendar\n"
        "from campaign_calendars.model.benefits import KINDS\n"
        f"loaded, _ = read_calendar(Path({calendar!r}))\n"
        "used = {benefit.kind for benefit in loaded.calendar.benefits.values()}\n"
        "built = {kind for kind, model in KINDS.items() if model.__pydantic_complete__}\n"
        "print(sorted(built) == sorted(used), len(built) < len(KINDS))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", "True"]


def test_settings_with_sources_import_no_engine(tmp_path: Path) -> None:
    (tmp_path / "promocal.toml").write_text('[sources.orders]\npath = "o.csv"\n[sources.members]\nurl="x"\ntable="m"\n')
    code = (
        "import sys\nfrom pathlib import Path\nfrom tasks.settings import load_settings\n"
        f"print(len(load_settings(Path({str(tmp_path)!r})).sources))\n"
        "print('MODULES', *sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("2\n")
    assert set(done.stdout.rsplit("MODULES", 1)[1].split()).isdisjoint(HEAVY)


ON_DATA = {
    "plan": ["plan", "CALENDAR"],
    "metrics": ["metrics", "CALENDAR"],
    "dashboard": ["dashboard", "CALENDAR"],
    "audiences": ["audiences", "CALENDAR"],
    "report": ["report", "CALENDAR"],
    "points": ["points", "CALENDAR"],
    "message preview": ["message", "preview", "CALENDAR"],
}
"""Commands that read the data of a calendar and have nothing to do without them."""


ON_CALENDAR = {
    "apply": ["apply", "CALENDAR", "--plan", "0123456789ab"],
    "budget": ["budget", "CALENDAR"],
    "replay": ["replay", "CALENDAR"],
    "duties list": ["duties", "list", "CALENDAR"],
    "status": ["status", "CALENDAR"],
    "refresh": ["refresh", "CALENDAR"],
}
"""Commands that have something to say of a calendar without any data."""
NO_PROJECT = ("nowhere", "queens-day-2020", "promocal.toml does not exist")
NO_CALENDAR = ("shop", "queens-day-2021", "no such calendar: queens-day-2021")
NO_DATA = ("shop", "queens-day-2020", "no snapshot has been published yet")


@pytest.mark.parametrize(
    ("command", "project", "calendar", "said"),
    [
        *((command, *case) for command in ON_DATA for case in (NO_PROJECT, NO_CALENDAR, NO_DATA)),
        *((command, *case) for command in ON_CALENDAR for case in (NO_PROJECT, NO_CALENDAR)),
    ],
)
def test_what_is_missing_is_said_before_any_engine_is_imported(
    tmp_path: Path, command: str, project: str, calendar: str, said: str
) -> None:
    create_project(tmp_path / "shop", "queens-day-2020", lang="en")
    (tmp_path / "nowhere").mkdir()
    arguments = [calendar if one == "CALENDAR" else one for one in (ON_DATA | ON_CALENDAR)[command]]
    end, told, modules = what_it_ends_with(arguments, tmp_path / project)
    assert said in told
    assert "→" in told  # and what to do
    assert end == 2
    assert not modules & {*HEAVY}


@pytest.mark.parametrize(
    ("arguments", "said", "remedy"),
    [
        (["why", "m00000001"], "no snapshot has been published yet", "promocal refresh CALENDAR"),
        (["why", "a-run", "m00000001"], "no such run: a-run", "nothing has run yet"),
        (["approve", "a-run"], "no such run: a-run", "nothing has run yet"),
        (["settle", "a-run", "--as", "sent", "--by", "me"], "no such run: a-run", "nothing has run yet"),
        (["sql", "select 1"], "no snapshot has been published yet", "promocal refresh CALENDAR"),
        (["audience", "show", "all"], "no snapshot has been published yet", "promocal refresh CALENDAR"),
        (["member", "identities"], "no snapshot has been published yet", "promocal refresh CALENDAR"),
        (["replay", "queens-day-2020"], "there are no data yet", "promocal sample"),
    ],
)
def test_who_begins_is_told_what_comes_next_before_any_engine_is_imported(
    tmp_path: Path, arguments: list[str], said: str, remedy: str
) -> None:
    create_project(tmp_path / "shop", "queens-day-2020", lang="en")
    end, told, modules = what_it_ends_with(arguments, tmp_path / "shop")
    assert (said in told, remedy in told) == (True, True), told
    assert end in (2, 3)
    assert not modules & {*HEAVY}


def test_a_run_that_is_not_in_the_ledger_is_told_without_what_reads_and_writes_it(tmp_path: Path) -> None:
    create_project(tmp_path / "shop", "queens-day-2020", lang="en")
    state = tmp_path / "shop" / "var"
    state.mkdir()
    with closing(sqlite3.connect(state / "ledger.db")) as ledger:
        ledger.execute("create table runs (run_id text, as_of text)")
        ledger.execute("insert into runs values ('queens-day-2020.burst.20200305T0230Z', '2020')")
        ledger.commit()
    end, told, modules = what_it_ends_with(["approve", "queens-day-2020.burst.20200305T0330Z"], tmp_path / "shop")
    assert "Did you mean 'queens-day-2020.burst.20200305T0230Z'?" in told
    assert end == 2
    assert not modules & {*HEAVY}


def what_it_ends_with(arguments: list[str], place: Path) -> tuple[int, str, set[str]]:
    """Exit code of a command, what it says of its failure, and what was imported by then."""
    code = (
        "import sys, promocal.cli\n"
        f"sys.argv = ['promocal', *{arguments!r}]\n"
        "end = 0\n"
        "try:\n    promocal.cli.main()\nexcept SystemExit as error:\n    end = error.code\n"
        "print('MODULES', end, *sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "PROMOCAL_LANG": "en"},
    )  # fmt: skip
    end, *modules = done.stdout.rsplit("MODULES", 1)[1].split()
    return int(end), done.stderr, {*modules}

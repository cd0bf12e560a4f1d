"""How long a command takes that has little to do: whole processes, against Python importing what it cannot do without.

The commands that need no data are held against importing typer, pydantic and PyYAML; `status` against
sqlite3 reading the same counts from the same ledger beside them, in a project of `--members` messages with
a snapshot and twelve runs. The limits stand in the names; a command whose processor time alone is
above its limit is told on standard error.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from statistics import median

from benchmarks import harness
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.sample.generate import generate

CALENDAR = "queens-day-2020"
AS_OF = datetime(2020, 2, 20, tzinfo=UTC)
RUNS = 12
LIBRARY = Path(str(files("campaign_calendars") / "library"))
WITHOUT_DATA = {
    "--help": ("--help",),
    "check": ("check", str(LIBRARY / f"{CALENDAR}.yaml")),
    "explain": ("explain", "C112"),
    "schema": ("schema",),
    "graph": ("graph", "double-11-2021"),
    "diff": ("diff", CALENDAR, "double-11-2021"),
    "fmt": ("fmt", "--check", str(LIBRARY / f"{CALENDAR}.yaml")),
}
LIMITS = {"check": 0.36, "status": 1.0}
LIMIT = 0.6  # seconds, of every other command without data
IMPORTS = "import typer, pydantic.main, pydantic.fields, yaml"
COUNTS = f"""
{IMPORTS}, sqlite3, sys
con = sqlite3.connect(sys.argv[1])
for row in con.execute("select run_id, status, count(*) from jobs group by run_id, status"):
    print(*row)
"""


def command(*arguments: str) -> Callable[[], None]:
    """A process of Python with these arguments; it must end well."""
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def work() -> None:
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True, env=environment)

    return work


def make_project(root: Path, messages: int) -> None:
    """A project with a small snapshot and `messages` in all, sent by twelve runs."""
    create_project(root, CALENDAR)
    generate(root / "data", members=200, seed=1, as_of=AS_OF)
    rt = open_runtime(root)
    refresh(rt, CALENDAR, AS_OF)
    for number in range(RUNS):
        at = AS_OF + timedelta(days=number)
        run_id = f"{CALENDAR}.{at:%Y%m%d}"
        rt.ledger.begin_run(Run(run_id, CALENDAR, "burst", at, "s", "d", "started", RunSummary(), at))
        jobs = [_job(run_id, at, member) for member in range(messages // RUNS)]
        rt.ledger.enqueue(run_id, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=at)
        rt.ledger.claim(run_id, "sms", len(jobs), "w", at)
        rt.ledger.record([Outcome(job.intent_key, "sent") for job in jobs], at, worker="w")
        rt.ledger.finish_run(run_id, "finished", RunSummary(), at)
    rt.close()


def _job(run_id: str, at: datetime, number: int) -> Job:
    member = f"m{number:08d}"
    key = intent_key(CALENDAR, "burst", "recall", at, member, "sms")
    return Job(key, run_id, CALENDAR, "burst", "recall", at, member, "sms")


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    for name, arguments in WITHOUT_DATA.items():
        both = harness.alternate(
            partial(command, "-m", "promocal", *arguments), partial(command, "-c", IMPORTS), rounds=chosen.rounds
        )
        yield _row(name, both, "Python importing typer, pydantic and PyYAML")
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "project"
        make_project(root, chosen.members)
        (ledger,) = root.glob("var/*.db")
        both = harness.alternate(
            partial(command, "-m", "promocal", "status", "-C", str(root)),
            partial(command, "-c", COUNTS, str(ledger)),
            rounds=chosen.rounds,
        )
        yield _row("status", both, "Python importing the same, and sqlite3 counting the jobs of every run")


def _row(name: str, both: harness.Compared[None, None], reference: str) -> harness.Row:
    limit = LIMITS.get(name, LIMIT)
    row = both.row(f"startup: {name} (at most {limit:g} s)", 1, "command", reference)
    spent = median(both.ours.cpu)  # a busy machine makes everybody wait; it takes nobody's processor time
    if spent > limit:
        print(f"{name} took {spent:.2f} s of processor time, {limit:g} s are promised", file=sys.stderr)
    return row


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=120_000, short=12_000, rounds=10), rows)

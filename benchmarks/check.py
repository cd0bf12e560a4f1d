"""`promocal check` in a cold process, against a plain program that reads the same calendar and checks its shape.

`--members` is the number of plays of the larger calendar; it gets 600 audiences for each 1,000 plays. The
plain program is `benchmarks.check_plain`: libyaml and a few pydantic models. Both are whole processes,
with compiled bytecode.
"""

from __future__ import annotations

import argparse
import compileall
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from importlib.resources import files
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from benchmarks import harness

LIBRARY = Path(str(files("campaign_calendars") / "library"))
SHIPPED = ("queens-day-2020", "double-11-2021")
LARGE = "double-11-2021"
PLAIN = str(Path(__file__).with_name("check_plain.py"))
REFERENCE = "a plain program in a process of its own: libyaml and pydantic models of the shape, no other check"


def calendar_text(plays: int, audiences: int) -> str:
    """Double 11 with copies of its plays, and audiences that differ, until there are so many."""
    data = yaml.load((LIBRARY / f"{LARGE}.yaml").read_text("utf-8"), yaml.BaseLoader)
    named = list(data["audiences"].items())
    for number, (name, audience) in enumerate(cycle(named)):
        if len(data["audiences"]) >= audiences:
            break
        where = f"({audience['where']}) and orders_total <> {number}"
        data["audiences"][f"{name}-{number}"] = {**audience, "where": where}
    like = {name: cycle([made for made in data["audiences"] if made.startswith(name)]) for name, _ in named}
    written: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (phase, play) for phase in data["phases"] for play in phase.get("plays", ())
    ]
    for number, (phase, play) in enumerate(cycle(written)):
        if number >= plays - len(written):
            break
        made = deepcopy(play)
        phase["plays"].append({**made, "id": f"{play['id']}-{number}", "audience": next(like[play["audience"]])})
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


def prepare(*arguments: str) -> Callable[[], None]:
    """A process of Python with these arguments; it must end well and be silent on standard error."""
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def work() -> None:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False, env=environment)
        if done.returncode not in (0, 1) or done.stderr:
            raise SystemExit(done.stderr.decode() or f"exit code {done.returncode}")

    return work


def checked(path: Path) -> Callable[[], object]:
    """The same within one process, for its memory."""
    from tasks.calendars.checking import read_calendar

    return lambda: read_calendar(path)


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    for package in ("campaign_calendars", "promocal", "tasks"):
        compileall.compile_dir(str(files(package)), quiet=2)
    with tempfile.TemporaryDirectory() as directory:
        paths = [LIBRARY / f"{name}.yaml" for name in SHIPPED]
        for plays, audiences in ((60, 24), (chosen.members, chosen.members * 6 // 10)):
            paths.append(Path(directory) / f"{plays}-plays.yaml")
            paths[-1].write_text(calendar_text(plays, audiences), "utf-8")
        for path in dict.fromkeys(paths):
            both = harness.alternate(
                partial(prepare, "-m", "promocal", "check", str(path)),
                partial(prepare, PLAIN, str(path)),
                rounds=chosen.rounds,
            )
            plays = path.read_text("utf-8").count("audience:")
            yield both.row(f"check: {path.stem}", plays, "plays", REFERENCE, peak_mb=harness.peak_mb(checked, path))


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000, short=1_000, rounds=10), rows)

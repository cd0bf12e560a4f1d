"""What the machinery around a run costs: seconds that somebody waits, imports of whole processes included.

`promocal serve` on a project that was served before, until it prints the address of its UI, against Prefect's own
server until it answers; `promocal apply` where nothing changed, against a script that asks the server for its
deployments with Prefect's client; the run of a phase over source files that are as they were at the last refresh, from
a look at them to the last message, as Prefect's server records it (from Running to Completed), against the same run
without Prefect; that one as a process, against a script that selects members with DuckDB by hand (no checks, no ledger,
no caps, no arms, no plan); a sweep of a trigger that finds nobody, against DuckDB asking the same snapshot. The limits
stand in the names; what takes more is told on standard error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

import psutil

from benchmarks import harness
from benchmarks.apply import calendar_text
from flows.environment import child_environment, connected, prefect_environment
from flows.server import running_server
from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.deciding.wording import wordings
from tasks.runtime import open_runtime
from warehouse.sample.generate import generate

CALENDAR, PHASE = "queens-day-2020", "burst"
AT = datetime.fromisoformat("2020-03-06T10:00:00+08:00")
LIMITS = {"serve": 8.0, "apply": 1.0, "run of a phase": 4.0, "sweep without anybody": 1.0}
"""Seconds; of the run of a phase, as Prefect's server counts them."""
_STORE = """
store: corner
title: {en: Corner shop, zh: 街角小店}
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
channels: {sms: {title: {en: SMS, zh: 短信}, consent: implied}}
"""
_SWEEP = """
calendar: hello
store: demo-food
timezone: Asia/Shanghai
source: test
audiences: {everyone: {where: joined}}
phases:
  - id: always
    kind: daily
    window: {from: 2020-03-01 00:00, to: 2020-03-31 23:59:59}
    plays:
      - id: streak
        audience: everyone
        channels: [sms]
        trigger: {event: sign_in, streak: 366, after: 1m, within: 2h}
        message: messages/hello.zh.txt
"""
_RUN = """
import sys
from datetime import datetime, timedelta
from tasks.running.phase import run_if_due
from tasks.runtime import open_runtime
root, calendar, phase, at = sys.argv[1:]
moment = datetime.fromisoformat(at)
with open_runtime(root, clock=lambda: moment) as rt:
    print(run_if_due(rt, calendar, phase, moment).chosen)
"""
_FLOW = """
import sys
from datetime import datetime
from flows.phase import run_phase
from flows.steps import given_runtime
from prefect.client.orchestration import get_client
from tasks.runtime import open_runtime
root, calendar, phase, at = sys.argv[1:]
moment = datetime.fromisoformat(at)
with open_runtime(root, clock=lambda: moment) as rt, given_runtime(rt):
    chosen = run_phase(root, calendar, phase, moment).chosen
with get_client(sync_client=True) as client:
    (run,) = client.read_flow_runs(limit=1, sort="START_TIME_DESC")
print(chosen, run.total_run_time.total_seconds())
"""
_WITHOUT = """
import sys, time
from datetime import datetime
from tasks.running.phase import run_if_due
from tasks.runtime import open_runtime
root, calendar, phase, at = sys.argv[1:]
moment = datetime.fromisoformat(at)
began = time.perf_counter()
with open_runtime(root, clock=lambda: moment) as rt:
    chosen = run_if_due(rt, calendar, phase, moment).chosen
print(chosen, time.perf_counter() - began)
"""
_BY_HAND = """
import sys, duckdb
(root,) = sys.argv[1:]
con = duckdb.connect()
con.execute("set threads = 2; set timezone = 'Asia/Shanghai'")
for name in ("members", "orders", "events", "contact_points"):
    con.execute(f"create table {name} as from read_csv('{root}/data/{name}*.csv', union_by_name = true)")
con.execute('''
    create table chosen as
    with bought as (select member_id, max(paid_at) as last, sum(amount) as spent from orders group by 1),
         seen as (select member_id, count(*) as visits from events group by 1),
         points as (select member_id, min(channel) as channel, min(address) as address from contact_points group by 1)
    select m.member_id, channel, address, coalesce(spent, 0) as spent, coalesce(visits, 0) as visits
    from members m join points using (member_id) left join bought using (member_id) left join seen using (member_id)
    where joined_at is not null and substr(md5(m.member_id), 1, 1) <> '0'
    order by m.member_id''')
con.execute(f"copy chosen to '{root}/by-hand.csv' (header)")
print(con.execute("select count(*) from chosen").fetchone()[0])
"""
_LOOK = """
import sys, duckdb
path, at = sys.argv[1:]
con = duckdb.connect(path, read_only=True)
asked = 'select count(distinct member_id) from stg_events where kind = ? and "at" >= ?::timestamp - to_hours(2)'
print(con.execute(asked, ["sign_in", at]).fetchone()[0])
"""
_ASK = """
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    print(len(client.read_deployments()))
"""


@contextmanager
def started(command: Sequence[str], environment: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def family_seconds(process: subprocess.Popen[str]) -> float:
    """Processor seconds of a process that runs, and of those below it."""
    first = psutil.Process(process.pid)
    times = [one.cpu_times() for one in (first, *first.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def ready(command: Sequence[str], environment: dict[str, str], cwd: Path, is_up: Callable[..., bool]) -> harness.Spent:
    """What a server took until it is up."""
    began = time.perf_counter()
    with started(command, environment, cwd) as process:
        while not is_up(process):
            if process.poll() is not None:
                raise SystemExit(f"{command} ended")
            time.sleep(0.05)
        return harness.Spent([time.perf_counter() - began], [family_seconds(process)])


def says_its_address(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return "http://" in process.stdout.readline()


def serve_rows(root: Path, rounds: int) -> Iterator[harness.Row]:
    environment = {**os.environ, "PROMOCAL_LANG": "en"}
    ours, plain = harness.Spent(), harness.Spent()
    settings = prefect_environment(root / "var" / "prefect")

    def answers(_process: object) -> bool:
        try:
            return bool(urlopen("http://127.0.0.1:4231/api/health", timeout=5).status == 200)
        except OSError:
            return False

    for _ in range(rounds):
        sides = (
            (ours, ["-m", "promocal", "serve", "--port", "4230"], environment, says_its_address),
            (plain, ["-m", "prefect", "server", "start", "--port", "4231"], child_environment(settings), answers),
        )
        for spent, command, around, is_up in sides:
            took = ready(command, dict(around), root, is_up)
            spent.wall += took.wall
            spent.cpu += took.cpu
    both = harness.Compared(ours, plain, None, None)
    yield _row("serve", both, 1, "start", "Prefect's own server on the same database, until it answers")


def serve_once(root: Path) -> None:
    """The first start prepares the database of the server and makes the deployments."""
    ready(["-m", "promocal", "serve", "--port", "4230"], {**os.environ, "PROMOCAL_LANG": "en"}, root, says_its_address)


def process(code: Sequence[str], cwd: Path) -> Callable[[], Callable[[], str]]:
    """A process of Python; gives the last line of what it prints."""

    def work() -> str:
        done = subprocess.run([sys.executable, *code], cwd=cwd, capture_output=True, text=True, check=True)
        return done.stdout.split("\n")[-2]

    return lambda: work


def apply_rows(root: Path, rounds: int) -> Iterator[harness.Row]:
    """Forty deployments that are there as they should be."""
    for name, text in {
        "stores/corner.yaml": _STORE,
        "calendars/bench.yaml": calendar_text(),
        "promocal.toml": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "a.txt").write_text("hello", "utf-8")
    (root / "promocal.toml").write_text('[channels.sms]\nkind = "file"\n', "utf-8")
    settings = prefect_environment(root / "prefect")
    with running_server(settings, log=root / "server.log") as server, connected(settings, server.api_url):
        checksum = agree(root)
        ours = ["-m", "promocal", "apply", "bench", "--plan", checksum]
        subprocess.run([sys.executable, *ours], cwd=root, check=True, capture_output=True)
        both = harness.alternate(process(ours, root), process(["-c", _ASK], root), rounds=rounds)
        if both.result != f"bench: {both.expected} unchanged":
            raise SystemExit(f"apply said {both.result!r}, the server holds {both.expected} deployments")
        yield _row("apply", both, int(both.expected), "deployments", "Prefect's client asking for the deployments")


def agree(root: Path) -> str:
    """As if somebody had read a plan of the calendar and applied it; its moments are expected by the next `apply`."""
    with open_runtime(root) as rt:
        loaded, checksum = rt.load_calendar("bench"), "0123456789ab"
        sha = hashlib.sha256(loaded.text.encode()).hexdigest()
        body = {"calendar_sha": sha, "texts": dict(wordings(loaded, root))}
        rt.ledger.record_plan(checksum, "bench", json.dumps(body), rt.clock())
        rt.ledger.mark_applied(checksum, "bench", rt.clock())
    return checksum


def run_rows(root: Path, members: int, rounds: int) -> Iterator[harness.Row]:
    """From a look at the source files to the outbox; each round begins with an empty ledger."""
    create_project(root, CALENDAR)
    generate(root / "data", members=members, seed=1, as_of=AT)
    before = AT - timedelta(hours=1)
    with open_runtime(root, clock=lambda: before) as rt:
        refresh(rt, CALENDAR, before)
    (root / "var").rename(root / "before")
    settings = prefect_environment(root / "prefect")
    with running_server(settings, log=root / "server.log") as server, connected(settings, server.api_url):
        sides = [_told_by(code, root) for code in (_FLOW, _WITHOUT)]
        told = harness.Compared(harness.Spent(), harness.Spent(), None, None)
        for side, spent in [(sides[0], told.ours), (sides[1], told.reference)] * rounds:
            spent.wall.append(side())
    yield _row("run of a phase", told, members, "members", "the same run without Prefect")

    def ours() -> Callable[[], str]:
        _as_before(root)
        return process(["-c", _RUN, str(root), CALENDAR, PHASE, AT.isoformat()], root)()

    by_hand = process(["-c", _BY_HAND, str(root)], root)
    both = harness.alternate(ours, by_hand, rounds=rounds)
    yield both.row(
        "serving: process of a run", members, "members", "the source files to a list of members, DuckDB by hand"
    )
    (root / "calendars" / "hello.yaml").write_text(_SWEEP, "utf-8")
    (root / "messages" / "hello.zh.txt").write_text("hello", "utf-8")
    with open_runtime(root, clock=lambda: AT) as rt:
        refresh(rt, "hello", AT)
        path = rt.current_snapshot().path
    sweep = process(["-c", _RUN, str(root), "hello", "always", AT.isoformat()], root)
    both = harness.alternate(sweep, process(["-c", _LOOK, str(path), f"{AT:%Y-%m-%d %H:%M}"], root), rounds=rounds)
    yield _row("sweep without anybody", both, members, "members", "DuckDB asking the same snapshot for such events")


def _as_before(root: Path) -> None:
    shutil.rmtree(root / "var", ignore_errors=True)
    shutil.copytree(root / "before", root / "var")


def _told_by(code: str, root: Path) -> Callable[[], float]:
    """Seconds that a process of its own tells of a run, everything being as before it."""

    def seconds() -> float:
        _as_before(root)
        chosen, took = process(["-c", code, str(root), CALENDAR, PHASE, AT.isoformat()], root)()().split()
        if not int(chosen):
            raise SystemExit("nobody was chosen")
        return float(took)

    return seconds


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    with tempfile.TemporaryDirectory() as name:
        places = [Path(name) / each for each in ("served", "applied", "ran")]
        for place in places:
            place.mkdir()
        yield from apply_rows(places[1], chosen.rounds)
        yield from run_rows(places[2], chosen.members, chosen.rounds)
        for file in ("stores", "calendars", "promocal.toml", "a.txt"):
            copy = shutil.copytree if (places[1] / file).is_dir() else shutil.copy
            copy(places[1] / file, places[0] / file)
        agree(places[0])
        serve_once(places[0])
        yield from serve_rows(places[0], chosen.rounds)


def _row(name: str, both: harness.Compared[Any, Any], size: int, unit: str, reference: str) -> harness.Row:
    limit = LIMITS[name]
    row = both.row(f"serving: {name} (at most {limit:g} s)", size, unit, reference)
    if (spent := median(both.ours.wall)) > limit:
        print(f"{name} took {spent:.2f} s, {limit:g} s are promised", file=sys.stderr)
    return row


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=10_000, short=10_000, rounds=5), rows)

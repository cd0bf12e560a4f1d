"""The nights of `tests.trials.nights` on a real Prefect server with a real worker: `python -m tests.trials.served`.

The calendar's moments lie in the past, so that whatever is started is due at once; a clock that the trial moves stands
for the present in every flow process. What `serve` does once a minute starts the runs; the server, the worker, the flow
process, all of them at once, as when a machine loses its power, or the ledger's PostgreSQL server die with kill -9 and
come back, at random instants of the time that an undisturbed run takes, rather early than late. The deaths are spread
over all moments of the calendar but the first, which says how long that is. No run is killed for longer than its play
may be late. The ledger is compared with that of the plain, undisturbed replay.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from campaign_calendars.findings.errors import PromocalError
from flows.environment import child_environment, connected, prefect_environment
from flows.names import WORK_POOL
from flows.server import RunningServer, running_server, start_child, stop_child
from tasks.outreach.dispatch import LEASE
from tasks.running.expecting import Overdue, overdue
from tasks.runtime import Runtime, open_runtime
from tests.tasks.channels.sink import Sink
from tests.trials.night_shop import CALENDAR, START, orders_of, write_shop
from tests.trials.nights import LATEST, LEDGERS, Database, differences, ledger_of, picture, undisturbed_night
from warehouse.ledger.engine import patiently

Victim = Literal["flow", "worker", "worker and flow", "server", "machine", "database"]
VICTIMS: tuple[Victim, ...] = ("flow", "worker", "worker and flow", "server", "machine", "database")
MINUTE = timedelta(minutes=1)
_LONG = timedelta(minutes=20)  # no run that is dead is believed to live for so long
_POLL = 0.3
_PATIENCE = 900.0
_USUAL = 10.0  # seconds that a run takes, until one has told
_CLOCK = """
import os
from datetime import datetime
from pathlib import Path

import tasks.runtime

def night_clock():
    return datetime.fromisoformat(Path(os.environ["NIGHT_CLOCK"]).read_text("utf-8"))

tasks.runtime.open_runtime.__kwdefaults__["clock"] = night_clock
"""


@dataclass
class Machine:
    """A Prefect server and a worker on it, which may be killed and started again."""

    home: Path
    clock: Path
    died: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def __post_init__(self) -> None:
        self.settings = {
            **prefect_environment(self.home / "prefect"),
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "60",
            "PREFECT_LOGGING_LEVEL": "WARNING",
        }
        (self.home / "clock").mkdir(parents=True, exist_ok=True)
        (self.home / "clock" / "sitecustomize.py").write_text(_CLOCK, "utf-8")
        self.start_server()
        self.worker = self.start_worker()

    def start_server(self) -> None:
        self.serving = ExitStack()
        opened = running_server(self.settings, port=self.port, log=self.home / "server.log")
        self.server: RunningServer = self.serving.enter_context(opened)
        self.port = int(self.server.ui_url.rpartition(":")[2])

    def start_worker(self) -> Any:
        environment = child_environment(self.settings, self.server.api_url)
        environment["PYTHONPATH"] = os.pathsep.join([str(self.home / "clock"), environment["PYTHONPATH"]])
        environment["NIGHT_CLOCK"] = str(self.clock)
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", WORK_POOL, "--type", "process"]
        return start_child(command, environment, self.home / "worker.log")

    def flows(self) -> list[int]:
        """Processes that run a flow: below the worker, which may be gone by then."""
        import psutil

        with suppress(psutil.NoSuchProcess):
            return [child.pid for child in psutil.Process(self.worker.pid).children(recursive=True)]
        return []

    def strike(self, victim: Victim) -> Victim | None:
        """Who was killed: where no flow process runs, a worker instead; None: nobody was there."""
        flows = self.flows()
        victim = "worker" if victim == "flow" and not flows else victim
        wanted = {
            "flow": flows,
            "worker": [self.worker.pid],
            "worker and flow": [self.worker.pid, *flows],
            "server": [self.server.process.pid],
            "machine": [self.server.process.pid, self.worker.pid, *flows],
            "database": [],
        }[victim]
        killed = [pid for pid in wanted if _killed(pid)]
        self.died[victim] += bool(killed)
        return victim if killed else None

    def mend(self) -> bool:
        """Start what is down; whether anything was."""
        down = self.server.process.poll() is not None
        if down:
            self.serving.close()
            self.start_server()
        if self.worker.poll() is not None:
            self.worker = self.start_worker()
            return True
        return down

    def close(self) -> None:
        stop_child(self.worker, 5)
        self.serving.close()


def _killed(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Served:
    """One replay of the calendar on such a machine."""

    root: Path
    machine: Machine
    rng: random.Random
    kills: int
    victims: Sequence[Victim] = VICTIMS
    database: Database | None = None
    now: datetime = START
    usual: float = _USUAL

    def __post_init__(self) -> None:
        self.victims = [one for one in self.victims if one != "database" or self.database is not None]

    def come_to(self, now: datetime) -> None:
        self.now = now
        beside = self.machine.clock.with_suffix(".new")
        beside.write_text(now.isoformat(), "utf-8")
        beside.replace(self.machine.clock)

    def live(self) -> None:
        from flows.deployments import deploy

        self.come_to(self.now)
        with open_runtime(self.root, clock=lambda: self.now) as rt:
            deploy(rt, CALENDAR)
            moments = sorted({one.at for one in rt.load_calendar(CALENDAR).timeline.occurrences})
            for number, at in enumerate(moments):
                orders_of(self.root, (at - START).days)
                self.come_to(max(self.now, at))
                began = time.monotonic()
                share = -(-self.kills // (len(moments) - number)) if number else 0
                self.work_off(rt, at, share)
                if not number:
                    self.usual = time.monotonic() - began
                died = ", ".join(f"{count} {victim}" for victim, count in self.machine.died.items())
                print(f"{at:%d %H:%M} is worked off after {time.monotonic() - began:.0f} s: {died}", file=sys.stderr)

    def work_off(self, rt: Runtime, at: datetime, share: int) -> None:
        """What `serve` does, with the minutes passing as fast as the runs do; so many deaths at most."""
        deadline = time.monotonic() + _PATIENCE
        while left := self.overdue(rt):
            if time.monotonic() > deadline:
                raise SystemExit(f"no end of {[(run.run_id, run.standing, run.left) for run in left]}")
            with suppress(PromocalError, OSError, *_away()):
                self.look(rt)
            strikes = share > 0 and self.now < at + LATEST
            self.wait(self.rng.random() ** 2 * self.usual if strikes else _PATIENCE)
            if strikes and self.strike(self.rng.choice(self.victims)):
                self.kills, share = self.kills - 1, share - 1
                deadline = time.monotonic() + _PATIENCE
                time.sleep(1 + self.rng.random())
                self.restart(rt)
            sending = any(run.left.sending for run in self.overdue(rt))
            self.come_to(self.now + (LEASE if sending else 5 * MINUTE))

    def overdue(self, rt: Runtime) -> list[Overdue]:
        """The first statement after its death finds the connections of the old database."""
        return patiently(lambda: overdue(rt, CALENDAR))

    def strike(self, victim: Victim) -> Victim | None:
        if victim != "database" or self.database is None:
            return self.machine.strike(victim)
        self.database.kill()
        time.sleep(self.rng.random())
        self.database.start()
        self.machine.died[victim] += 1
        return victim

    def look(self, rt: Runtime) -> None:
        from flows.looking_after import look_after_runs

        look_after_runs(rt, CALENDAR)

    def wait(self, seconds: float) -> None:
        """Until nothing is under way, or so long."""
        from flows.follow_up import runs_alive

        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(_POLL)
            with suppress(*_away()):
                if not runs_alive(CALENDAR) and not self.scheduled():
                    return

    def scheduled(self) -> bool:
        from prefect.client.orchestration import get_client
        from prefect.client.schemas import filters
        from prefect.client.schemas.objects import StateType

        state = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
        with get_client(sync_client=True) as client:
            return bool(client.read_flow_runs(flow_run_filter=filters.FlowRunFilter(state=state), limit=1))

    def restart(self, rt: Runtime) -> None:
        """What is down comes back, and what died is noticed: at once by a new `serve`, by its silence otherwise."""
        from flows.zombies import end_zombies

        if self.machine.mend():
            with suppress(*_away()):
                end_zombies(CALENDAR, datetime.now(UTC) + _LONG)


def _away() -> tuple[type[Exception], ...]:
    """What a client raises while its server is down."""
    import httpx
    from prefect.exceptions import PrefectException

    return (httpx.HTTPError, PrefectException, RuntimeError)


@dataclass
class Ended:
    """What a night came to."""

    died: Counter[str]
    messages: int
    ends: Counter[str]
    different: list[str]
    seconds: float


def run_served(ledger: str, *, kills: int, seed: int, days: int, victims: Sequence[Victim] = VICTIMS) -> Ended:
    """One night with so many kills at most, and how it differs from the plain and undisturbed one."""
    rng, began = random.Random(seed), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="served-") as place, ledger_of(ledger, Path(place)) as database:
        directory = Path(place)
        wanted = undisturbed_night(directory / "undisturbed", days)
        root, home = directory / "night", directory / "home"
        home.mkdir()
        machine = Machine(home, home / "now")
        try:
            with Sink(honours_key=True) as sink, connected(machine.settings, machine.server.api_url, heartbeat=False):
                url = database.url(root.name) if database else f"sqlite:///{root}/var/ledger.db"
                write_shop(root, url=sink.url, ledger=url, days=days)
                Served(root, machine, rng, kills, victims, database).live()
                seen = picture(root, sink)
        finally:
            machine.close()
        ends = Counter(end[2] for end in seen["ends"])
        different = differences(seen, wanted)
        return Ended(machine.died, len(seen["messages"]), ends, different, time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.trials.served", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--kills", type=int, default=100, help="in all, at most; default 100")
    parser.add_argument("--days", type=int, default=4, help="of the calendar; default 4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ledger", choices=LEDGERS, action="append", help="default: both, half of the kills on each")
    parser.add_argument("--victim", choices=VICTIMS, action="append", help="default: all of them")
    chosen = parser.parse_args()
    ledgers = chosen.ledger or LEDGERS
    print("| ledger | kills | " + " | ".join(VICTIMS) + " | messages | ends | differences | seconds |")
    print("|---|---|" + "---|" * (len(VICTIMS) + 4))
    wrong: list[str] = []
    for ledger in ledgers:
        kills, victims = chosen.kills // len(ledgers), chosen.victim or VICTIMS
        night = run_served(ledger, kills=kills, seed=chosen.seed, days=chosen.days, victims=victims)
        died = " | ".join(str(night.died[one]) for one in VICTIMS)
        ends = ", ".join(f"{count} {state}" for state, count in sorted(night.ends.items()))
        cells = (night.messages, ends, len(night.different), f"{night.seconds:.0f}")
        print(f"| {ledger} | {night.died.total()} | {died} | " + " | ".join(map(str, cells)) + " |", flush=True)
        wrong += night.different
    print("\n".join(wrong[-60:]), file=sys.stderr)
    sys.exit("the night ended otherwise than an undisturbed one" if wrong else 0)


if __name__ == "__main__":
    main()

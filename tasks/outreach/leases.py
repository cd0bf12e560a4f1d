"""A worker that lives keeps what it has claimed, however long it takes to send it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from warehouse.ledger.port import Ledger
from warehouse.ledger.rules import untouched_lease

_A_LEASE = 3  # renewals: one that fails is not the last before it is over


@contextmanager
def renewed(ledger: Ledger, worker: str, now: Callable[[], datetime], lease: timedelta) -> Iterator[None]:
    """While the body runs, the leases of the worker's claims begin anew, three times in the shortest of them.

    Where the ledger is away for longer than that, others may take the claims back; the worker notices before its
    next hand-over (`Ledger.hand_over`).
    """
    done = Event()

    def beat() -> None:
        # What was not handed over yet is free sooner than the rest: after a minute.
        while not done.wait(untouched_lease(lease).total_seconds() / _A_LEASE):
            with suppress(Exception):  # tried again; a lease that is over is noticed where it matters
                ledger.renew(worker, now())

    thread = Thread(target=beat, name=f"leases of {worker}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

"""How a program that runs until somebody stops it is asked to: a signal, a second one, or its caller."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Stopping:
    """`asked` at the first signal, `hurry` at the second."""

    asked: threading.Event
    hurry: threading.Event

    def signal(self, *_: object) -> None:
        if self.asked.is_set():
            self.hurry.set()
        self.asked.set()


@contextmanager
def stoppable(stop: threading.Event) -> Iterator[Stopping]:
    """SIGINT and SIGTERM ask to stop; outside the main thread only the caller can."""
    stopping = Stopping(stop, threading.Event())
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = {number: signal.signal(number, stopping.signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

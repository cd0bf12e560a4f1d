"""Parts of `serve` (server, worker, the thread that looks after runs): one that falls is started again, within bounds.

The first start is whoever makes the part's; from then on it is looked at every half second. A fallen part is started
again after a pause that doubles; one that falls too often is beyond that, and `serve` ends, so that whoever started
`serve` (systemd) and the staff know.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, Tell
from flows.server import START_SECONDS
from tasks.journal import note

# A part that falls so often within so many seconds will go on doing so; once a week it is only started again.
RESTARTS, RESTARTS_WITHIN = 5, 600.0
_FIRST_PAUSE = 1.0
_ASK_EVERY = 10.0
# So many questions in a row without an answer (two minutes and more): it hangs. A busy database is over by then.
_UNANSWERED = 12
_LONGEST_LOOK = 600.0

PartKind = Literal["server", "worker", "run_failed"]
"""The alert that tells of a fall."""
WarnOfPart = Callable[[PartKind, Said], object]


class Startable(Protocol):
    """What can fall and be started again."""

    def start(self) -> None: ...

    def ended(self) -> Said | None:
        """How it ended, as the end of a sentence; None: it has not."""

    def stop(self) -> None: ...


class PartFellError(PromocalError):
    """A part of `serve` that starting again does not help."""


def _always() -> bool:
    return True


@dataclass
class Part:
    """One part, called often; it is up when it is made."""

    name: Said
    kind: PartKind
    running: Startable
    say: Tell
    warn: WarnOfPart
    log: Path | None = None
    answers: Callable[[], bool] = _always
    """Whether it does its work; asked while it starts, and every ten seconds from then on."""
    may_start: Callable[[], bool] = _always
    """Whether what it needs is there. Meanwhile a fall of it is no news and does not count."""
    steady: float = 0.0
    """Seconds that it has to live before it counts as back."""
    monotonic: Callable[[], float] = time.monotonic
    _falls: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS), init=False)
    _down_since: float | None = field(default=None, init=False)
    _start_at: float | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)
    _ask_at: float = field(default=0.0, init=False)
    _unanswered: int = field(default=0, init=False)
    _told: bool = field(default=False, init=False)

    @property
    def is_up(self) -> bool:
        return self._down_since is None

    def __call__(self) -> None:
        """Look, and do what is to be done. PartFellError: it fell too often."""
        now = self.monotonic()
        if self._start_at is not None:
            if now >= self._start_at and self.may_start():
                self._start_at, self._started = None, now
                self.running.start()
            return
        ended = self.running.ended()
        if ended is not None:
            self._fell(ended, now)
        elif self._down_since is not None:
            self._look_at_a_start(now)
        elif now >= self._ask_at:
            self._ask_at = now + _ASK_EVERY
            self._unanswered = 0 if self.answers() else self._unanswered + 1
            if self._unanswered >= _UNANSWERED:
                self._down_since = now  # who asks it in another thread is not to wait for it while it is stopped
                self.running.stop()
                self._fell(("does not answer any more", "不再应答"), now)

    def _look_at_a_start(self, now: float) -> None:
        if now - self._started >= self.steady and self.answers():
            self._back(now)
        elif now - self._started > START_SECONDS:
            self.running.stop()
            self._fell(
                (f"did not answer within {START_SECONDS:.0f} seconds", f"在 {START_SECONDS:.0f} 秒内没有应答"), now
            )

    def _fell(self, how: Said, now: float) -> None:
        self._down_since = now if self._down_since is None else self._down_since
        self._unanswered = 0
        where, zh_where = (f" (see {self.log})", f"（见 {self.log}）") if self.log else ("", "")
        if not self.may_start():
            self._start_at = now + _FIRST_PAUSE
            self.say(
                (
                    f"{self.name[0]} {how[0]}; it is started again when the server answers{where}.",
                    f"{self.name[1]}{how[1]}；服务器应答后重新启动{zh_where}。",
                )
            )
            return
        recent = [moment for moment in self._falls if now - moment < RESTARTS_WITHIN]
        if len(recent) >= RESTARTS:
            minutes = RESTARTS_WITHIN / 60
            note("part_given_up", level=logging.ERROR, part=self.name[0], how=how[0])
            raise PartFellError(
                (
                    f"{self.name[0]} {how[0]}, after {len(recent)} restarts in {minutes:.0f} minutes.",
                    f"{self.name[1]}{how[1]}，{minutes:.0f} 分钟内已重新启动 {len(recent)} 次。",
                ),
                (f"See {self.log}.", f"见 {self.log}。") if self.log else ("promocal doctor", "promocal doctor"),
            )
        self._falls.append(now)
        pause = _FIRST_PAUSE * 2 ** len(recent)
        self._start_at = now + pause
        self._told = True
        said = (
            f"{self.name[0]} {how[0]}; starting it again in {pause:.0f} s{where}.",
            f"{self.name[1]}{how[1]}；{pause:.0f} 秒后重新启动{zh_where}。",
        )
        note("part_fell", level=logging.ERROR, part=self.name[0], how=how[0])
        self.say(said)
        self.warn(self.kind, said)

    def _back(self, now: float) -> None:
        away = now - (self._down_since or now)
        self._down_since, self._ask_at = None, now + _ASK_EVERY
        said = (f"{self.name[0]} is back after {away:.0f} s.", f"{self.name[1]}在 {away:.0f} 秒后恢复。")
        note("part_back", part=self.name[0], away_seconds=round(away, 1))
        self.say(said)
        if self._told:
            self._told = False
            self.warn(self.kind, said)


@dataclass
class _Work:
    """What a thread and who started it tell each other."""

    asked: threading.Event = field(default_factory=threading.Event)
    failed: str = ""
    since: float | None = None
    """Since when it has been at one look."""


@dataclass
class LookingThread:
    """A thread that calls `look` every so many seconds, in the context of its maker, until it fails or is asked to end.

    One that never comes back from a look cannot be ended: it is left behind, and two that look do no harm.
    """

    look: Callable[[], None]
    every: float
    context: Context = field(default_factory=copy_context)
    _work: _Work = field(default_factory=_Work, init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._work = _Work()
        self._thread = threading.Thread(target=self.context.copy().run, args=(self._look_on, self._work), daemon=True)
        self._thread.start()

    def _look_on(self, work: _Work) -> None:
        try:
            while not work.asked.is_set():
                work.since = time.monotonic()
                self.look()
                work.since = None
                work.asked.wait(self.every)
        except Exception as error:  # noqa: BLE001 - whatever it was; its text may quote data
            work.failed = type(error).__name__

    def comes_back(self) -> bool:
        """Whether no look takes for ever."""
        since = self._work.since
        return since is None or time.monotonic() - since < _LONGEST_LOOK

    def ended(self) -> Said | None:
        if self._thread.is_alive():
            return None
        why = self._work.failed
        return f"broke off: {why}", f"中断：{why}"

    def stop(self) -> None:
        """Ask it to end, and wait for the look it is at, though not for ever."""
        self._work.asked.set()
        self._thread.join(_ASK_EVERY)

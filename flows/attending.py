"""Once a minute: runs that should have happened, names of runs to come, deployments whose phase has left.

`serve` does it beside its own server, `promocal watch` for one that runs elsewhere. A calendar that cannot be looked
after keeps no other from it, and nothing that a server or a database says ends the program that looks.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, Tell
from flows.deployments import remove_left
from flows.steps import sealed
from tasks.settings import AlertKind

if TYPE_CHECKING:
    from tasks.runtime import Runtime

EVERY_SECONDS = 60.0
JUMP_SECONDS = 30.0
"""A clock that is kept by NTP is set by less at once."""
TOLD_AFTER = 5
"""So many looks in a row have to fail before the staff is told: a restart or a locked database is over by then."""
Warn = Callable[[AlertKind, Said], object]


@dataclass
class Attending:
    """Called often, it looks once a minute. `calendars`: ids; none: every calendar that the project has by then."""

    project_dir: Path | str
    calendars: Sequence[str]
    say: Tell
    warn: Warn
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    _due: float | None = field(default=None, init=False)
    _apart: float | None = field(default=None, init=False)
    _failed: Counter[str] = field(default_factory=Counter, init=False)

    def __call__(self) -> None:
        now = self.monotonic()
        jumped = self._jumped(now)
        if self._due is not None and now < self._due and not jumped:
            return
        self._due = now + EVERY_SECONDS
        if jumped:  # signs of life are of the old clock: who judged by them would call living runs dead
            self.say(_told_jump(jumped))
            return
        from tasks.runtime import open_runtime

        try:
            with sealed(open_runtime)(self.project_dir) as rt:
                names = self.calendars or rt.calendar_ids()
                for name in names:
                    self._runs(rt, name)
                for name in names:
                    self._rest(rt, name)
        except PromocalError as error:
            self._count("", error)
        else:
            del self._failed[""]

    def _jumped(self, now: float) -> float:
        """By how many seconds the clock was set, or the machine slept, since this was asked last; 0: it went on."""
        apart = self.wall() - now
        before, self._apart = self._apart, apart
        return 0.0 if before is None or abs(apart - before) < JUMP_SECONDS else apart - before

    def _runs(self, rt: Runtime, name: str) -> None:
        from flows.looking_after import look_after_runs

        try:
            for line in sealed(look_after_runs)(rt, name):
                self.say(line)
        except PromocalError as error:
            self._count(name, error)
        else:
            del self._failed[name]

    def _count(self, name: str, error: PromocalError) -> None:
        self.say(_failure(name, error))
        self._failed[name] += 1
        if self._failed[name] == TOLD_AFTER:
            self.warn("run_failed", _failure(name, error))

    def _rest(self, rt: Runtime, name: str) -> None:
        """What can wait for the next minute, however often; a calendar with errors has no names for its runs."""
        for part in (_removed, _named):
            try:
                for line in sealed(part)(rt, name):
                    self.say(line)
            except PromocalError as error:
                self.say(_failure(name, error))


def _told_jump(seconds: float) -> Said:
    if seconds < 0:
        return (
            f"The clock went back by {-seconds:,.0f} s; runs are looked after in a minute",
            f"时钟被调慢了 {-seconds:,.0f} 秒；一分钟后再检查运行",
        )
    return (
        f"The clock went on by {seconds:,.0f} s, or this machine slept; runs are looked after in a minute",
        f"时钟被调快了 {seconds:,.0f} 秒，或本机曾休眠；一分钟后再检查运行",
    )


def _removed(rt: Runtime, name: str) -> list[Said]:
    return [
        (f"{gone} left the calendar and its runs have ended; removed", f"{gone} 已从日历中移除且运行均已结束；已删除")
        for gone in remove_left(rt, name)
    ]


def _named(rt: Runtime, name: str) -> list[Said]:
    from flows.future_names import name_future_runs

    name_future_runs(rt, name)
    return []


def _failure(name: str, error: PromocalError) -> Said:
    of, zh_of = (f" of {name}", f"日历 {name} 的") if name else ("", "")
    return (
        f"Could not look after runs{of}: {error.text('en')}",
        f"无法检查{zh_of}运行：{error.text('zh')}",
    )

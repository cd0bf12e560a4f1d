"""Whether `promocal serve` runs in a project: while it does, it holds a lock and leaves its address and process id.

Where two machines share the directory and the lock does not reach from one to the other, a sign of life does: whoever
serves touches its address file, and who would serve beside it from elsewhere waits whether another sign comes.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from warehouse.shelf.lock import FileLock

SIGN_SECONDS = 10.0
"""How often whoever serves gives a sign of life."""
_LOCK = "serve.lock"
_POLL_SECONDS = 0.2
_UNHEARD_SECONDS = 3 * SIGN_SECONDS
_LONG_GONE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class _Serving:
    """Who left an address: a process of a machine."""

    pid: int
    host: str

    @property
    def is_elsewhere(self) -> bool:
        return self.host not in ("", socket.gethostname())

    @property
    def shown(self) -> Said:
        if self.is_elsewhere:
            return f"process {self.pid} on {self.host}", f"{self.host} 上的进程 {self.pid}"
        return f"process {self.pid}", f"进程 {self.pid}"


@contextmanager
def alone(state: Path, patience: float) -> Iterator[int]:
    """Nobody else serves the project for the duration of the block; yields the lock's descriptor.

    Two would run two Prefect servers over one database, and either would take the other's address away. A process
    that is given the descriptor holds the lock as well: what a killed `serve` left behind is seen. Such processes end
    by themselves; `patience` is how many seconds that may take. UsageError: somebody serves it, here or elsewhere.
    """
    place = _place(state)
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place) as lock:
        deadline = time.monotonic() + patience
        while not lock.take():
            who = _serving(state)
            if who is not None:
                raise _beside(who)
            if time.monotonic() > deadline:
                raise _in_use(state, who)
            time.sleep(_POLL_SECONDS)
        who = _heard_elsewhere(state)
        if who is not None:
            raise _beside(who)
        yield lock.descriptor


def require_nobody_serves(state: Path) -> None:
    """UsageError: what a command is about to replace is in use."""
    if _is_held(_place(state)):
        raise _in_use(state, _serving(state))
    who = _heard_elsewhere(state)
    if who is not None:
        raise _in_use(state, who)


def _place(state: Path) -> Path:
    return state / "prefect" / _LOCK


def _address(state: Path) -> Path:
    return state / "prefect" / "server.json"


def _is_held(place: Path) -> bool:
    if not place.exists():
        return False
    with FileLock(place) as lock:
        return not lock.take()


def _serving(state: Path) -> _Serving | None:
    """Who serves; None: nobody does, or it was killed. Of another machine nobody knows whether it lives."""
    try:
        held = json.loads(_address(state).read_text("utf-8"))
        who = _Serving(int(held["pid"]), str(held.get("host", "")))
        if not who.is_elsewhere:
            os.kill(who.pid, 0)
    except PermissionError:  # it lives, and is of another user
        return who
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
    return who


def _heard_elsewhere(state: Path) -> _Serving | None:
    """Who serves on another machine, by a sign of life that comes while it is waited for; the lock may not reach it."""
    who = _serving(state)
    if who is None or not who.is_elsewhere:
        return None
    last, deadline = _touched(state), time.monotonic() + _UNHEARD_SECONDS
    if abs(time.time() - last) > _LONG_GONE_SECONDS:
        return None
    while time.monotonic() < deadline:
        if _touched(state) not in (last, 0.0):
            return who
        time.sleep(_POLL_SECONDS)
    return None


def _touched(state: Path) -> float:
    """When the address file was touched last; 0: it is gone."""
    try:
        return _address(state).stat().st_mtime
    except OSError:
        return 0.0


def _beside(who: _Serving) -> UsageError:
    return UsageError(
        (f"promocal serve runs in this project already ({who.shown[0]})",
         f"本项目已在运行 promocal serve（{who.shown[1]}）"),
        ("one serves every calendar that it is given, or all: stop it first",
         "一个 serve 可服务所列的或全部日历：请先停止它"),
    )  # fmt: skip


def _in_use(state: Path, who: _Serving | None) -> UsageError:
    if who is None:
        place = _place(state)
        return UsageError(
            (
                "processes of a promocal serve that was killed, or of one that starts, run in this project",
                "本项目还有进程在运行：属于被强行终止的、或正在启动的 promocal serve",
            ),
            (
                f"see which: lsof '{place}'; end them: kill $(lsof -t '{place}')",
                f"查看：lsof '{place}'；结束它们：kill $(lsof -t '{place}')",
            ),
        )
    return UsageError(
        (f"promocal serve runs in this project ({who.shown[0]})", f"本项目正在运行 promocal serve（{who.shown[1]}）"),
        ("stop it first, and every worker of the project", "请先停止它，以及本项目的所有工作进程"),
    )

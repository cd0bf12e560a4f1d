"""Whether `promocal serve` runs in a project: while it does, it holds a lock and leaves its address and process id."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from warehouse.shelf.lock import FileLock

_LOCK = "serve.lock"
_POLL_SECONDS = 0.2


@contextmanager
def alone(state: Path, patience: float) -> Iterator[int]:
    """Nobody else serves the project for the duration of the block, on this machine; yields the lock's descriptor.

    Two would run two Prefect servers over one database, and either would take the other's address away. A process
    that is given the descriptor holds the lock as well: what a killed `serve` left behind is seen. Such processes end
    by themselves; `patience` is how many seconds that may take. UsageError: somebody serves it.
    """
    place = _place(state)
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place) as lock:
        deadline = time.monotonic() + patience
        while not lock.take():
            pid = _serving(state)
            if pid is not None:
                raise UsageError(
                    (f"promocal serve runs in this project already (process {pid})",
                     f"本项目已在运行 promocal serve（进程 {pid}）"),
                    ("one serves every calendar that it is given, or all: stop it first",
                     "一个 serve 可服务所列的或全部日历：请先停止它"),
                )  # fmt: skip
            if time.monotonic() > deadline:
                raise _in_use(state, pid)
            time.sleep(_POLL_SECONDS)
        yield lock.descriptor


def require_nobody_serves(state: Path) -> None:
    """UsageError: what a command is about to replace is in use."""
    pid = _serving(state)
    if pid is not None or _is_held(_place(state)):
        raise _in_use(state, pid)


def _place(state: Path) -> Path:
    return state / "prefect" / _LOCK


def _is_held(place: Path) -> bool:
    if not place.exists():
        return False
    with FileLock(place) as lock:
        return not lock.take()


def _serving(state: Path) -> int | None:
    """The process id of who serves; None: nobody does, or it was killed."""
    try:
        pid = int(json.loads((state / "prefect" / "server.json").read_text("utf-8"))["pid"])
        os.kill(pid, 0)
    except PermissionError:  # it lives, and is of another user
        return pid
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return pid


def _in_use(state: Path, pid: int | None) -> UsageError:
    if pid is None:
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
        (f"promocal serve runs in this project (process {pid})", f"本项目正在运行 promocal serve（进程 {pid}）"),
        ("stop it first, and every worker of the project", "请先停止它，以及本项目的所有工作进程"),
    )

"""`promocal watch`: looks after the runs of a server that somebody else keeps running, and tells when it is away.

Where server and workers are started by themselves (containers, several machines) nobody else would notice a moment
that passed without a run, a run whose machine died, or a server that is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, Tell
from flows.asking import ask_server
from flows.attending import EVERY_SECONDS, TOLD_AFTER, Attending, Warn
from flows.automations import told_automations
from flows.environment import connected
from flows.server import is_healthy
from flows.server_api import START, VARIABLE, ServerAddress, ServerApi, find_server
from flows.stopping import Stopping, stoppable
from tasks.alerts import alert
from tasks.runtime import open_runtime
from tasks.settings import AlertKind

if TYPE_CHECKING:
    from tasks.operations.server_state import ServerState

_ASK_SECONDS = 5.0
_NO_WORKER: Said = (
    "no worker is alive; runs do not start: prefect worker start --pool promocal",
    "没有工作进程在线，运行不会开始：prefect worker start --pool promocal",
)
_BACK: Said = ("the server answers and a worker is alive again", "服务器已有应答，工作进程已在线")


def watch(
    project_dir: Path | str, calendars: Sequence[str] = (), *, say: Tell, stop: threading.Event | None = None
) -> None:
    """Look once a minute, until SIGINT, SIGTERM or `stop`; a server that is away is waited for.

    `calendars`: ids; none: every calendar that the project has by then. Raises UsageError when nothing names a server.
    """
    with open_runtime(project_dir) as rt:
        for name in calendars:
            rt.load_calendar(name)
        state, clock, warn = rt.settings.state, rt.clock, partial(alert, rt.settings)
        address = find_server(state)
    say((f"Looking after runs on {address.shown} (Ctrl-C stops)", f"正在看护 {address.shown} 上的运行（Ctrl-C 停止）"))
    look = Look(state, clock, Attending(project_dir, calendars, say, warn), say, warn)
    with stoppable(stop or threading.Event()) as stopping, connected({}, address.api_url):
        look()
        while not stopping.asked.wait(EVERY_SECONDS):
            look()


def waited_for(address: ServerAddress, stopping: Stopping, say: Tell, warn: Warn) -> bool:
    """Wait until a server of somebody else answers; False: somebody asked to stop first."""
    began, told = time.monotonic(), False
    if not is_healthy(address.api_url):
        away = _told_away(address, say)
        while not is_healthy(address.api_url):
            if not told and time.monotonic() - began > TOLD_AFTER * EVERY_SECONDS:
                told = True
                warn("server", away)
            if stopping.asked.wait(_ASK_SECONDS):
                return False
        back = (f"the Prefect server at {address.shown} answers", f"Prefect 服务器 {address.shown} 已有应答")
        say(back)
        if told:
            warn("server", back)
    return True


def _told_away(address: ServerAddress, say: Tell) -> Said:
    """Why nobody answers there, as far as it shows, and what may be wrong with the address; then it is waited for."""
    which, zh_which = f"{address.shown} ({address.named_by})", f"{address.shown}（{address.named_by}）"
    why: Said = (f"the Prefect server at {which} does not answer", f"Prefect 服务器 {zh_which}没有应答")
    remedy: Said | None = None
    try:
        with ServerApi(address) as api:
            if api.get("health") is not True:
                raise api.no_prefect()
    except PromocalError as error:
        why, remedy = error.said, error.remedy_said
    waits: Said = (
        f"{why[0]}; waiting for it (without {VARIABLE} serve starts its own)",
        f"{why[1]}；正在等待（不设置 {VARIABLE} 时 serve 会自己启动一个）",
    )
    say(waits)
    if remedy not in (None, START):  # whoever serves needs not be told to serve
        say(remedy)
    return waits


@dataclass
class Look:
    """A look at a server of somebody else: whether it and workers are there, and what `attend` does."""

    state: Path
    clock: Callable[[], datetime]
    attend: Attending
    say: Tell
    warn: Warn
    automated: bool = False
    """Whether the server has our automations already."""

    def __post_init__(self) -> None:
        self._presence = Presence(self.say, self.warn)

    def __call__(self) -> None:
        server = ask_server(self.state, self.clock())
        self._presence(server)
        if server.answers:
            if not self.automated:
                with open_runtime(self.attend.project_dir) as rt:
                    self.automated = told_automations(rt, self.say)
            self.attend()


@dataclass
class Presence:
    """Tells the staff once when the server, or every worker, has been away for some looks in a row."""

    say: Tell
    warn: Warn
    _kind: AlertKind | None = field(default=None, init=False)
    _times: int = field(default=0, init=False)

    def __call__(self, server: ServerState) -> None:
        kind, said = _away(server)
        if kind != self._kind:
            before, self._kind = self._kind, kind
            self.say(said or _BACK)
            if before is not None and kind is None and self._times >= TOLD_AFTER:
                self.warn(before, _BACK)
            self._times = 0
        self._times += 1
        if kind is not None and said is not None and self._times == TOLD_AFTER:
            self.warn(kind, said)


def _away(server: ServerState) -> tuple[AlertKind | None, Said | None]:
    if not server.answers:
        return "server", (server.problem["en"], server.problem["zh"])
    if server.deployments and not any(worker.alive for worker in server.workers):
        return "worker", _NO_WORKER
    return None, None

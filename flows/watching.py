"""`promocal watch`: looks after the runs of a server that somebody else keeps running, and tells when it is away.

Where server and workers are started by themselves (containers, several machines) nobody else would notice a moment
that passed without a run, a run whose machine died, or a server that is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.said import Said, Tell
from flows.asking import ask_server
from flows.attending import EVERY_SECONDS, TOLD_AFTER, Attending, Warn
from flows.automations import told_automations
from flows.environment import connected
from flows.server_api import find_server
from flows.stopping import stoppable
from tasks.alerts import alert
from tasks.runtime import open_runtime
from tasks.settings import AlertKind

if TYPE_CHECKING:
    from tasks.operations.server_state import ServerState

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
    attend, presence = Attending(project_dir, calendars, say, warn), Presence(say, warn)
    automated = False
    with stoppable(stop or threading.Event()) as stopping, connected({}, address.api_url):
        while True:
            server = ask_server(state, clock())
            presence(server)
            if server.answers:
                if not automated:
                    with open_runtime(project_dir) as rt:
                        automated = told_automations(rt, say)
                attend()
            if stopping.asked.wait(EVERY_SECONDS):
                return


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
            self._kind, self._times = kind, 0
            self.say(said or _BACK)
        self._times += 1
        if kind is not None and said is not None and self._times == TOLD_AFTER:
            self.warn(kind, said)


def _away(server: ServerState) -> tuple[AlertKind | None, Said | None]:
    if not server.answers:
        return "server", (server.problem["en"], server.problem["zh"])
    if server.deployments and not any(worker.alive for worker in server.workers):
        return "worker", _NO_WORKER
    return None, None

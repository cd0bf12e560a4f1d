"""Everything on one machine: a Prefect server, the calendar's deployments, a worker that runs them, a look after runs.

Server, worker and the thread that looks are parts (`flows.parts`): one that falls is told and started again. Where
`PREFECT_API_URL` names a server of somebody else, that one is waited for instead, and only the others are parts.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, Tell
from flows.attending import EVERY_SECONDS, Attending, Warn
from flows.bringing_up import bring_up, files_of, leave_alone
from flows.environment import child_environment, connected, prefect_environment
from flows.events import Feed
from flows.names import WORK_POOL
from flows.parts import LookingThread, Part
from flows.server import STOP_SECONDS, Child, RunningServer, is_healthy, running_server
from flows.server_api import VARIABLE, ServerAddress, find_server, keep_address
from flows.stopping import Stopping, stoppable
from flows.waking import runs_under_way
from flows.watching import Look, waited_for
from tasks.alerts import alert
from tasks.operations.serving import SIGN_SECONDS, alone
from tasks.runtime import open_runtime

DEFAULT_PORT = 4200
# One machine and SQLite: a few runs side by side are enough, and their own memory adds up.
RUNS_AT_ONCE = 2
_LOOK_SECONDS = 0.5
# How long a stop waits for runs to end by themselves; what is cut off goes on at the next serve.
_DRAIN_SECONDS = 60.0
_WORKER_STOP_SECONDS = 20.0
_WORKER_STEADY_SECONDS = 5.0
_ASK_SECONDS = 5.0
_LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 - compared, not bound
_STARTING: Said = (
    "Starting the Prefect server (the first start prepares its database) ...",
    "正在启动 Prefect 服务器（首次启动会准备数据库）……",
)
_STOPPING: Said = ("Stopping ...", "正在停止……")


def _in_english(said: Said) -> None:
    print(said[0])


def serve(
    project_dir: Path | str,
    calendars: Sequence[str] = (),
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    accept: bool = False,
    say: Tell = _in_english,
    stop: threading.Event | None = None,
) -> None:
    """Serve calendars (default: every calendar of the project) until SIGINT, SIGTERM or `stop`.

    Those that somebody applied as they are written now; `accept` plans and applies the others too, within the limits
    of `[apply]`. What is on the server of one that is not applied stays as it is.

    State and logs live in the project's `var/prefect`. Schedules stay active when it ends: runs
    whose moment passes meanwhile start late at the next `serve`, and each play's `on_late` decides.
    With `PREFECT_API_URL` it starts no server, unless that is the address at which it is to start one.
    A calendar with errors is told and left as it is there; ProblemsFoundError where it was named, or is the only one.
    UsageError: the port is taken or somebody serves the project; PartFellError: a part falls again and again.
    """
    with open_runtime(project_dir) as rt:
        files, unreadable = files_of(rt, calendars)
        settings_of, state, clock = rt.settings, rt.settings.state, rt.clock
    home, names, warn = state / "prefect", (*files, *unreadable), partial(alert, settings_of)
    settings = {**prefect_environment(home), "PREFECT_WORKER_QUERY_SECONDS": "5"}
    with stoppable(stop or threading.Event()) as stopping, ExitStack() as stack:
        stopped = stopping.asked.is_set
        lock = stack.enter_context(alone(state, _WORKER_STOP_SECONDS + STOP_SECONDS))
        server, elsewhere = None, _elsewhere(state, host, port)  # not before the server of a killed one has gone
        if elsewhere is None:
            say(_STARTING)
            log = home / "server.log"
            started = running_server(settings, host=host, port=port, log=log, held=[lock], no_more=stopped)
            server = stack.enter_context(started)
        else:
            waited_for(elsewhere, stopping, say, warn)
        address = elsewhere or ServerAddress(server.api_url if server else "", "promocal serve")
        if not stopped():
            stack.enter_context(_talking_to(address, settings, home))
            leave_alone(unreadable, say, warn)
            bring_up(project_dir, files, say, accept=accept, ended=names if server else (), no_more=stopped)
        if stopped():
            say(_STOPPING)
        else:
            look = Look(state, clock, Attending(project_dir, names, say, warn), say, warn, automated=True)
            feed = Feed(settings_of, address)
            machine = _Machine(address, child_environment(settings, address.api_url), home, lock, say, feed)
            _until_stopped(machine, server, look, names, stopping)
    say(("Stopped.", "已停止。"))


def _until_stopped(
    machine: _Machine, server: RunningServer | None, look: Look, names: Sequence[str], stopping: Stopping
) -> None:
    say = machine.say
    _say_where(machine.address, say)
    with machine.parts(server, look) as parts, _told_of_a_fall(look.warn):
        _watch(parts, stopping)
        parts[-1].running.stop()  # nothing is started any more
        _drain(machine.address, names, stopping, say)
        say(_STOPPING)


def _say_where(address: ServerAddress, say: Tell) -> None:
    shown = address.shown.removesuffix("/api")
    say(
        (
            f"Prefect UI: {shown}   (Ctrl-C stops; schedules stay active)",
            f"Prefect 界面：{shown}   （Ctrl-C 停止；计划仍然有效）",
        )
    )


def _elsewhere(state: Path, host: str, port: int) -> ServerAddress | None:
    """The server of somebody else that `PREFECT_API_URL` names; None: it names none, or where ours is to be."""
    if not os.environ.get(VARIABLE, "").strip():
        return None
    address = find_server(state)
    parts = urlsplit(address.api_url)
    is_place_of_ours = parts.hostname in (*_LOCAL, host) and parts.port == port
    return None if is_place_of_ours and not is_healthy(address.api_url) else address


@dataclass(frozen=True)
class _Machine:
    """What all parts have in common."""

    address: ServerAddress
    environment: Mapping[str, str]
    home: Path
    lock: int
    say: Tell
    feed: Feed

    @contextmanager
    def parts(self, server: RunningServer | None, elsewhere: Look) -> Iterator[list[Part]]:
        """The parts for the duration of the block, who looks last; whoever runs the server stops it."""
        found = [] if server is None else [self._server(server)]
        is_up: Callable[[], bool] = _AskedNowAndThen(partial(is_healthy, self.address.api_url))
        look: Callable[[], None] = elsewhere
        if server is not None:
            is_up, look = partial(_is_up, found[0]), partial(_attend, found[0], elsewhere.attend)
        with ExitStack() as stack:
            worker = self._worker("promocal" if server else f"promocal-{socket.gethostname()}")
            stack.callback(worker.stop)
            thread = LookingThread(look, _LOOK_SECONDS if server else EVERY_SECONDS)
            stack.callback(thread.stop)
            name = ("The worker", "工作进程")
            found.append(
                Part(
                    name, "worker", worker, self.say, self.feed,
                    log=worker.log, may_start=is_up, steady=_WORKER_STEADY_SECONDS,
                )
            )  # fmt: skip
            name = ("What looks after runs", "运行看护")
            found.append(Part(name, "run_failed", thread, self.say, self.feed, answers=thread.comes_back))
            yield found

    def _server(self, server: RunningServer) -> Part:
        answers = partial(is_healthy, server.api_url)
        name = ("The Prefect server", "Prefect 服务器")
        return Part(name, "server", server.child, self.say, self.feed, log=server.child.log, answers=answers)

    def _worker(self, name: str) -> Child:
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", WORK_POOL, "--type", "process"]
        command += ["--name", name, "--limit", str(RUNS_AT_ONCE)]
        return Child(command, self.environment, self.home / "worker.log", _WORKER_STOP_SECONDS, [self.lock])


def _is_up(part: Part) -> bool:
    return part.is_up


def _attend(server: Part, attend: Attending) -> None:
    """Nothing is asked of a server that is being started again."""
    if server.is_up:
        attend()


@dataclass
class _AskedNowAndThen:
    """A question that costs something: its last answer stands for some seconds."""

    ask: Callable[[], bool]
    _until: float = 0.0
    _answer: bool = False

    def __call__(self) -> bool:
        if time.monotonic() >= self._until:
            self._answer = self.ask()
            self._until = time.monotonic() + _ASK_SECONDS
        return self._answer


@contextmanager
def _talking_to(address: ServerAddress, settings: Mapping[str, str], home: Path) -> Iterator[None]:
    """`status`, `doctor` and `apply` of this project find the server meanwhile without being told."""
    with connected(settings, address.api_url):
        file, ended = keep_address(home, address.api_url), threading.Event()
        signs = threading.Thread(target=_give_signs, args=(file, ended), daemon=True)
        signs.start()
        try:
            yield
        finally:
            ended.set()
            signs.join()
            file.unlink(missing_ok=True)


def _give_signs(file: Path, ended: threading.Event) -> None:
    """That we live, for who would serve the project from another machine, where our lock may not be seen."""
    while not ended.wait(SIGN_SECONDS):
        with suppress(OSError):
            os.utime(file)


@contextmanager
def _told_of_a_fall(warn: Warn) -> Iterator[None]:
    try:
        yield
    except PromocalError as error:
        warn("server", (error.text("en"), error.text("zh")))
        raise


def _watch(parts: Sequence[Part], stopping: Stopping) -> None:
    while not stopping.asked.wait(_LOOK_SECONDS):
        for part in parts:
            part()


def _drain(address: ServerAddress, names: Sequence[str], stopping: Stopping, say: Tell) -> None:
    """Let runs end before their worker goes; a second signal does not wait."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    announced = False
    while alive := _alive(address, names, say):
        if not announced:
            runs = ", ".join(alive)
            say((f"Waiting for {runs} (once more to stop at once) ...", f"正在等待 {runs}（再按一次立即停止）……"))
            announced = True
        if time.monotonic() > deadline or stopping.hurry.wait(_LOOK_SECONDS):
            say(
                (
                    "Not waiting any longer; the next serve goes on where it stops.",
                    "不再等待；下次 serve 从停下处继续。",
                )
            )
            return


def _alive(address: ServerAddress, names: Sequence[str], say: Tell) -> list[str]:
    """Names of runs under way; a server that cannot be asked is not waited for."""
    try:
        return runs_under_way(address, names)
    except PromocalError:
        say(
            (
                "The server does not say which runs are under way; the next serve goes on where they stop.",
                "服务器无法说明哪些运行正在进行；下次 serve 从停下处继续。",
            )
        )
        return []

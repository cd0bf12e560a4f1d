"""Everything on one machine: a Prefect server, the calendar's deployments, and a worker that runs them."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, Tell
from flows.applying import carry_out
from flows.attending import Attending, Warn
from flows.automations import told_automations
from flows.deployments import in_words
from flows.environment import child_environment, connected, prefect_environment
from flows.names import WORK_POOL
from flows.server import RunningServer, running_server, start_child, stop_child
from flows.server_api import keep_address
from flows.stopping import Stopping, stoppable
from tasks.alerts import alert
from tasks.planning.applying import accepted, to_carry_out

if TYPE_CHECKING:
    from tasks.runtime import Runtime

DEFAULT_PORT = 4200
# One machine and SQLite: a few runs side by side are enough, and their own memory adds up.
RUNS_AT_ONCE = 2
_LOOK_SECONDS = 0.5
# How long a stop waits for runs to end by themselves; what is cut off goes on at the next serve.
_DRAIN_SECONDS = 60.0
_WORKER_STOP_SECONDS = 20.0
_STARTING: Said = (
    "Starting the Prefect server (the first start prepares its database) ...",
    "正在启动 Prefect 服务器（首次启动会准备数据库）……",
)
# A worker that ends so often within so many seconds will go on doing so; once a week it is only started again.
_RESTARTS, _RESTARTS_WITHIN = 5, 600.0


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
    whose moment passes meanwhile start late at the next serve, and each play's `on_late` decides.
    A calendar with errors is told and left as it is on the server; ProblemsFoundError where it was named, or no other
    is there. UsageError when the port is taken.
    """
    from tasks.runtime import open_runtime

    with open_runtime(project_dir) as rt:
        home, warn = rt.settings.state / "prefect", partial(alert, rt.settings)
        files, unreadable = _files(rt, calendars)
    settings = {**prefect_environment(home), "PREFECT_WORKER_QUERY_SECONDS": "5"}
    with stoppable(stop or threading.Event()) as stopping:
        say(_STARTING)
        with (
            running_server(settings, host=host, port=port, log=home / "server.log") as server,
            connected(settings, server.api_url),
            _address_left(home, server.api_url),
        ):
            names = [*files, *unreadable]
            with open_runtime(project_dir) as rt:
                _leave_alone(unreadable, say, warn)
                _bring_up(rt, files, unreadable, say, accept=accept)
            say(
                (
                    f"Prefect UI: {server.ui_url}   (Ctrl-C stops; schedules stay active)",
                    f"Prefect 界面：{server.ui_url}   （Ctrl-C 停止；计划仍然有效）",
                )
            )
            environment, log = child_environment(settings, server.api_url), home / "worker.log"
            with _worker(environment, log, say, warn) as keep_alive, _told_of_a_fall(warn):
                _watch(server, keep_alive, stopping, home / "server.log", Attending(project_dir, names, say, warn))
                _drain(names, stopping, say)
                say(("Stopping ...", "正在停止……"))
        say(("Stopped.", "已停止。"))


def _files(rt: Runtime, calendars: Sequence[str]) -> tuple[dict[str, str], dict[str, PromocalError]]:
    """Calendar id → its file, and of those that cannot be read why: half an edit must not stop the others at night."""
    files: dict[str, str] = {}
    unreadable: dict[str, PromocalError] = {}
    for name in calendars or rt.calendar_ids():
        try:
            loaded = rt.load_calendar(name)
        except PromocalError as error:
            if calendars:
                raise
            unreadable[name] = error
        else:
            files[loaded.calendar.calendar] = loaded.file
    if unreadable and not files:
        raise next(iter(unreadable.values()))
    return files, unreadable


def _leave_alone(unreadable: Mapping[str, PromocalError], say: Tell, warn: Warn) -> None:
    for name, error in unreadable.items():
        english, chinese = error.said
        said = (
            f"{name} cannot be read and stays on the server as it is: {english}; promocal check {name}",
            f"{name} 无法读取，服务器上保持原样：{chinese}；请运行 promocal check {name}",
        )
        say(said)
        warn("run_failed", said)


def _bring_up(rt: Runtime, files: Mapping[str, str], unreadable: Iterable[str], say: Tell, *, accept: bool) -> None:
    """What the server is to hold, and what an earlier session left."""
    for name, file in files.items():
        _apply(rt, file, name, say, accept=accept)
    for name in (*files, *unreadable):
        _resume(rt, name, say)
    told_automations(rt, say)


def _apply(rt: Runtime, file: str, name: str, say: Tell, *, accept: bool) -> None:
    record = to_carry_out(rt, file)
    try:
        if record is None and accept:
            record = accepted(rt, file)
    except PromocalError as error:  # the other calendars are not to suffer
        english, chinese = error.said
        say((f"{name} is not applied: {english}", f"{name} 未应用：{chinese}"))
        say(error.remedy_said)
        return
    if record is None:
        if rt.load_calendar(file).timeline.campaign.end > rt.clock():
            say(_not_applied(rt, name))
        return
    changes = carry_out(rt, file, record, by="promocal serve", news=record.unfinished)
    for said in changes.drift:
        say(said)
    english, chinese = in_words(changes)
    say((f"{name}: {english}", f"{name}：{chinese}"))


def _not_applied(rt: Runtime, name: str) -> Said:
    last = rt.ledger.applied_plan(name)
    do: Said = (
        f"promocal plan {name}, read it, promocal apply {name} --plan CHECKSUM; or promocal serve --accept",
        f"promocal plan {name}，阅读后 promocal apply {name} --plan 校验码；或 promocal serve --accept",
    )
    if last is None:
        return f"{name} is not applied: {do[0]}", f"{name} 尚未应用：{do[1]}"
    return (
        f"{name} was changed since plan {last.checksum} was applied; what is scheduled stays: {do[0]}",
        f"{name} 在应用计划 {last.checksum} 之后有改动；已排定的保持不变：{do[1]}",
    )


@contextmanager
def _address_left(home: Path, api_url: str) -> Iterator[None]:
    """`status`, `doctor` and `apply` of this project find the server without being told."""
    file = keep_address(home, api_url)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def _told_of_a_fall(warn: Warn) -> Iterator[None]:
    try:
        yield
    except PromocalError as error:
        warn("server", (error.text("en"), error.text("zh")))
        raise


def _resume(rt: Runtime, calendar_id: str, say: Tell) -> None:
    """What a crash or a shutdown left behind: dead runs get their state, open jobs a follow-up."""
    from flows.follow_up import mark_dead_runs
    from flows.looking_after import follow_up_open_runs

    for name, end in mark_dead_runs(calendar_id):
        say((f"{name} was interrupted; marked {end}", f"{name} 曾被中断；已标为 {end}"))
    for run_id, when in follow_up_open_runs(rt, calendar_id):
        say(
            (
                f"{run_id} has open jobs; continuing at {when:%H:%M} UTC",
                f"{run_id} 还有未完成的任务；将于 {when:%H:%M} UTC 继续",
            )
        )


def _watch(
    server: RunningServer,
    keep_alive: Callable[[], None],
    stopping: Stopping,
    log: Path,
    look_after: Callable[[], None],
) -> None:
    while not stopping.asked.wait(_LOOK_SECONDS):
        if server.process.poll() is not None:
            raise PromocalError(
                ("The Prefect server ended by itself.", "Prefect 服务器自行退出。"), (f"See {log}.", f"见 {log}。")
            )
        keep_alive()
        look_after()


def _drain(names: Sequence[str], stopping: Stopping, say: Tell) -> None:
    """Let runs end before their worker goes; a second signal does not wait."""
    from flows.follow_up import runs_alive

    deadline = time.monotonic() + _DRAIN_SECONDS
    announced = False
    while alive := [run.name for name in names for run in runs_alive(name)]:
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


@contextmanager
def _worker(environment: dict[str, str], log: Path, say: Tell, warn: Warn) -> Iterator[Callable[[], None]]:
    """A worker for the duration of the block; the function it yields starts it again when it ended."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", WORK_POOL, "--type", "process"]
    command += ["--name", "promocal", "--limit", str(RUNS_AT_ONCE)]
    workers = [start_child(command, environment, log)]
    restarts: deque[float] = deque(maxlen=_RESTARTS)

    def keep_alive() -> None:
        if workers[-1].poll() is None:
            return
        if len(restarts) == _RESTARTS and time.monotonic() - restarts[0] < _RESTARTS_WITHIN:
            raise PromocalError(
                ("The worker keeps ending by itself.", "工作进程反复自行退出。"), (f"See {log}.", f"见 {log}。")
            )
        code = workers[-1].returncode
        said = (
            f"The worker ended with exit code {code}; starting it again (see {log}).",
            f"工作进程以退出码 {code} 结束；正在重新启动（见 {log}）。",
        )
        say(said)
        warn("worker", said)
        restarts.append(time.monotonic())
        workers[-1] = start_child(command, environment, log)

    try:
        yield keep_alive
    finally:
        stop_child(workers[-1], _WORKER_STOP_SECONDS)

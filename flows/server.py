"""A Prefect server as a child process: started, waited for, stopped."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.findings.said import UNSAID, Said
from flows.environment import child_environment

# A first start migrates an empty database: 12 s on two cores, far more on a busy machine.
START_SECONDS = 180.0
STOP_SECONDS = 20.0
_POLL_SECONDS = 0.05
_HTTP_OK = 200
_SHORT = 100  # bytes
# prctl(PR_SET_PDEATHSIG, SIGTERM), then the command in its place. Not between fork and exec of ours, which has threads.
_ENDS_WITH_US = (
    "import ctypes, os, sys\n"
    "ctypes.CDLL(None).prctl(1, 15)\n"
    "if os.getppid() == int(sys.argv[1]):\n"
    "    os.execv(sys.argv[2], sys.argv[2:])\n"
)


def _never() -> bool:
    return False


@dataclass
class Child:
    """A process of ours that can be started again as it was started first."""

    command: list[str]
    environment: Mapping[str, str]
    log: Path | None
    stop_seconds: float = STOP_SECONDS
    held: Sequence[int] = ()
    """Open files that it holds as well as long as it lives."""
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = start_child(self.command, self.environment, self.log, self.held)

    def ended(self) -> Said | None:
        """How it ended; None: it has not."""
        code = self.process.poll()
        return None if code is None else (f"ended with exit code {code}", f"以退出码 {code} 结束")

    def stop(self) -> None:
        stop_child(self.process, self.stop_seconds)


@dataclass(frozen=True)
class RunningServer:
    """A healthy server; `api_url` is what clients and workers need, `ui_url` what a person opens."""

    api_url: str
    ui_url: str
    child: Child

    @property
    def process(self) -> subprocess.Popen[bytes]:
        return self.child.process


@contextmanager
def running_server(
    settings: Mapping[str, str],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    log: Path | None = None,
    bare: bool = False,
    wait: bool = True,
    held: Sequence[int] = (),
    no_more: Callable[[], bool] = _never,
) -> Iterator[RunningServer]:
    """A server for the duration of the block; port 0 picks a free one, `log` receives its output.

    `wait` False yields at once, for a caller who has something to do meanwhile and calls
    `wait_until_healthy` itself; so does one who wants it `no_more`. `bare` leaves out the UI and every background
    service: it records runs, and schedules none.

    Raises UsageError when the port is taken and PromocalError when the server does not come up.
    """
    port = _usable_port(host, port)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    # Relative to the page, so that the UI works from any address the host answers to.
    environment = child_environment({**settings, "PREFECT_SERVER_UI_API_URL": "/api"})
    # Of a client, not of a server: it would make the server talk to somebody else's.
    environment.pop("PREFECT_API_URL", None)
    child = Child([*command, *(["--no-ui", "--no-services"] if bare else [])], environment, log, held=held)
    server = RunningServer(f"http://{local}:{port}/api", f"http://{local}:{port}", child)
    try:
        if wait:
            wait_until_healthy(server, log, no_more)
        yield server
    finally:
        child.stop()


def start_child(
    command: list[str], environment: Mapping[str, str], log: Path | None, held: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches only us, and we stop children in order.

    One that holds files of ours is asked to end when the thread that started it is killed, on Linux; elsewhere it
    goes on, and still holds them.
    """
    if held and sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _ENDS_WITH_US, str(os.getpid()), *command]
    if log is None:
        return _spawn(command, environment, subprocess.DEVNULL, held)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return _spawn(command, environment, output.fileno(), held)


def _spawn(
    command: list[str], environment: Mapping[str, str], output: int, held: Sequence[int]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own command line, no shell
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=tuple(held) if sys.platform != "win32" else (),
    )


def stop_child(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """Ask politely, wait, then insist."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.poll() is None:
        process.kill()
    process.wait()


def _usable_port(host: str, port: int) -> int:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        said = (error.strerror or type(error).__name__).partition(" (while")[0]
        raise UsageError(
            (f"Cannot listen on {host}:{port}: {said}.", f"无法监听 {host}:{port}：{said}。"), _other_place(error)
        ) from None


def _other_place(error: OSError) -> Said:
    """What to do where nobody can listen: about the name, the port, or who has it."""
    if error.errno == errno.EADDRNOTAVAIL or (error.errno or 0) < 0:  # negative: a name that leads nowhere
        return (
            "--host takes an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.",
            "--host 须为本机地址：127.0.0.1，或用 0.0.0.0 表示全部。",
        )
    if isinstance(error, PermissionError):
        return ("Choose a port from 1024 to 65535 with --port.", "请用 --port 选择 1024 至 65535 之间的端口。")
    return (
        "Stop what is using the port, or choose another one with --port.",
        "请停止占用该端口的程序，或用 --port 换一个端口。",
    )


def wait_until_healthy(server: RunningServer, log: Path | None = None, no_more: Callable[[], bool] = _never) -> None:
    """Return when the server answers, or is wanted `no_more`; PromocalError when it ended or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    where = (f"See {log}.", f"见 {log}。") if log else UNSAID
    while time.monotonic() < deadline:
        if no_more():
            return
        if server.process.poll() is not None:
            raise PromocalError(
                (
                    f"The Prefect server ended with exit code {server.process.returncode}.",
                    f"Prefect 服务器以退出码 {server.process.returncode} 结束。",
                ),
                where,
            )
        if is_healthy(server.api_url):
            return
        time.sleep(_POLL_SECONDS)
    raise PromocalError(
        (
            f"The Prefect server did not answer within {START_SECONDS:.0f} seconds.",
            f"Prefect 服务器在 {START_SECONDS:.0f} 秒内没有应答。",
        ),
        where,
    )


def is_healthy(api_url: str) -> bool:
    """Whether the server at an address answers within five seconds."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=5) as answer:  # noqa: S310 - http(s), checked where it is read
            # The page of a UI answers everything with 200, too: the address lacks its /api then.
            return bool(answer.status == _HTTP_OK) and answer.read(_SHORT).strip() == b"true"
    except (OSError, HTTPException):  # the second: it fell while it answered
        return False

"""`promocal` without loading it each time: `forked.py SOCKET` serves, `forked.py SOCKET command …` asks.

Whoever asks hands over its arguments, folder, environment and the three standard files; a process forked from the one
that serves, which has loaded what commands need, does the work with them as if it had been started there.
"""

import array
import contextlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

_SIZE = 1 << 20


def ask(path: str, arguments: list[str]) -> int:
    """Have a command run; its exit code."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        told = json.dumps([arguments, str(Path.cwd()), dict(os.environ)]).encode()
        files = array.array("i", [0, 1, 2])
        line.sendmsg([len(told).to_bytes(4, "big") + told], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        return int(line.recv(8) or b"70")


def serve(path: str) -> None:
    """Load what commands need, then fork for whoever asks."""
    _load()
    signal.signal(signal.SIGCHLD, _bury)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _answer(line)
            line.close()


def _bury(*_: object) -> None:
    """Take note of what has ended; what it took counts as ours, and as that of who started us."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _load() -> None:
    import importlib
    import pkgutil

    for name in ("duckdb", "pandas", "pyarrow", "scipy.optimize", "scipy.sparse", "scipy.stats", "sqlalchemy", "yaml"):
        importlib.import_module(name)
    for name in ("campaign_calendars", "warehouse", "tasks"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            with contextlib.suppress(ImportError):  # of what is not installed, such as Spark
                importlib.import_module(module.name)


def _answer(line: socket.socket) -> None:
    told, rights, _, _ = line.recvmsg(_SIZE, socket.CMSG_SPACE(12))
    files = array.array("i")
    files.frombytes(rights[0][2])
    size = int.from_bytes(told[:4], "big")
    while len(told) < size + 4:
        told += line.recv(_SIZE)
    arguments, folder, environment = json.loads(told[4:])
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["promocal", *arguments]
    code = 70
    try:
        from promocal.cli import main

        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        line.sendall(str(code).encode())
        os._exit(0)


if __name__ == "__main__":
    if sys.argv[2:]:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    serve(sys.argv[1])

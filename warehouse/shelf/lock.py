"""A lock between processes that goes with the process that holds it, kill -9 included."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_POLL_SECONDS = 0.2


class FileLock:
    """An advisory lock on a file. The file itself stays: removing it would let two hold "it"."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def __enter__(self) -> Self:
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    @property
    def descriptor(self) -> int:
        """The open file: a child that inherits it holds the lock as well, until it ends."""
        return self._handle

    def take(self) -> bool:
        """Whether the lock is ours now; never waits."""
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self._handle, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def wait(self) -> None:
        while not self.take():
            time.sleep(_POLL_SECONDS)

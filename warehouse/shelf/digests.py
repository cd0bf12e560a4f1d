"""Digests of source files, kept from refresh to refresh: a file that nobody touched is not read again.

A file counts as untouched while device, number, size and both its moments (of the content, and of any change
at all, which no copy tool can set back) are what they were when it was read. As long as it had been written
only just before, that proves nothing: a clock ticks in steps, and the next write might carry the same moment.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from campaign_calendars.values.json import from_json, to_json

_FILE = ".digests"
_SETTLED_NS: Final = 2_000_000_000
"""The coarsest clock of a file system in use: FAT counts in two seconds."""
_TELLS_CHANGES: Final = os.name == "posix"
"""Elsewhere a file has no moment of its last change, only one of its birth."""


@dataclass(frozen=True, slots=True)
class _Known:
    stamp: tuple[int, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """The content of the file: path → what is known of it."""

    files: Mapping[str, _Known] = field(default_factory=dict)


class FileDigests:
    """Digests of files, those known in `directory` (of snapshots) without reading; `save` keeps what was asked for."""

    def __init__(self, directory: Path, *, fresh: bool = False) -> None:
        self._path = directory / _FILE
        self._known = {} if fresh or not _TELLS_CHANGES else dict(_read(self._path).files)
        self._asked: dict[str, _Known] = {}

    def sha256(self, path: Path) -> str:
        """The digest of a file as it is now. Raises OSError."""
        now, key = time.time_ns(), str(path.absolute())
        stamp = _stamp(path)
        known = self._known.get(key)
        if known is None or known.stamp != stamp:
            with path.open("rb") as stream:
                known = _Known(stamp, hashlib.file_digest(stream, "sha256").hexdigest())
        if max(_moments(stamp)) + _SETTLED_NS < now and _stamp(path) == stamp:
            self._asked[key] = known
        return known.sha256

    def save(self) -> None:
        """Keep what was asked for; what was not is forgotten."""
        if self._asked == self._known:
            return
        temporary = self._path.with_name(f"{_FILE}.partial")
        try:
            temporary.write_text(to_json(_Kept(self._asked)), "utf-8")
            temporary.replace(self._path)
        except OSError:  # no room: what is half written goes, what was known stays
            temporary.unlink(missing_ok=True)
            raise


def _stamp(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _moments(stamp: tuple[int, ...]) -> tuple[int, ...]:
    return stamp[-2:]


def _read(path: Path) -> _Kept:
    try:
        return from_json(_Kept, path.read_bytes())
    except (FileNotFoundError, ValueError):
        return _Kept()

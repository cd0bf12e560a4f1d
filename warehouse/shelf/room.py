"""A disk without room: how it shows in the errors of files and engines, and what a person is told of it."""

from __future__ import annotations

import errno
import os

from campaign_calendars.findings.errors import DiskFullError
from campaign_calendars.findings.said import Said

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ENGINES = ("duckdb", "_duckdb")
MAKE_ROOM: Said = (
    "make room on the disk (promocal doctor says how much), then again; what was there is untouched",
    "请腾出磁盘空间（promocal doctor 说明需要多少），然后重试；原有内容未受影响",
)


def is_full(error: BaseException) -> bool:
    """Whether something could not be written for want of room: the disk, a quota, a limit of the size of files."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    of_engine = any(kind.__module__.partition(".")[0] in _ENGINES for kind in type(error).__mro__)
    return of_engine and any(os.strerror(code) in str(error) for code in _NO_ROOM)


def no_room(error: BaseException) -> DiskFullError:
    """What a person is told of an error that `is_full`, with the file where it is known.

    Of two files (a copy) the second is the one that could not be written.
    """
    place = (error.filename2 or error.filename) if isinstance(error, OSError) else None
    where: Said = (f" to write {place}", f"，无法写入 {place}") if place else ("", "")
    return DiskFullError((f"there is no room left{where[0]}", f"磁盘空间不足{where[1]}"), MAKE_ROOM)

"""Personal data on disk belongs to its owner: ledger, snapshots, raw copies, decisions, outbox, reports.

DuckDB, SQLite, Arrow and a provider's plug-in open their files themselves, so rights are not given file
by file: whoever opens a project narrows what its process may give, and no file is wider even for a moment.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from campaign_calendars.findings.problem import Location, Problem

_OTHERS = 0o077
_HAS_RIGHTS = os.name == "posix"


def keep_private() -> None:
    """From now on this process makes files of 600 and folders of 700 at the most."""
    os.umask(os.umask(_OTHERS) | _OTHERS)


def open_to_others(state: Path) -> int:
    """How many files and folders of a state directory others may look into; none when it is closed itself."""
    if not _HAS_RIGHTS or not state.is_dir() or not state.stat().st_mode & _OTHERS:
        return 0
    return sum(1 for entry in _entries(state) if entry.lstat().st_mode & _OTHERS)


def rights_problems(state: Path) -> list[Problem]:
    """D406 where files made by others, or before, are open."""
    if not (count := open_to_others(state)):
        return []
    closes = f"chmod -R go-rwx {shlex.quote(str(state))}"
    english = f"other users of this machine may read {count:,} files and folders of personal data; {closes}"
    chinese = f"本机其他用户可读取 {count:,} 个含个人信息的文件和目录；{closes}"
    return [Problem("D406", "warning", english, closes, Location(str(state)), chinese, closes)]


def _entries(state: Path) -> Iterator[Path]:
    yield state
    for folder, folders, names in os.walk(state):
        for name in (*folders, *names):
            entry = Path(folder, name)
            if not entry.is_symlink():
                yield entry

"""Look again whenever one of the files changes, until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

_DATA = frozenset({"data", "var", "exports"})
"""Folders of tables that no calendar names."""
Stamp = dict[Path, tuple[int, int]]


def watch(files: Sequence[Path], look: Callable[[], None], *, every: float) -> None:
    """Call `look` now and after every change of a calendar, or of a store, message or sheet it may use.

    Files are asked for their time and size every `every` seconds; a file that an editor takes away
    and puts back is no end. Returns on Ctrl-C.
    """
    try:
        before = stamps(files)
        look()
        while True:
            time.sleep(every)
            now = stamps(files)
            if now != before:
                before = now
                look()
    except KeyboardInterrupt:
        return


def stamps(files: Sequence[Path]) -> Stamp:
    """Modification time (ns) and size of the files and of the stores, messages and sheets that lie near them."""
    watched = set(files)
    for file in files:
        for folder in (file.parent, file.parent.parent / "stores"):
            watched.update(folder.glob("*.yaml"))
        for project in (file.parent, file.parent.parent):
            watched.update((project / "messages").glob("*"))
            for sheets in ("*.xlsx", "*.csv", "*/*.xlsx", "*/*.csv"):
                watched.update(path for path in project.glob(sheets) if path.parent.name not in _DATA)
    found: Stamp = {}
    for path in watched:
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_mtime_ns, state.st_size)
    return found

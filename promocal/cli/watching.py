"""Look again whenever one of the files changes, until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

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
    """Modification time (ns) and size of the files, of the stores and messages near them, of the sheets they name."""
    from tasks.calendars.parsing import sheet_files  # who watches has read a calendar by now; --help has not

    watched = set(files)
    for file in files:
        for folder in (file.parent, file.parent.parent / "stores"):
            watched.update(folder.glob("*.yaml"))
        for project in (file.parent, file.parent.parent):
            watched.update((project / "messages").glob("*"))
        with suppress(OSError, UnicodeDecodeError):
            watched.update(sheet_files(file.read_text("utf-8-sig"), file))
    found: Stamp = {}
    for path in watched:
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_mtime_ns, state.st_size)
    return found

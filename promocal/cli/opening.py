"""The runtime of a command: opened in a `with`, closed on any way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promocal.cli import output

if TYPE_CHECKING:
    from tasks.runtime import Runtime


@contextmanager
def opened(project: Path, *, replay: str | None = None, quiet: bool = True) -> Iterator[Runtime]:
    """The project's runtime, or that of a calendar's last replay in it.

    Not `quiet`: a line on terminals says what it is doing.
    """
    from tasks.runtime import finished_replay, open_runtime

    with output.progress(quiet=quiet) as say, open_runtime(project, progress=say) as rt:
        if replay is None:
            yield rt
            return
        with finished_replay(rt, replay) as inside:
            yield inside

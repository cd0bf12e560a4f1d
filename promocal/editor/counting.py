"""How many members each audience has, and what the plan gives of each benefit: computed beside the server.

Run as a program it prints one JSON line of each, as soon as it knows. It opens the project as the commands do and
sends nothing; the server itself never opens the database.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_POINTER = "current.json"
_LATER = 10
"""How much less urgent than the editor: it is computed while somebody types."""


@dataclass
class Counts:
    """What is known of the last snapshot: members by audience, planned grants by benefit."""

    members: dict[str, int] = field(default_factory=dict)
    planned: dict[str, int] = field(default_factory=dict)


def snapshot_of(project: Path) -> str:
    """What names the last snapshot of a project; empty where none has been published."""
    from campaign_calendars.findings.errors import PromocalError
    from tasks.settings import load_settings

    with suppress(PromocalError, OSError, ValueError):
        return (load_settings(project).state / "warehouse" / _POINTER).read_text("utf-8")
    return ""


async def count(project: Path, calendar: str, tell: Callable[[Counts], None]) -> None:
    """Count in a process of its own; `tell` hears what is known after each line."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(project), calendar,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    counts = Counts()
    try:
        while child.stdout is not None and (line := await child.stdout.readline()):
            with suppress(ValueError, AttributeError):
                for key, value in json.loads(line).items():
                    getattr(counts, key).update(value)
                tell(counts)
        await child.wait()
    finally:
        if child.returncode is None:
            child.kill()


def main(project: Path, calendar: str) -> None:
    """Print the counts of a calendar of a project."""
    from tasks.planning.audiences import audiences
    from tasks.planning.plan import plan
    from tasks.runtime import open_runtime

    if hasattr(os, "nice"):
        os.nice(_LATER)
    with open_runtime(project) as rt:
        sizes = audiences(rt, calendar)
        _say("members", {one.audience: one.members for one in sizes.audiences})
        made = plan(rt, calendar)
        _say("planned", {name: one.granted for name, one in made.benefits.items()})


def _say(key: str, value: dict[str, int]) -> None:
    sys.stdout.write(json.dumps({key: value}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

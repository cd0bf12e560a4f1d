"""Where a process of a night dies: at a step, at a statement of its ledger, or at a file it is about to write."""

from __future__ import annotations

import functools
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["step", "statement", "file", "instant", "database"]
STEPS = ("refresh", "decide", "enqueue_run", "dispatch_run", "finish", "end_run")
_FILE_ACTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod"}
_WRITING = os.O_WRONLY | os.O_RDWR


@dataclass(frozen=True, slots=True)
class Aim:
    """Die when `place` is passed for the `nth` time; an instant, after `after` seconds, is the parent's affair."""

    kind: Kind
    place: str
    nth: int = 1
    after: float = 0.0


@dataclass
class Points:
    """Counts the places a process passes, and ends it with kill -9 at the one aimed at."""

    aim: Aim | None
    armed: bool = True

    def __post_init__(self) -> None:
        self.passed: Counter[str] = Counter()

    def point(self, place: str) -> None:
        if not self.armed:
            return
        self.passed[place] += 1
        if self.aim is not None and self.aim.place == place and self.passed[place] == self.aim.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Steps of a run, statements and ends of transactions on any ledger, files that are made, renamed, removed."""
        from sqlalchemy import Engine, event

        from tasks.running import phase

        for name in STEPS:
            setattr(phase, name, self._around(name, getattr(phase, name)))
        event.listen(Engine, "before_cursor_execute", lambda *_: self.point("statement"))
        event.listen(Engine, "commit", lambda *_: self.point("statement"))
        sys.addaudithook(self._file_act)

    def _around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def step(*args: Any, **kwargs: Any) -> Any:
            self.point(f"before {name}")
            made = real(*args, **kwargs)
            self.point(f"after {name}")
            return made

        return step

    def _file_act(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _FILE_ACTS or (event == "open" and isinstance(args[2], int) and args[2] & _WRITING):
            self.point("file")


def aim_at(passed: Mapping[str, int], seconds: float, kinds: tuple[Kind, ...], rng: random.Random) -> Aim:
    """A death of one of these kinds, somewhere in what an undisturbed process of the same deed passes."""
    steps = sorted(place for place in passed if place not in ("statement", "file"))
    there = {"step": bool(steps), "statement": bool(passed.get("statement")), "file": bool(passed.get("file"))}
    kind = rng.choice([one for one in kinds if there.get(one, True)])
    if kind == "step":
        return Aim("step", rng.choice(steps))
    if kind in ("instant", "database"):
        return Aim(kind, "", after=rng.random() * seconds)
    return Aim(kind, kind, nth=1 + rng.randrange(passed[kind]))

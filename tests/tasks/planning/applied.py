"""A small project whose plan was applied by Li two days ahead, and changes of its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.planning.applying import begin_apply, end_apply
from tasks.planning.beside import make
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from tests.once import copy_of
from tests.pulling import refresh

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)
DAY = timedelta(days=1)
NAME = "small-sale"


@contextmanager
def applied_project(root: Path, moments: int) -> Iterator[Runtime]:
    """So many moments, a day apart."""
    copy_of(f"applied, {moments} moments", lambda folder: _apply(folder, moments), root)
    with _opened(root) as rt:
        yield rt


def _apply(root: Path, moments: int) -> None:
    write_project(root, [TEN + n * DAY for n in range(moments)])
    with _opened(root) as rt:
        refresh(rt, NAME, rt.clock())
        made = make(rt, NAME)
        begin_apply(rt, NAME, made.checksum, by="Li")
        end_apply(rt, made.checksum, "Li", "1 created")


def _opened(root: Path) -> Runtime:
    return open_runtime(root, clock=lambda: (TEN - 2 * DAY).astimezone(UTC))


def rewrite(rt: Runtime, *pairs: tuple[str, str]) -> None:
    """Change words of the calendar; each has to be there."""
    path = rt.settings.root / "calendars" / f"{NAME}.yaml"
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")

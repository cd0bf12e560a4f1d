"""What is remembered from one text to the next never changes what is found: each look is that of a fresh program."""

from __future__ import annotations

import random
import shutil
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.reading.remembering import Remembered
from tasks.calendars.checking import Look, look_at
from tests.campaign_calendars.reading.test_parts import edited

LIBRARY = Path(str(files("campaign_calendars") / "library"))
ROOMS = ("campaign_calendars.", "tasks.")


def forget() -> None:
    """As after a start: nothing is known of any text."""
    for name, module in list(sys.modules.items()):
        for known in vars(module).values() if name.startswith(ROOMS) else ():
            if isinstance(known, Remembered):
                known.forget()
            elif hasattr(known, "cache_clear") and name.startswith(("campaign_calendars.reading", "tasks.calendars")):
                known.cache_clear()


def told(look: Look) -> object:
    return look.problems, look.unread, look.shown, look.loaded is None, look.read.locations.keys


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shutil.copytree(LIBRARY / "messages", tmp_path / "messages")
    (tmp_path / "calendars").mkdir()
    (tmp_path / "promocal.toml").write_text("", "utf-8")
    return tmp_path


def series(shop: Path, name: str, times: int) -> list[str]:
    """Types in a calendar, in its messages now and then, and looks each time, with what is known and without."""
    path = shop / "calendars" / f"{name}.yaml"
    whole = (LIBRARY / path.name).read_text("utf-8")
    messages = sorted((shop / "messages").iterdir())
    chance, text, wrong = random.Random(name), whole, []
    for number in range(times):
        text = edited(whole if number % 4 == 0 else text, chance)
        if number % 5 == 4:
            chance.choice(messages).write_text("{{ member.name }} {{ nothing }}", "utf-8")
        row = chance.randrange(text.count("\n") + 1) if number % 2 else None
        known = told(look_at(text, path, with_messages=True, edited=row))
        forget()
        if known != told(look_at(text, path, with_messages=True, edited=row)):
            wrong.append(text)
        for again in (whole, text):  # so that the next text finds something remembered
            look_at(again, path, with_messages=True)
    return wrong


@pytest.mark.parametrize("name", ["double-11-2021", "lifecycle"])
def test_what_is_found_while_somebody_types_is_what_a_fresh_look_finds(shop: Path, name: str) -> None:
    assert series(shop, name, 15) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in LIBRARY.glob("*.yaml")))
def test_no_series_of_edits_leaves_a_stale_finding(shop: Path, name: str) -> None:
    assert series(shop, name, 150) == []

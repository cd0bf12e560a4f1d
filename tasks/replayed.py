"""What a finished replay leaves in its state: whose it was, and where its clock stands.

A state with this record is explored like any other: "now" is the moment the replay came to, the
ledger is its own, and every channel is a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tasks.settings import Settings

_FILE = "replay.json"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finished replay of `calendar`, up to but not including `until` (aware)."""

    calendar: str
    until: datetime


def write_record(state: Path, replayed: Replayed) -> None:
    """Call it when everything else is written: a replay that was interrupted has no record."""
    text = json.dumps({"calendar": replayed.calendar, "until": replayed.until.isoformat()}, indent=2)
    (state / _FILE).write_text(text + "\n", "utf-8")


def read_record(state: Path) -> Replayed | None:
    """The record of the replay that made this state; None: real runs made it, or no replay ended."""
    try:
        found = json.loads((state / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Replayed(found["calendar"], datetime.fromisoformat(found["until"]))


def replay_state(settings: Settings, calendar_id: str) -> Path:
    """Where `promocal replay` keeps a calendar's replay."""
    return settings.state / "replay" / Path(calendar_id).stem


def confined(settings: Settings, state: Path, channels: Iterable[str] = ()) -> Settings:
    """The settings with everything that is written below `state`: channels are files, the ledger is its own,
    nobody is alerted.

    `channels` are further ones, besides those of the settings.
    """
    project = settings.project.model_copy(update={"state": str(state)})
    environment = {key: value for key, value in settings.environment.items() if key != "PROMOCAL_LEDGER_URL"}
    ledger = settings.ledger.model_copy(update={"url": "", "url_env": ""})
    files = {name: {"kind": "file"} for name in (*settings.channels, *channels)}
    quiet = settings.alerts.model_copy(update={"on": ()})
    return settings.model_copy(
        update={"project": project, "channels": files, "environment": environment, "ledger": ledger, "alerts": quiet}
    )

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

from tasks.settings import Settings, SourceSection

_FILE = "replay.json"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finished replay of `calendar`, up to but not including `until` (aware).

    `simulated`: its members responded by a model, so that nothing they did is real.
    """

    calendar: str
    until: datetime
    simulated: bool = False


def write_record(state: Path, replayed: Replayed) -> None:
    """Call it when everything else is written: a replay that was interrupted has no record."""
    known = {"calendar": replayed.calendar, "until": replayed.until.isoformat(), "simulated": replayed.simulated}
    text = json.dumps(known, indent=2)
    (state / _FILE).write_text(text + "\n", "utf-8")


def read_record(state: Path) -> Replayed | None:
    """The record of the replay that made this state; None: real runs made it, or no replay ended."""
    try:
        found = json.loads((state / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Replayed(found["calendar"], datetime.fromisoformat(found["until"]), found.get("simulated", False))


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


def simulated_folder(state: Path) -> Path:
    """Where the sources lie of a replay whose members respond; a replay of none has no such folder."""
    return state / "simulated"


def living_in(settings: Settings, folder: Path) -> Settings:
    """The settings with every source taken from `folder`, under the names its files have."""
    sources = {
        name: section.model_copy(
            update={"keys": section.keys.model_copy(update={"path": str(folder / _name(section))})}
        )
        for name, section in settings.sources.items()
    }
    return settings.model_copy(update={"sources": sources})


def _name(section: SourceSection) -> str:
    path: str = getattr(section.keys, "path", "")
    return path.replace("\\", "/").rpartition("/")[2]

"""What happened, as lines of JSON for a log collector: one object a line, ids and counts only.

    {"at": "2026-03-05T02:00:07.120Z", "level": "INFO", "event": "run_finished", "run_id": …, "status": …, "sent": 4120}

Off unless `[logs] to` or `PROMOCAL_LOGS` names a file or `stderr`. Only what `note` is given is written: numbers,
and texts that are ids, states, or sentences of ours. A message, a name or an address has no way in.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

_LOGGER = logging.getLogger("promocal.journal")
_LOGGER.propagate = False
_LONGEST = 500
_OPEN: dict[str, tuple[str, Path]] = {}

Figure = str | int | float | bool | None


def open_journal(place: str, root: Path) -> None:
    """From now on this process writes its journal to `stderr` or to a file; a relative one counts from the project."""
    if _OPEN.get("place") == (place, root) and _LOGGER.handlers:
        return
    handler: logging.Handler
    if place == "stderr":
        handler = logging.StreamHandler(sys.stderr)
    else:
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _File(path, encoding="utf-8", delay=True)
    handler.setFormatter(_Line())
    close_journal()
    _OPEN["place"] = (place, root)
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)


def close_journal() -> None:
    """Write no more, and give the file back."""
    for old in list(_LOGGER.handlers):
        _LOGGER.removeHandler(old)
        old.close()


def note(event: str, *, level: int = logging.INFO, counts: Mapping[str, int] | None = None, **fields: Figure) -> None:
    """A line about an event; nothing where no journal is open. One that cannot be written never stops a run."""
    if _LOGGER.handlers:
        _LOGGER.log(level, event, extra={"figures": {**(counts or {}), **fields}})


class _File(WatchedFileHandler):
    """Found again after a rotation; one that cannot be written is told once and given up."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError as error:
            sys.stderr.write(f"promocal: the journal {self.baseFilename} cannot be written: {error.strerror}\n")
            close_journal()


class _Line(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        figures: Mapping[str, Figure] = getattr(record, "figures", {})
        line = {"at": at, "level": record.levelname, "event": record.getMessage(), "process": record.process}
        return json.dumps({**{name: _short(value) for name, value in figures.items()}, **line}, ensure_ascii=True)


def _short(value: Figure) -> Figure:
    return value[:_LONGEST] if isinstance(value, str) else value

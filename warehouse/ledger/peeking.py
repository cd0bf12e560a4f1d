"""A glance into a ledger file without the machinery that reads and writes it: which runs are there?

Loading that machinery takes longer than a person waits for "there is no such run".
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

_BUSY_SECONDS = 0.2


def run_ids(file: Path) -> tuple[str, ...] | None:
    """Ids of the runs, oldest first; None where it cannot be told: locked, damaged, of another release."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as ledger:
            return tuple(row[0] for row in ledger.execute("select run_id from runs order by as_of, run_id"))
    except sqlite3.Error:
        return None

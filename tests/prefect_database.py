"""The database of a Prefect server that has started before: its first start migrates an empty one for ten seconds.

`tests/flows/test_embedded.py` starts from nothing; whoever is not about that begins with a copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest


def migrated_database(config: pytest.Config) -> Path:
    """Made once for each version of Prefect, where pytest keeps what lasts; two that make it make the same."""
    assert config.cache is not None
    kept = config.cache.mkdir("prefect") / f"migrated-{version('prefect')}.db"
    if not kept.exists():
        with tempfile.TemporaryDirectory(prefix="promocal-prefect-") as home:
            database, whole = Path(home) / "prefect.db", kept.with_suffix(f".{os.getpid()}")
            subprocess.run(
                [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
                env={name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
                | {"PREFECT_HOME": home, "DO_NOT_TRACK": "1"},
                check=True,
                capture_output=True,
            )
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("vacuum into ?", [str(whole)])  # with what its write-ahead log has
            whole.replace(kept)
    return kept


def begin_with(database: Path, home: Path) -> None:
    """A home of Prefect, as one start leaves it."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(database, home / "prefect.db")

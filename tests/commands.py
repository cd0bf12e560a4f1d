"""`promocal` as a process of its own, without what it takes to load it: forked from one that has (`forked.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORKED = Path(__file__).with_name("forked.py")
_WRAPPER = '#!/bin/sh\nexec "{python}" -I -S "{forked}" "{socket}" "$@"\n'


@contextmanager
def shells() -> Iterator[Path]:
    """A folder for PATH whose `promocal` is answered by a loaded process."""
    with tempfile.TemporaryDirectory(prefix="promocal-") as name:
        folder = Path(name)
        socket, wrapper = folder / "socket", folder / "promocal"
        wrapper.write_text(_WRAPPER.format(python=sys.executable, forked=FORKED, socket=socket), "utf-8")
        wrapper.chmod(0o755)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        served = subprocess.Popen([sys.executable, FORKED, socket], env=environment, stdout=subprocess.PIPE)
        try:
            assert served.stdout is not None
            assert served.stdout.readline() == b"ready\n"
            yield folder
        finally:
            served.terminate()
            served.wait()
            assert served.stdout is not None
            served.stdout.close()

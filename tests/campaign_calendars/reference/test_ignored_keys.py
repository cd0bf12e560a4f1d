"""The test that the catalogue names for a key fails when the key is ignored."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaign_calendars.reference.honoured import HONOURED

from .ignoring import can_be_ignored

ROOT = Path(__file__).parents[3]
FAILED = 1
"""What pytest ends with where tests failed; anything else is a mistake of the call."""


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key in sorted(HONOURED) if can_be_ignored(key)])
def test_the_test_of_a_key_fails_when_the_key_is_ignored(key: str) -> None:
    plugin = "tests.campaign_calendars.reference.ignoring"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", plugin, "--ignored-key", key,
         f"tests/{HONOURED[key].test}"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == FAILED, (
        f"{HONOURED[key].test} passes although nothing reads `{key}`\n{done.stdout[-2000:]}"
    )

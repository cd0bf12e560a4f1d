"""Each test of answers has a shop of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tasks.approving.waiting import ASKS, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Shop]:
    return lambda play=ASKS: Shop(tmp_path / "project", play)

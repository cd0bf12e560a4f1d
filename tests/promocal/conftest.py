"""One process plays many commands here; each begins without a language and with the width of its environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from promocal.cli import language as speaking
from promocal.cli import output


@pytest.fixture(autouse=True)
def _a_new_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(speaking, "_settled", None)
    output.console.cache_clear()
    yield
    output.console.cache_clear()

"""The hand-made store, loaded once for all files that measure it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import tiny_runtime


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """Read only."""
    with tiny_runtime(tmp_path_factory.mktemp("tiny")) as rt:
        yield rt

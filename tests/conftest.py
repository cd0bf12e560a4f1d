"""What takes longest begins first; `make test` hands out whole files, so that what a module makes is made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine draws and runs an example is no property of the product; benchmarks measure that.
settings.register_profile("promocal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("promocal")

LONG = (
    "tests/flows/",
    "tests/docs/test_docs_commands.py",
    "tests/docs/test_json_page.py",
    "tests/trials/",
    "tests/promocal/test_library_runs.py",
    "tests/promocal/test_demo.py",
    "tests/benchmarks/",
    "tests/tasks/accounting/",
    "tests/tasks/outreach/",
    "tests/tasks/running/",
)
"""Minutes each, in files that one process runs alone: begun last, they would leave the other one idle at the end.
`make test` hands files out in this order (`--no-loadscope-reorder`)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_begins)  # in each rank in their order


def _begins(item: pytest.Item) -> int:
    return next((rank for rank, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))


@pytest.fixture(scope="session")
def loaded() -> Iterator[Path]:
    """A folder for PATH whose `promocal` has loaded already what its commands need."""
    from tests.commands import shells

    with shells() as folder:
        yield folder

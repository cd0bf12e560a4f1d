"""Tests that share what is made once for their module run in one process; what takes longest begins first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine draws and runs an example is no property of the product; benchmarks measure that.
settings.register_profile("promocal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("promocal")

LONG = (
    "tests/flows/",
    "tests/docs/test_docs_commands.py",
    "tests/trials/",
    "tests/promocal/test_library_runs.py",
    "tests/promocal/test_demo.py",
    "tests/benchmarks/",
    "tests/tasks/accounting/",
    "tests/tasks/outreach/",
    "tests/tasks/running/",
)
"""Minutes each, in groups that one process runs alone: begun last, they would leave the other one idle at the end.
`make test` hands groups out in this order (`--no-loadscope-reorder`)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        shared = list(_shared(item)) if isinstance(item, pytest.Function) else []
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(" ".join([item.nodeid.partition("::")[0], *filter(None, shared)])))
    items.sort(key=_begins)  # in each rank in their order


def _begins(item: pytest.Item) -> int:
    return next((rank for rank, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))


def _shared(item: pytest.Function) -> Iterator[str]:
    """For each fixture of a test that lives as long as its module: the parameter it is made for, or nothing."""
    callspec = getattr(item, "callspec", None)
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():
        if definitions[-1].scope == "module":
            made_for = callspec.params.get(name) if callspec else None
            yield f"{name}={made_for}" if made_for is not None else ""

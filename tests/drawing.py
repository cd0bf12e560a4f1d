"""How many examples property tests over a database draw: a third by default, all of them in `make test-slow`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

LONG = os.environ.get("PROMOCAL_TRIALS") == "long"
_LEAST = 5


def drawn(examples: int, **more: Any) -> Callable[[Any], Any]:
    """Above `@given`: `examples` in the long trials, a third of them (five at least) in the default suite."""
    count = examples if LONG else max(examples // 3, min(examples, _LEAST))

    def decorate(test: Any) -> Any:
        return pytest.mark.drawn(settings(max_examples=count, deadline=None, **more)(test))

    return decorate

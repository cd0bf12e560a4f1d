"""What both contracts need: how a kind may be called, and what a call raises."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

Error = TypeVar("Error", bound=Exception)
NAME = re.compile(r"[a-z][a-z0-9_-]*")


def raised(expected: type[Error], call: Callable[[], object]) -> Error | None:
    """The expected error of a call; None when it went through. Any other error is raised.

    Not pytest's: the contracts need nothing but promocal.
    """
    try:
        call()
    except expected as error:
        return error
    return None

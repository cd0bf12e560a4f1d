"""Where the processes of all trials are forked off: one that has loaded what the dearest of them need.

A process has one fork server, and what that has loaded when it begins is all it ever has. Trials that told it less
would leave every process of those after them to import for itself what a run needs, ten seconds each.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

_PRELOADED = ["tests.trials.processes", "tests.trials.nights", "tests.trials.warm"]


def forking() -> ForkServerContext:
    """The context whose processes begin with all of that."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context

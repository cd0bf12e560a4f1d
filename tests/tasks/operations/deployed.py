"""A deployment as a server tells it, for tests of what is made of that."""

from __future__ import annotations

from dataclasses import replace

from tasks.operations.server_state import DeploymentState


def deployment(name: str, **changes: object) -> DeploymentState:
    """Of a phase that waits for its moments."""
    calendar, _, phase = name.partition(".")
    plain = DeploymentState(
        name=name, calendar=calendar, phase=phase, project="/p",
        paused=False, running=0, ahead=3, next_at=None, late=0, failed=0,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]

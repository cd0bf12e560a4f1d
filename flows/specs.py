"""What the server should hold for one (calendar, phase), and the hash that says whether it does. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from flows.names import ENTRYPOINT, WORK_POOL
from flows.schedules import ScheduleSpec

# Part of every content hash: raise it when a release changes what a deployment holds.
_SPEC_FORMAT = 1


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """What the server should hold for one (calendar, phase)."""

    name: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, str]
    schedules: tuple[ScheduleSpec, ...]
    entrypoint: str = ENTRYPOINT
    work_pool: str = WORK_POOL

    @property
    def version(self) -> str:
        """Content hash: equal versions mean there is nothing to write."""
        text = json.dumps([_SPEC_FORMAT, asdict(self)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

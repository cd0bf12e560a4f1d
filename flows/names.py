"""What deployments of calendars are called on a server: tags, names, the one flow behind all of them."""

from __future__ import annotations

WORK_POOL = "promocal"
PRODUCT_TAG = "promocal"
FLOW_NAME = "promocal-phase"
ENTRYPOINT = "flows.phase.run_phase"


def deployment_name(calendar_id: str, phase_id: str) -> str:
    return f"{calendar_id}.{phase_id}"


def calendar_tag(calendar_id: str) -> str:
    return f"calendar:{calendar_id}"

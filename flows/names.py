"""What deployments of calendars are called on a server: tags, names, the one flow behind all of them."""

from __future__ import annotations

from datetime import datetime

WORK_POOL = "promocal"
EVENT_PREFIX = "promocal."
PRODUCT_TAG = "promocal"
AUTOMATION = "promocal: "
"""What the names of our automations begin with; the kind of alert follows."""
FLOW_NAME = "promocal-phase"
ENTRYPOINT = "flows.phase.run_phase"


def deployment_name(calendar_id: str, phase_id: str) -> str:
    return f"{calendar_id}.{phase_id}"


def shown_name(calendar_id: str, phase_id: str, moment: datetime) -> str:
    """What a run is called: `queens-day-2020 / burst / 03-06 10:00`, on the clock of its moment."""
    return f"{calendar_id} / {phase_id} / {moment:%m-%d %H:%M}"


def calendar_tag(calendar_id: str) -> str:
    return f"calendar:{calendar_id}"

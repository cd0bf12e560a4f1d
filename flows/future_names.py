"""Names for runs to come: the scheduler gives them two random words, a person looks for phase and moment.

Prefect 3.8 has no template for it: a flow's own name is made when the run starts. So runs that lie ahead are renamed
over the API, a page at a time, by `serve` every minute and by `apply`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.names import PRODUCT_TAG, calendar_tag, shown_name
from flows.server_api import ServerApi, find_server

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tasks.runtime import Runtime

_MOST = 200


def name_future_runs(rt: Runtime, name: str) -> int:
    """Rename the next runs of a calendar that have no readable name yet; returns how many.

    Raises a PromocalError when the server cannot be asked.
    """
    loaded = rt.load_calendar(name)
    zone = loaded.timeline.timezone
    wanted = {
        "deployments": {"tags": {"all_": [PRODUCT_TAG, calendar_tag(loaded.calendar.calendar)]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "sort": "EXPECTED_START_TIME_ASC",
    }
    renamed = 0
    with ServerApi(find_server(rt.settings.state)) as api:
        for run in api.pages("flow_runs/filter", wanted, most=1_000):
            readable = _name(run.get("parameters") or {}, str(run.get("expected_start_time")), zone)
            if readable is None or readable == run.get("name"):
                continue
            api.patch(f"flow_runs/{run['id']}", {"name": readable})
            renamed += 1
            if renamed == _MOST:
                break
    return renamed


def _name(given: dict[str, str], expected: str, zone: ZoneInfo) -> str | None:
    """As `flows.phase` names the run when it starts; None where its moment or phase cannot be read."""
    try:
        moment = datetime.fromisoformat(given.get("as_of") or expected).astimezone(UTC)
        return shown_name(given["calendar"], given["phase"], moment.astimezone(zone))
    except (KeyError, ValueError, TypeError):
        return None

"""The audiences of a calendar as the snapshot has them now: how many members, and how many shared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaign_calendars.deciding.briefing import audience, campaign_holdouts
from campaign_calendars.findings.errors import UsageError
from tasks.runtime import Runtime, feature_params


def audiences(rt: Runtime, calendar_id: str, as_of: datetime | None = None) -> dict[str, Any]:
    """Size and control group of every audience, and the members of every two; counts only.

    `as_of` defaults to the moment of the current snapshot. UsageError when the calendar names no audience.
    """
    from warehouse.decision.audiences import AudienceRule

    loaded = rt.load_calendar(calendar_id)
    calendar, store = loaded.calendar, loaded.store
    if not calendar.audiences:
        raise UsageError(
            (f"{calendar_id} names no audience", f"{calendar_id} 没有定义人群"),
            ("add one under audiences:", "请在 audiences: 下添加"),
        )
    snapshot = rt.current_snapshot()
    moment = (as_of or snapshot.as_of).astimezone(calendar.timezone)
    rules = [AudienceRule.of(name, audience(calendar, store, name)) for name in calendar.audiences]
    pools = {name: benefit.pool for name, benefit in calendar.benefits.items()}
    with rt.open_session(snapshot) as session:
        session.load_history(rt.ledger, calendar.calendar, moment, pools=pools, run=None)
        counts = session.count_audiences(moment, feature_params(loaded), rules, campaign_holdouts(calendar, store))
    names = list(calendar.audiences)
    overlaps = counts.overlaps().tolist()
    return {
        "calendar": calendar.calendar,
        "snapshot_id": snapshot.snapshot_id,
        "as_of": moment.isoformat(),
        "members": counts.total,
        "audiences": [
            {
                "audience": name,
                "title": calendar.audiences[name].title.model_dump(),
                "where": calendar.audiences[name].where,
                "members": counts.size(name),
                "held_out": counts.control(name),
            }
            for name in names
        ],
        "overlaps": {name: dict(zip(names, row, strict=True)) for name, row in zip(names, overlaps, strict=True)},
    }

"""The audiences of a calendar as the snapshot has them now: how many members, and how many shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.deciding.briefing import audience, campaign_holdouts
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.scalars import Text
from tasks.runtime import Runtime, feature_params


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceSize:
    """One audience of the calendar."""

    audience: str
    """Its name."""
    title: Text
    """Its title, in both languages."""
    where: str
    """Its expression."""
    members: int
    """Members in it."""
    held_out: int
    """Those of them in the calendar's control groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceSizes:
    """All audiences of a calendar as of a moment; counts only."""

    calendar: str
    """Calendar id."""
    snapshot_id: str
    """The snapshot that was counted."""
    as_of: datetime
    """The moment, in the calendar's time zone."""
    members: int
    """Members known at that moment."""
    audiences: tuple[AudienceSize, ...]
    """Audiences, in the order of the calendar."""
    overlaps: Mapping[str, Mapping[str, int]]
    """Audience → audience → members of both; of one with itself, its size."""


def audiences(rt: Runtime, calendar_id: str, as_of: datetime | None = None) -> AudienceSizes:
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
        session.load_history(rt.ledger, calendar.calendar, pools=pools, run=None)
        counts = session.count_audiences(moment, feature_params(loaded), rules, campaign_holdouts(calendar, store))
    names = list(calendar.audiences)
    overlaps = counts.overlaps().tolist()
    return AudienceSizes(
        calendar=calendar.calendar,
        snapshot_id=snapshot.snapshot_id,
        as_of=moment,
        members=counts.total,
        audiences=tuple(
            AudienceSize(
                audience=name,
                title=calendar.audiences[name].title,
                where=calendar.audiences[name].where,
                members=counts.size(name),
                held_out=counts.control(name),
            )
            for name in names
        ),
        overlaps={name: dict(zip(names, row, strict=True)) for name, row in zip(names, overlaps, strict=True)},
    )

"""What a calendar would do: every occurrence decided ahead of time, nothing written to members.

The plan runs the same engine as a real run over the published snapshot, occurrence after
occurrence, and carries contacts, stock and money forward. Members are taken as the snapshot knows
them; what they will do meanwhile is not guessed, so later occurrences are an upper estimate.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from itertools import groupby
from typing import Any

from campaign_calendars.deciding.briefing import budget_limits, make_brief
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from tasks.planning.expectation import expect, waiting_plays
from tasks.runtime import Runtime, feature_params


def plan(rt: Runtime, calendar_id: str) -> dict[str, Any]:
    """The plan of a calendar over the current snapshot, with a checksum that binds to exactly it."""
    loaded = rt.load_calendar(calendar_id)
    snapshot = rt.current_snapshot()
    occurrences, expected = _decide_all(rt, loaded)
    body = {
        "calendar": loaded.calendar.calendar,
        "store": loaded.store.store,
        "source": loaded.calendar.source,
        "verified": loaded.calendar.verified,
        "calendar_sha": hashlib.sha256(loaded.text.encode()).hexdigest(),
        "snapshot_id": snapshot.snapshot_id,
        "snapshot_as_of": snapshot.as_of.isoformat(),
        "currency": loaded.store.currency,
        "phases": [
            _phase_row(loaded, phase_id, span, occurrences) for phase_id, span in loaded.timeline.phases.items()
        ],
        "occurrences": occurrences,
        "triggers": expected,
        "budget": _budget(loaded, occurrences),
        "benefits": _benefits(loaded, occurrences),
        "channels": _channels(loaded, occurrences),
        "totals": _totals(occurrences),
    }
    return {"checksum": plan_checksum(body), **body}


def plan_checksum(body: dict[str, Any]) -> str:
    """Twelve hex digits over the whole plan; any change of calendar, members or outcome changes it."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _decide_all(rt: Runtime, loaded: LoadedCalendar) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the planned occurrences, and what triggers may be expected to do.

    A birthday is known ahead and decided like a planned moment; any other event is yet to happen.
    """
    rows = []
    params = feature_params(loaded)
    pools = {name: benefit.pool for name, benefit in loaded.calendar.benefits.items()}
    waiting = waiting_plays(loaded)
    planned = [o for o in loaded.timeline.occurrences if (o.phase, o.play) not in waiting]
    with rt.open_session(rt.current_snapshot()) as session:
        calendar_id = loaded.calendar.calendar
        session.load_history(rt.ledger, calendar_id, pools=pools, run=None)
        briefs = (make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence) for occurrence in planned)
        for moment, together in groupby(briefs, key=lambda brief: brief.at):
            due = list(together)
            session.move_to(moment, params, due)
            for brief in due:
                rows.append({"phase": brief.phase, **session.decide(brief).as_dict()})
                where = f"{len(rows)}/{len(planned)}  {brief.phase} / {brief.play}"
                rt.progress((f"planning {where}", f"正在规划 {where}"))
        expected = expect(session, loaded, params, waiting)
    return rows, expected


def _phase_row(loaded: LoadedCalendar, phase_id: str, span: Span, occurrences: list[dict[str, Any]]) -> dict[str, Any]:
    phase = next(p for p in loaded.calendar.phases if p.id == phase_id)
    mine = [row for row in occurrences if row["phase"] == phase_id]
    return {
        "phase": phase_id,
        "kind": phase.kind,
        "title": phase.title.model_dump(),
        "goal": phase.goal.model_dump(),
        "wave": phase.wave,
        "starts_at": span.start.isoformat(),
        "ends_at": span.end.isoformat(),
        "occurrences": len(mine),
        "duties": [
            {
                "text": duty.text.model_dump(),
                "level": duty.level,
                "due_at": loaded.timeline.due[phase_id, index].isoformat(),
            }
            for index, duty in enumerate(phase.duties)
        ],
        "platform_support": [text.model_dump() for text in phase.platform_support],
        "placements": [
            {"play": play.id, "title": play.title.model_dump(), "positions": play.positions}
            for play in phase.plays
            if play.positions
        ],
        **_totals(mine),
    }


def _totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "candidates": sum(row["candidates"] for row in rows),
        "chosen": sum(row["chosen"] for row in rows),
        "held_out": sum(sum(row["held_out"].values()) for row in rows),
        "excluded": sum(sum(row["excluded"].values()) for row in rows),
        "benefit_cost_cents": sum(row["benefit_cost_cents"] for row in rows),
        "message_cost_cents": sum(row["message_cost_cents"] for row in rows),
    }


def _budget(loaded: LoadedCalendar, rows: list[dict[str, Any]]) -> dict[str, Any]:
    limits = budget_limits(loaded.calendar)
    by_pool: dict[str, int] = defaultdict(int)
    for row in rows:
        for name, given in row["benefits"].items():
            pool = loaded.calendar.benefits[name].pool
            if pool:
                by_pool[pool] += given["cost_cents"]
    return {
        "basis": loaded.calendar.budget.basis if loaded.calendar.budget else "worst_case",
        "total_cents": limits.total_cents,
        "reserved_cents": sum(row["benefit_cost_cents"] for row in rows),
        "pools": {
            pool: {"limit_cents": limit, "reserved_cents": by_pool[pool]} for pool, limit in limits.pools.items()
        },
    }


def _benefits(loaded: LoadedCalendar, rows: list[dict[str, Any]]) -> dict[str, Any]:
    table = {
        name: {"kind": benefit.kind, "stock": benefit.stock, "granted": 0, "cost_cents": 0}
        for name, benefit in loaded.calendar.benefits.items()
    }
    for row in rows:
        for name, given in row["benefits"].items():
            table[name]["granted"] += given["granted"]
            table[name]["cost_cents"] += given["cost_cents"]
    return table


def _channels(loaded: LoadedCalendar, rows: list[dict[str, Any]]) -> dict[str, Any]:
    by_day: dict[str, dict[str, int]] = {name: defaultdict(int) for name in loaded.store.channels}
    for row in rows:
        day = datetime.fromisoformat(row["at"]).astimezone(loaded.timeline.timezone).date().isoformat()
        for name, messages in row["channels"].items():
            by_day[name][day] += messages
    table = {}
    for name, days in by_day.items():
        if days:
            busiest = max(days, key=lambda day: (days[day], day))
            table[name] = {
                "messages": sum(days.values()),
                "busiest_day": busiest,
                "busiest_day_messages": days[busiest],
                "capacity_per_day": loaded.store.channels[name].capacity_per_day,
            }
    return table

"""From a decision to messages: enqueue a decided run, dispatch what it queued.

The ledger functions do not know projects; these two do, and are what flows, replay and the command
line call with a run id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from campaign_calendars.briefing import budget_limits
from campaign_calendars.contact import in_quiet_hours
from campaign_calendars.errors import LedgerError, ProblemsFound
from campaign_calendars.loading import LoadedCalendar
from campaign_calendars.store import QuietHours
from tasks.decide import decision_path, read_manifest
from tasks.dispatch import Gate, QuietUntil, dispatch
from tasks.enqueue import DecisionRow, enqueue_rows
from tasks.messages import Renderer, check_messages, names_of
from tasks.runtime import Runtime
from warehouse.ledger.records import Run


def enqueue_run(rt: Runtime, run_id: str) -> dict[str, Any]:
    """Write a decided run into the outbox in one transaction; a second time changes nothing.

    Raises LedgerMoved when another run was enqueued since the decision: decide again then.
    """
    manifest = _manifest(rt, run_id)
    run = rt.ledger.run(run_id)
    if run is None:
        raise LedgerError(f"run {run_id} is not in the ledger", "decide it first: promocal run")
    loaded = rt.load_calendar(run.calendar)
    _check_templates(rt, loaded)
    result = enqueue_rows(
        rt.ledger,
        run,
        _rows(rt, run, manifest),
        budget=budget_limits(loaded.calendar),
        stock={name: benefit.stock for name, benefit in loaded.calendar.benefits.items()},
        expected_position=manifest["position"],
        at=rt.clock(),
    )
    waiting = sum(play["chosen"] for play in manifest["plays"] if play["needs_approval"])
    return {
        "new_jobs": result.new_jobs,
        "existing_jobs": result.existing_jobs,
        "new_grants": result.new_grants,
        "awaiting_approval": waiting,
    }


def dispatch_run(rt: Runtime, run_id: str) -> dict[str, int]:
    """Send what is pending of a run, over the project's channels; counts only."""
    from warehouse.recipients import RecipientDesk

    run = rt.ledger.run(run_id)
    if run is None:
        raise LedgerError(f"run {run_id} is not in the ledger", "decide it first: promocal run")
    loaded = rt.load_calendar(run.calendar)
    renderer = Renderer(_check_templates(rt, loaded), names_of(loaded.calendar, loaded.store))
    warehouse = rt.settings.warehouse
    with RecipientDesk(
        rt.current_snapshot(), at=rt.clock(), threads=warehouse.threads, memory_limit=warehouse.memory_limit
    ) as desk:
        counts = dispatch(
            rt.ledger,
            rt.channels,
            desk.lookup,
            renderer,
            run_id=run_id,
            now=rt.clock,
            worker=f"worker-{uuid4().hex[:12]}",
            gate=Gate(quiet_until=quiet_until(loaded)),
        )
    return counts.as_dict()


def quiet_until(loaded: LoadedCalendar) -> QuietUntil:
    """(channel, moment) → when the channel's quiet hours end, None outside them."""
    zone = loaded.timeline.timezone

    def look(channel: str, at: datetime) -> datetime | None:
        options = loaded.store.channels.get(channel)
        quiet: QuietHours | None = options.quiet_hours if options else None
        local = at.astimezone(zone)
        if quiet is None or not in_quiet_hours(quiet, local.time()):
            return None
        return _next(local, quiet.to)

    return look


def _next(local: datetime, moment: time) -> datetime:
    """The next time the clock of `local` shows `moment`."""
    day = local.date() if local.time() < moment else local.date() + timedelta(days=1)
    return datetime.combine(day, moment, local.tzinfo)


def _manifest(rt: Runtime, run_id: str) -> dict[str, Any]:
    manifest = read_manifest(rt, run_id)
    if manifest is None:
        raise LedgerError(f"run {run_id} has no decision file", "decide it again: promocal run")
    return manifest


def _check_templates(rt: Runtime, loaded: LoadedCalendar) -> dict[str, str]:
    """Template texts by name; a broken template stops everything before anything is written or sent."""
    sources, problems = check_messages(loaded.calendar, rt.messages_dir)
    if problems:
        raise ProblemsFound(problems, "message templates have problems; nothing was sent")
    return sources


def _rows(rt: Runtime, run: Run, manifest: dict[str, Any]) -> Iterator[DecisionRow]:
    from warehouse.decision.session import chosen_rows

    plays = {play["play"]: play for play in manifest["plays"]}
    for play, at, member, channel, benefit, cents in chosen_rows(decision_path(rt, run.run_id)):
        about = plays[play]
        yield DecisionRow(
            play=play,
            occurrence_at=at,
            member_id=member,
            channel=channel,
            benefit=benefit,
            cost_cents=cents,
            pool=about["pools"].get(benefit) if benefit else None,
            message=about["message"],
            expires_at=datetime.fromisoformat(about["expires_at"]) if about["expires_at"] else None,
            status="awaiting_approval" if about["needs_approval"] else "pending",
        )

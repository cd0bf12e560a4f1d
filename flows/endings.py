"""How a run ends: the state that says what happened, green only where something was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from prefect.states import Cancelled, Completed, Failed

from flows import artifacts
from tasks.running.guard import OpenJobs
from tasks.running.phase import RunOutcome
from tasks.running.unanswered import APPROVAL_EXPIRED
from warehouse.ledger.approvals import REJECTED

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

_REACHED = ("sent", "to_do", "unknown")
_MOST_REASONS = 5


def end_of(
    outcome: RunOutcome, left: OpenJobs, stopped: Mapping[str, int], again: datetime | None
) -> State[RunOutcome]:
    """The last state of a run: `stopped` are reasons of its cancelled messages, `again` when it is looked at anew."""
    message = artifacts.in_words(outcome.dispatch.counts())
    when = f" Looking again at {again:%H:%M} UTC." if again else ""
    if left.awaiting_approval:
        text = f"{left.awaiting_approval} message(s) wait for approval: promocal approve {outcome.run_id}.{when}"
        return Completed(name="AwaitingApproval", message=text, data=outcome)
    if left:
        text = f"{left.pending + left.sending} message(s) may not leave yet.{when}"
        return Completed(name="Waiting", message=text, data=outcome)
    if left.unknown:
        text = f"{message}; a person has to settle {left.unknown} that may or may not have left: promocal status"
        return Completed(name="Unsettled", message=text, data=outcome)
    if any(outcome.jobs.get(state) for state in _REACHED):
        return Completed(message=message, data=outcome)
    return _without_effect(outcome, stopped)


def stopped_by_a_person(run_id: str, jobs: Mapping[str, int]) -> State[RunOutcome]:
    """A person cancelled the run on the server; one that was to come all the same sends nothing and tells the rest."""
    text = f"A person cancelled this run: {artifacts.in_words(jobs)}. To go on: promocal resume run {run_id}"
    return Cancelled(name="Stopped", message=text)


def _without_effect(outcome: RunOutcome, stopped: Mapping[str, int]) -> State[RunOutcome]:
    """Nothing left and nothing was handed to people: not green, and the name says why."""
    if outcome.jobs.get("failed"):
        text = f"Nothing arrived: {artifacts.in_words(outcome.jobs)}"
        return Failed(name="NothingSent", message=text, data=outcome)
    if set(stopped) == {REJECTED}:
        return Cancelled(name="Rejected", message=f"{outcome.jobs['cancelled']} message(s) were rejected", data=outcome)
    if set(stopped) == {APPROVAL_EXPIRED}:
        return Cancelled(
            name="ApprovalExpired", message="Nobody answered in time; its messages are cancelled", data=outcome
        )
    if stopped:
        return Cancelled(name="NothingSent", message=f"Everything was cancelled: {_most(stopped)}", data=outcome)
    if outcome.candidates:
        excluded: Counter[str] = Counter()
        for play in outcome.plays:
            excluded.update(play.excluded)
        held = f", {outcome.held_out} held out" if outcome.held_out else ""
        text = f"Nobody of {outcome.candidates} was reached{held}: {_most(excluded)}"
        return Cancelled(name="NobodyReached", message=text, data=outcome)
    return Completed(name="NobodyMeant", message="Nobody is in the audience", data=outcome)


def _most(counts: Mapping[str, int]) -> str:
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {count:,}" for reason, count in rows[:_MOST_REASONS]) or "nobody excluded"

"""Whether a decided run may leave by itself: what its calendar asks about, and what left the plan that was applied.

Nothing is sent that a person did not see. Who applied a plan agreed to its members and its money, and to some more
(`approval.envelope` of the store); what is decided beyond that, or for other people, waits for an answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from campaign_calendars.deciding.runs import PhaseDecision, PlayDecision
from campaign_calendars.findings.said import Said
from campaign_calendars.model.calendar import Play
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.json import from_json, to_json
from campaign_calendars.values.scalars import FULL_SHARE
from tasks.deciding.wording import wordings
from tasks.runtime import Runtime
from warehouse.ledger.approvals import ApprovalRequest
from warehouse.ledger.plan_records import PlanRecord
from warehouse.ledger.records import Run

_SAID: Mapping[str, Said] = {
    "asked": (
        "{found:,} members, and the calendar asks above {planned:,}",
        "{found:,} 名会员，日历规定超过 {planned:,} 名须审批",
    ),
    "members": ("{found:,} members, {planned:,} were planned", "{found:,} 名会员，计划为 {planned:,} 名"),
    "money": ("it costs {found:,.2f}, {planned:,.2f} was planned", "费用 {found:,.2f}，计划为 {planned:,.2f}"),
    "audience": ("its audience is another one than in the plan", "其人群与计划不同"),
    "words": ("its words are others than in the plan", "其文案与计划不同"),
    "reworded": ("its words were changed after they were agreed to", "其文案在同意之后有改动"),
    "unplanned": ("the applied plan does not have it", "已应用的计划中没有这次触达"),
}
_CENTS = 100


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing a person has to look at: what was planned, or asked about, and what was decided (members or cents)."""

    figure: Literal["asked", "members", "money", "audience", "words", "reworded", "unplanned"]
    planned: int = 0
    found: int = 0

    @property
    def said(self) -> Said:
        """In words."""
        by = _CENTS if self.figure == "money" else 1
        english, chinese = _SAID[self.figure]
        figures = {"planned": self.planned / by if by > 1 else self.planned}
        figures["found"] = self.found / by if by > 1 else self.found
        return english.format(**figures), chinese.format(**figures)


@dataclass(frozen=True, slots=True)
class Why:
    """Why a play waits."""

    departures: tuple[Departure, ...] = ()


def why_of(request: ApprovalRequest) -> tuple[Departure, ...]:
    """Why a play waits, as its request keeps it."""
    return from_json(Why, request.why).departures


def left_its_plan(request: ApprovalRequest) -> bool:
    """Whether it waits for anything else than that its calendar asks."""
    return any(each.figure != "asked" for each in why_of(request))


def audience_digest(predicate: str) -> str:
    """What an audience is known by in a plan: another definition gives another one."""
    return hashlib.sha256(predicate.encode()).hexdigest()[:12]


def requests_of(rt: Runtime, loaded: LoadedCalendar, run: Run, decision: PhaseDecision) -> list[ApprovalRequest]:
    """The plays of a decided run that wait for a person, in the order of the calendar."""
    plan = plan_of(rt, run)
    planned = None if plan is None else _planned(plan)
    plays = _plays_of(loaded, run)
    reworded = frozenset() if plan is None else _reworded(rt, loaded, plan)
    found = []
    for decided in decision.plays:
        departures = (*_asked(plays.get(decided.play), decided), *_departed(loaded, run, decided, planned))
        if f"{run.phase}/{decided.play}" in reworded:
            departures = (*departures, Departure("words"))
        if departures and decided.chosen:
            found.append(_request(rt, loaded, run, decided, (departures, plan)))
    return found


def asked_about_words(
    rt: Runtime, loaded: LoadedCalendar, run: Run, decision: PhaseDecision, plays: Collection[str]
) -> list[ApprovalRequest]:
    """The same for plays whose words were changed after somebody had agreed to them."""
    about = ((Departure("reworded"),), rt.ledger.applied_plan(run.calendar))
    return [_request(rt, loaded, run, decided, about) for decided in decision.plays if decided.play in plays]


def _plays_of(loaded: LoadedCalendar, run: Run) -> dict[str, Play]:
    return {play.id: play for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays}


def _request(
    rt: Runtime,
    loaded: LoadedCalendar,
    run: Run,
    decided: PlayDecision,
    about: tuple[tuple[Departure, ...], PlanRecord | None],
) -> ApprovalRequest:
    departures, plan = about
    now, written = rt.clock(), _plays_of(loaded, run).get(decided.play)
    within = written.approve.within if written is not None and written.approve is not None else None
    until = now + (loaded.store.approval.within if within is None else within)
    return ApprovalRequest(
        run_id=run.run_id,
        play=decided.play,
        calendar=run.calendar,
        decision_sha=run.decision_sha,
        why=to_json(Why(departures)),
        plan=None if plan is None else plan.checksum,
        requested_at=now,
        until=until if decided.expires_at is None else min(until, utc(decided.expires_at)),
    )


def _asked(written: Play | None, decided: PlayDecision) -> Iterator[Departure]:
    if decided.needs_approval:
        above = written.approve.above if written is not None and written.approve is not None else 0
        yield Departure("asked", above, decided.exposed or decided.chosen)


def _departed(
    loaded: LoadedCalendar, run: Run, decided: PlayDecision, planned: Mapping[tuple[str, str, datetime], Any] | None
) -> Iterator[Departure]:
    more = loaded.store.approval.envelope
    if planned is None or more is None:
        return
    row = planned.get((run.phase, decided.play, utc(decided.at)))
    if row is None:
        timed = {(one.phase, one.play, utc(one.at)) for one in loaded.timeline.occurrences}
        if (run.phase, decided.play, utc(decided.at)) in timed:
            yield Departure("unplanned", 0, decided.chosen)
        return
    if decided.chosen > _most(row["chosen"], more):
        yield Departure("members", row["chosen"], decided.chosen)
    cents = row["benefit_cost_cents"] + row["message_cost_cents"]
    if (costs := decided.benefit_cost_cents + decided.message_cost_cents) > _most(cents, more):
        yield Departure("money", cents, costs)
    if row.get("audience") and row["audience"] != audience_digest(decided.audience_sql):
        yield Departure("audience")


def _reworded(rt: Runtime, loaded: LoadedCalendar, plan: PlanRecord) -> frozenset[str]:
    """Plays (`phase/play`) whose messages say something else than in the plan; `envelope: null` asks about none."""
    if loaded.store.approval.envelope is None:
        return frozenset()
    return changed_words(words_of(plan), wordings(loaded, rt.settings.root))


def words_of(plan: PlanRecord) -> Mapping[str, str]:
    """Play → digest of what it says in a plan; empty for plans of earlier releases, which did not keep it."""
    try:
        found = json.loads(plan.body).get("texts")
    except (ValueError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def changed_words(before: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """Plays (`phase/play`) of both that say something else now."""
    return frozenset(name for name, digest in before.items() if now.get(name, digest) != digest)


def _most(planned: int, more: int) -> int:
    """What may be taken where so much was planned, rounded up."""
    return planned + -(-planned * more // FULL_SHARE)


def plan_of(rt: Runtime, run: Run) -> PlanRecord | None:
    """The plan a run was promised by, the newest of them, else the one of its calendar that was applied last.

    A play that was dropped from the run keeps the plan it had: that one promises nothing any more.
    """
    rows = [row for row in rt.ledger.expected(run.calendar) if row.run_id == run.run_id and row.state != "dropped"]
    found = [plan for name in {row.plan for row in rows if row.plan} if (plan := rt.ledger.plan(name)) is not None]
    newest = max(found, key=lambda plan: (plan.applied_at or plan.planned_at, plan.checksum), default=None)
    return newest or rt.ledger.applied_plan(run.calendar)


def _planned(plan: PlanRecord) -> Mapping[tuple[str, str, datetime], Any]:
    """(phase, play, moment in UTC) → the figures of the plan; those of a plan that cannot be read are none."""
    try:
        rows = json.loads(plan.body)["occurrences"]
        return {(row["phase"], row["play"], utc(datetime.fromisoformat(row["at"]))): row for row in rows}
    except (ValueError, KeyError, TypeError):
        return {}

"""From a decision to messages: enqueue a decided run, dispatch what it queued.

The ledger functions do not know projects; these two do, and are what flows, replay and the command
line call with a run id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from campaign_calendars.deciding.briefing import budget_limits
from campaign_calendars.deciding.runs import PhaseDecision
from campaign_calendars.deciding.uses import valid_until
from campaign_calendars.findings.errors import LedgerError, ProblemsFoundError
from campaign_calendars.findings.problem import has_errors
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.cost import pricing
from campaign_calendars.messages.templates import names_of
from campaign_calendars.model.store import BOUND_KINDS, Store
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.accounting.books import count_from_sending
from tasks.alerts import alert
from tasks.calendars.messages import check_messages
from tasks.calendars.rendering import Renderer
from tasks.deciding.decisions import is_decided, read_decision, rows_to_enqueue
from tasks.deciding.draws import keep_draws
from tasks.deciding.envelope import left_its_plan, requests_of
from tasks.deciding.known import as_known
from tasks.duties.holding import DutyGate
from tasks.outreach.announcing import announced_at, why_silent
from tasks.outreach.best_texts import give_best_texts, without_text
from tasks.outreach.codes import CodeDesk
from tasks.outreach.counting import DispatchCounts, counts_between, totals_of
from tasks.outreach.dispatch import AHEAD, CostOf, Gate, dispatch
from tasks.outreach.enqueue import DecisionRow, enqueue_rows
from tasks.outreach.erasing import gone
from tasks.outreach.goods import attachments_of, sorts_by_favourite, with_empty_lists
from tasks.outreach.halting import cancel_rest, lanes, paused
from tasks.outreach.instructing import instructions_of
from tasks.outreach.late_caps import held_by_caps
from tasks.outreach.late_facts import late_facts
from tasks.outreach.late_supply import SupplyCheck
from tasks.outreach.left import cancel_left
from tasks.outreach.measures import gone_groups, held_by_measures
from tasks.outreach.own_figures import own_figures
from tasks.outreach.own_quiet import own_quiet
from tasks.outreach.persons import PersonCheck
from tasks.outreach.posts import groups_of
from tasks.outreach.provider_limits import held_by_provider, refuse_other_providers
from tasks.outreach.quiet import quiet_hours_of
from tasks.outreach.reminding import Reminders
from tasks.outreach.rewording import agree_to_plan, ask_about_words, held_by_words
from tasks.outreach.work_lists import work_lists
from tasks.runtime import Runtime
from tasks.settings import AlertKind
from warehouse.ledger.approvals import ApprovalRequest
from warehouse.ledger.records import Job, Run

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.shelf.manifest import Snapshot
    from warehouse.snapshots.recipients import RecipientDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What one enqueue of a run added to the outbox."""

    new_jobs: int
    """Messages that were not there yet."""
    existing_jobs: int
    """Messages that were: the run was enqueued before."""
    new_grants: int
    """Benefits reserved with the new ones."""
    awaiting_approval: int
    """Messages that wait for a person's approval."""


def enqueue_run(rt: Runtime, run_id: str) -> Queued:
    """Write a decided run into the outbox in one transaction; a second time changes nothing.

    Raises LedgerMovedError when another run was enqueued since the decision, when the run was decided otherwise
    meanwhile, or when its rows are gone: decide again then.
    """
    run = _known(rt, run_id)
    decision = _decision(rt, run)
    if is_decided(rt, run):
        return Queued(
            new_jobs=0, existing_jobs=_jobs_of(rt, run_id), new_grants=0, awaiting_approval=_awaiting(rt, run_id)
        )
    from warehouse.ledger.engine import patiently

    rows = rows_to_enqueue(rt, run)
    loaded = rt.load_calendar(run.calendar)
    requests = requests_of(rt, loaded, run, decision)
    held = {request.play for request in requests}
    rt.ledger.request_approval(requests)
    agree_to_plan(rt, loaded, run, held)
    _check_templates(rt, loaded)
    keep_draws(rt, loaded, run_id, decision.phase, [play.play for play in decision.plays])
    result = patiently(
        lambda: enqueue_rows(
            rt.ledger,
            run,
            _rows(run, decision, loaded, rows, held),
            budget=budget_limits(loaded.calendar),
            stock={name: benefit.stock for name, benefit in loaded.calendar.benefits.items()},
            expected_position=decision.position,
            at=rt.clock(),
        )
    )
    if result.new_jobs and requests:
        alert(rt.settings, *_told(run_id, requests, decision))
    return Queued(
        new_jobs=result.new_jobs,
        existing_jobs=result.existing_jobs,
        new_grants=result.new_grants,
        awaiting_approval=sum(play.chosen for play in decision.plays if play.play in held),
    )


def _told(run_id: str, requests: Sequence[ApprovalRequest], decision: PhaseDecision) -> tuple[AlertKind, Said]:
    """What to tell the staff of a run that waits for a person."""
    held = {request.play: request for request in requests}
    count = sum(play.chosen for play in decision.plays if play.play in held)
    kind: AlertKind = "envelope" if any(left_its_plan(request) for request in requests) else "approval"
    until = min(request.until for request in requests)
    return kind, (
        f"{run_id}: {count:,} message(s) wait until {until:%m-%d %H:%M} UTC: promocal approve {run_id}",
        f"{run_id}：{count:,} 条消息等待审批，截至 {until:%m-%d %H:%M} UTC：promocal approve {run_id}",
    )


def _known(rt: Runtime, run_id: str) -> Run:
    run = rt.ledger.run(run_id)
    if run is None:
        raise LedgerError(
            (f"run {run_id} is not in the ledger", f"台账中没有运行 {run_id}"),
            ("decide it first: promocal run", "请先决策：promocal run"),
        )
    return run


def _awaiting(rt: Runtime, run_id: str) -> int:
    found = rt.ledger.open_jobs(run_id).get("awaiting_approval")
    return found.jobs if found else 0


def _jobs_of(rt: Runtime, run_id: str) -> int:
    return sum(rt.ledger.job_counts(run_id).values())


def dispatch_run(rt: Runtime, run_id: str) -> DispatchCounts:
    """Send what is pending of a run, over the project's channels; counts only.

    What left the calendar meanwhile is cancelled; of a phase that is gone nothing is left to send.
    """
    run, counted = _known(rt, run_id), rt.ledger.job_counts(run_id)
    cancel_rest(rt, run_id)
    snapshot, now, worker = rt.current_snapshot(), rt.clock(), f"worker-{uuid4().hex[:12]}"
    written = rt.load_calendar(run.calendar)
    loaded = as_known(written, snapshot)
    cancel_left(rt, loaded, run, {key[:2] for key in counted})
    if run.phase not in loaded.timeline.phases:
        return counts_between(totals_of(counted), totals_of(rt.ledger.job_counts(run_id)), ())
    refuse_other_providers(loaded.store, rt.settings.channels)
    today, names = (
        now.astimezone(loaded.timeline.timezone).date(),
        names_of(loaded.calendar, loaded.store, timeline=loaded.timeline),
    )
    silent = why_silent(rt, loaded, run.phase, now)
    told = announced_at(loaded, run.phase, silent)
    sources = _check_templates(rt, loaded)
    reworded = ask_about_words(rt, written, run, sources)
    codes = CodeDesk(rt, loaded)
    reminders = Reminders(rt, loaded, run)
    own = own_figures(rt, loaded, run, sources.values(), codes, reminders=reminders)
    renderer = Renderer(sources, names, loaded.store.channels, today, told, own, reminders)
    give_best_texts(rt, loaded, run, snapshot, now)
    with _desk(rt, loaded, run_id, snapshot, now) as desk:
        done = dispatch(
            rt.ledger,
            rt.channels,
            desk.lookup,
            renderer,
            run_id=run_id,
            now=rt.clock,
            worker=worker,
            gate=replace(_gate(rt, loaded, run, desk, (codes, reworded, silent)), lane=lanes(rt, loaded, run, worker)),
            people=work_lists(rt, loaded, run),
            attach=attachments_of(loaded, run, today),
            groups=groups_of(loaded, snapshot, now),
            cost_of=costs_by(loaded.store),
        )
    count_from_sending(rt, loaded, run_id)
    return done


def costs_by(store: Store) -> CostOf:
    """What texts cost by the prices of a store; what leaves through a channel it has no more has no price."""
    prices = {name: pricing(channel) for name, channel in store.channels.items()}
    return lambda channel, text: prices[channel](text) if channel in prices else 0


def _desk(rt: Runtime, loaded: LoadedCalendar, run_id: str, snapshot: Snapshot, now: datetime) -> RecipientDesk:
    """Who the members of a snapshot are and where they can be reached, by the channels of the store."""
    from warehouse.snapshots.recipients import RecipientDesk, Rules

    def ahead() -> dict[str, list[str]]:
        """Whom the messages of the run that are due go to, on every channel."""
        found: dict[str, list[str]] = {}
        for name in sorted(rt.channels):
            room = AHEAD - sum(map(len, found.values()))
            found[name] = rt.ledger.due_members(run_id, name, room, now) if room else []
        return {name: members for name, members in found.items() if members}

    warehouse = rt.settings.warehouse
    return RecipientDesk(
        snapshot,
        at=now,
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
        rules={
            name: Rules(
                dialled=channel.kind in ("sms", "phone"),
                bound=channel.kind in BOUND_KINDS,
                talks=channel.kind == "chat",
                on_join=channel.bound_on_join,
            )
            for name, channel in loaded.store.channels.items()
        },
        favourites=sorts_by_favourite(loaded),
        ahead=ahead,
        con=None if rt.kept is None else rt.kept.connect(rt, snapshot),
    )


def _gate(
    rt: Runtime,
    loaded: LoadedCalendar,
    run: Run,
    desk: RecipientDesk,
    about: tuple[CodeDesk, Collection[str], Mapping[str, str]],
) -> Gate:
    """What is looked at once more when messages leave: late facts, persons, duties, groups that ended, measures."""
    snapshot, (codes, reworded, silent) = desk.snapshot, about
    late, duties = late_facts(rt, loaded, run, snapshot, rt.clock(), why_silent=silent), DutyGate(rt, loaded)
    persons = PersonCheck(
        rt.ledger, run.run_id, desk.accounts_of, desk.sharing, snapshot.snapshot_id != run.snapshot_id
    )
    measures = held_by_measures(loaded)
    caps, supply = held_by_caps(rt.ledger, loaded), SupplyCheck(rt.ledger, loaded, run.run_id)
    rests = own_quiet(loaded, desk.tagged)
    provider = held_by_provider(rt.ledger, loaded.store, loaded.timeline.timezone)

    def recheck(jobs: Sequence[Job]) -> dict[str, str]:
        return {
            **late(jobs),
            **persons(jobs),
            **duties.too_late(jobs),
            **gone_groups(loaded, jobs, rt.clock()),
            **gone(rt, jobs),
        }

    return Gate(
        quiet_until=quiet_hours_of(loaded.store, loaded.timeline.timezone),
        recheck=recheck,
        supply=supply,
        waits=lambda jobs, at: {
            **held_by_words(reworded, jobs),
            **without_text(loaded, jobs),
            **with_empty_lists(loaded, jobs, at),
            **duties.waits(jobs),
            **measures(jobs, at),
            **rests(jobs, at),
            **provider(jobs, at),
            **caps(jobs, at),
            **paused(rt, jobs),
            **codes.waits(jobs, at),
        },
    )


def _decision(rt: Runtime, run: Run) -> PhaseDecision:
    decision = read_decision(rt, run.run_id)
    if decision is None:
        raise LedgerError(
            (f"run {run.run_id} is not decided", f"运行 {run.run_id} 尚未决策"),
            ("decide it again: promocal run", "请重新决策：promocal run"),
        )
    return decision


def _check_templates(rt: Runtime, loaded: LoadedCalendar) -> dict[str, str]:
    """Template texts by name; a broken template stops everything before anything is written or sent."""
    sources, problems = check_messages(loaded.calendar, rt.settings.root, loaded.store)
    if has_errors(problems):
        raise ProblemsFoundError(
            problems, ("message templates have problems; nothing was sent", "消息模板有问题；没有发送任何内容")
        )
    return sources


def _rows(
    run: Run, decision: PhaseDecision, loaded: LoadedCalendar, rows: Path, held: Collection[str]
) -> Iterator[DecisionRow]:
    from warehouse.decision.files import chosen_rows

    ends = {
        name: valid_until(loaded.calendar, loaded.timeline, name, run.as_of, run.phase)
        for name in loaded.calendar.benefits
    }
    costs = {name: benefit.use_costs for name, benefit in loaded.calendar.benefits.items()}
    plays = {play.play: play for play in decision.plays}
    instructions = instructions_of(loaded, run, rows)
    for play, at, member, channel, benefit, cents in chosen_rows(rows):
        about, said = plays[play], instructions[play].of(at, member, channel)
        yield DecisionRow(
            play=play,
            occurrence_at=at,
            member_id=member,
            channel=channel,
            benefit=benefit,
            cost_cents=cents,
            points=about.points.get(benefit, 0) if benefit else 0,
            valid_until=ends.get(benefit) if benefit else None,
            use_costs=costs.get(benefit, ()) if benefit else (),
            pool=about.pools.get(benefit) if benefit else None,
            message=said.message,
            arm=said.arm,
            not_before=said.not_before,
            expires_at=about.expires_at,
            status="awaiting_approval" if play in held else "pending",
        )

"""What members did between the decision and the dispatch, as far as the newest snapshot knows (B9).

A message that waited for an approval, for quiet hours to end or for a busy channel leaves later than
it was decided. Where a newer snapshot is at hand by then, the audience is asked once more about
those members; whom it does not fit any more gets nothing, and what was reserved for him is free again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from campaign_calendars.audiences.language import to_predicate
from campaign_calendars.deciding.briefing import audience, trigger_brief
from campaign_calendars.deciding.offers import benefit_options, why_shut
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence
from tasks.outreach.dispatch import Recheck
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.decision.second_look import Condition
    from warehouse.ledger.records import Job, Run
    from warehouse.snapshots.snapshot import Snapshot


def late_facts(
    rt: Runtime, loaded: LoadedCalendar, run: Run, snapshot: Snapshot, now: datetime, *, why_silent: Mapping[str, str]
) -> Recheck:
    """The gate `recheck` of one dispatch of a run at `now`, over the snapshot at hand.

    Benefits that are on offer or valid no more by `now` stop their messages, as do those whose play announces nothing
    that is: `why_silent` says why an announced benefit may not be told of. Facts are looked at only where the
    snapshot is newer than the one the run was decided on; else that costs nothing.
    """
    shut, silent = _shut(loaded, run.phase, now), _silent(loaded, run.phase, why_silent)
    look = _Memory(rt, loaded, run, snapshot, now).recheck if _is_newer(rt, snapshot, run) else None

    def recheck(jobs: Sequence[Job]) -> Mapping[str, str]:
        told = ((job, shut.get(job.benefit) if job.benefit else silent.get(job.play)) for job in jobs)
        closed = {job.intent_key: reason for job, reason in told if reason is not None}
        return {**(look(jobs) if look else {}), **closed}

    return recheck


def _silent(loaded: LoadedCalendar, phase_id: str, why: Mapping[str, str]) -> dict[str, str]:
    """Plays that announce benefits alone, none of which may be told of → why the first of them may not."""
    plays = [play for phase in loaded.calendar.phases if phase.id == phase_id for play in phase.plays]
    return {
        play.id: why[play.announces[0]]
        for play in plays
        if play.announces and not play.benefits and all(name in why for name in play.announces)
    }


def _shut(loaded: LoadedCalendar, phase_id: str, now: datetime) -> dict[str | None, str]:
    """Benefit → why nobody may have it at this moment."""
    phase = next((phase for phase in loaded.calendar.phases if phase.id == phase_id), None)
    if phase is None:
        return {}
    asked = {name for play in phase.plays for name in play.benefits}
    found = {
        name: why_shut(loaded.timeline, loaded.store, phase, name, benefit=benefit, at=now)
        for name, benefit in loaded.calendar.benefits.items()
        if name in asked
    }
    return {name: reason for name, reason in found.items() if reason is not None}


def _is_newer(rt: Runtime, snapshot: Snapshot, run: Run) -> bool:
    if snapshot.snapshot_id == run.snapshot_id:
        return False
    decided = [known.as_of for known in rt.ledger.snapshots() if known.snapshot_id == run.snapshot_id]
    return not decided or snapshot.as_of >= decided[0]


@dataclass
class _Memory:
    """All that waits is looked at together, when the first of it is about to leave."""

    rt: Runtime
    loaded: LoadedCalendar
    run: Run
    snapshot: Snapshot
    now: datetime
    looked_at: set[tuple[str, str, str | None]] = field(default_factory=set)
    unfit: dict[tuple[str, str], str] = field(default_factory=dict)

    def recheck(self, jobs: Sequence[Job]) -> Mapping[str, str]:
        if not all((job.play, job.member_id, job.benefit) in self.looked_at for job in jobs):
            ledger, run_id = self.rt.ledger, self.run.run_id
            waiting = chain(jobs, ledger.jobs(run_id, status="pending"), ledger.jobs(run_id, status="sending"))
            self.looked_at = {(job.play, job.member_id, job.benefit) for job in waiting}
            self.unfit = self._look()
        keys = ((job.intent_key, self.unfit.get((job.play, job.member_id))) for job in jobs)
        return {key: reason for key, reason in keys if reason is not None}

    def _look(self) -> dict[tuple[str, str], str]:
        from warehouse.decision.second_look import Known, look_again

        plays = _conditions(self.loaded, self.run.phase, self.run.as_of, {play for play, *_ in self.looked_at})
        asked = sorted((one for one in self.looked_at if one[0] in plays), key=lambda one: (*one[:2], one[2] or ""))
        if not asked:
            return {}
        snapshot_id = self.snapshot.snapshot_id
        self.rt.progress(
            (
                f"looking again at {len(asked):,} member(s) in snapshot {snapshot_id}",
                f"正在按快照 {snapshot_id} 复核 {len(asked):,} 名会员",
            )
        )
        tiers = self.rt.ledger.tier_rows()
        known = Known(
            self._contacts({member for _, member, _ in asked}),
            ((row.member_id, row.tier, row.set_at, row.until) for row in tiers),
        )
        warehouse = self.rt.settings.warehouse
        return look_again(
            self.snapshot,
            plays,
            asked,
            decided_at=self.run.as_of,
            now=self.now,
            params=feature_params(self.loaded),
            known=known,
            threads=warehouse.threads,
            memory_limit=warehouse.memory_limit,
        )

    def _contacts(self, members: Collection[str]) -> Iterator[tuple[object, ...]]:
        """The contacts that the decision knew."""
        for row in self.rt.ledger.contact_rows(self.run.as_of, exclude_run=self.run.run_id):
            if row.member_id in members:
                yield row.member_id, row.channel, row.calendar, row.phase, row.play, row.at, row.benefit


def _conditions(loaded: LoadedCalendar, phase_id: str, at: datetime, wanted: Collection[str]) -> dict[str, Condition]:
    """What the plays ask of members; one that left the calendar asks nothing, its messages fail by themselves."""
    from warehouse.decision.second_look import Condition

    conditions: dict[str, Condition] = {}
    plays = [play for phase in loaded.calendar.phases if phase.id == phase_id for play in phase.plays]
    for play in plays:
        if play.id in wanted and play.post is None:
            expression = audience(loaded.calendar, loaded.store, play.audience)
            trigger = trigger_brief(loaded.store, loaded.timeline, phase_id, play)
            moment = Occurrence(loaded.calendar.calendar, phase_id, play.id, at)
            given = benefit_options(loaded.calendar, loaded.store, loaded.timeline, moment, play)
            conditions[play.id] = Condition(to_predicate(expression), expression.fields, trigger, given)
    return conditions

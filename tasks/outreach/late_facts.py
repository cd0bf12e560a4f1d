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
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.outreach.dispatch import Recheck
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.decision.second_look import Condition
    from warehouse.ledger.records import Job, Run
    from warehouse.snapshots.snapshot import Snapshot


def late_facts(rt: Runtime, loaded: LoadedCalendar, run: Run, snapshot: Snapshot, now: datetime) -> Recheck:
    """The gate `recheck` of one dispatch of a run at `now`, over the snapshot at hand.

    It holds nothing back, and costs nothing, while that is the snapshot the run was decided on, or
    an older one that somebody went back to.
    """
    if not _is_newer(rt, snapshot, run):
        return lambda _jobs: {}
    return _Memory(rt, loaded, run, snapshot, now).recheck


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
    looked_at: set[tuple[str, str]] = field(default_factory=set)
    unfit: dict[tuple[str, str], str] = field(default_factory=dict)

    def recheck(self, jobs: Sequence[Job]) -> Mapping[str, str]:
        if not all((job.play, job.member_id) in self.looked_at for job in jobs):
            ledger, run_id = self.rt.ledger, self.run.run_id
            waiting = chain(jobs, ledger.jobs(run_id, status="pending"), ledger.jobs(run_id, status="sending"))
            self.looked_at = {(job.play, job.member_id) for job in waiting}
            self.unfit = self._look()
        keys = ((job.intent_key, self.unfit.get((job.play, job.member_id))) for job in jobs)
        return {key: reason for key, reason in keys if reason is not None}

    def _look(self) -> dict[tuple[str, str], str]:
        from warehouse.decision.second_look import Known, look_again

        plays = _conditions(self.loaded, self.run.phase, {play for play, _ in self.looked_at})
        asked = sorted(pair for pair in self.looked_at if pair[0] in plays)
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
            self._contacts({member for _, member in asked}),
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


def _conditions(loaded: LoadedCalendar, phase_id: str, wanted: Collection[str]) -> dict[str, Condition]:
    """What the plays ask of members; one that left the calendar asks nothing, its messages fail by themselves."""
    from warehouse.decision.second_look import Condition

    conditions: dict[str, Condition] = {}
    plays = [play for phase in loaded.calendar.phases if phase.id == phase_id for play in phase.plays]
    for play in plays:
        if play.id in wanted and play.post is None:
            expression = audience(loaded.calendar, loaded.store, play.audience)
            trigger = trigger_brief(loaded.store, loaded.timeline, phase_id, play)
            conditions[play.id] = Condition(to_predicate(expression), expression.fields, trigger)
    return conditions

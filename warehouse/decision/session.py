"""A decision session: one snapshot, the history, and occurrences decided one after another.

What plans is imported where it is asked for: most looks for events find nobody, and end before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from campaign_calendars.deciding.briefs import Brief, HoldoutRule, TriggerBrief, regions_of
from campaign_calendars.deciding.certificate import Starved
from campaign_calendars.deciding.conditions import Fact
from campaign_calendars.deciding.events import EventRate
from campaign_calendars.deciding.runs import PlayCounts
from campaign_calendars.measuring.detectable import HoldoutPower
from warehouse.decision import engine, triggers
from warehouse.decision.conditions.terms import facts_missing
from warehouse.decision.consents import forget_consents
from warehouse.decision.power import RegionPast, power_of, regions_before
from warehouse.decision.starving import kept_for, starved
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.features.state import StateUse
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import GrantRow
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import attach_snapshot, open_snapshot

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

    from warehouse.decision.audiences import AudienceCounts, AudienceRule
    from warehouse.decision.outlook import Lookout
    from warehouse.decision.planned import PlanAhead
    from warehouse.decision.waterfall import ClauseRule, Fall

_SQL = sql_files(__package__)

_MOVED = """
from (from snap.member_map except from other.member_map)
union all
from (from other.member_map except from snap.member_map)
limit 1
"""


_PERSONS = """
select coalesce(sum(md5_number_lower(
    concat_ws('|', calendar, phase, play, occurrence_at, member_id, channel, coalesce(benefit, ''))
)::hugeint), 0)
from decisions
where status = 'chosen'
"""


@dataclass(frozen=True, slots=True)
class RunKey:
    """The run that is being decided; grants carry its phase and moment."""

    run_id: str
    phase: str
    at: datetime

    def granted(self, grant: GrantRow) -> bool:
        return grant.phase == self.phase and grant.granted_at == self.at


class DecisionSession:
    """Decides in memory over a read-only snapshot; nothing is written but by `write`.

    Features start from the snapshot's state where it leads to the moment; `incremental=False` has
    them computed from all facts, to the same end. `computed` says what was done last, and why.
    """

    def __init__(
        self, snapshot: Snapshot, *, threads: int = 2, memory_limit: str = "2GB", incremental: bool = True
    ) -> None:
        self.snapshot = snapshot
        self.computed: StateUse | None = None
        self._incremental = incremental
        self._con = open_snapshot(snapshot, threads=threads, memory_limit=memory_limit)
        history.create_tables(self._con)
        engine.prepare(self._con)

    def use(self, snapshot: Snapshot) -> None:
        """Look at another snapshot from now on; what was decided and loaded stays."""
        if snapshot.snapshot_id != self.snapshot.snapshot_id:
            forget_consents(self._con)
            self._con.execute("detach snap")
            attach_snapshot(self._con, snapshot)
            self.snapshot = snapshot
            # Whoever joined since may have a number for which contact was refused.
            history.suppress_numbers(self._con)
            history.as_persons(self._con, ["suppressions"])
            history.suppress_addresses(self._con)

    def same_persons(self, snapshot: Snapshot) -> bool:
        """Whether another snapshot joins the same accounts: else what was loaded has to be loaded anew."""
        if snapshot.snapshot_id == self.snapshot.snapshot_id:
            return True
        attach_snapshot(self._con, snapshot, "other")
        try:
            joined = [history.has_map(self._con, catalog) for catalog in ("snap", "other")]
            return joined == [False, False] or (all(joined) and self._con.execute(_MOVED).fetchone() is None)
        finally:
            self._con.execute("detach other")

    def forget_decisions(self) -> None:
        """Start the next run's file; contacts and grants stay."""
        # A table that was emptied writes other bytes than one that never held a row.
        self._con.execute("drop table decisions")
        engine.prepare(self._con)

    def contacts(self) -> int:
        """How many contacts the session knows, its own decisions among them."""
        row = self._con.execute("select count(*) from contacts").fetchone()
        return int(row[0]) if row else 0

    def load_history(
        self, ledger: Ledger, calendar: str, *, pools: Mapping[str, str | None], run: RunKey | None
    ) -> None:
        """Copy every live contact and grant of the ledger, without what `run` did itself.

        Those of later moments as well: a run that is late keeps the caps with what was sent after it, and
        gives away nothing that a later one has given. What members did or were sent before a moment, as
        audiences ask for it, is told by the rows' own moments.

        `pools` names the pool of each benefit of `calendar`. Limits and money count per calendar,
        contacts count across all of them.
        """
        contacts = ledger.contact_rows(None, exclude_run=run.run_id if run else None)
        history.load_contacts(
            self._con, ((c.member_id, c.channel, c.calendar, c.phase, c.play, c.at, c.benefit) for c in contacts)
        )
        self._load_grants(ledger, calendar, pools, run)
        history.load_suppressions(self._con, ((s.member_id, s.channel) for s in ledger.suppression_rows()))
        history.suppress_numbers(self._con)
        history.load_tier_overrides(self._con, ((t.member_id, t.tier, t.set_at, t.until) for t in ledger.tier_rows()))
        history.as_persons(self._con)
        history.suppress_addresses(self._con)

    def load_grants_anew(
        self, ledger: Ledger, calendar: str, *, pools: Mapping[str, str | None], run: RunKey | None
    ) -> None:
        """Grants as the ledger has them by now: used, over, or come back since they were loaded."""
        self._con.execute("truncate grants")
        self._con.execute("truncate blocks")
        self._con.execute("truncate points_granted")
        self._load_grants(ledger, calendar, pools, run)
        history.as_persons(self._con, ["grants", "points_granted"])

    def _load_grants(self, ledger: Ledger, calendar: str, pools: Mapping[str, str | None], run: RunKey | None) -> None:
        """What each holds of the budget is what it costs."""
        grants = (
            (g.member_id, calendar, g.phase, g.play, g.benefit, pools.get(g.benefit), *g.standing)
            for g in ledger.grant_rows(calendar)
            if not (run and run.granted(g))
        )
        history.load_grants(self._con, grants)
        kept = ledger.books(calendar)
        history.load_blocks(self._con, calendar, pools, kept.blocks if kept else ())
        promised = (
            (g.member_id, g.granted_at, g.points, g.used_at or g.valid_until)
            for g in ledger.grant_rows(None, for_points=True)
            if not (run and g.calendar == calendar and run.granted(g))
        )
        history.load_points_granted(self._con, promised)

    def load_birthday_gifts(self, rows: Iterable[tuple[str, datetime]]) -> None:
        """Birthday gifts (member, moment) that other calendars gave: of a person counts one a year."""
        if history.load_birthday_gifts(self._con, rows):
            history.as_persons(self._con, ["birthday_gifts"])

    def load_decided(self, paths: Iterable[Path]) -> None:
        """What earlier runs decided in answer to events, from their decision files."""
        files = [str(path) for path in paths if path.is_file()]
        if files:
            triggers.load_decided(self._con, files)
            history.as_persons(self._con, ["decided"])

    def load_ghosts(self, paths: Iterable[Path]) -> None:
        """What held-out members of earlier runs would have been sent, from their decision files."""
        files = [str(path) for path in paths if path.is_file()]
        if files:
            from warehouse.decision.planned import load_ghosts

            load_ghosts(self._con, files)
            history.as_persons(self._con, ["ghosts"])

    def has_work(self, briefs: Iterable[Brief]) -> bool:
        """Whether a play is due by its time, or answers an event that nobody answered yet."""
        return any(brief.trigger is None or triggers.find_fresh(self._con, brief, brief.trigger) for brief in briefs)

    def event_moments(self, trigger: TriggerBrief, start: datetime, end: datetime) -> list[datetime]:
        """The distinct moments (UTC) of events in [start, end), as they are known at `end`, in order."""
        return [at.replace(tzinfo=UTC) for at in triggers.event_moments(self._con, trigger, start, end)]

    def events_of(self, brief: Brief, end: datetime, days: int) -> tuple[int, int]:
        """Events of the `days` before `end`, and those of members who are in the brief's audience now."""
        assert brief.trigger is not None  # noqa: S101  asked for triggered plays only
        return triggers.count_events(self._con, brief.trigger, brief.predicate, end, days)

    def due_between(self, brief: Brief, start: datetime, end: datetime) -> int:
        """Members in the audience of a step for whom it falls due in [start, end), by what is known at its moment."""
        assert brief.trigger is not None  # noqa: S101  asked for steps only
        return triggers.count_due(self._con, brief.trigger, brief, start, end)

    def move_to(self, as_of: datetime, params: FeatureParams, briefs: Iterable[Brief]) -> None:
        """Compute as of a moment what these briefs want to know of the members."""
        columns = engine.COLUMNS.union(*(brief.columns for brief in briefs))
        self.computed = build_features(
            self._con, as_of=as_of, params=params, columns=columns, incremental=self._incremental
        )

    def count_audiences(
        self, as_of: datetime, params: FeatureParams, rules: Sequence[AudienceRule], controls: Sequence[HoldoutRule]
    ) -> AudienceCounts:
        """Sizes and overlaps of audiences as of a moment; replaces what `move_to` computed."""
        from warehouse.decision.audiences import columns_of, count_audiences

        self.computed = build_features(
            self._con,
            as_of=as_of,
            params=params,
            columns=columns_of(rules) | regions_of(controls),
            as_view=True,
            incremental=self._incremental,
        )
        return count_audiences(self._con, rules, controls=controls)

    def audience_fall(
        self,
        as_of: datetime,
        params: FeatureParams,
        audience: AudienceRule,
        rules: Sequence[ClauseRule],
        controls: Sequence[HoldoutRule],
    ) -> Fall:
        """How an audience falls clause by clause as of a moment; replaces what `move_to` computed."""
        from warehouse.decision.waterfall import count_clauses

        self.computed = build_features(
            self._con,
            as_of=as_of,
            params=params,
            columns=audience.columns | regions_of(controls),
            incremental=self._incremental,
        )
        return count_clauses(self._con, audience, rules, controls)

    def sample_audience(self, audience: AudienceRule, count: int) -> list[tuple[str, tuple[str, ...]]]:
        """A few members of an audience after `audience_fall`: id, and what the audience reads by name of column."""
        from warehouse.decision.waterfall import sample

        return sample(self._con, audience, count)

    def features(
        self, as_of: datetime, params: FeatureParams, columns: Collection[str] | None, *, where: str = "true"
    ) -> RecordBatchReader:
        """What audiences know of each member as of a moment, in batches; only these columns of it, if given, and only
        members of whom the predicate `where` over `member_features as f` holds.
        """
        self.computed = build_features(
            self._con, as_of=as_of, params=params, columns=columns, incremental=self._incremental
        )
        return self._con.sql(f"select f.* from member_features as f where {where}").to_arrow_reader()

    def lookout(self, briefs: Sequence[Brief]) -> Lookout:
        """What these occurrences ask is looked at after each `move_to`, and planned with `plan_ahead`."""
        from warehouse.decision.outlook import Lookout

        return Lookout(self._con, briefs)

    def plan_ahead(
        self,
        lookout: Lookout,
        at: datetime,
        wanted: Sequence[Brief],
        rates: Sequence[EventRate] = (),
        *,
        strict: bool = False,
    ) -> PlanAhead:
        """The best plan from `at` on, and what it has for the `wanted` occurrences; `strict` as in `PlanAhead.of`.

        What events will need is kept free, by their `rates`.
        """
        from warehouse.decision.planned import PlanAhead

        return PlanAhead.of(self._con, lookout.outlook(at, rates), wanted, strict=strict)

    def decide(self, brief: Brief, plan: PlanAhead | None = None) -> PlayCounts:
        return engine.decide_play(self._con, brief, plan)

    def facts_missing(self, briefs: Iterable[Brief]) -> set[Fact]:
        """Of what the benefits of these occurrences ask, the facts of which the snapshot holds nothing at all."""
        return facts_missing(self._con, (option for brief in briefs for option in brief.benefits))

    def starved(self, brief: Brief, counts: PlayCounts) -> Starved | None:
        """Why an occurrence that was just decided reaches nobody, or few; of posts the counts say it all."""
        return None if brief.post else starved(self._con, brief, counts)

    def power_of(self, group: str, place: tuple[str, str] | None, lasts: timedelta) -> HoldoutPower:
        """What a control group of everything decided here can show; see `warehouse.decision.power`."""
        return power_of(self._con, group, place, lasts, self.snapshot.as_of)

    def regions_before(self, group: str, lasts: timedelta) -> tuple[list[RegionPast], int]:
        """The regions of a control group that is drawn by region, and their past; see `warehouse.decision.power`."""
        return regions_before(self._con, group, lasts, self.snapshot.as_of)

    def kept_for(self, brief: Brief) -> dict[str, int]:
        """For what members of an occurrence that was just decided are kept, most first."""
        return kept_for(self._con, brief)

    def persons(self) -> str:
        """A digest of who gets what at which moment, in any order of rows: 32 hex digits."""
        row = self._con.execute(_PERSONS).fetchone()
        return f"{int(row[0]) % 2**128 if row else 0:032x}"

    def planned_members(self, posts: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """(phase, play) → persons who are to get a message, each once; of a whole phase under (phase, "").

        `posts` are plays whose messages go to groups; they reach nobody in person.
        """
        con = self._con
        con.execute("create or replace temp table posts_left_out (phase varchar, play varchar)")
        append_rows(con, "posts_left_out", sorted(posts))
        return {(phase, play): count for phase, play, count in con.execute(_SQL["planned_members"]).fetchall()}

    def members(self) -> int:
        """Members known at the moment of `move_to`."""
        row = self._con.execute("select count(*) from member_features").fetchone()
        return int(row[0]) if row else 0

    def write(self, path: Path) -> str:
        """Write all decisions as Parquet, in one fixed order; returns the file's sha256."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        # Snapshots connections give up row order for speed; a file that must be the same bytes needs it.
        self._con.execute("set preserve_insertion_order = true")
        order = "calendar, phase, occurrence_at, play, member_id"
        self._con.execute(
            f"copy (select * from decisions order by {order}) to '{_quoted(partial)}'"
            " (format parquet, compression zstd)"
        )
        digest = hashlib.sha256(partial.read_bytes()).hexdigest()
        partial.replace(path)
        return digest

    def close(self) -> None:
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")

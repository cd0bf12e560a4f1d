"""`promocal plan` of the shipped 38 calendar, and what one of its runs plans ahead, over a generated store.

Held against one statement of DuckDB for each occurrence, first come, first served: the audience, its control groups,
consent and the caps, counted, and what is sent remembered for the next. It keeps nobody for later, gives no benefits,
minds no stock and tells no reasons. Both ask the same members, which is checked. Features of the members are in
our time, not in the statements'. Making the store and its snapshot is in neither.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from benchmarks import harness
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.reading.loading import LoadedCalendar
from promocal.scaffold import create_project
from tasks.data.refresh import refresh
from tasks.deciding.ahead import move_and_plan, to_come
from tasks.planning.plan import plan
from tasks.runtime import Runtime, feature_params, open_runtime
from warehouse.decision import engine
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.sample.generate import generate
from warehouse.snapshots.snapshot import open_snapshot

CALENDAR = "queens-day-2020"
FIRST_COME = "one DuckDB statement an occurrence: audience, control groups, consent and caps, first come, first served"

Asked = tuple[tuple[str, str, datetime, int], ...]
"""Phase, play, moment and members in the audience of every occurrence."""


def make_project(root: Path, members: int) -> None:
    """A project with the 38 calendar and a published snapshot of a store, as of the campaign's start."""
    create_project(root, CALENDAR)
    settings = root / "promocal.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('"csv"', '"parquet"').replace("*.csv", "*.parquet"), "utf-8"
    )
    start = _loaded(root).timeline.campaign.start
    generate(root / "data", members=members, seed=7, as_of=start, format="parquet")
    with _opened(root) as rt:
        refresh(rt, CALENDAR, start)


def _loaded(root: Path) -> LoadedCalendar:
    with open_runtime(root) as rt:
        return rt.load_calendar(CALENDAR)


def _opened(root: Path) -> Runtime:
    start = _loaded(root).timeline.campaign.start
    return open_runtime(root, clock=lambda: start)


def prepare(root: Path) -> Callable[[], Asked]:
    rt = _opened(root)

    def work() -> Asked:
        with rt:
            made = plan(rt, CALENDAR)
        return tuple((row.phase, row.play, row.at, row.candidates) for row in made.occurrences)

    return work


def prepare_ahead(root: Path) -> Callable[[], Asked]:
    """The first planned moment, as a run decides it: members as of then, the rest of the calendar, what is due."""
    rt, loaded = _opened(root), _loaded(root)
    due = _due(loaded)
    session = rt.open_session(rt.current_snapshot())

    def work() -> Asked:
        best = move_and_plan(session, loaded, due[0].at, due)
        counts = [session.decide(brief, best) for brief in due]
        session.close()
        rt.close()
        return tuple((b.phase, b.play, b.at, made.candidates) for b, made in zip(due, counts, strict=True))

    return work


def _due(loaded: LoadedCalendar) -> list[Brief]:
    first = to_come(loaded, loaded.timeline.campaign.start)[0].at
    briefs = (make_brief(loaded.calendar, loaded.store, loaded.timeline, each) for each in loaded.timeline.occurrences)
    return [brief for brief in briefs if brief.at == first and brief.trigger is None]


BY_HAND = """
insert into sent
with candidates as (
    select f.member_id, f.has_left or coalesce(f.age < 18, false) as closed, {control} as control
    from member_features as f
    where {audience}
),
capped as (
    select member_id from sent where not left_out and "at" > $at::timestamp - interval 20 hours
    union
    select member_id
    from sent
    where not left_out and "at" > $at::timestamp - interval 7 days
    group by member_id having count(*) >= 3
)
select k.member_id, $at::timestamp, k.closed or k.control or c.member_id is not null or p.member_id is null as left_out
from candidates as k
left join capped as c on c.member_id = k.member_id
left join (
    select distinct member_id from snap.stg_contact_points
    where list_contains($channels, channel) and (consented_at is not null or not $consent) and withdrawn_at is null
) as p on p.member_id = k.member_id
"""


def prepare_by_hand(root: Path, due: Sequence[Brief] | None = None) -> Callable[[], Asked]:
    rt, loaded = _opened(root), _loaded(root)
    briefs = due or [
        make_brief(loaded.calendar, loaded.store, loaded.timeline, each) for each in loaded.timeline.occurrences
    ]
    con = open_snapshot(rt.current_snapshot(), threads=2, memory_limit="2GB")
    history.create_tables(con)
    columns = engine.COLUMNS.union(*(brief.columns for brief in briefs))
    build_features(con, as_of=briefs[0].at, params=feature_params(loaded), columns=columns)
    con.execute('create table sent (member_id varchar, "at" timestamp, left_out bool)')

    def work() -> Asked:
        found = []
        for brief in briefs:
            before = _count(con)
            con.execute(_by_hand(brief), _given(brief))
            found.append((brief.phase, brief.play, brief.at, _count(con) - before))
        con.close()
        rt.close()
        return tuple(found)

    return work


def _by_hand(brief: Brief) -> str:
    drawn = (
        f"('0x' || substr(md5('{rule.salt}:' || f.member_id), 1, 8))::bigint % 10000 < {rule.share_bp}"
        for rule in brief.holdouts
    )
    return BY_HAND.format(control=" or ".join(drawn) or "false", audience=brief.predicate)


def _given(brief: Brief) -> dict[str, object]:
    return {
        "at": brief.at,
        "channels": [option.channel for option in brief.channels],
        "consent": all(option.consent_required for option in brief.channels),
    }


def _count(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute("select count(*) from sent").fetchall()[0][0])


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "store"
        make_project(root, members)
        both = harness.alternate(partial(prepare, root), partial(prepare_by_hand, root), rounds=chosen.rounds)
        _require_alike(both.result, both.expected)
        yield both.row(
            f"plan: the 38 calendar, {len(both.result)} occurrences", members, "members", FIRST_COME,
            peak_mb=harness.peak_mb(prepare, root),
        )  # fmt: skip
        due = _due(_loaded(root))
        both = harness.alternate(
            partial(prepare_ahead, root), partial(prepare_by_hand, root, due), rounds=chosen.rounds
        )
        _require_alike(both.result, both.expected)
        yield both.row(
            f"plan: one run's {len(due)} occurrences, and the rest ahead", members, "members", FIRST_COME,
            peak_mb=harness.peak_mb(prepare_ahead, root),
        )  # fmt: skip


def _require_alike(ours: Asked, by_hand: Asked) -> None:
    """The same audiences, but for those that the calendar's own messages, events or the date change."""
    told = {row[:3]: row[3] for row in by_hand}
    alike = sum(told.get(row[:3]) == row[3] for row in ours)
    if len(told) != len(ours) or alike < len(ours) * 9 // 10:
        raise SystemExit(f"of {len(ours)} occurrences only {alike} ask as many members as the statements")


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=20_000, short=4_000, rounds=3), rows)

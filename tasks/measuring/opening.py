"""A measurement session filled for one calendar: what was decided, what left, and who gave what. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.splits import splits_of
from campaign_calendars.deciding.uses import use_rules
from campaign_calendars.providers.of_channel import message_cost
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.accounting.books import announced_now, tier_clock
from tasks.deciding.decisions import rows_of
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import Run
    from warehouse.measurement import MeasurementSession
    from warehouse.snapshots.snapshot import Snapshot


def runs_before(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> list[Run]:
    """The runs of a calendar before a moment."""
    return [run for run in rt.ledger.runs(loaded.calendar.calendar) if run.as_of < as_of]


@contextmanager
def measuring(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, as_of: datetime, runs: Sequence[Run]
) -> Iterator[MeasurementSession]:
    """The session of a calendar as of a moment; `runs` are those before it."""
    from warehouse.measurement import MeasurementSession, PhaseWindow

    warehouse, calendar = rt.settings.warehouse, loaded.calendar
    with MeasurementSession(
        snapshot,
        calendar=calendar.calendar,
        windows=[PhaseWindow(phase, span.start, span.end) for phase, span in loaded.timeline.phases.items()],
        as_of=as_of,
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
    ) as session:
        session.load(
            rt.ledger,
            [path for run in runs if (path := rows_of(rt, run)) is not None],
            pools={key: benefit.pool for key, benefit in calendar.benefits.items()},
            rules=use_rules(calendar, loaded.timeline),
            announced=announced_now(rt, loaded),
            tiers=tier_clock(loaded),
            message_costs={name: message_cost(channel) for name, channel in loaded.store.channels.items()},
            everybodys=[key for key, benefit in calendar.benefits.items() if benefit.kind == "store_coupon"],
            posts=[(phase.id, play.id) for phase in calendar.phases for play in phase.plays if play.post],
            splits=[(one.phase, play, one.key, part) for one in splits_of(calendar) for play, part in one.plays()],
        )
        yield session

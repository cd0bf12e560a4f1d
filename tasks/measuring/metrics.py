"""Metrics of a calendar by any of their grains: which windows there are, and what the store says about members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaign_calendars.deciding.expecting import values_of
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.metrics.aims import aim_of, written_aims
from campaign_calendars.measuring.metrics.catalogue import is_target, metric, metric_ids, target_metric
from campaign_calendars.measuring.metrics.figures import Aim, Benchmark, Figure, MetricTable
from campaign_calendars.measuring.metrics.finality import with_finality
from campaign_calendars.measuring.metrics.metric import WINDOWS, Grain, MemberRule
from campaign_calendars.providers.of_channel import message_cost
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.accounting.then import set_aside_then
from tasks.deciding.decisions import rows_of
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.measurement.metrics.outbox import Outbox
    from warehouse.measurement.metrics.session import MetricSession, Window

DASHBOARD = (
    "members_total", "joins", "leaves", "repeat_rate", "member_gmv", "member_buyers", "member_share",
    "member_buyer_share", "member_spend_per_buyer", "points_issued", "points_used", "points_use_rate", "points_balance",
    "active_members", "interactions",
)  # fmt: skip
"""What the board of S0 shows, where nothing else is asked for."""

_OF_MONEY = frozenset({"money", "programme"})
"""Queries that read what is set aside for benefits that apply themselves."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be computed; all moments are aware. `since` and `until` are the window, None: that of the calendar.

    `members`: another definition than the store's. `old_since`: who joined before it is an old member, None: before the
    calendar began. `min_order_cents`: what is paid less is no order. Pairs of articles of fewer orders than
    `min_pair_orders` are not shown.
    """

    names: tuple[str, ...]
    as_of: datetime
    by: Grain = "calendar"
    since: datetime | None = None
    until: datetime | None = None
    members: MemberRule | None = None
    old_since: datetime | None = None
    min_order_cents: int = 0
    min_pair_orders: int = 5


def compute_metrics(rt: Runtime, calendar_id: str, asked: Asked) -> MetricTable:
    """Compute metrics of a calendar on the current snapshot. UsageError: one of them is not told by that grain."""
    return compute_loaded(rt, rt.load_calendar(calendar_id), asked)


def compute_loaded(rt: Runtime, loaded: LoadedCalendar, asked: Asked) -> MetricTable:
    """The same of a calendar that was read already."""
    [table] = compute_together(rt, loaded, [asked])
    return table


def compute_together(rt: Runtime, loaded: LoadedCalendar, tables: Sequence[Asked]) -> list[MetricTable]:
    """Several tables of one moment and one definition of members and orders: what was sent is read once for all.

    ValueError: they are of several.
    """
    if not tables:
        return []
    if len({replace(asked, names=(), by="calendar", since=None, until=None) for asked in tables}) > 1:
        raise ValueError("tables that are computed together are of one moment and one definition")
    for asked in tables:
        for name in asked.names:
            _require_grain(name, asked.by)
    from warehouse.measurement.metrics.session import reads_outbox

    windows = [_windows(loaded, asked) for asked in tables]
    names = tuple(dict.fromkeys(name for asked in tables for name in asked.names))
    grains = {asked.by for asked in tables}
    with _session(rt, loaded, tables[0]) as session:
        if "tier" in grains or any("tier" in metric(name).split for name in names):
            session.load_tiers((row.member_id, row.tier, row.set_at, row.until) for row in rt.ledger.tier_rows())
        if "arm" in grains or reads_outbox(names):
            session.load_outbox(rt.ledger, _outbox(rt, loaded, names, tables[0].as_of), names)
        return [_table(rt, loaded, session, asked, its) for asked, its in zip(tables, windows, strict=True)]


def _table(
    rt: Runtime, loaded: LoadedCalendar, session: MetricSession, asked: Asked, windows: Sequence[Window]
) -> MetricTable:
    dues = [(one.placed.start, one.placed.end, one.due.end) for one in loaded.timeline.balances]
    known_at = min(asked.as_of, session.known_at)
    figures = with_finality(session.compute(asked.names, asked.by, windows), dues, known_at)
    return MetricTable(
        calendar=loaded.calendar.calendar,
        by=asked.by,
        as_of=asked.as_of,
        known_at=session.known_at,
        reaches_back_to=session.reaches_back_to(),
        snapshot_id=session.snapshot_id,
        members=asked.members or loaded.store.member_definition,
        timezone=loaded.calendar.timezone.key,
        currency=loaded.store.currency,
        names=asked.names,
        figures=tuple(figures),
        benchmarks=tuple(session.benchmarks(asked.names)),
        aims=() if asked.since or asked.until else tuple(_aims(loaded, asked.by, figures)),
        simulated=rt.simulated,
    )


def _aims(loaded: LoadedCalendar, by: Grain, figures: Iterable[Figure]) -> Iterator[Aim]:
    written = written_aims(loaded.calendar, by)
    targets = {(target_metric(name).id, key): figure for key, aims in written.items() for name, figure in aims.items()}
    for one in figures:
        if (one.metric, one.key) in targets:
            yield aim_of(one, targets[one.metric, one.key])


def _session(rt: Runtime, loaded: LoadedCalendar, asked: Asked) -> MetricSession:
    from warehouse.measurement.metrics.session import MetricRules, MetricSession, Window

    members = asked.members or loaded.store.member_definition
    points = loaded.store.points
    history, zone = loaded.store.history_from, loaded.calendar.timezone
    warehouse = rt.settings.warehouse
    return MetricSession(
        rt.current_snapshot(),
        rules=MetricRules(
            params=replace(feature_params(loaded), member_definition=members),
            members=members,
            old_since=asked.old_since or loaded.timeline.campaign.start,
            phases=tuple(Window(name, span.start, span.end) for name, span in loaded.timeline.phases.items()),
            history_from=_begin(history, zone) if history else None,
            min_order_cents=asked.min_order_cents,
            waves=tuple(Window(name, span.start, span.end) for name, span in loaded.timeline.waves.items()),
            dues=tuple((one.placed.start, one.placed.end, one.due.end) for one in loaded.timeline.balances),
            channels={name: (channel.kind, message_cost(channel)) for name, channel in loaded.store.channels.items()},
            point_cents=points.point_value or None if points else None,
            margin_bp=values_of(loaded.calendar, loaded.store).margin,
            member_days=tuple(points.member_day.monthly) if points and points.member_day else (),
            min_pair_orders=asked.min_pair_orders,
            peers=tuple(_peers(loaded)),
        ),
        as_of=asked.as_of,
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
    )


def _peers(loaded: LoadedCalendar) -> Iterator[Benchmark]:
    """What the calendar says of others; a day counts from its first moment in the calendar's zone."""
    zone = loaded.calendar.timezone
    for one in loaded.calendar.peers:
        yield Benchmark(one.metric, one.source, one.figure, _begin(one.on, zone) if one.on else None)


def said_elsewhere(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> list[Benchmark]:
    """What others say of metrics with one figure for the whole calendar, the latest of each source."""
    with _session(rt, loaded, Asked((), as_of)) as session:
        told = session.benchmarks(metric_ids())
    return [one for one in told if is_target(metric(one.metric), "calendar")]


def told_by(name: str, by: Grain) -> bool:
    """Whether a metric has that grain."""
    return by in metric(name).grains


def _outbox(rt: Runtime, loaded: LoadedCalendar, names: Iterable[str], as_of: datetime) -> Outbox:
    from warehouse.measurement.metrics.outbox import BenefitRow, Outbox

    calendar = loaded.calendar
    of_money = any(not _OF_MONEY.isdisjoint(metric(name).queries) for name in names)
    runs = [run for run in rt.ledger.runs(calendar.calendar) if run.as_of < as_of]
    return Outbox(
        calendar=calendar.calendar,
        runs=[run.run_id for run in runs],
        files=[path for run in runs if (path := rows_of(rt, run)) is not None],
        plays=[(phase.id, play.id, bool(play.post)) for phase in calendar.phases for play in phase.plays],
        benefits=[
            BenefitRow(name, benefit.kind, benefit.stock, benefit.is_price)
            for name, benefit in calendar.benefits.items()
        ],
        set_aside=set_aside_then(rt, loaded, rt.current_snapshot(), as_of) if of_money else (),
    )


def _require_grain(name: str, by: Grain) -> None:
    grains = metric(name).grains
    if by not in grains:
        raise UsageError(
            (f"{name} is not told by {by}", f"{name} 不能按 {by} 计算"),
            (f"it is told by {', '.join(grains)}", f"可按：{'、'.join(grains)}"),
        )


def _windows(loaded: LoadedCalendar, asked: Asked) -> list[Window]:
    """The windows of the grain, in time; of a grain that is none, the one window its parts are of."""
    from warehouse.measurement.metrics.session import Window

    timeline, zone = loaded.timeline, loaded.calendar.timezone
    start, end = asked.since or timeline.campaign.start, asked.until or timeline.campaign.end
    if end <= start:
        raise UsageError(
            ("the window ends before it begins", "窗口的结束早于开始"),
            ("write --from before --to", "--from 应早于 --to"),
        )
    if asked.by in {"phase", "wave"}:
        if asked.since or asked.until:
            raise UsageError(
                (f"--by {asked.by} has windows of its own", f"--by {asked.by} 已有各自的窗口"),
                ("leave out --from and --to", "请去掉 --from 与 --to"),
            )
        spans = timeline.phases if asked.by == "phase" else timeline.waves
        if not spans:
            raise UsageError(
                (f"{loaded.calendar.calendar} has no waves", f"{loaded.calendar.calendar} 没有波次"),
                ("write --by phase", "请写 --by phase"),
            )
        return [Window(name, span.start, span.end, _phases(loaded, name, asked.by)) for name, span in spans.items()]
    if asked.by in {"day", "month"}:
        return [Window(*found) for found in _local(start, end, zone, asked.by)]
    name = loaded.calendar.calendar if asked.by in WINDOWS else ""
    return [Window(name, start, end, () if asked.since or asked.until else tuple(timeline.phases))]


def _phases(loaded: LoadedCalendar, name: str, by: Grain) -> tuple[str, ...]:
    """The phases of a phase or wave."""
    return (name,) if by == "phase" else tuple(one.id for one in loaded.calendar.phases if one.wave == name)


def _local(start: datetime, end: datetime, zone: ZoneInfo, by: Grain) -> Iterator[tuple[str, datetime, datetime]]:
    """Local days or months that a window touches, cut to it."""
    day = start.astimezone(zone).date()
    if by == "month":
        day = day.replace(day=1)
    while _begin(day, zone) < end:
        following = day + _DAY if by == "day" else (day.replace(day=1) + 32 * _DAY).replace(day=1)
        key = f"{day:%Y-%m-%d}" if by == "day" else f"{day:%Y-%m}"
        yield key, max(start, _begin(day, zone)), min(end, _begin(following, zone))
        day = following


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)

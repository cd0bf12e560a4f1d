"""A replay beside what really ran, beside another calendar, or beside itself with other figures, over the same past.

Both sides are decided and sent by the functions of a real run; what really ran is read from the project's ledger. The
past's orders are those that came after the messages that were really sent, so that nothing is said of what members
would have bought, unless their response is simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.sides import Compared, Response, Side, SideBySide
from campaign_calendars.providers.of_channel import message_cost
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.scalars import Text
from tasks.deciding.decisions import rows_of
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.replayed import replay_state
from tasks.running.replay import ReplayResult, replay, replay_runtime
from tasks.running.simulated import simulated
from tasks.runtime import Runtime
from warehouse.shelf.lock import FileLock

if TYPE_CHECKING:
    from warehouse.measurement.sides.comparing import SideRows

RAN = "ran"
"""What really ran, as `--against` names it; `ran:OTHER` is what another calendar really did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a replay is held against: a calendar or what really ran, or the same calendar with other figures."""

    against: str | None = None
    changes: tuple[str, ...] = ()
    until: datetime | None = None
    simulate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedSide:
    """A replay that was made to be compared: still open, its clock at its end."""

    rt: Runtime
    loaded: LoadedCalendar
    result: ReplayResult


def replay_alone(rt: Runtime, calendar: str, stack: ExitStack, wanted: Wanted) -> ReplayedSide:
    """Replay a calendar up to `wanted.until`, with members who respond if that is wanted; closed with the stack.

    UsageError: it would be over before it begins.
    """
    _require_begun(rt.load_calendar(calendar), wanted.until)
    return _replay(rt, stack, calendar, wanted)


def compare_replay(rt: Runtime, calendar: str, stack: ExitStack, wanted: Wanted) -> tuple[ReplayedSide, SideBySide]:
    """Replay the calendar and hold it against what is wanted; nothing outside of replays is written.

    UsageError: there is nothing to hold it against, or what is asked excludes one another.
    """
    if wanted.against is not None and _is_ran(wanted.against):
        return _against_what_ran(rt, calendar, stack, wanted, wanted.against)
    _require_alike(rt, calendar, wanted)
    first = _replay(rt, stack, calendar, wanted)
    if wanted.changes:
        second = _replay(rt, stack, calendar, wanted, beside=True)
    else:
        second = _replay(rt, stack, wanted.against or calendar, wanted, beside=wanted.against == calendar)
    found = _compared(first, _rows(second.rt, second.loaded, _end(second)))
    return first, _side_by_side(first, _side(second), found, simulated=wanted.simulate)


def sent_really(rt: Runtime, one: ReplayedSide) -> bool:
    """Whether any message of the replayed calendar really left in the time of its replay, by the ledger of `rt`."""
    calendar, since = one.loaded.calendar.calendar, one.loaded.timeline.campaign.start
    rows = rt.ledger.contact_rows(_end(one), since=since, sent=True)
    return any(row.calendar == calendar for row in rows)


def require_sense(wanted: Wanted) -> None:
    """UsageError where what is asked excludes one another."""
    if wanted.against is not None and wanted.changes:
        raise UsageError(
            ("--against and --what-if are two comparisons", "--against 与 --what-if 是两种对比"),
            ("leave out one of them", "请去掉其中一个"),
        )
    if wanted.simulate and wanted.against is not None and _is_ran(wanted.against):
        raise UsageError(
            ("what really ran is not simulated", "实际运行的结果不是模拟的"),
            ("leave out --simulate, or compare with a calendar", "请去掉 --simulate，或与另一个日历对比"),
        )


def _require_alike(rt: Runtime, calendar: str, wanted: Wanted) -> None:
    """UsageError where a side would be over before it begins, or the money of both is not the same."""
    sides = [rt.load_calendar(name) for name in dict.fromkeys((calendar, wanted.against or calendar))]
    for one in sides:
        _require_begun(one, wanted.until)
    currencies = [one.store.currency for one in sides]
    if len(set(currencies)) > 1:
        names = [one.calendar.calendar for one in sides]
        raise UsageError(
            (f"{names[0]} counts in {currencies[0]}, {names[1]} in {currencies[1]}",
             f"{names[0]} 以 {currencies[0]} 计，{names[1]} 以 {currencies[1]} 计"),
            ("compare calendars of stores with one currency", "请对比币种相同的店铺的日历"),
        )  # fmt: skip


def _require_begun(loaded: LoadedCalendar, until: datetime | None) -> None:
    name, start = loaded.calendar.calendar, loaded.timeline.campaign.start
    if until is not None and until <= start:
        raise UsageError(
            (f"{name} begins {start.isoformat()}, which is not before --until {until.isoformat()}",
             f"{name} 于 {start.isoformat()} 开始，不早于 --until {until.isoformat()}"),
            ("write a later --until, or leave it out", "请把 --until 改晚，或去掉"),
        )  # fmt: skip


def _is_ran(against: str) -> bool:
    return against == RAN or against.startswith(f"{RAN}:")


def _replay(rt: Runtime, stack: ExitStack, calendar: str, wanted: Wanted, *, beside: bool = False) -> ReplayedSide:
    """`beside`: the second replay of one calendar; it has the changes, and a state of its own."""
    place = replay_state(rt.settings, calendar)
    place = place.with_suffix(".beside") if beside else place
    _take(place, stack, calendar)
    changes = wanted.changes if beside else ()
    inside = stack.enter_context(replay_runtime(rt, calendar, state=place, changes=changes))
    loaded, world = inside.load_calendar(calendar), None
    if wanted.simulate:
        inside, world = simulated(inside, loaded)
        stack.enter_context(inside)
    result = replay(inside, calendar, world=world, until=wanted.until)
    return ReplayedSide(rt=inside, loaded=loaded, result=result)


def _take(place: Path, stack: ExitStack, calendar: str) -> None:
    """Keep other replays away from a state until the stack closes. UsageError: one is under way in it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = stack.enter_context(FileLock(place.with_name(f".{place.name}.lock")))
    if not lock.take():
        raise UsageError(
            (f"another replay of {calendar} is under way", f"{calendar} 的另一个回放正在进行"),
            ("wait until it has ended, or end it", "请等它结束，或先停止它"),
        )


def _end(side: ReplayedSide) -> datetime:
    return side.result.measurement.as_of


def _against_what_ran(
    rt: Runtime, calendar: str, stack: ExitStack, wanted: Wanted, against: str
) -> tuple[ReplayedSide, SideBySide]:
    loaded = rt.load_calendar(calendar)
    ran = against.partition(":")[2] or loaded.calendar.calendar
    if ran in rt.calendar_ids():
        _require_alike(rt, calendar, Wanted(against=ran))
    campaign, now = loaded.timeline.campaign, rt.clock()
    until = min(wanted.until or campaign.end, campaign.end, now)
    if until <= campaign.start:
        raise UsageError(
            (
                f"{loaded.calendar.calendar} begins {campaign.start.isoformat()}; nothing of that time has run yet",
                f"{loaded.calendar.calendar} 于 {campaign.start.isoformat()} 开始，该时段尚未运行",
            ),
            ("compare with another calendar instead", "请改为与另一个日历对比"),
        )
    _require_ran(rt, ran, campaign.start, until)
    first = _replay(rt, stack, calendar, Wanted(until=until))
    known = rt.load_calendar(ran) if ran in rt.calendar_ids() else None
    rows = _rows(rt, known or first.loaded, until, calendar=ran, since=campaign.start)
    second = Side(
        calendar=ran,
        changes=(),
        ran=True,
        title=known.calendar.title if known else Text(),
        starts_at=campaign.start,
        ends_at=until,
        snapshot_id=first.rt.current_snapshot().snapshot_id,
        unsent=_unsent(rt, ran, campaign.start, until),
        response=None,
    )
    return first, _side_by_side(first, second, _compared(first, rows), simulated=False)


def _require_ran(rt: Runtime, calendar: str, since: datetime, until: datetime) -> None:
    """UsageError, with what did run, unless messages of the calendar left in that time."""
    found = Counter(
        row.calendar for row in rt.ledger.contact_rows(until, since=since - timedelta(days=1), sent=True)
        if since <= row.at < until
    )  # fmt: skip
    if found[calendar]:
        return
    others = [name for name, _ in found.most_common(5) if name != calendar]
    span = f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M}"
    raise UsageError(
        (f"no message of {calendar} left in {span}", f"{span} 期间没有 {calendar} 的消息发出"), _what_ran(others)
    )


def _what_ran(others: Sequence[str]) -> Said:
    if not others:
        return ("no calendar sent anything then", "该时段没有任何日历发送过消息")
    first, *more = others
    also = (f" (also: {', '.join(more)})", f"（另有 {'、'.join(more)}）") if more else ("", "")
    return (f"what ran then: --against {RAN}:{first}{also[0]}", f"当时运行的是：--against {RAN}:{first}{also[1]}")


def _compared(first: ReplayedSide, second: SideRows) -> Compared:
    from warehouse.measurement.sides.comparing import compared

    warehouse = first.rt.settings.warehouse
    return compared(
        first.rt.current_snapshot(),
        _rows(first.rt, first.loaded, _end(first)),
        second,
        zone=first.loaded.calendar.timezone.key,
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
    )


def _rows(
    rt: Runtime, loaded: LoadedCalendar, until: datetime, *, calendar: str = "", since: datetime | None = None
) -> SideRows:
    """The rows of a calendar in the ledger of `rt`; posts and prices are those of the calendar as it is now."""
    from warehouse.measurement.sides.comparing import SideRows

    name = calendar or loaded.calendar.calendar
    files = [rows_of(rt, run) for run in rt.ledger.runs(name) if run.as_of < until]
    plays = [(phase.id, play) for phase in loaded.calendar.phases for play in phase.plays]
    return SideRows(
        ledger=rt.ledger,
        calendar=name,
        since=since or loaded.timeline.campaign.start,
        until=until,
        message_costs={name: message_cost(channel) for name, channel in loaded.store.channels.items()},
        plays=frozenset((phase, play.id) for phase, play in plays),
        posts=frozenset((phase, play.id) for phase, play in plays if play.post),
        decisions=[path for path in files if path is not None],
        complete=None not in files,
    )


def _side(one: ReplayedSide) -> Side:
    calendar = one.loaded.calendar
    since, until = one.loaded.timeline.campaign.start, _end(one)
    return Side(
        calendar=calendar.calendar,
        changes=one.rt.changes,
        ran=False,
        title=calendar.title,
        starts_at=since,
        ends_at=until,
        snapshot_id=one.rt.current_snapshot().snapshot_id,
        unsent=_unsent(one.rt, calendar.calendar, since, until),
        response=_response(one) if one.result.simulated else None,
    )


def _unsent(rt: Runtime, calendar: str, since: datetime, until: datetime) -> dict[str, int]:
    """State → messages that did not leave, of the runs in that time."""
    found: Counter[str] = Counter()
    for run in rt.ledger.runs(calendar):
        if since <= run.as_of < until:
            for (_, _, _, status), count in rt.ledger.job_counts(run.run_id).items():
                found[status] += count
    return {status: count for status, count in sorted(found.items()) if status != "sent" and count}


def _response(one: ReplayedSide) -> Response:
    """Buyers are those of the orders that sales are the sum of: everybody, in an arm or not."""
    measured = one.result.measurement
    whole = measured.truth.programme if measured.truth else None
    [bought] = compute_loaded(one.rt, one.loaded, Asked(("buyers",), measured.as_of)).figures
    return Response(
        buyers=bought.numerator or 0,
        sales_cents=sum(day.gmv_cents for day in measured.days),
        added_orders=whole.added_orders if whole else None,
        added_cents=whole.added_cents if whole else None,
    )


def _side_by_side(first: ReplayedSide, second: Side, found: Compared, *, simulated: bool) -> SideBySide:
    return SideBySide(
        **{each.name: getattr(found, each.name) for each in fields(Compared)},
        a=_side(first),
        b=second,
        simulated=simulated,
        timezone=first.loaded.calendar.timezone.key,
        currency=first.loaded.store.currency,
    )

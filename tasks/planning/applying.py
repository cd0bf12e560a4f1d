"""Applying a plan that somebody read: agreed to by its checksum, begun, carried out, and kept with who and what.

It is begun in the ledger before the server is asked for anything. One that broke off is finished by the next apply of
the same checksum, or by `serve`, as it was agreed to: nothing has to be planned again for that.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import SnapshotMissingError, UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.planning.agreeing import agreed_as_written, require_plan
from tasks.runtime import Runtime
from warehouse.ledger.plan_records import PlanRecord

# What makes and compares plans is imported where it is needed: most applies find that nothing changed.
if TYPE_CHECKING:
    from tasks.planning.changing import PassedLimit


_NEXT = timedelta(microseconds=1)


def begin_apply(
    rt: Runtime, name: str, checksum: str | None, *, by: str, force: Collection[str] = ()
) -> tuple[PlanRecord, bool]:
    """The plan to carry out, and whether it is news; begun from here on, where it is.

    Raises UsageError: no plan was named, it changed meanwhile, or it passes a limit that `force` does not name.
    """
    loaded = rt.load_calendar(name)
    record = require_plan(rt, name, checksum)
    begun, last = rt.ledger.begun_plan(record.calendar), rt.ledger.applied_plan(record.calendar)
    if begun is not None and begun.checksum == record.checksum:
        return record, True
    if last is not None and last.checksum == record.checksum:
        return record, False
    passed = limits_passed(rt, loaded, record)
    if refused := [each for each in passed if each.name not in force]:
        raise _refused(name, record, refused, [each.name for each in passed])
    forced = " ".join(dict.fromkeys(each.name for each in passed))
    rt.ledger.begin_apply(record.checksum, by, _after(rt, last, begun), forced=forced, written=loaded.text)
    _keep_forecast(rt, loaded, record)
    return record, True


def _keep_forecast(rt: Runtime, loaded: LoadedCalendar, record: PlanRecord) -> None:
    """What was said before launch is held against what comes; a plan of an earlier release said nothing."""
    from tasks.planning.since_applied import read_plan

    made = read_plan(record)
    if made is not None:
        rt.ledger.keep_forecasts(record.checksum, loaded.store.store, made.forecasts, rt.clock())


def end_apply(rt: Runtime, checksum: str, by: str, detail: str) -> None:
    """It is carried out; `detail`: what that changed on the server. One that broke off is of whoever began it."""
    begun = rt.ledger.plan(checksum)
    at = _after(rt, begun, rt.ledger.applied_plan(begun.calendar) if begun else None)
    rt.ledger.mark_applied(checksum, (begun.begun_by if begun and begun.unfinished else None) or by, at, detail)


def _after(rt: Runtime, *plans: PlanRecord | None) -> datetime:
    """Now, but after everything that was begun or applied: a clock that was set back brings no older plan back."""
    known = [at for plan in plans if plan is not None for at in (plan.begun_at, plan.applied_at) if at is not None]
    return max([rt.clock(), *(at + _NEXT for at in known)])


def limits_passed(rt: Runtime, loaded: LoadedCalendar, record: PlanRecord) -> tuple[PassedLimit, ...]:
    """Limits of `[apply]` that applying the plan now would pass."""
    from tasks.planning.since_applied import read_plan, since_applied

    made = read_plan(record)
    since = since_applied(rt, loaded, made) if made is not None else None
    return since.passed if since is not None else ()


def to_carry_out(rt: Runtime, name: str) -> PlanRecord | None:
    """The plan of the calendar as it is written now that was applied last, or whose apply broke off; None: neither."""
    loaded = rt.load_calendar(name)
    calendar = loaded.calendar.calendar
    return next(
        (each for each in (rt.ledger.begun_plan(calendar), rt.ledger.applied_plan(calendar)) if each is not None
         and agreed_as_written(rt, each, loaded)),
        None,
    )  # fmt: skip


def accepted(rt: Runtime, name: str) -> PlanRecord:
    """The plan of now, begun though nobody read it. Raises a PromocalError: it cannot be made, or passes a limit."""
    from tasks.data.refresh import refresh
    from tasks.planning.beside import make

    try:
        made = make(rt, name)
    except SnapshotMissingError:
        refresh(rt, name, rt.clock())
        made = make(rt, name)
    begin_apply(rt, name, made.checksum, by="promocal serve --accept")
    begun = rt.ledger.plan(made.checksum)
    assert begun is not None  # noqa: S101 - it was begun a line above
    return begun


def _refused(name: str, record: PlanRecord, refused: list[PassedLimit], passed: list[str]) -> UsageError:
    told = ["; ".join(each.text.get(lang) for each in refused) for lang in ("en", "zh")]
    names = " ".join(f"--force {each}" for each in dict.fromkeys(passed))
    command = f"promocal apply {name} --plan {record.checksum} {names}"
    return UsageError(
        (f"the plan passes a limit: {told[0]}", f"计划超出限制：{told[1]}"),
        (
            f"look at it with promocal plan; if it is meant: {command}",
            f"请用 promocal plan 查看；若确实如此：{command}",
        ),
    )

"""A plan that somebody saw, before it is applied: by its checksum, and by nothing else."""

from __future__ import annotations

import hashlib
import json

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.json import to_json
from tasks.deciding.envelope import changed_words, words_of
from tasks.deciding.wording import wordings
from tasks.runtime import Runtime
from warehouse.ledger.plan_records import PlanRecord


def require_plan(rt: Runtime, name: str, checksum: str | None) -> PlanRecord:
    """The plan of this checksum, which is still what the calendar would do. UsageError: none was named, or it changed.

    One that was applied before, or began to be, is not made again while the calendar's text is the same: who gets what
    may have moved on, what was agreed to has not.
    """
    loaded = rt.load_calendar(name)
    if checksum is None:
        raise _unnamed(rt, name, loaded)
    known = rt.ledger.plan(checksum)
    if known is not None and agreed_as_written(rt, known, loaded):
        return known
    from tasks.planning.plan import plan

    made = plan(rt, name)
    if made.checksum != checksum:
        raise UsageError(
            (
                f"the plan has changed: it is {made.checksum} now, not {checksum}",
                f"计划已变：现在是 {made.checksum}，不是 {checksum}",
            ),
            (
                "look at it again with promocal plan, then apply the new checksum",
                "请用 promocal plan 重新查看，再应用新的校验码",
            ),
        )
    rt.ledger.record_plan(checksum, made.calendar, to_json(made), rt.clock())
    found = rt.ledger.plan(checksum)
    assert found is not None  # noqa: S101 - it was recorded a line above
    return found


def agreed_as_written(rt: Runtime, known: PlanRecord, loaded: LoadedCalendar) -> bool:
    """Whether somebody agreed to the plan, and the calendar and its messages are still written as it was made of."""
    if known.applied_at is None and known.begun_at is None:
        return False
    sha = hashlib.sha256(loaded.text.encode()).hexdigest()
    if known.calendar != loaded.calendar.calendar or json.loads(known.body).get("calendar_sha") != sha:
        return False
    return not changed_words(words_of(known), wordings(loaded, rt.settings.root))


def _unnamed(rt: Runtime, name: str, loaded: LoadedCalendar) -> UsageError:
    last = rt.ledger.last_plan(loaded.calendar.calendar)
    remedy = (
        f"promocal plan {name}, read it, then promocal apply {name} --plan CHECKSUM",
        f"先运行 promocal plan {name} 并阅读，再 promocal apply {name} --plan 校验码",
    )
    if last is not None:
        at = f"{last.planned_at:%Y-%m-%d %H:%MZ}"
        remedy = (
            f"{remedy[0]}; the last plan was {last.checksum} of {at}",
            f"{remedy[1]}；最近一份计划为 {last.checksum}（{at}）",
        )
    return UsageError(("apply takes the checksum of a plan", "apply 需要计划的校验码"), remedy)

"""Make the document of a plan: gather what it says beside the plan, put the parts in order, write the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from campaign_calendars.findings.problem import Problem
from campaign_calendars.values.masking import masked_id
from tasks.calendars.checking import read_calendar
from tasks.documents.parts import Document
from tasks.documents.writing import require_kind, write_file
from tasks.planning.changing import SinceApplied
from tasks.planning.document import days, forecast, limits, open, summary  # noqa: A004  what is open stands in `open`
from tasks.planning.document.told import ChangedPerson, Told
from tasks.planning.plan import people_file
from tasks.planning.planned import Plan
from tasks.planning.previewing import preview_names
from tasks.planning.since_applied import read_plan
from tasks.runtime import Runtime
from warehouse.ledger.plan_records import PlanRecord

SAMPLES = 20
"""Persons with a change that are shown, masked."""


def write_document(
    rt: Runtime,
    made: Plan,
    since: SinceApplied | None,
    findings: Sequence[Problem],
    path: Path,
    *,
    lang: str,
    made_by: str,
) -> None:
    """Write the document of a plan that was just made; the same plan gives the same bytes."""
    require_kind(path)
    document = plan_document(_told(rt, made, since, findings, lang=lang, made_by=made_by))
    write_file(document, path)


def applied_document(rt: Runtime, record: PlanRecord, *, lang: str) -> Document | None:
    """The document of a plan that was applied; None where it, or who it reaches, is not kept any more."""
    made = read_plan(record)
    if made is None or not people_file(rt, made.calendar, made.checksum).is_file():
        return None
    return plan_document(_told(rt, made, None, (), lang=lang, made_by=record.applied_by or ""))


def plan_document(told: Told) -> Document:
    """The parts in the order in which an approval is read."""
    title = told.loaded.calendar.title.get(told.lang) or told.plan.calendar
    return Document(
        title=title,
        lang=told.lang,
        foot=told(f"{title} · plan {told.plan.checksum}", f"{title} · 计划 {told.plan.checksum}"),
        sections=(
            summary.head(told),
            summary.decision(told),
            summary.changes(told),
            days.occurrences(told),
            days.plays(told),
            forecast.forecast(told),
            limits.limits(told),
            open.messages(told),
            open.persons(told),
            open.unknown(told),
            open.duties(told),
            open.sign_off(told),
        ),
    )


def _told(
    rt: Runtime, made: Plan, since: SinceApplied | None, findings: Sequence[Problem], *, lang: str, made_by: str
) -> Told:
    from warehouse.decision.people import compare_people, persons_reached

    after = people_file(rt, made.calendar, made.checksum)
    before = people_file(rt, made.calendar, since.plan) if since else None
    reached, held_out = persons_reached(after)
    people = compare_people(before, after) if before is not None and before.is_file() else []
    samples = tuple(_samples(rt, before, after)) if people and before else ()
    return Told(
        lang=lang,
        plan=made,
        loaded=rt.load_calendar(made.calendar),
        made_by=made_by,
        reached=reached,
        held_out=held_out,
        since=since,
        people=people,
        samples=samples,
        previews=preview_names(rt, made.calendar),
        findings=[*_open_findings(rt, made.calendar), *findings],
    )


def _open_findings(rt: Runtime, calendar: str) -> Iterator[Problem]:
    """What `promocal check` says of the calendar and its texts, but for what is only information."""
    path = rt.calendar_path(calendar)
    _, problems = read_calendar(path, stores=rt.settings.root / rt.settings.project.stores, with_messages=True)
    yield from (problem for problem in problems if problem.severity != "info")


def _samples(rt: Runtime, before: Path, after: Path) -> Iterator[ChangedPerson]:
    from warehouse.decision.people import changes_of, compare_people

    file = rt.plans_dir / f".{after.stem}.changes.parquet"
    try:
        compare_people(before, after, file)
        for phase, play, at, member, change, reason, cents in changes_of(file, SAMPLES):
            yield ChangedPerson(
                phase=phase, play=play, at=at, member=masked_id(member), change=change, reason=reason, cents=cents
            )
    finally:
        file.unlink(missing_ok=True)

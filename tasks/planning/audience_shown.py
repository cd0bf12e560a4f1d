"""One audience taken apart: how it falls clause by clause, exactly, with a few of its members, masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from campaign_calendars.audiences.clauses import Clause, Joint, take_apart
from campaign_calendars.audiences.fields.vocabulary import FIELDS
from campaign_calendars.audiences.language import AudienceExpr, analyse, to_predicate
from campaign_calendars.audiences.names import OF_STORE, AudienceNames
from campaign_calendars.deciding.briefing import campaign_holdouts
from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.masking import masked_id
from campaign_calendars.values.scalars import Text
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.decision.waterfall import Fall


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseShown:
    """One condition of an audience, and how many members it leaves."""

    depth: int
    """0: has to hold for the audience; deeper: a part of the clause above."""
    joint: Joint
    """How it hangs together with the clause above: `and`, `or`, or `is` for the rule of an audience it names."""
    clause: str
    """As it is written, on one line."""
    holds: int
    """Members of whom it holds, whatever the other clauses say."""
    unknown: int
    """Members of whom it is unknown, because a value is empty: they are in neither it nor its opposite."""
    left: int | None
    """At depth 0: members left after it and all clauses before it."""
    taken_in: int
    """Members of whom a named audience's rule is unknown, and whom `not audience('…')` takes in for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledMember:
    """One member of the audience, masked."""

    member: str
    """Id with only its ends left."""
    fields: Mapping[str, str]
    """What the audience reads of the member, as text; empty where unknown, `***` where personal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceShown:
    """One audience of a calendar or its store as of a moment; nobody is named."""

    calendar: str
    """Calendar id."""
    audience: str
    """Its name; one of the store begins with `store/`."""
    title: Text
    """Its title, in both languages."""
    where: str
    """Its expression."""
    snapshot_id: str
    """The snapshot that was counted."""
    as_of: datetime
    """The moment, in the calendar's time zone."""
    members: int
    """Members known at that moment."""
    in_audience: int
    """Those in the audience."""
    held_out: int
    """Those of them in the calendar's control groups."""
    clauses: tuple[ClauseShown, ...]
    """Its clauses in written order, each followed by its parts."""
    sample: tuple[SampledMember, ...]
    """A few of its members, always the same ones."""
    sql: str
    """The condition as the database gets it, over `member_features as f`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAudience:
    """An audience with the calendar by which it is judged."""

    loaded: LoadedCalendar
    where: str
    title: Text
    scope: AudienceNames
    """What its expression may name."""
    expression: AudienceExpr


def find_audience(rt: Runtime, name: str, calendar_id: str | None = None) -> FoundAudience:
    """An audience by its name, in the one calendar of the project that has it or in the one named.

    UsageError: no such audience, or several of that name.
    """
    loaded = _with_audience(rt, name, calendar_id)
    where, title = _rule(loaded, name)
    scope = AudienceNames.of(loaded.calendar, loaded.store).inside(name)
    return FoundAudience(loaded=loaded, where=where, title=title, scope=scope, expression=_checked(where, scope))


def show_audience(
    rt: Runtime, name: str, calendar_id: str | None = None, *, as_of: datetime | None = None, samples: int = 5
) -> AudienceShown:
    """An audience by its name, in the one calendar of the project that has it or in the one named.

    `as_of` defaults to the moment of the current snapshot. UsageError: no such audience, or several of that name.
    """
    from warehouse.decision.audiences import AudienceRule
    from warehouse.decision.waterfall import ClauseRule

    found_audience = find_audience(rt, name, calendar_id)
    loaded, expression = found_audience.loaded, found_audience.expression
    calendar, where = loaded.calendar, found_audience.where
    clauses = take_apart(where, found_audience.scope)
    snapshot = rt.current_snapshot()
    moment = (as_of or snapshot.as_of).astimezone(calendar.timezone)
    rules = [ClauseRule(clause.expression.sql, clause.depth == 0) for clause in clauses]
    pools = {benefit: made.pool for benefit, made in calendar.benefits.items()}
    audience, controls = AudienceRule.of(name, expression), campaign_holdouts(calendar, loaded.store)
    with rt.open_session(snapshot) as session:
        session.load_history(rt.ledger, calendar.calendar, pools=pools, run=None)
        fall = session.audience_fall(moment, feature_params(loaded), audience, rules, controls)
        found = session.sample_audience(audience, samples)
    return AudienceShown(
        calendar=calendar.calendar,
        audience=name,
        title=found_audience.title,
        where=where,
        snapshot_id=snapshot.snapshot_id,
        as_of=moment,
        members=fall.total,
        in_audience=fall.members,
        held_out=fall.held_out,
        clauses=tuple(_shown(clauses, fall)),
        sample=tuple(_sampled(found, sorted(expression.fields), moment)),
        sql=to_predicate(expression),
    )


def _with_audience(rt: Runtime, name: str, calendar_id: str | None) -> LoadedCalendar:
    """The calendar named, or the only one of the project that has the audience."""
    broken: list[ProblemsFoundError] = []
    having, known = [], set[str]()
    for each in [calendar_id] if calendar_id is not None else rt.calendar_ids():
        try:
            loaded = rt.load_calendar(each)
        except ProblemsFoundError as error:
            broken.append(error)
            continue
        stored = {OF_STORE + audience for audience in loaded.store.audiences}
        known |= {*loaded.calendar.audiences, *stored}
        if name in loaded.calendar.audiences or name in stored:
            having.append(loaded)
    if len(having) == 1:
        return having[0]
    if broken and not having:
        raise broken[0]
    if not having:
        raise no_such("audience", name, known)
    ids = [loaded.calendar.calendar for loaded in having]
    raise UsageError(
        (f"several calendars have an audience {name}: {', '.join(ids)}", f"多个日历都有人群 {name}：{'、'.join(ids)}"),
        (
            f"promocal audience show {ids[0]} {name}",
            f"请写明日历：promocal audience show {ids[0]} {name}",
        ),
    )


def _rule(loaded: LoadedCalendar, name: str) -> tuple[str, Text]:
    audiences = loaded.calendar.audiences
    found = audiences[name] if name in audiences else loaded.store.audiences[name.removeprefix(OF_STORE)]
    return found.where, found.title


def _checked(where: str, names: AudienceNames) -> AudienceExpr:
    expression, findings = analyse(where, names)
    if expression is None:
        # Loading a calendar checks it and its store, so this is a defect of ours, not of the calendar.
        raise TypeError(f"{where!r} did not pass check: {findings}")
    return expression


def _shown(clauses: Sequence[Clause], fall: Fall) -> Iterator[ClauseShown]:
    counted = list(zip(clauses, fall.clauses, strict=True))
    for (clause, count), following in pairwise([*counted, None]):  # type: ignore[misc]
        below = following[1].unknown if following is not None and following[0].joint == "is" else 0
        yield ClauseShown(
            depth=clause.depth,
            joint=clause.joint,
            clause=clause.text,
            holds=count.holds,
            unknown=count.unknown,
            left=count.left,
            taken_in=below if clause.denies_named else 0,
        )


def _sampled(
    found: Sequence[tuple[str, tuple[str, ...]]], columns: Sequence[str], moment: datetime
) -> Iterator[SampledMember]:
    for member, values in found:
        fields = {name: _value(name, value, moment) for name, value in zip(columns, values, strict=True)}
        yield SampledMember(member=masked_id(member), fields=fields)


def _value(name: str, stored: str, moment: datetime) -> str:
    """A stored value as an expression writes it: amounts in currency, moments on the calendar's clock."""
    field = FIELDS[name]
    if not stored:
        return ""
    if field.pii:
        return "***"
    if field.type in ("money", "decimal"):
        return f"{int(stored) / 100:.2f}"
    if field.type == "timestamp":
        at = datetime.fromisoformat(stored).replace(tzinfo=UTC)
        return f"{at.astimezone(moment.tzinfo):%Y-%m-%d %H:%M}"
    return stored

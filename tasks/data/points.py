"""The points of all members: what the rules give, what was recorded, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from campaign_calendars.measuring.points import PointRules, liability_cents
from campaign_calendars.values.masking import masked_id
from tasks.accounting.point_rules import rules_of
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.measurement.points import Reconciliation


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFigure:
    """Points of all members, of one sort."""

    reason: str
    """By the rules why they came or went; as recorded the kind of the entries."""
    points: float
    """Points; below zero: taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointReason:
    """Differences between rules and record that have one reason."""

    reason: str
    """Why, see the reference."""
    points: float
    """Points by the rules less those recorded."""
    entries: int
    """Orders, or members where entries are compared member by member."""
    members: int
    """Members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointDifference:
    """A member whose points differ."""

    member: str
    """Member id, masked."""
    by_rules: float
    """Balance by the rules."""
    recorded: float
    """Balance as recorded."""
    reasons: tuple[str, ...]
    """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCost:
    """What a benefit of a calendar gave in points."""

    calendar: str
    """Calendar id."""
    benefit: str
    """Benefit of it."""
    points: float
    """Points."""
    cents: int
    """Those times what the store says a point costs, rounded up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsCheck:
    """The points that the rules of store and calendars give, beside those its programme recorded."""

    store: str
    """Store id."""
    as_of: datetime
    """The moment."""
    snapshot: str
    """Snapshot id."""
    calendars: tuple[str, ...]
    """Calendars of the store whose benefits count."""
    left_out: tuple[str, ...]
    """Calendars of the project that have problems, and do not count."""
    members: int
    """Members with points on either side."""
    agreeing: int
    """Members without any difference."""
    by_rules: tuple[PointFigure, ...]
    """Points by the rules."""
    balance_by_rules: float
    """What members have by the rules."""
    recorded: tuple[PointFigure, ...] | None
    """Points as recorded; null: there is no points source."""
    balance_recorded: float | None
    """What members have as recorded; null: there is no points source."""
    promised: int
    """Points that open offers ask of their members: they leave the balance before anything else is given."""
    waiting: float
    """Points of orders whose buyers have not joined."""
    waiting_members: int
    """Those buyers."""
    liability_cents: int | None
    """What the members' points cost the store, recorded or else by the rules; null: it does not say what one costs."""
    recorded_with_other_validity: int | None
    """Entries that do not expire when the store says; null: nothing to compare."""
    reasons: tuple[PointReason, ...]
    """Why rules and record differ, most points first."""
    benefits: tuple[PointCost, ...]
    """What benefits of the calendars gave."""
    differences: tuple[PointDifference, ...]
    """Members who differ, the largest differences first, 20 at most."""


def points(rt: Runtime, calendar: str, as_of: datetime | None) -> PointsCheck:
    """The points the rules give as of a moment, beside those recorded; member ids masked.

    UsageError: the store says nothing about points. SnapshotMissingError: nothing was refreshed yet.
    """
    from warehouse.measurement.points import reconcile
    from warehouse.snapshots.opening import open_snapshot

    loaded = rt.load_calendar(calendar)
    snapshot = rt.current_snapshot()
    moment = as_of or snapshot.as_of
    counted = rules_of(rt, loaded, moment)
    with open_snapshot(snapshot) as con:
        found = reconcile(con, as_of=moment, rules=counted.rules)
    told = found.has_records
    balance = found.balance_recorded if told else found.balance_by_rules
    return PointsCheck(
        store=loaded.store.store,
        as_of=moment,
        snapshot=snapshot.snapshot_id,
        calendars=counted.calendars,
        left_out=counted.left_out,
        members=found.members,
        agreeing=found.agreeing,
        by_rules=_figures(found.by_rules),
        balance_by_rules=_number(found.balance_by_rules),
        recorded=_figures(found.recorded) if told else None,
        balance_recorded=_number(found.balance_recorded) if told else None,
        promised=_promised(rt, moment),
        waiting=_number(found.waiting[0]),
        waiting_members=found.waiting[1],
        liability_cents=liability_cents(balance, counted.rules) if counted.rules.value_cents else None,
        recorded_with_other_validity=found.wrong_validity,
        reasons=_reasons(found) if told else (),
        benefits=_costs(found, counted.rules),
        differences=_differences(found) if told else (),
    )


def _promised(rt: Runtime, moment: datetime) -> int:
    return sum(
        row.points
        for row in rt.ledger.grant_rows(None, for_points=True)
        if row.granted_at <= moment and row.is_open(moment)
    )


def _figures(figures: Mapping[str, Fraction]) -> tuple[PointFigure, ...]:
    return tuple(PointFigure(reason=reason, points=_number(points)) for reason, points in figures.items())


def _reasons(found: Reconciliation) -> tuple[PointReason, ...]:
    return tuple(
        PointReason(reason=reason, points=_number(points), entries=entries, members=members)
        for reason, points, entries, members in found.differences
    )


def _costs(found: Reconciliation, rules: PointRules) -> tuple[PointCost, ...]:
    return tuple(
        PointCost(calendar=name, benefit=benefit, points=_number(points), cents=liability_cents(points, rules))
        for (name, benefit), points in found.earned_by.items()
    )


def _differences(found: Reconciliation) -> tuple[PointDifference, ...]:
    return tuple(
        PointDifference(
            member=masked_id(member), by_rules=_number(ours), recorded=_number(theirs), reasons=tuple(reasons)
        )
        for member, ours, theirs, reasons in found.differing
    )


def _number(points: int | Fraction) -> float:
    return int(points) if points == int(points) else float(points)

"""What people do about single members, and the points of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from campaign_calendars.checks import load_store
from campaign_calendars.findings.errors import SnapshotMissingError, UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.measuring.points import PointRules
from campaign_calendars.model.programme import tier_rules
from campaign_calendars.values.masking import masked_id
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.identity.overview import Identities
    from warehouse.measurement.points import Figures

_SHOWN = 20
_MOST_CONFLICTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TierByHand:
    """A tier that a person set for a member."""

    tier: str
    """Tier of the store."""
    by: str
    """Who set it."""
    reason: str
    """Why."""
    until: datetime | None
    """When it ends; null: when somebody clears it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFigures:
    """Points of all members."""

    earned: float
    """Earned by orders."""
    taken_back: float
    """Taken back with refunds."""
    referral: float
    """For referrals."""
    net: float
    """In all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointDifference:
    """A member whose points differ."""

    member: str
    """Member id, masked."""
    by_rules: float
    """Points by the rules."""
    recorded: float
    """Points as recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsCheck:
    """The points that the store's rules give, beside those its programme recorded."""

    store: str
    """Store id."""
    as_of: datetime
    """The moment."""
    snapshot: str
    """Snapshot id."""
    members: int
    """Members with points on either side."""
    agreeing: int
    """Members whose points are the same on both."""
    by_rules: PointFigures
    """Points by the rules."""
    recorded: PointFigures | None
    """Points as recorded; null: there is no points source."""
    recorded_with_other_validity: int | None
    """Entries that do not expire when the store says; null: nothing to compare."""
    differences: tuple[PointDifference, ...]
    """Members who differ, the largest differences first, 20 at most."""


def set_tier(rt: Runtime, member: str, tier: str, *, until: datetime | None, reason: str, by: str) -> None:
    """Set a member's tier by hand (A6).

    UsageError: the snapshot does not know the member, no store of the project has the tier, or it ends in the past.
    """
    from warehouse.ledger.records import TierOverride

    known = _tiers(rt)
    if tier not in known:
        raise UsageError(
            (f"no store of the project has a tier {tier!r}", f"项目中没有店铺有等级 {tier!r}"),
            (f"the tiers are: {', '.join(known)}", f"可用的等级：{', '.join(known)}"),
        )
    if not is_known(rt, member):
        raise no_such_member(rt, member)
    now = rt.clock()
    if until is not None and until <= now:
        raise UsageError(
            ("--until lies in the past", "--until 已经过去"),
            ("leave it out, or name a later moment", "请省略，或写更晚的时间"),
        )
    rt.ledger.set_tier(TierOverride(member, tier, now, until, reason, by))


def no_such_member(rt: Runtime, member: str) -> UsageError:
    """The error of a command that was asked about a member nobody knows; it names the id most like it."""
    from warehouse.identity.overview import nearest_member
    from warehouse.snapshots.snapshot import open_snapshot

    with open_snapshot(rt.current_snapshot()) as con:
        near = nearest_member(con, member)
    otherwise = ("write the id as the sources have it", "请按数据源中的写法填写会员编号")
    return no_such("member", member, [near] if near else [], otherwise)


def clear_tier(rt: Runtime, member: str, *, reason: str, by: str) -> None:
    """End a tier set by hand; the rules decide again. UsageError: there is none."""
    if not rt.ledger.clear_tier(member, reason, by, rt.clock()):
        raise UsageError(
            ("this member has no tier set by hand", "该会员没有人工设定的等级"),
            ("see promocal why, or set one", "见 promocal why，或先设定一个"),
        )


def tier_by_hand(rt: Runtime, member: str, at: datetime) -> TierByHand | None:
    """The override that held for a member, under any account, at a moment."""
    ids = ids_of_person(rt, member)
    for row in sorted(rt.ledger.tier_rows(), key=lambda row: row.set_at, reverse=True):
        if row.member_id in ids and row.set_at <= at and (row.until is None or row.until > at):
            return TierByHand(tier=row.tier, by=row.by, reason=row.reason, until=row.until)
    return None


def points(rt: Runtime, calendar: str, as_of: datetime | None) -> PointsCheck:
    """The points the store's rules give as of a moment, beside those recorded; member ids masked.

    UsageError: the store says nothing about points. SnapshotMissingError: nothing was refreshed yet.
    """
    from warehouse.measurement.points import reconcile
    from warehouse.snapshots.snapshot import open_snapshot

    loaded = rt.load_calendar(calendar)
    store, zone = loaded.store, loaded.calendar.timezone
    if store.points is None:
        raise UsageError(
            (f"the store {store.store} does not say how points are earned", f"店铺 {store.store} 没有写明如何获得积分"),
            ("add `points: {per_unit: 1}`", "请添加 `points: {per_unit: 1}`"),
        )
    snapshot = rt.current_snapshot()
    moment = as_of or snapshot.as_of
    factors = tuple(level.points for level in store.tiers.levels)
    rules = PointRules(store.points, tier_rules(store.tiers, zone).now, factors, store.tiers.window, zone)
    with open_snapshot(snapshot) as con:
        found = reconcile(con, as_of=moment, rules=rules)
    return PointsCheck(
        store=store.store,
        as_of=moment,
        snapshot=snapshot.snapshot_id,
        members=found.members,
        agreeing=found.agreeing,
        by_rules=_figures(found.by_rules),
        recorded=_figures(found.recorded) if found.has_records else None,
        recorded_with_other_validity=found.wrong_validity,
        differences=tuple(
            PointDifference(member=masked_id(member), by_rules=_number(ours), recorded=_number(theirs))
            for member, ours, theirs in (found.differences[:_SHOWN] if found.has_records else ())
        ),
    )


def identities(rt: Runtime, *, conflicts: bool = False) -> Identities:
    """How the accounts of the current snapshot became persons; with `conflicts` what was kept apart, masked.

    SnapshotMissingError: nothing was refreshed yet.
    """
    from warehouse.identity.overview import overview
    from warehouse.snapshots.snapshot import open_snapshot

    snapshot = rt.current_snapshot()
    with open_snapshot(snapshot) as con:
        return overview(con, snapshot, _MOST_CONFLICTS if conflicts else 0)


def ids_of_person(rt: Runtime, member: str) -> list[str]:
    """All ids of the person behind a member id, as the current snapshot has it; the id alone without one."""
    from warehouse.identity.overview import persons_of
    from warehouse.snapshots.snapshot import open_snapshot

    try:
        snapshot = rt.current_snapshot()
    except SnapshotMissingError:
        return [member]
    with open_snapshot(snapshot) as con:
        return persons_of(con, member)


def is_known(rt: Runtime, member: str) -> bool:
    """Whether the current snapshot knows the member, under any account. Without a snapshot nobody can be told apart."""
    from warehouse.identity.overview import is_member
    from warehouse.snapshots.snapshot import open_snapshot

    try:
        snapshot = rt.current_snapshot()
    except SnapshotMissingError:
        return True
    with open_snapshot(snapshot) as con:
        return is_member(con, member)


def _tiers(rt: Runtime) -> list[str]:
    names: dict[str, None] = {}
    for path in sorted((rt.settings.root / rt.settings.project.stores).glob("*.yaml")):
        store = load_store(path.read_text("utf-8"), path.name).model
        names |= dict.fromkeys(level.id for level in store.tiers.levels) if store else {}
    return list(names)


def _figures(figures: Figures) -> PointFigures:
    return PointFigures(
        earned=_number(figures.earned),
        taken_back=_number(figures.taken_back),
        referral=_number(figures.referral),
        net=_number(figures.net),
    )


def _number(points: int | Fraction) -> float:
    return int(points) if points == int(points) else float(points)

"""What people do about single members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.checks import load_store
from campaign_calendars.findings.errors import SnapshotMissingError, UsageError
from campaign_calendars.findings.unknown import no_such
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.identity.overview import Identities

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
    from warehouse.snapshots.opening import open_snapshot

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


def identities(rt: Runtime, *, conflicts: bool = False) -> Identities:
    """How the accounts of the current snapshot became persons; with `conflicts` what was kept apart, masked.

    SnapshotMissingError: nothing was refreshed yet.
    """
    from warehouse.identity.overview import overview
    from warehouse.snapshots.opening import open_snapshot

    snapshot = rt.current_snapshot()
    with open_snapshot(snapshot) as con:
        return overview(con, snapshot, _MOST_CONFLICTS if conflicts else 0)


def ids_of_person(rt: Runtime, member: str) -> list[str]:
    """All ids of the person behind a member id, as the current snapshot has it; the id alone without one."""
    from warehouse.identity.overview import persons_of
    from warehouse.snapshots.opening import open_snapshot

    try:
        snapshot = rt.current_snapshot()
    except SnapshotMissingError:
        return [member]
    with open_snapshot(snapshot) as con:
        return persons_of(con, member)


def is_known(rt: Runtime, member: str) -> bool:
    """Whether the current snapshot knows the member, under any account. Without a snapshot nobody can be told apart."""
    from warehouse.identity.overview import is_member
    from warehouse.snapshots.opening import open_snapshot

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

"""Whom groups and assistants reach: nobody known, an assumed share, more than the group may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.model.store import BOUND_KINDS, Channel
from campaign_calendars.values.scalars import format_share
from tasks.data.freshness import stale_now

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.snapshots.snapshot import Snapshot


def facts_findings(loaded: LoadedCalendar, snapshot: Snapshot) -> list[Problem]:
    """What a plan says of the facts it rests on: those that are too old, and of whom nobody knows where they are."""
    return [*stale_now(loaded, snapshot), *reach_findings(loaded, snapshot)]


def reach_findings(loaded: LoadedCalendar, snapshot: Snapshot) -> list[Problem]:
    """What the plan says of the groups and assistants that its calendar sends through, as of the snapshot."""
    from warehouse.snapshots.bindings import members_there

    used = {name for phase in loaded.calendar.phases for play in phase.plays for name in play.channels}
    bound = {name: one for name, one in loaded.store.channels.items() if name in used and one.kind in BOUND_KINDS}
    there = members_there(snapshot, bound, snapshot.as_of)
    found: list[Problem] = []
    for name, channel in bound.items():
        groups = there.get(name)
        if groups is not None:
            found += _crowded(name, channel, groups)
        elif not channel.bound_on_join:
            found.append(_unknown(name, channel))
    return found


def _unknown(name: str, channel: Channel) -> Problem:
    place = Location("sources.contact_points")
    if not channel.assumed_reach:
        return Problem(
            "S140",
            "warning",
            f"reach of {name} unknown: no contact point says who is in it or bound to it; it reaches nobody",
            "connect a list of its members as `contact_points`, or state `assumed_reach` for the channel",
            place,
            f"{name} 的触达范围未知：没有触达方式说明谁在其中或已绑定，因此无人可达",
            "请将其成员名单接入 contact_points，或为该渠道写明 assumed_reach",
        )
    share = format_share(channel.assumed_reach)
    return Problem(
        "S141",
        "warning",
        f"reach of {name} is assumed: {share} of the members who joined, drawn by a hash; nobody knows who is there",
        "connect a list of its members as `contact_points`; the first row ends the assumption",
        place,
        f"{name} 的触达范围为假设：已入会会员的 {share}，按哈希抽取；实际在群或绑定者未知",
        "请将其成员名单接入 contact_points；有了第一行数据，假设即告终止",
    )


def _crowded(name: str, channel: Channel, groups: Mapping[str | None, int]) -> Iterator[Problem]:
    """A group that the data has above its capacity; rows without a group belong to all groups of the channel."""
    capacity = channel.group.capacity if channel.group is not None else None
    if capacity is None:
        return
    for group, members in sorted(groups.items(), key=lambda item: item[0] or ""):
        most = capacity if group is not None else capacity * ((channel.group.count if channel.group else None) or 1)
        if members > most:
            which = f"{name} / {group}" if group is not None else name
            yield Problem(
                "S142",
                "warning",
                f"{which} has {members:,} members and is set up for {most:,}",
                "export the list of its members again, or state the right `capacity` of the group",
                Location("sources.contact_points"),
                f"{which} 有 {members:,} 名成员，而容量为 {most:,}",
                "请重新导出群成员名单，或写明正确的 capacity",
            )

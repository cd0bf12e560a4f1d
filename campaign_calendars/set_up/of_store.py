"""Rows of what a store itself has to have: assistants, tags, groups with what is posted, prices that are planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from campaign_calendars.findings.said import Said
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.benefits.group_plays import RedPacket
from campaign_calendars.model.calendar import Calendar, Phase, Play
from campaign_calendars.model.store import Channel, Group, Store
from campaign_calendars.set_up.places import TextRow
from campaign_calendars.time.timeline import Timeline
from campaign_calendars.values.scalars import Text, format_duration

There = Mapping[str, Mapping[str | None, int]]
"""Channel → group → members who are in it."""


def called(title: Text, name: str) -> Said:
    """A title in both languages; what has none goes by its id."""
    return title.get("en") or name, title.get("zh") or name


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantRow:
    """An assistant or guide with members of her own."""

    channel: str
    channel_title: Said
    assistant: str
    title: Said
    tag: str
    capacity_per_day: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    """A tag that the store makes: by a rule, or of imported ones."""

    tag: str
    title: Said
    family: str
    rule: str
    merges: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """What goods are to cost from a phase on; cents."""

    goods: str
    title: Said
    phase: str
    since: datetime | None
    list_price: int | None
    after_coupon: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group, or all groups of a channel where the data knows none, with one post; without posts one row."""

    group: str
    channel: str
    title: Said
    kind: str
    capacity: int | None
    members: int | None
    """Members in it; None where the data knows no group of the channel."""
    ends: datetime | None
    at: datetime | None = None
    """When it is posted; None: in answer to an event."""
    event: str = ""
    """The event that it answers, and how long after, e.g. `group_opened +2h`."""
    play: str = ""
    text: str = ""
    packets: str = ""
    """Red packets that go with the post: amount × number, e.g. `2 × 50`."""


def assistant_rows(store: Store) -> Iterator[AssistantRow]:
    for name, channel in store.channels.items():
        for assistant, agent in channel.agents.items():
            yield AssistantRow(
                channel=name,
                channel_title=called(channel.title, name),
                assistant=assistant,
                title=called(agent.title, assistant),
                tag=agent.tag or assistant,
                capacity_per_day=agent.capacity_per_day,
            )


def tag_rows(store: Store) -> Iterator[TagRow]:
    for name, tag in store.tags.items():
        yield TagRow(
            tag=name, title=called(tag.title, name), family=tag.family, rule=tag.where or "", merges=tuple(tag.merge)
        )


def price_rows(calendar: Calendar, timeline: Timeline) -> Iterator[PriceRow]:
    for name, goods in calendar.prices.items():
        for planned in goods.planned:
            span = timeline.phases.get(planned.phase)
            yield PriceRow(
                goods=name,
                title=called(goods.title, name),
                phase=planned.phase,
                since=span.start if span else None,
                list_price=planned.list_,
                after_coupon=planned.after_coupon,
            )


def group_rows(
    calendar: Calendar, store: Store, timeline: Timeline, texts: Mapping[tuple[str, str, str], TextRow], there: There
) -> Iterator[GroupRow]:
    """Every group with everything that is posted to it, by time; `texts` by phase, play and channel."""
    for name, channel in store.channels.items():
        if channel.kind != "group":
            continue
        posts = sorted(_posts(calendar, timeline, texts, name), key=lambda post: (post[0] is None, post[0]))
        for group, members in there.get(name, {None: None}).items():
            row = _group(name, channel, timeline, group or "", members)
            if not posts:
                yield row
            for at, event, play, text, packets in posts:
                yield replace(row, at=at, event=event, play=play, text=text, packets=packets)


_Post = tuple[datetime | None, str, str, str, str]


def _posts(
    calendar: Calendar, timeline: Timeline, texts: Mapping[tuple[str, str, str], TextRow], channel: str
) -> Iterator[_Post]:
    for phase in calendar.phases:
        for play in phase.plays:
            if channel not in play.channels:
                continue
            found = texts.get((phase.id, play.id, channel))
            text, name = found.text if found else "", f"{phase.id} / {play.id}"
            packets = ", ".join(_packets(calendar, play, channel))
            for at, event in _moments(timeline, phase, play, channel):
                yield at, event, name, text, packets


def _packets(calendar: Calendar, play: Play, channel: str) -> Iterator[str]:
    for name in play.announces:
        benefit = calendar.benefits.get(name)
        if isinstance(benefit, RedPacket) and benefit.group == channel:
            yield f"{yuan(benefit.amount)} × {benefit.per_group}"


def _moments(timeline: Timeline, phase: Phase, play: Play, channel: str) -> Iterator[tuple[datetime | None, str]]:
    if play.trigger is not None:
        yield None, f"{play.trigger.event} +{format_duration(play.trigger.after)}"
        return
    for occurrence in timeline.occurrences:
        mine = occurrence.channel in (None, channel)
        if mine and (occurrence.phase, occurrence.play) == (phase.id, play.id):
            yield occurrence.at, ""


def _group(name: str, channel: Channel, timeline: Timeline, group: str, members: int | None) -> GroupRow:
    about = channel.group or Group(kind="ordinary")
    return GroupRow(
        group=group,
        channel=name,
        title=called(channel.title, name),
        kind=about.kind,
        capacity=about.capacity,
        members=members,
        ends=datetime.combine(about.ends_on, datetime.max.time(), timeline.timezone).replace(microsecond=0)
        if about.ends_on
        else None,
    )

"""Rows of the position sheet and of the texts (A4, B3, B4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from campaign_calendars.duties.derived import position_task
from campaign_calendars.duties.states import Tick
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.limits import finished, too_long
from campaign_calendars.messages.material import goes_through
from campaign_calendars.messages.sms import length, longest_text, segments, signature_length
from campaign_calendars.messages.templates import lengths_of, messages_of, names_of
from campaign_calendars.model.calendar import Calendar, Display, Phase, Play
from campaign_calendars.model.messages import Attachment
from campaign_calendars.model.store import Channel, Position, Store
from campaign_calendars.set_up.dark import DarkDay
from campaign_calendars.time.timeline import Span, Timeline
from campaign_calendars.values.scalars import Text

_TOO_LONG: Said = ("{count} characters; the position takes {most}", "{count} 个字；该阵地最多 {most} 个字")
_NO_COPY: Said = ("it shows only words that were pushed to it; write `displays`", "只展示推送的文案；请写 displays")
_PICTURE: Said = ("the picture is {size}; the position takes {wanted}", "图片为 {size}；该阵地要求 {wanted}")
_NEEDS: Said = ("it needs {names}, which the phase does not have", "需要 {names}，该阶段没有")
_INVITED: Said = (
    "members: tier and points; others who may join: this invitation",
    "会员看到等级与积分；达到入会门槛的非会员看到此邀请",
)
_MEMBERS: Said = ("members: tier and points; others: nothing", "会员看到等级与积分；非会员看不到")
_SEGMENTS: Said = ("{count} parts; the channel takes {most} (B3)", "{count} 条；该渠道最多 {most} 条（B3）")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """What is shown at one position during one phase."""

    position: str
    title: Said
    public: bool
    phase: str
    play: str
    benefits: tuple[str, ...]
    copy: Said
    characters: int
    picture: str
    audience: str
    seen_by: Said
    online: Span
    dark: tuple[date, ...]
    """Days on which it shows nothing, because what it needs is not online."""
    task: str
    """Id of the task that is ticked once it is up."""
    owner: Text
    done: bool
    done_by: str
    done_at: datetime | None
    """Who put it up, and when, on the calendar's clock; empty: it is not up."""
    refused: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """The text of one play on one channel; `characters` when every variable is as long as it may become."""

    phase: str
    play: str
    channel: str
    title: Said
    """What the store calls the channel."""
    kind: str
    template: str
    arm: str
    text: str
    characters: int
    segments: int | None
    attachments: tuple[str, ...]
    refused: tuple[Said, ...]


def place_rows(
    calendar: Calendar,
    store: Store,
    timeline: Timeline,
    *,
    up: Mapping[str, Tick] = MappingProxyType({}),
    dark: Iterable[DarkDay] = (),
) -> Iterator[PlaceRow]:
    """A row for each position of each play, in written order; `up`: the tasks that are done, by id."""
    hidden = [(one.position, one.day) for one in dark]
    for phase in calendar.phases:
        for play in phase.plays:
            for name in play.positions:
                position, display = store.positions.get(name, Position()), play.displays.get(name)
                words = display.copy_ if display else None
                online = timeline.sub_phases.get((phase.id, play.during or ""), timeline.phases[phase.id])
                task = position_task(phase.id, name)
                tick = up.get(task)
                yield PlaceRow(
                    position=name,
                    title=(position.title.get("en") or name, position.title.get("zh") or name),
                    public=position.domain == "public",
                    phase=phase.id,
                    play=play.id,
                    benefits=tuple(play.told),
                    copy=(words.get("en"), words.get("zh")) if words else ("", ""),
                    characters=len(words.get("zh")) if words else 0,
                    picture=_size(display.picture if display else position.picture),
                    audience=play.audience,
                    seen_by=_seen_by(calendar, phase, position),
                    online=online,
                    dark=tuple(
                        day
                        for where, day in hidden
                        if where == name and online.start.date() <= day <= online.last.date()
                    ),
                    task=task,
                    owner=position.owner,
                    done=tick is not None,
                    done_by=tick.by if tick is not None else "",
                    done_at=tick.at.astimezone(timeline.timezone) if tick is not None else None,
                    refused=tuple(_against(calendar, phase, position, display)),
                )


def _seen_by(calendar: Calendar, phase: Phase, position: Position) -> Said:
    """Who comes by and sees it (A4): the words of the member module are an invitation, members see their tier."""
    if not position.member_module:
        return "", ""
    kinds = (calendar.benefits[name].kind for play in phase.plays for name in play.told if name in calendar.benefits)
    return _INVITED if any(kind.startswith("new_member_") for kind in kinds) else _MEMBERS


def _size(size: object) -> str:
    return str(size) if size is not None else ""


def _against(calendar: Calendar, phase: Phase, position: Position, display: Display | None) -> Iterator[Said]:
    words = max((len(display.copy_.zh), len(display.copy_.en)) if display else (0, 0))
    if position.max_copy is not None and words > position.max_copy:
        yield _filled(_TOO_LONG, count=words, most=position.max_copy)
    if position.needs_content and not words:
        yield _NO_COPY
    if display is not None and display.picture is not None and position.picture not in (None, display.picture):
        yield _filled(_PICTURE, size=_size(display.picture), wanted=_size(position.picture))
    named = {name for play in phase.plays for name in play.told if name in calendar.benefits}
    there = {calendar.benefits[name].kind for name in named} | {name for play in phase.plays for name in play.positions}
    if missing := [name for name in position.needs if name not in there]:
        yield _filled(_NEEDS, names=", ".join(missing))


def text_rows(calendar: Calendar, store: Store, texts: Mapping[str, str]) -> Iterator[TextRow]:
    """A row for each play and channel that has a text; `texts` by template."""
    names = names_of(calendar, store)
    for phase in calendar.phases:
        for play in phase.plays:
            for name in play.channels:
                for arm, message in messages_of(play).items():
                    template = message.of(name)
                    if template in texts and name in store.channels:
                        text = _Template(str(template), texts[str(template)], arm)
                        lengths = lengths_of(names, [(phase.id, play)], name, text.text)
                        yield _text((phase, play), name, store.channels[name], text, lengths)


@dataclass(frozen=True, slots=True)
class _Template:
    """A template and its text; `arm`: which of the texts of a test it is."""

    name: str
    text: str
    arm: str


def _text(
    where: tuple[Phase, Play], name: str, channel: Channel, template: _Template, lengths: Mapping[str, int]
) -> TextRow:
    filled = finished(longest_text(template.text, lengths), channel)
    characters = length(filled)
    parts = segments(characters + signature_length(channel), channel) if channel.kind == "sms" else None
    refused = []
    if parts is not None and channel.max_segments is not None and parts > channel.max_segments:
        refused.append(_filled(_SEGMENTS, count=parts, most=channel.max_segments))
    if (said := too_long(filled, channel)) is not None:
        refused.append(said)
    return TextRow(
        phase=where[0].id,
        play=where[1].id,
        channel=name,
        title=(channel.title.get("en") or name, channel.title.get("zh") or name),
        kind=channel.kind,
        template=template.name,
        arm=template.arm,
        text=finished(template.text, channel),
        characters=characters,
        segments=parts,
        attachments=tuple(_named(one) for one in where[1].attachments if goes_through(one, name, channel.kind)),
        refused=tuple(refused),
    )


def _named(one: Attachment) -> str:
    """An attachment in one phrase."""
    about = " ".join(part for part in (one.title.get("zh"), one.file, one.link, one.app, one.page, one.list_) if part)
    return f"{one.kind}: {about}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """What stands for one of the calendar's links on one channel."""

    phase: str
    play: str
    channel: str
    arm: str
    link: str
    short: str
    url: str


def link_rows(calendar: Calendar, store: Store) -> Iterator[LinkRow]:
    """A row for each link, play and channel: which short form has to lead to which address."""
    names = names_of(calendar, store)
    for phase in calendar.phases:
        for play in phase.plays:
            for channel in play.channels:
                for arm in messages_of(play):
                    for link, short in names.links_of(phase.id, play.id, channel, arm or None).items():
                        yield LinkRow(
                            phase=phase.id, play=play.id, channel=channel, arm=arm, link=link, short=short,
                            url=calendar.links[link],
                        )  # fmt: skip


def _filled(said: Said, **values: object) -> Said:
    return said[0].format(**values), said[1].format(**values)

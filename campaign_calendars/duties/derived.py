"""Tasks that nobody has to write: what goes up at each position of a phase, and groups that are still to be opened.

They are ticked like duties that are written; `/` in their ids keeps the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.duties.states import DutyState, Tick, undone
from campaign_calendars.model.calendar import Calendar, Phase
from campaign_calendars.model.store import Channel, Position, Store
from campaign_calendars.time.timeline import Span, Timeline, utc
from campaign_calendars.values.scalars import NO_TEXT, Text


def position_task(phase: str, position: str) -> str:
    """The id of the task of a position in a phase; every play that is shown there is part of it."""
    return f"{phase}/{position}"


def derived_ids(calendar: Calendar, store: Store) -> Iterator[str]:
    """Ids of all such tasks that a calendar may have."""
    for phase in calendar.phases:
        for name in positions_of(phase):
            yield position_task(phase.id, name)
    for name, channel in store.channels.items():
        if channel.group is not None and channel.group.count is not None:
            yield _group_task(name)


def positions_of(phase: Phase) -> tuple[str, ...]:
    """The positions that a phase uses, each once, in written order."""
    return tuple(dict.fromkeys(name for play in phase.plays for name in play.positions))


@dataclass(frozen=True, slots=True)
class Standing:
    """What tells how a task stands: who ticked what, and the moment."""

    ticks: Mapping[str, Tick]
    now: datetime

    def of(self, name: str, phase: str, text: Text, due_at: datetime, owner: Text = NO_TEXT) -> DutyState:
        tick = self.ticks.get(name)
        return DutyState(
            duty=name,
            phase=phase,
            text=text,
            level="must",
            owner=owner,
            due_at=due_at,
            begin_at=due_at,
            state="done" if tick else undone(self.now, due_at, due_at),
            if_open="warn",
            done_by=tick.by if tick else "",
            done_at=tick.at if tick else None,
        )


def position_states(calendar: Calendar, store: Store, timeline: Timeline, standing: Standing) -> tuple[DutyState, ...]:
    """Each position of each phase: it has to be up when the first play that is shown there is online."""
    found = []
    for phase in calendar.phases:
        for name in positions_of(phase) if phase.id in timeline.phases else ():
            position = store.positions.get(name, Position())
            since = min((span.start for span in _online(timeline, phase, name)), key=utc)
            words = _words(phase, name, position)
            found.append(standing.of(position_task(phase.id, name), phase.id, words, since, position.owner))
    return tuple(sorted(found, key=lambda state: utc(state.due_at)))


def group_states(
    calendar: Calendar, store: Store, timeline: Timeline, there: Mapping[str, int], standing: Standing
) -> tuple[DutyState, ...]:
    """Channels that are to have more groups (`count`) than there are by the data; `there`: channel → groups."""
    first = min(calendar.phases, key=lambda phase: utc(timeline.phases[phase.id].start))
    found = []
    for name, channel in store.channels.items():
        count = channel.group.count if channel.group is not None else None
        if count is not None and there.get(name, count) < count:
            words = _missing(channel, name, there[name], count)
            found.append(standing.of(_group_task(name), first.id, words, timeline.campaign.start))
    return tuple(found)


def _group_task(channel: str) -> str:
    return f"groups/{channel}"


def _missing(channel: Channel, name: str, there: int, count: int) -> Text:
    en, zh, more = channel.title.get("en") or name, channel.title.get("zh") or name, count - there
    return Text(
        en=f"open {more} more groups of {en}: there are {there} of {count}",
        zh=f"再建 {more} 个群（{zh}）：现有 {there} 个，应有 {count} 个",
    )


def _online(timeline: Timeline, phase: Phase, name: str) -> list[Span]:
    whole = timeline.phases[phase.id]
    plays = (play for play in phase.plays if name in play.positions)
    return [timeline.sub_phases.get((phase.id, play.during or ""), whole) for play in plays]


def _words(phase: Phase, name: str, position: Position) -> Text:
    """What goes up: the words that are pushed there, else the plays."""
    shown = [play for play in phase.plays if name in play.positions]
    said = {
        lang: "; ".join(
            play.displays[name].copy_.get(lang) if name in play.displays and play.displays[name].copy_.get()
            else play.title.get(lang) or play.id
            for play in shown
        )
        for lang in ("en", "zh")
    }  # fmt: skip
    return Text(
        en=f"put up at {position.title.get('en') or name}: {said['en']}",
        zh=f"上线阵地 {position.title.get('zh') or name}：{said['zh']}",
    )

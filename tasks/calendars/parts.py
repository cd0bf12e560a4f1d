"""How many parts the messages of a calendar may be billed as, before anybody is chosen: its texts, rendered (B3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from campaign_calendars.messages.cost import NAMES, parts_of
from campaign_calendars.messages.limits import finished, too_long
from campaign_calendars.messages.templates import OWN, Names, longest_of_own, messages_of, names_of
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.store import Channel
from campaign_calendars.providers.of_channel import message_cost
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.calendars.messages import OutsideProjectError, read_message
from tasks.calendars.rendering import MessageError, Renderer
from warehouse.ledger.records import Job
from warehouse.snapshots.recipients import Recipient

_ANY = datetime(2000, 1, 1, tzinfo=UTC)


def most_parts(loaded: LoadedCalendar, root: Path) -> Mapping[tuple[str, str, str], int]:
    """(phase, play, channel) → the most parts a message of the play may be billed as there; what is not there is one.

    Every text of the play, with each of its benefits, with a short, a long and no name, with what is a member's own of
    a benefit as long as it may get and without: the longest counts. More than the channel's `max_segments` never leave.
    Templates count from `root`; one that cannot be read or rendered counts as one part, its runs say what is wrong.
    """
    priced = {
        name: channel
        for name, channel in loaded.store.channels.items()
        if channel.kind == "sms" and message_cost(channel)
    }
    plays = [
        (phase.id, play, name)
        for phase in loaded.calendar.phases
        for play in phase.plays
        for name in play.channels
        if name in priced and messages_of(play)
    ]
    if not plays:
        return {}
    desk = _Desk(loaded, root, names_of(loaded.calendar, loaded.store))
    found = {(phase, play.id, name): desk.most(phase, play, priced[name], name) for phase, play, name in plays}
    return {place: parts for place, parts in found.items() if parts > 1}


class _Desk:
    """Renders the texts of plays without sending them anywhere."""

    def __init__(self, loaded: LoadedCalendar, root: Path, names: Names) -> None:
        self._loaded, self._root = loaded, root
        self._sources: dict[str, str] = {}
        told = {(phase.id, play.id): tuple(play.announces) for phase in loaded.calendar.phases for play in phase.plays}
        own = {name: longest_of_own(benefit) for name, benefit in loaded.calendar.benefits.items()}
        # Of a list all goods are counted, though the last ones of a sale leave fewer.
        self._renderers = [
            Renderer(self._sources, names, announced=told, own=lambda _job, benefit: own[benefit]),
            Renderer(self._sources, names, announced=told, own=lambda _job, _benefit: OWN),
        ]

    def most(self, phase: str, play: Play, channel: Channel, name: str) -> int:
        """The most parts of any text of the play on a channel of kind sms."""
        texts = (finished(text, channel) for text in self._texts(phase, play, name))
        parts = [parts_of(text, channel) for text in texts if too_long(text, channel) is None]
        return min(max(parts, default=1), channel.max_segments or max(parts, default=1))

    def _texts(self, phase: str, play: Play, channel: str) -> Iterator[str]:
        for arm, message in messages_of(play).items():
            template = message.of(channel)
            if template is None or not self._is_read(template):
                continue
            for benefit in (*play.told,) or (None,):
                job = Job(
                    "", "", self._loaded.calendar.calendar, phase, play.id, _ANY, "", channel, benefit, template,
                    arm=arm or None,
                )  # fmt: skip
                for who in NAMES:
                    for render in self._renderers:
                        try:
                            yield render(job, Recipient("", name=who or None))
                        except MessageError:
                            continue

    def _is_read(self, template: str) -> bool:
        if template not in self._sources:
            try:
                self._sources[template] = read_message(self._root, template)
            except (OSError, UnicodeDecodeError, OutsideProjectError):
                return False
        return True

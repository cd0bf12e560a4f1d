"""What a play says, as a digest: another text, link, list or attachment gives another one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from campaign_calendars.messages.templates import messages_of
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.values.json import to_plain
from tasks.calendars.messages import check_messages
from tasks.runtime import Runtime


def words_digest(calendar: Calendar, play: Play, texts: Mapping[str, str]) -> str:
    """Twelve hex digits over all that members of the play may read; empty where it sends no text.

    `texts`: path of a template → its text. A template that cannot be read counts as empty: its run fails anyway.
    """
    said = {
        arm: {channel: texts.get(name, "") for channel in play.channels if (name := message.of(channel)) is not None}
        for arm, message in messages_of(play).items()
    }
    if not any(said.values()):
        return ""
    beside = {key: to_plain(getattr(calendar, key)) for key in ("links", "lists")}
    body = json.dumps([said, beside, to_plain(play.attachments)], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def words_of(rt: Runtime, calendar: Calendar) -> dict[tuple[str, str], str]:
    """(phase, play) → digest of its words as they stand in the project now."""
    texts, _ = check_messages(calendar, rt.settings.root)
    return {
        (phase.id, play.id): words_digest(calendar, play, texts) for phase in calendar.phases for play in phase.plays
    }

"""Message templates as texts: what they may name, how long that gets, and the rules of SMS for all of them.

Reading the files and rendering them is done above (`tasks.calendars.messages`); here they are only looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from campaign_calendars.findings.problem import Problem, sort_problems
from campaign_calendars.messages.sms import lint
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "member": ("name",),
    "benefit": ("id", "title", "text", "value", "threshold"),
    "play": ("id", "title"),
    "phase": ("id", "title"),
    "calendar": ("id", "title"),
    "store": ("title",),
}
_NAME_LENGTH = 4
"""Characters a member's name counts."""


@dataclass(frozen=True)
class Messages:
    """The templates a calendar names: text by name, what could not be read, and the directory they lie in.

    `beside` are files next to those that are missing, which somebody may have meant.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, Literal["missing", "not_text", "outside"]] = field(default_factory=dict)
    root: str = ""
    beside: tuple[str, ...] = ()

    def file(self, name: str) -> str:
        """How a template's file is called in findings."""
        return f"{self.root}/{name}" if self.root else name


@dataclass(frozen=True)
class Names:
    """What a template may say about a calendar: id → {variable: text}."""

    calendar: Mapping[str, str]
    store: Mapping[str, str]
    phases: Mapping[str, Mapping[str, str]]
    plays: Mapping[tuple[str, str], Mapping[str, str]]
    benefits: Mapping[str, Mapping[str, str]]


def names_of(calendar: Calendar, store: Store, lang: str = "zh") -> Names:
    """The names of a calendar in one language; a missing title falls back to the id."""
    return Names(
        calendar={"id": calendar.calendar, "title": calendar.title.get(lang) or calendar.calendar},
        store={"title": store.title.get(lang) or store.store},
        phases={phase.id: {"id": phase.id, "title": phase.title.get(lang) or phase.id} for phase in calendar.phases},
        plays={
            (phase.id, play.id): {"id": play.id, "title": play.title.get(lang) or play.id}
            for phase in calendar.phases
            for play in phase.plays
        },
        benefits={
            name: {
                "id": name,
                "title": benefit.title.get(lang) or benefit.sentence(lang),
                "text": benefit.sentence(lang),
                "value": _amount(getattr(benefit, "value", None)),
                "threshold": _amount(getattr(benefit, "threshold", None)),
            }
            for name, benefit in calendar.benefits.items()
        },
    )


def lint_messages(calendar: Calendar, store: Store, messages: Messages) -> list[Problem]:
    """The rules of SMS (C610 …) for every template a play sends through a channel of that kind."""
    names = names_of(calendar, store)
    sent: dict[tuple[str, str], set[str]] = {}
    for phase in calendar.phases:
        for play in phase.plays:
            for channel in play.channels if play.message in messages.texts else ():
                sent.setdefault((str(play.message), channel), set()).update(play.benefits)
    found: set[Problem] = set()
    for (message, channel), benefits in sent.items():
        if channel in store.channels:
            changing = {"member"} | ({"benefit"} if len(benefits) > 1 else set())
            lengths = lengths_of(names, benefits)
            file = messages.file(message)
            found.update(lint(messages.texts[message], file, store.channels[channel], lengths, changing))
    return sort_problems(found)


def lengths_of(names: Names, benefits: set[str]) -> dict[str, int]:
    """How long each variable of a message may become; a member's name counts four characters."""
    known = [names.benefits[name] for name in benefits if name in names.benefits]
    lengths = {f"benefit.{key}": max((len(b[key]) for b in known), default=0) for key in VARIABLES["benefit"]}
    lengths |= {f"calendar.{key}": len(names.calendar[key]) for key in VARIABLES["calendar"]}
    return lengths | {"store.title": len(names.store["title"]), "member.name": _NAME_LENGTH}


def _amount(cents: object) -> str:
    return yuan(cents) if isinstance(cents, int) else ""

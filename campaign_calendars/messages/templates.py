"""Message templates as texts: what they may name, how long that gets, and the rules of SMS for all of them.

Reading the files and rendering them is done above (`tasks.calendars.messages`); here they are only looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from campaign_calendars.findings.problem import Problem, sort_problems
from campaign_calendars.messages.cost import NAMES
from campaign_calendars.messages.limits import lint_limits
from campaign_calendars.messages.material import Place, goods_rows, goods_text, links_at
from campaign_calendars.messages.sms import lint
from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.benefits.gifts import Challenge
from campaign_calendars.model.benefits.prices import EarlyBirdPrice
from campaign_calendars.model.benefits.rights import MemberPresaleRight, Partner
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.model.messages import GoodsItem, GoodsList, Templates
from campaign_calendars.model.store import Store
from campaign_calendars.time.timeline import Timeline

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "member": ("name",),
    "benefit": ("id", "title", "text", "value", "threshold", "opens_at", "missing", "valid_until", "code"),
    "announced": ("text", "titles"),
    "play": ("id", "title"),
    "phase": ("id", "title"),
    "calendar": ("id", "title"),
    "store": ("title",),
    "list": ("title", "text", "count"),
    "link": (),
}
MOMENT = "%m-%d %H:%M"
"""How a text writes a moment, in the calendar's time zone."""
OWN: Mapping[str, str] = {"opens_at": "", "missing": "", "valid_until": "", "code": ""}
"""What a text says of a benefit that is each member's own; empty where the benefit has no such thing."""
_CODE_LENGTH = 16
"""Characters a partner's code counts; what turns out longer is held back where it would cost a part more."""
_NAME_LENGTH = max(map(len, NAMES))
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
    links: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    """Channel → short form of links on it."""
    lists: Mapping[tuple[str, str], GoodsList] = field(default_factory=dict)
    """(phase, play) → goods list its text may name."""

    def links_of(self, phase: str, play: str, channel: str, arm: str | None) -> dict[str, str]:
        """Link → what stands for it in a text of a play on a channel."""
        place = Place(self.calendar["id"], phase, play, channel, arm or "")
        return links_at(place, self.links, self.short.get(channel))


_Plays = Sequence[tuple[str, Play]]
"""Plays, each with the id of its phase."""


def names_of(calendar: Calendar, store: Store, lang: str = "zh", timeline: Timeline | None = None) -> Names:
    """The names of a calendar in one language; a missing title falls back to the id.

    `timeline` tells days of benefits that are written from day zero on; without it, none are said.
    """
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
                "text": _phrase(name, benefit, lang, timeline),
                "value": _amount(getattr(benefit, "value", None)),
                "threshold": _amount(getattr(benefit, "threshold", None)),
                **longest_of_own(benefit),
            }
            for name, benefit in calendar.benefits.items()
        },
        links=calendar.links,
        short={name: channel.short_link for name, channel in store.channels.items() if channel.short_link},
        lists={
            (phase.id, play.id): calendar.lists[play.list_]
            for phase in calendar.phases
            for play in phase.plays
            if play.list_ in calendar.lists
        },
    )


def _phrase(name: str, benefit: Benefit, lang: str, timeline: Timeline | None) -> str:
    """What a member gets, in one phrase, with the days on which alone it may be used."""
    days = timeline.use_days(name) if timeline is not None else ()
    if not days or not isinstance(benefit, EarlyBirdPrice):
        return benefit.sentence(lang)
    return benefit.sentence_on([day.start.date() for day in days], lang)


def template_of(play: Play, channel: str, arm: str | None = None) -> str | None:
    """The template of a play on a channel, of one of its texts where it tests several; None: nothing is written."""
    message = play.message if arm is None else play.texts.get(arm)
    return message.of(channel) if message is not None else None


def messages_of(play: Play) -> dict[str, Templates]:
    """What a play says, by the name of the text; of one that tests none, by ""."""
    return dict(play.texts) if play.texts else {"": play.message} if play.message is not None else {}


def templates_of(play: Play) -> tuple[str, ...]:
    """Every template a play names, each once."""
    return tuple(dict.fromkeys(name for message in messages_of(play).values() for name in message.named))


def named_templates(calendar: Calendar) -> list[str]:
    """Every template a calendar names, in order of their names."""
    return sorted({name for phase in calendar.phases for play in phase.plays for name in templates_of(play)})


def lint_messages(calendar: Calendar, store: Store, messages: Messages) -> list[Problem]:
    """The rules of each channel (C610 …) for every template a play sends through it; findings name the channel."""
    names = names_of(calendar, store)
    sent: dict[tuple[str, str], list[tuple[str, Play]]] = {}
    for phase in calendar.phases:
        for play in phase.plays:
            for name in play.channels:
                for message in messages_of(play).values() if name in store.channels else ():
                    if (template := message.of(name)) in messages.texts:
                        sent.setdefault((str(template), name), []).append((phase.id, play))
    found: set[Problem] = set()
    for (template, name), plays in sent.items():
        text, file, channel = messages.texts[template], messages.file(template), store.channels[name]
        changing = {"member"} | ({"benefit"} if len({one for _, play in plays for one in play.told}) > 1 else set())
        lengths = lengths_of(names, plays, name, text)
        for problem in (*lint(text, file, channel, lengths, changing), *lint_limits(text, file, channel, lengths)):
            found.add(replace(problem, message=f"{name}: {problem.message}", zh=f"{name}：{problem.zh}"))
    return sort_problems(found)


def list_in_words(listed: GoodsList, items: Sequence[GoodsItem], lang: str = "zh") -> dict[str, str]:
    """What a text may say of a goods list whose items are those."""
    text = goods_text(goods_rows(items, lang))
    return {"title": listed.title.get(lang), "text": text, "count": str(len(items))}


def lengths_of(names: Names, plays: _Plays, channel: str, text: str) -> dict[str, int]:
    """How long each variable of a text of these plays (phase id, play) may become; a member's name counts as the
    longest that costs reckon with.

    Only variables that the text may name are looked at.
    """
    about = {kind: said(names, plays) for kind, said in _SAID.items() if f"{kind}." in text}
    lengths = {
        f"{kind}.{key}": max((len(one[key]) for one in texts), default=0)
        for kind, texts in about.items()
        for key in VARIABLES[kind]
    }
    if "link." in text and plays:
        links = [names.links_of(phase, play.id, channel, arm) for phase, play in plays for arm in (*play.texts, None)]
        lengths |= {f"link.{name}": max(len(one[name]) for one in links) for name in names.links}
    return {**lengths, "member.name": _NAME_LENGTH}


def _lists_of(names: Names, plays: _Plays) -> list[Mapping[str, str]]:
    lists = [names.lists[phase, play.id] for phase, play in plays if (phase, play.id) in names.lists]
    return [list_in_words(one, one.items) for one in lists]


_SAID: Mapping[str, Callable[[Names, _Plays], list[Mapping[str, str]]]] = {
    "benefit": lambda names, plays: [
        names.benefits[one] for _, play in plays for one in play.told if one in names.benefits
    ],
    "announced": lambda names, plays: [announcement(names, play.announces) for _, play in plays],
    "play": lambda names, plays: [names.plays[phase, play.id] for phase, play in plays],
    "phase": lambda names, plays: [names.phases[phase] for phase, _ in plays],
    "calendar": lambda names, _: [names.calendar],
    "store": lambda names, _: [names.store],
    "list": _lists_of,
}
"""What the variables of a kind may say in a text of these plays."""


def longest_of_own(benefit: Benefit) -> dict[str, str]:
    """For each variable of `OWN` a text as long as the longest a member may read."""
    moment = "12-31 23:59"
    return {
        "opens_at": moment if isinstance(benefit, MemberPresaleRight) else "",
        "missing": yuan(benefit.spend - 1) if isinstance(benefit, Challenge) else "",
        "valid_until": moment,
        "code": "*" * _CODE_LENGTH if isinstance(benefit, Partner) and benefit.codes else "",
    }


def announcement(names: Names, announced: Collection[str]) -> dict[str, str]:
    """What a message says of the benefits it announces: their phrases and their titles, in a row."""
    known = [names.benefits[name] for name in announced if name in names.benefits]
    return {"text": "、".join(one["text"] for one in known), "titles": "、".join(one["title"] for one in known)}


def _amount(cents: object) -> str:
    return yuan(cents) if isinstance(cents, int) else ""

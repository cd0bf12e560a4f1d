"""Sequences (客户SOP, 群SOP): steps counted from a member's or a group's own day zero (A13#18-20).

    - id: newcomer
      start: joined
      audience: members
      channels: [wecom]
      goal: {on: [bought]}
      steps:
        - {at: +2h, message: messages/hello.txt}
        - {at: +3d 10:00, message: messages/tips.txt, content: [tasting-card]}

Steps in hours count in elapsed time; steps in days fall on a local day, at a time of that day. What a
sequence comes to is plays that answer an event: `unfolding` makes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.messages import Attachment, Message
from campaign_calendars.model.programme import Strict
from campaign_calendars.model.triggers import Lane
from campaign_calendars.values.scalars import Duration, Parsed, Share, Text, UnfitError, parse_time_of_day

GROUP_OPENED, GROUP_IN_PHASE = "group_opened", "group_in_phase"
OF_GROUPS = frozenset({GROUP_OPENED, GROUP_IN_PHASE})
"""The two ways of a group to begin: with its first member; or with the phase, where it is there before."""
START_WORDS = {"joined": "join", "ordered": "order_paid", "phase": GROUP_IN_PHASE}
"""What a start may be called beside the name of its event."""
GOAL_WORDS = {
    "bought": ("order_paid",),
    "answered": ("consult", "interact", "review"),
    "left": ("unbound",),
}
"""What a goal may be called beside the names of events: whichever of these happens first."""
_DEFAULT_TIME = time(10)
_LONGEST = 366
_OFFSET = re.compile(r"^\+(?:(?P<days>\d{1,3})d(?:\s+(?P<time>\d{1,2}:\d{2}))?|(?P<n>\d{1,3})(?P<unit>[hm]))$")


@dataclass(frozen=True, slots=True)
class Offset:
    """How long after day zero: `at` is None for elapsed time, else the time of the local day `after.days` later."""

    after: timedelta
    at: time | None = None

    @property
    def total(self) -> timedelta:
        """The time of day included."""
        return self.after + (timedelta(hours=self.at.hour, minutes=self.at.minute) if self.at else timedelta())

    @property
    def name(self) -> str:
        """As part of an id: `2h`, `3d-1000`."""
        if self.at is not None:
            return f"{self.after.days}d-{self.at:%H%M}"
        minutes = int(self.after / timedelta(minutes=1))
        return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"

    def __str__(self) -> str:
        if self.at is not None:
            return f"+{self.after.days}d {self.at:%H:%M}"
        return f"+{self.name}"


def parse_offset(value: Any) -> Offset:
    """`+2h`, `+45m`, `+3d 10:00`; a day without a time means 10:00."""
    if isinstance(value, Offset):
        return value
    found = _OFFSET.match(str(value).strip())
    if found is None:
        raise UnfitError(
            f"{value!r} is no step; write +2h, +45m, +3d or +3d 10:00",
            f"{value!r} 不是步骤时间；请写 +2h、+45m、+3d 或 +3d 10:00",
        )
    if found["days"] is None:
        return Offset(timedelta(hours=int(found["n"])) if found["unit"] == "h" else timedelta(minutes=int(found["n"])))
    if int(found["days"]) > _LONGEST:
        raise UnfitError(f"{value!r} is more than a year ahead", f"{value!r} 超过一年")
    at = parse_time_of_day(found["time"]) if found["time"] else _DEFAULT_TIME
    return Offset(timedelta(days=int(found["days"])), at)


OffsetOfStep = Annotated[
    Offset,
    Parsed(
        parse_offset,
        show=str,
        schema={
            "type": "string",
            "pattern": r"^\+(\d{1,3}d(\s+\d{1,2}:\d{2})?|\d{1,3}[hm])$",
            "examples": ["+2h", "+3d 10:00"],
        },
    ),
]


class Goal(Strict):
    """What ends a sequence early: the first of these since day zero."""

    on: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]] = Field(
        default_factory=list,
        description="Events: bought, answered (consulted, interacted or reviewed), left (the group or the assistant),"
        " or any event of a trigger, such as review.",
    )
    tag: str | None = Field(default=None, max_length=60, description="A tag; who carries it has reached the goal.")

    @model_validator(mode="after")
    def _asks(self) -> Goal:
        if not self.on and self.tag is None:
            raise UnfitError("write `on`, `tag` or both: what ends it", "请写 on、tag 或两者：何时结束")
        return self

    @property
    def events(self) -> tuple[str, ...]:
        """The names of its events, words written out."""
        return tuple(dict.fromkeys(name for word in self.on for name in GOAL_WORDS.get(word, (word,))))


class Step(Strict):
    """One message or piece of work of a sequence; what it leaves out is as the sequence says."""

    at: OffsetOfStep = Field(
        description="After day zero: +2h or +45m in elapsed time, +3d 10:00 on that local day (10:00 by default)."
    )
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=30)] | None = Field(
        default=None, description="Its name; default: made of `at`, e.g. 3d-1000."
    )
    title: Text = Text()
    message: Message | None = Field(
        default=None,
        description="Message template, a path from the project's directory; or channel and template, with `default` for"
        " the channels that have none of their own.",
    )
    attachments: list[Attachment] = Field(default_factory=list, description="What goes along with its text.")
    content: list[str] = Field(
        default_factory=list,
        description="Pieces of `content` that go along with it, by name or topic; of them those that fit store and"
        " day.",
    )
    benefits: list[str] = Field(default_factory=list, description="Names of benefits, best first; at most one each.")
    channels: list[str] = Field(default_factory=list, description="Its channels; default: those of the sequence.")
    lane: Lane | None = Field(default=None, description="Who does it: system or human; default: as the sequence.")
    owner: Text = Field(default=Text(), description="Who does it by hand; default: as the sequence.")

    @property
    def name(self) -> str:
        return self.id or self.at.name


class Sequence(Strict):
    """Steps counted from each member's, or each group's, own day zero."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=40, description="Its name.")]
    title: Text = Text()
    of: Literal["member", "group"] = Field(
        default="member", description="member: each member has his own steps (客户SOP); group: each group (群SOP)."
    )
    phase: str | None = Field(
        default=None, description="The phase in which its steps fall; may be left out where there is only one."
    )
    start: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)] | None = Field(
        default=None,
        description="Day zero: joined, bound (to a channel of it), first_order, ordered, or any event of a trigger; of"
        " a group group_opened, when its first member was bound (default), or phase, when the phase begins if that is"
        " later.",
    )
    audience: str = Field(description="Name of an audience of this calendar; asked anew at each step.")
    channels: list[str] = Field(default_factory=list, description="Channels of its steps, first allowed one wins.")
    lane: Lane = Field(default="system", description="system: sent by itself; human: a work-list for people (A1#16).")
    owner: Text = Field(default=Text(), description="Who does by hand what is for people.")
    goal: Goal | None = Field(default=None, description="What ends it early for a member.")
    tag: str | None = Field(
        default=None,
        max_length=60,
        description="Tag of the members who have had its last step, for `promocal sequence tags`.",
    )
    grace: Duration = Field(
        default="12h",
        validate_default=True,
        description="How late a step may still leave; later it is skipped, with the reason step_late.",
    )
    holdout: Share = Field(default=0, description="Share of its members who get none of its steps, to measure it.")
    priority: int | None = Field(
        default=None, ge=1, le=1000, description="What one contact of its steps is worth beside other plays."
    )
    steps: list[Step] = Field(min_length=1, max_length=60, description="What happens, in the order of time.")

    @model_validator(mode="after")
    def _of_one_kind(self) -> Sequence:
        if self.of == "group":
            for_members = {"goal": self.goal, "tag": self.tag, "holdout": self.holdout}
            written = [name for name, value in for_members.items() if value]
            if written or any(step.benefits for step in self.steps):
                name = [*written, "benefits"][0]
                raise UnfitError(
                    f"a group's steps are posts that everybody in it sees: `{name}` is for `of: member`",
                    f"群 SOP 的步骤为群内人人可见的帖子：{name} 只用于 of: member",
                )
            if self.start not in (None, GROUP_OPENED, "phase"):
                raise UnfitError(
                    "a group begins with `group_opened` or `phase`; write one of them, or nothing",
                    "群的第零天为 group_opened 或 phase；请写其一，或省略 start",
                )
        elif self.start is None or self.start in (*OF_GROUPS, "phase"):
            raise UnfitError(
                "write `start`: joined, bound, first_order or another event of a member",
                "请写 start：joined、bound、first_order 或会员的其他事件",
            )
        return self

    @property
    def event(self) -> str:
        """The event its day zero is."""
        return START_WORDS.get(self.start or "", self.start or GROUP_OPENED)

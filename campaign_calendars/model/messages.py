"""What a play says, and on which channel: templates, by channel where one needs its own (B3, B4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Duration, Parsed, Share, UnfitError

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Templates:
    """Template paths: one for all channels, or some channels with their own; `default` is for the others."""

    default: str | None = None
    own: Mapping[str, str] = field(default_factory=dict)

    def of(self, channel: str) -> str | None:
        """The template of a channel; None: nothing is written for it."""
        return self.own.get(channel, self.default)

    @property
    def named(self) -> tuple[str, ...]:
        """Every template, each once."""
        return tuple(dict.fromkeys([*self.own.values(), *([self.default] if self.default else [])]))


def parse_templates(value: Any) -> Templates:
    """`messages/recall.txt`, or channel → template. ValueError when it is neither."""
    if isinstance(value, Templates):
        return value
    if isinstance(value, str) and value.strip():
        return Templates(value)
    if isinstance(value, dict) and value and all(isinstance(one, str) and one.strip() for one in value.values()):
        return Templates(value.get(DEFAULT), {str(name): one for name, one in value.items() if name != DEFAULT})
    raise UnfitError(
        "a message is a template, or channels with a template each;"
        " write messages/recall.txt, or {sms: messages/short.txt, default: messages/recall.txt}",
        "message 应为一个模板，或各渠道的模板；请写 messages/recall.txt，"
        "或 {sms: messages/short.txt, default: messages/recall.txt}",
    )


def _written(value: Templates) -> Any:
    if not value.own:
        return value.default
    return {**value.own, **({DEFAULT: value.default} if value.default else {})}


_PATH = {"type": "string", "minLength": 1}
Message = Annotated[
    Templates,
    Parsed(
        parse_templates,
        show=_written,
        schema={
            "anyOf": [_PATH, {"type": "object", "minProperties": 1, "additionalProperties": _PATH}],
            "examples": ["messages/recall.txt", {"sms": "messages/short.txt", "default": "messages/recall.txt"}],
        },
    ),
]


class Split(Strict):
    """A test of texts: which share of the members gets which (A11#13)."""

    shares: dict[str, Share] = Field(
        default_factory=dict, description="Text and share of the members; default: all members, in equal parts."
    )
    then: Literal["winner"] | None = Field(
        default=None, description="winner: the members who are in no share wait, and get the text that did best."
    )
    wait: Duration = Field(default="1d", validate_default=True, description="How long they wait.")
    by: Literal["clicks", "conversion"] | None = Field(
        default=None,
        description="What the best text is told by; default: clicks where the events have some, else conversion.",
    )
    clicks: str = Field(default="click", min_length=1, description="Kind of the events that are clicks.")


class Notify(Strict):
    """Who hears of it first: higher tiers before lower ones (优先通知)."""

    by: Annotated[Literal["tier"], Field(description="tier: the highest first, each next one later.")]
    lead: Duration = Field(description="How much earlier a tier hears than the one below it.")

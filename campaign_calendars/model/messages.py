"""What a play says, and on which channel: templates, by channel where one needs its own (B3, B4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.programme import Strict
from campaign_calendars.model.sheets import OrSheet
from campaign_calendars.values.scalars import Day, Duration, Money, Parsed, Share, Text, UnfitError

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


WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s{}]+$", max_length=2_000, description="Address of the web.")]
LinkName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=16, description="At most 16 characters (B3).")]
SHORT_FORMS = ("calendar", "phase", "play", "channel", "text", "link", "code")
"""What a short form may name in braces."""
MOST_CARD_TITLE = 13
"""Characters of a card's title (A4)."""


class GoodsItem(Strict):
    """One item of a goods list (清单)."""

    item: str = Field(min_length=1, max_length=60, description="Item id of the platform.")
    title: Text = Field(description="What it is called in the list.")
    link: WebAddress = Field(description="Page of the item; a list without links sells nothing.")
    price: Money | None = Field(default=None, description="What everybody pays.")
    member_price: Money | None = Field(default=None, description="What members pay.")
    stage: Literal["presale", "in_stock"] = Field(
        default="in_stock", description="presale: sold by deposit and balance; in_stock: paid at once."
    )
    until: Day | None = Field(default=None, description="Last day it is sold; afterwards it is left out.")
    category: str = Field(default="", max_length=80, description="Category, as the order lines write it.")


class GoodsList(Strict):
    """A named list of goods that plays send and show (清单, A9)."""

    title: Text = Text()
    stage: Literal["presale", "in_stock"] | None = Field(
        default=None, description="Stage that all its items have; default: any."
    )
    by: Literal["favourite_category"] | None = Field(
        default=None,
        description="favourite_category: goods of the category a member spent most on come first; default: as written.",
    )
    items: Annotated[
        list[GoodsItem], OrSheet(), Field(min_length=1, max_length=100, description="Its goods, in order.")
    ]


_NEEDED: Mapping[str, tuple[str, ...]] = {
    "picture": ("file",), "link": ("link",), "card": ("title", "link"), "mini_programme": ("title", "app", "page"),
    "goods": ("list",), "video": ("file",), "file": ("file",),
}  # fmt: skip


class Attachment(Strict):
    """What goes along with a text: a picture, link, card, mini programme, goods list, video or file (B4)."""

    kind: Literal["picture", "link", "card", "mini_programme", "goods", "video", "file"] = Field(
        description="What it is."
    )
    file: str = Field(
        default="", description="Picture (.jpg, .png or .gif), video or file: a path from the project's directory."
    )
    link: str = Field(default="", description="Name of one of the calendar's `links`.")
    title: Text = Field(default=Text(), description="Title; of a card at most 13 characters (A4).")
    text: Text = Field(default=Text(), description="Words below the title.")
    app: str = Field(default="", description="Id of the mini programme.")
    page: str = Field(default="", description="Page of the mini programme.")
    list_: Annotated[str, Field(alias="list", description="Name of one of the calendar's `lists`.")] = ""
    channels: Annotated[
        tuple[str, ...], Field(description="Channels of the play it goes through; default: all but SMS and phone.")
    ] = ()

    @model_validator(mode="after")
    def _whole(self) -> Attachment:
        for key in _NEEDED[self.kind]:
            value = getattr(self, "list_" if key == "list" else key)
            if not (value.get() if isinstance(value, Text) else value):
                raise UnfitError(
                    f"an attachment of kind {self.kind} needs `{key}`; add it", f"{self.kind} 附件需要 {key}；请补上"
                )
        if self.kind == "card" and len(self.title.get("zh")) > MOST_CARD_TITLE:
            raise UnfitError(
                f"the title of a card has at most {MOST_CARD_TITLE} characters; shorten it",
                f"卡片标题最多 {MOST_CARD_TITLE} 字；请缩短",
            )
        return self


Season = Literal["spring", "summer", "autumn", "winter"]
_SEASONS: tuple[Season, ...] = ("winter", "spring", "summer", "autumn")
_MONTHS = 12
_OF_A_SEASON = 3


class Piece(Attachment):
    """A piece of the content library (素材库), which steps of sequences name (A13#20)."""

    topic: str = Field(default="", max_length=40, description="What it is about; a step may name the topic instead.")
    category: Literal["fresh", "standard", "tea_wine_dairy"] | None = Field(
        default=None, description="Only for stores of this category; default: all."
    )
    seasons: list[Season] = Field(
        default_factory=list, description="Only in these: spring is March to May; default: all year."
    )

    def fits(self, category: str | None, day: date) -> bool:
        """Whether it is for a store of that category on a local day."""
        season = _SEASONS[day.month % _MONTHS // _OF_A_SEASON]
        return (self.category is None or self.category == category) and (not self.seasons or season in self.seasons)


def parse_short_form(value: Any) -> str:
    """`https://s.shop.cn/{code}`. ValueError where a brace holds no known name."""
    try:
        str(value).format(**dict.fromkeys(SHORT_FORMS, "x"))
        fits = isinstance(value, str) and "{" in value
    except (KeyError, IndexError, ValueError, AttributeError):
        fits = False
    if not fits:
        names = ", ".join(f"{{{name}}}" for name in SHORT_FORMS)
        raise UnfitError(
            f"{value!r} is no short form of links; write an address with some of {names}",
            f"{value!r} 不是短链格式；请写含 {names} 之一的地址",
        )
    return str(value)


ShortForm = Annotated[
    str, Parsed(parse_short_form, schema={"type": "string", "pattern": r"\{", "examples": ["https://s.shop.cn/{code}"]})
]

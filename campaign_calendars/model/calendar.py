"""The calendar as typed models: what an operator may write, and what each key means.

Models hold what was written, parsed but not yet resolved: moments stay expressions until
`dates.resolve` puts them on the clock of the calendar's time zone. JSON Schema is generated
from here (`promocal schema`). Rows of the domain reference are cited as `A2`, `A3` ….
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from campaign_calendars.model.approving import Approval
from campaign_calendars.model.audiences import Audience
from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.expected import Values
from campaign_calendars.model.limits import SharedLimit
from campaign_calendars.model.messages import Attachment, GoodsList, LinkName, Message, Notify, Piece, Split, WebAddress
from campaign_calendars.model.peers import PeerFigure
from campaign_calendars.model.prices import Goods, PriceRule
from campaign_calendars.model.programme import Strict
from campaign_calendars.model.rules import MemberRule
from campaign_calendars.model.sequences import Sequence
from campaign_calendars.model.sheets import OrSheet
from campaign_calendars.model.triggers import Lane, Trigger
from campaign_calendars.values.moments import Moment, OwnMoment, Schedule, TimeZone
from campaign_calendars.values.scalars import Duration, Figure, Money, Share, Size, Text

Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$",
        max_length=60,
        description="Lower-case letters, digits, - and _; starts with a letter.",
    ),
]
PhaseKind = Literal["reservoir", "presale", "warm_up", "burst", "maintenance", "daily", "custom"]
MetricName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Id of a metric, as `promocal metrics` lists them.")
]


SALE_START = "sale_start"
CALENDAR_START = "calendar_start"


class Window(Strict):
    """A span of time. `to` is the last second that still belongs to it (`21:59:59`)."""

    from_: Annotated[Moment, Field(alias="from", description="First second, e.g. D-3 00:00.")]
    to: Annotated[Moment, Field(description="Last second included; a bare date means its end.")]


class Duty(Strict):
    """A task of a person: who has to have done what until when, and what waits for it (A9).

    Who did it, and when, is no part of the calendar: `promocal duties` ticks it, the ledger keeps it.
    """

    id: Id | None = Field(
        default=None, description="Its name in `needs`, `after` and `promocal duties`; default: made of phase and text."
    )
    text: Text
    owner: Text = Field(default=Text(), description="Who has to do it: a name, a team.")
    due: OwnMoment | None = Field(
        default=None,
        description="When it must be done, e.g. start - 15wd; a bare date means its end. Default: before what comes"
        " `after` it begins, else the phase's start.",
    )
    takes: int = Field(
        default=0, ge=0, le=260, description="Working days it takes; it has to be begun so many days before `due`."
    )
    after: list[str] = Field(default_factory=list, description="Duties that have to be done before it.")
    if_open: Literal["hold", "warn"] = Field(
        default="hold",
        description="What becomes of what `needs` it while it is not done: hold: its messages wait; warn: they leave,"
        " and it is said.",
    )
    level: Literal["must", "focus"] = Field(default="must", description="must: to be done; focus: worth most care.")


Needs = Annotated[list[str], Field(default_factory=list, description="Duties that have to be done first, by id.")]


class SubPhase(Strict):
    """A named part of a phase, such as the slump inside the burst (A2, A9)."""

    id: Id
    title: Text = Text()
    window: Window


class Display(Strict):
    """What is shown at one position (A4)."""

    copy_: Annotated[Text, Field(alias="copy", description="Words shown there.")] = Text()
    picture: Size | None = Field(default=None, description="Size of the picture made for it, e.g. 702x110.")


class OnLate(Strict):
    """What happens to an occurrence whose run starts late (B9, catch-up)."""

    grace: Duration = Field(description="How late a run may start and still do its work.")
    then: Literal["skip", "run"] = Field(default="skip", description="What happens after the grace.")


class Play(Strict):
    """One thing done for one audience, at planned moments or in answer to an event (A5, A8)."""

    id: Id
    title: Text = Text()
    audience: str = Field(description="Name of an audience of this calendar.")
    benefits: list[str] = Field(
        default_factory=list,
        description="Names of benefits, best first; each member gets at most one. Empty: a message only.",
    )
    announces: list[str] = Field(
        default_factory=list,
        description="Names of benefits that everybody reached is told of: what applies itself or is claimed. Nothing is"
        " granted, no message takes of the stock; what is closed or used up is left out of the text.",
    )
    channels: list[str] = Field(
        default_factory=list, description="Channels of the store, first allowed one wins. Empty: nothing is sent."
    )
    touch: Literal["first", "all"] = Field(
        default="first",
        description="first: one message, on the first allowed channel; all: one on each allowed channel, in the order"
        " of `channels`, `gap` apart (多触点). A benefit is given once, the later messages remind of it.",
    )
    gap: Duration | None = Field(
        default=None,
        description="With `touch: all`: how long after the message on one channel the next one follows.",
    )
    positions: list[str] = Field(
        default_factory=list, description="Display positions (阵地) of the store that show this play (A4)."
    )
    displays: dict[str, Display] = Field(
        default_factory=dict, description="Words and pictures at its positions, by position."
    )
    at: Schedule | None = Field(
        default=None, description="When it is sent: 'D-2 10:00', 'daily 10:00', a list of moments."
    )
    trigger: Trigger | None = Field(default=None, description="The event it answers, instead of `at` (A5).")
    lane: Lane = Field(
        default="system", description="system: sent by itself; human: a work-list for people, nothing is sent (A1#16)."
    )
    post: Literal["broadcast"] | None = Field(
        default=None,
        description="broadcast: one post in each group of its channels that everybody in it sees, not a message to each"
        " member (A4).",
    )
    invites_to: str | None = Field(
        default=None,
        description="Group channel its words invite into: who is in it already is not written to, and nobody is while"
        " all its groups are full or it has ended (A4).",
    )
    during: str | None = Field(default=None, description="Sub-phase it is limited to; default: the whole phase.")
    message: Message | None = Field(
        default=None,
        description="Message template, a path from the project's directory; or channel and template, with `default` for"
        " the channels that have none of their own.",
    )
    texts: dict[Id, Message] = Field(
        default_factory=dict, description="Several messages instead of `message`, by name, to find the best (A11#13)."
    )
    split: Split | None = Field(
        default=None, description="Who gets which of `texts`; default: all members, in equal parts, by chance."
    )
    attachments: list[Attachment] = Field(default_factory=list, description="What goes along with its text.")
    list_: Annotated[
        str | None, Field(alias="list", description="Goods list that its text may name: `{{ list.text }}`.")
    ] = None
    notify: Notify | None = Field(default=None, description="Which members hear of it first; default: all at once.")
    holdout: Share = Field(default=0, description="Share of the play's members kept out to measure it.")
    priority: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="What one contact is worth beside those of other plays, 1 to 1000; only ratios matter. Default by"
        " the phase's kind: reservoir 30, presale 60, warm_up 50, burst 100, maintenance 40, daily 40, custom 50;"
        " 70% of it without benefits.",
    )
    repeat_after: Duration | None = Field(
        default=None,
        description="How long until the same member may get this play again; default: never, triggers: each event.",
    )
    on_late: OnLate | None = Field(
        default=None, description="How late it may leave; default: the store's contact policy."
    )
    approve: Approval | None = Field(default=None, description="When a person has to agree first.")
    needs: Needs

    @property
    def touches(self) -> list[tuple[str | None, timedelta]]:
        """The channel of each message to a member, and how long after the play's moment it is due.

        None: one message, on the first allowed channel.
        """
        if self.touch == "first" or self.gap is None:
            return [(None, timedelta())]
        return [(name, self.gap * number) for number, name in enumerate(dict.fromkeys(self.channels))]

    @property
    def told(self) -> list[str]:
        """The benefits it gives and those it announces, each once."""
        return list(dict.fromkeys([*self.benefits, *self.announces]))


class Phase(Strict):
    """A stage of the promotion with its own members, benefits and channels (A2)."""

    id: Id
    kind: Annotated[PhaseKind, Field(description="Stage of the promotion (A2).")]
    title: Text = Text()
    wave: str | None = Field(default=None, description="Wave this phase belongs to.")
    stage: Literal["deposit", "balance"] | None = Field(
        default=None,
        description="Which part of presale orders is paid in it (定金预售, A10): orders placed in a deposit phase are"
        " paid in full in the balance phase that follows it in its wave, unless they name their own window.",
    )
    window: Window
    sub_phases: list[SubPhase] = Field(default_factory=list, description="Named parts, such as a slump.")
    goal: Text = Text()
    targets: Annotated[dict[MetricName, Figure], OrSheet()] = Field(
        default_factory=dict,
        description="Metrics and the figures to reach; the report prints actual against target (A7).",
    )
    plays: list[Play] = Field(default_factory=list, description="What is done for members.")
    duties: Annotated[list[Duty], OrSheet()] = Field(
        default_factory=list, description="What people have to do by hand."
    )
    needs: Needs
    platform_support: list[Text] = Field(default_factory=list, description="What the platform gives in this phase.")


class Wave(Strict):
    """A sale wave (A2, A10): phases of the same wave are measured together."""

    id: Id
    title: Text = Text()
    window: Window
    targets: dict[MetricName, Figure] = Field(
        default_factory=dict,
        description="Metrics and the figures to reach in the whole wave; the report prints actual against target (A7).",
    )


class Pool(Strict):
    """A part of the budget (资金池); a plain amount is an `amount` without a title."""

    amount: Annotated[Money, Field(description="The money it holds.")]
    title: Text = Text()

    @model_validator(mode="before")
    @classmethod
    def _from_amount(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Pool) else {"amount": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Written as an amount, or with a title."""
        made = handler.resolve_ref_schema(handler(schema))
        mapping = dict(made)
        described = mapping.pop("description", "")
        made.clear()
        made.update({"anyOf": [mapping["properties"]["amount"], mapping], "description": described})
        return made


class Budget(Strict):
    """Money that benefits may use; pools are parts of the total."""

    total: Annotated[Money, Field(description="All the money benefits may use.")]
    pools: dict[str, Pool] = Field(default_factory=dict, description="Parts of the total, by name.")
    basis: Literal["worst_case", "expected"] = Field(
        default="worst_case",
        description="What a grant reserves: its full unit cost, or unit cost times expected redemption.",
    )


Unit = Literal["member", "province", "city"]
"""What chance draws into a control group, one by one."""


class Holdout(Strict):
    """The campaign's control group: members nobody contacts during the whole calendar."""

    campaign: Share = Field(default=0, description="Share of all members nobody contacts; with `by`, of all regions.")
    by: Unit = Field(
        default="member",
        description="What is drawn by lot: single members, or whole regions (区域对比). Then nobody of a drawn province"
        " or city is contacted, the region is the unit that counts, and members without one are left out of the"
        " comparison.",
    )
    salt: str = Field(min_length=1, description="Text that draws the groups; never change it during a campaign.")


class Calendar(Strict):
    """A promotion calendar: phases, plays, audiences, benefits and the money behind them."""

    calendar: Id
    title: Text = Text()
    store: Id = Field(description="Store whose tiers, channels and contact policy apply.")
    timezone: Annotated[TimeZone, Field(description="Zone of all dates and times, e.g. Asia/Shanghai.")]
    day_zero: Moment | None = Field(default=None, description="The day D counts from, e.g. 2026-03-08.")
    author: str = Field(
        default="",
        max_length=80,
        description="Who wrote it; with the store's `approval.four_eyes` somebody else approves.",
    )
    source: str = Field(default="", description="Where the dates come from.")
    verified: bool = Field(default=False, description="Whether somebody checked the dates against the source.")
    accept: dict[str, Text] = Field(
        default_factory=dict, description="Warnings that are right here: code and reason, e.g. C174: mail only."
    )
    plan: Literal["planned", "first_come"] = Field(
        default="planned",
        description="planned: members, stock and money are kept for the occurrences where they are worth most;"
        " first_come: whichever occurrence comes first takes them.",
    )
    values: Values | None = Field(
        default=None, description="What contacts are expected to bring in; over those of the store."
    )
    budget: Budget | None = Field(default=None, description="Money that benefits may use.")
    limits: list[SharedLimit] = Field(
        default_factory=list,
        description="What all messages together have to keep: least numbers, most, shares, averages; one without a"
        " figure is only reported.",
    )
    holdout: Holdout | None = Field(default=None, description="Control group of the whole calendar.")
    targets: dict[MetricName, Figure] = Field(
        default_factory=dict,
        description="Metrics and the figures to reach in the whole calendar; the report prints actual against target"
        " (A7).",
    )
    peers: Annotated[list[PeerFigure], OrSheet()] = Field(
        default_factory=list,
        description="What metrics are elsewhere (同行数值); metrics, dashboard and report show them beside ours (A7).",
    )
    bought_from: str = Field(
        default=SALE_START,
        description="From when on an order counts for `bought_in_campaign`: sale_start is the first second of the"
        " earliest presale phase, else of the burst, else of the calendar; calendar_start, or the id of a phase.",
    )
    links: dict[LinkName, WebAddress] = Field(
        default_factory=dict, description="Addresses that texts name: `{{ link.NAME }}`; channels may shorten them."
    )
    lists: Annotated[dict[Id, GoodsList], OrSheet()] = Field(
        default_factory=dict, description="Named lists of goods (清单, A9)."
    )
    waves: list[Wave] = Field(default_factory=list, description="Sale waves (A2, A10).")
    audiences: dict[str, Audience] = Field(default_factory=dict, description="Named sets of members.")
    benefits: dict[str, Benefit] = Field(default_factory=dict, description="Named benefits (A3).")
    rules: list[MemberRule] = Field(
        default_factory=list,
        max_length=50,
        description="What one member gets of several plays: what excludes, what follows, how many, for how much.",
    )
    price_rule: PriceRule = Field(default_factory=PriceRule, description="What the lowest price is compared over (B6).")
    prices: Annotated[dict[str, Goods], OrSheet()] = Field(
        default_factory=dict, description="Goods whose planned prices are held against their lowest price (B6)."
    )
    content: dict[str, Piece] = Field(
        default_factory=dict, description="Content library (素材库): pieces that steps of sequences name."
    )
    sequences: list[Sequence] = Field(
        default_factory=list,
        max_length=40,
        description="Steps counted from each member's or each group's own day zero (客户SOP, 群SOP).",
    )
    phases: list[Phase] = Field(min_length=1, description="Stages of the promotion (A2); may touch and overlap.")

"""The store: what stays the same from calendar to calendar.

Tiers, lifecycle boundaries, channels and their rules, display positions, contact policy.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.approving import ApprovalPolicy
from campaign_calendars.model.audiences import Audience
from campaign_calendars.model.expected import Values
from campaign_calendars.model.messages import ShortForm
from campaign_calendars.model.programme import JoinThreshold, Lifecycle, Points, Strict, TagRule, Tiers, ValueWeights
from campaign_calendars.model.restrictions import Restriction
from campaign_calendars.model.standing import Admission, Edition, edition
from campaign_calendars.values.scalars import CapSpan, Day, Duration, Money, Share, Size, Text, TimeOfDay, UnfitError


class QuietHours(Strict):
    """No sending from `from` (inclusive) to `to` (exclusive), over midnight if from > to (B3)."""

    from_: Annotated[TimeOfDay, Field(alias="from", description="First quiet minute.")]
    to: Annotated[TimeOfDay, Field(description="First minute of sending again.")]


ChannelKind = Literal["sms", "push", "dedicated_service", "chat", "group", "wecom", "mail", "phone", "other"]
Provider = Literal["alibaba", "tencent", "huawei", "wecom", "taobao_group", "taobao_service", "smtp"]
PROVIDER_KINDS: dict[Provider, ChannelKind] = {
    "alibaba": "sms",
    "tencent": "sms",
    "huawei": "sms",
    "wecom": "wecom",
    "taobao_group": "group",
    "taobao_service": "dedicated_service",
    "smtp": "mail",
}
"""Providers with a file in `campaign_calendars.providers`, and the kind of channel each serves."""
LEAST_LEVEL = 3
"""Of the dedicated service: below it benefits may not be sent to chosen members (A4)."""
BOUND_KINDS = frozenset({"dedicated_service", "chat", "group", "wecom"})
"""Kinds that reach only who is in the group or bound to the assistant: joining the shop is neither (A4)."""


class Group(Strict):
    """A chat group and what the platform allows it (淘宝群, A4)."""

    kind: Annotated[
        Literal["ordinary", "flash", "member", "live"],
        Field(description="ordinary (普通群), flash (快闪群, dissolves itself), member (会员群) or live (直播群)."),
    ]
    capacity: int | None = Field(default=None, ge=1, description="Members it is set up for; at most 1,000,000.")
    count: int | None = Field(default=None, ge=1, description="How many such groups there are; ten are advised (A4).")
    ends_on: Day | None = Field(default=None, description="Last day of a flash group.")
    posts_per_day: int | None = Field(
        default=None, ge=1, description="Posts one group may have on a local day, over all calendars."
    )


class Agent(Strict):
    """A named assistant or guide (专属导购) who writes to members of her own."""

    title: Text = Text()
    tag: str = Field(default="", description="Tag of the members who are hers; default: the agent's id.")
    capacity_per_day: int | None = Field(default=None, ge=0, description="Messages she can take on a local day.")
    capacity_on: dict[Day, int] = Field(
        default_factory=dict, description="Other capacities on single days, e.g. {2026-03-08: 0}."
    )


class Channel(Strict):
    """A way to reach one member (A4)."""

    title: Text = Text()
    kind: ChannelKind = Field(default="other", description="Whose rules apply (A4, B3).")
    group: Group | None = Field(default=None, description="What kind of group, for channels of kind group.")
    level: int | None = Field(
        default=None, ge=0, le=4, description="Level of the dedicated service (L0 to L4); extra rights need 3."
    )
    level_from: dict[Day, Annotated[int, Field(ge=0, le=4)]] = Field(
        default_factory=dict, description="Other levels, each from its day on, e.g. {2026-10-15: 3}."
    )
    applied_on: Day | None = Field(
        default=None, description="When approval of signature and templates was asked for; 15 working days (B3)."
    )
    ready_from: Day | None = Field(default=None, description="First day with everything approved; nothing before it.")
    provider: Provider | None = Field(
        default=None,
        description="Whose rules apply: texts, hours, length, lead time, messages to one recipient (B2-B4). Kinds with"
        " one provider only need not name it.",
    )
    signature: str = Field(default="", description="Signature of the SMS, without 【】; counts in its length.")
    max_segments: int | None = Field(default=None, ge=1, description="Segments an SMS may have; each one is billed.")
    max_chars: int | None = Field(
        default=None, ge=1, le=20_000, description="Characters a text may have; an emoji counts two."
    )
    short_link: ShortForm | None = Field(
        default=None,
        description="Short form of a calendar's links on this channel, e.g. https://s.shop.cn/{code}; the set-up pack"
        " lists which address each stands for.",
    )
    promo_variables: bool = Field(
        default=False, description="Whether the provider takes variables in promotional templates (B3)."
    )
    max_tags: int | None = Field(
        default=None, ge=1, description="Tags an audience may use; the platform's campaign tool takes 5 (A1#20)."
    )
    consent: Literal["required", "implied"] = Field(
        description="required: a recorded, not withdrawn consent for this channel; implied: joining is enough, or being"
        " in the group or bound to the assistant."
    )
    assumed_reach: Share | None = Field(
        default=None,
        description="Share of the members who count as reachable in a group or by an assistant while no data says who"
        " is; figures that rest on it are marked as assumed.",
    )
    bound_on_join: bool = Field(
        default=False,
        description="Whether who joins the shop is bound to the assistant from then on, for channels of kind"
        " dedicated_service; a contact point of the channel says more. Default: a contact point has to say so.",
    )
    quiet_hours: QuietHours | None = Field(default=None, description="Hours without sending (B3).")
    capacity_per_day: int | None = Field(default=None, ge=0, description="Messages per local day, all plays together.")
    capacity_on: dict[Day, int] = Field(
        default_factory=dict, description="Other capacities on single days, e.g. {2026-03-08: 0}."
    )
    agents: dict[str, Agent] = Field(
        default_factory=dict,
        max_length=40,
        description="Assistants or guides with members of their own: a member is reached through his own only.",
    )
    unit_cost: Money = Field(
        default=0,
        description="Cost of a message, of an SMS each part; default: its provider's price.",
    )
    domain: Literal["private", "public"] = Field(
        default="private", description="private: the store's own (私域); public: the platform's (公域)."
    )

    @model_validator(mode="after")
    def _capacities_from_0(self) -> Channel:
        holders: list[Channel | Agent] = [self, *self.agents.values()]
        for one in holders:
            if any(capacity < 0 for capacity in one.capacity_on.values()):
                raise UnfitError("a capacity is a number from 0", "容量应为不小于 0 的数字")
        return self

    @model_validator(mode="after")
    def _rules_of_its_kind(self) -> Channel:
        if self.group is not None and self.kind != "group":
            raise UnfitError(
                "`group` is for channels of `kind: group`; set the kind", "group 用于 kind: group 的渠道；请写明 kind"
            )
        if (self.level is not None or self.level_from) and self.kind != "dedicated_service":
            raise UnfitError(
                "`level` is for channels of `kind: dedicated_service`; set the kind",
                "level 用于 kind: dedicated_service 的渠道；请写明 kind",
            )
        if self.assumed_reach is not None and (self.kind not in BOUND_KINDS or self.consent == "required"):
            raise UnfitError(
                "`assumed_reach` is for groups, assistants, chat and WeCom with `consent: implied`",
                "assumed_reach 用于 consent: implied 的群、专属客服、旺旺与企微渠道",
            )
        if self.bound_on_join and (self.kind != "dedicated_service" or self.consent == "required"):
            raise UnfitError(
                "`bound_on_join` is for channels of `kind: dedicated_service` with `consent: implied`",
                "bound_on_join 用于 kind: dedicated_service 且 consent: implied 的渠道",
            )
        if self.kind != "sms" and (self.signature or self.max_segments or self.promo_variables):
            raise UnfitError(
                "signature, max_segments and promo_variables are for channels of `kind: sms`; set the kind",
                "signature、max_segments、promo_variables 用于 kind: sms 的渠道；请写明 kind",
            )
        if self.provider is not None and self.kind != (kind := PROVIDER_KINDS[self.provider]):
            raise UnfitError(
                f"the provider {self.provider} serves channels of `kind: {kind}`; set the kind",
                f"服务商 {self.provider} 用于 kind: {kind} 的渠道；请写明 kind",
            )
        return self


def capacity_on(holder: Channel | Agent, day: date) -> int | None:
    """What a channel or an agent can take on a local day; None: no limit."""
    return holder.capacity_on.get(day, holder.capacity_per_day)


def level_on(channel: Channel, day: date) -> int | None:
    """The level of a dedicated service on a local day; None: not stated."""
    since = max((start for start in channel.level_from if start <= day), default=None)
    return channel.level if since is None else channel.level_from[since]


def has_ended(channel: Channel, day: date) -> bool:
    """Whether the group of a channel is dissolved on a local day: after its last day nobody is in it."""
    return channel.group is not None and channel.group.ends_on is not None and day > channel.group.ends_on


class Position(Strict):
    """A place where members see something without being messaged (阵地, A4)."""

    title: Text = Text()
    owner: Text = Field(default=Text(), description="Who puts up what is shown there: a name, a team.")
    max_copy: int | None = Field(default=None, ge=1, description="Characters its words may have (13, A4).")
    picture: Size | None = Field(default=None, description="Size its picture has to have (702x110, A4).")
    needs: list[str] = Field(
        default_factory=list,
        description="Kinds of benefit that have to be online, and positions in use, before it shows (A11#12).",
    )
    needs_content: bool = Field(
        default=False, description="Whether it shows only what was pushed to it: the words of a display (A11#12)."
    )
    member_module: bool = Field(
        default=False, description="The member module of the home page, whose words only non-members see (A4)."
    )
    domain: Literal["private", "public"] = Field(
        default="private", description="private: the store's own (私域); public: the platform's (公域)."
    )


class Cap(Strict):
    """At most `max` messages in any rolling `per`, or on a local day, in a phase, in a campaign (B9)."""

    channels: list[str] = Field(default_factory=list, description="Empty: all channels together.")
    max: int = Field(ge=0, description="Messages.")
    per: Annotated[
        CapSpan,
        Field(
            description="Rolling span of time, e.g. 7d; or day (the calendar's, over all calendars), phase or campaign"
            " (of each calendar by itself)."
        ),
    ]


class ContactPolicy(Strict):
    caps: list[Cap] = Field(default_factory=list, description="How often a member may be contacted.")
    packages: bool = Field(
        default=False, description="Whether the messages a member gets at one moment count as one for the caps."
    )
    quiet_tag: str | None = Field(
        default=None,
        min_length=1,
        description="Tag whose value is a member's own quiet hours, such as 21:00-09:00; messages to him wait (B3).",
    )
    min_age: int = Field(default=18, ge=0, description="Members known to be younger are never targeted (A1#13).")
    late_grace: Duration = Field(default="2h", validate_default=True, description="How late a run may start.")
    sweep_every: Duration = Field(
        default="15m", validate_default=True, description="How often triggers look for events (A5)."
    )
    data_every: Duration = Field(
        default="10m",
        validate_default=True,
        description="How often the sources bring new facts; a sweep uses a snapshot that is younger.",
    )
    leap_birthday: Literal["feb-28", "mar-1"] = Field(
        default="feb-28", description="When somebody born on 29 February is greeted in common years."
    )

    @model_validator(mode="after")
    def _sweeps_are_minutes_apart(self) -> ContactPolicy:
        if self.sweep_every < timedelta(minutes=1):
            raise UnfitError("`sweep_every` is a minute or more", "sweep_every 至少为一分钟")
        return self


DatasetName = Literal[
    "members", "orders", "events", "contact_points", "tags", "redemptions", "refunds", "points", "referrals", "consents"
]
"""Datasets of the warehouse whose rows happened at a moment."""


class Freshness(Strict):
    """How old the newest facts may be that recency and triggers read.

    An export that was forgotten looks like lost members.
    """

    limits: dict[DatasetName, Duration] = Field(
        default_factory=dict,
        description="Dataset and how old its newest fact may be; orders and events: 2d, or `data_every` if longer.",
    )
    on_stale: Literal["warn", "stop"] = Field(
        default="warn", description="What a run does with older data: it says so, or it decides nothing."
    )


class GlobalHoldout(Strict):
    """Members nobody contacts, across calendars, until the salt changes."""

    share: Annotated[Share, Field(description="Share of all members.")]
    salt: str = Field(min_length=1, description="Text that draws the group; change it to draw anew.")


Category = Literal["fresh", "standard", "tea_wine_dairy"]
LIFECYCLES: dict[Category, dict[str, str]] = {
    "fresh": {"core": "15d", "potential": "45d", "ordinary": "90d", "lost": "180d"},
    "standard": {"core": "30d", "potential": "90d", "ordinary": "180d", "lost": "365d"},
    "tea_wine_dairy": {"core": "45d", "potential": "120d", "ordinary": "240d", "lost": "365d"},
}
"""Lifecycle of a category unless the store writes its own: standard is that of A5, the others are ours."""


class Store(Strict):
    """A store and its member programme."""

    store: Annotated[str, Field(description="Id of the store, the name of its file.")]
    title: Text = Text()
    currency: str = Field(default="CNY", description="Currency of all amounts, ISO 4217.")
    member_definition: Literal["1.0", "2.0", "3.0"] = Field(
        default="2.0", description="1.0: every past buyer; 2.0: everyone who joined; 3.0: joined, with behaviour (A1)."
    )
    crm_edition: Edition = Field(
        default="custom",
        description="Member product of the platform: official (bought before joining, basic rights), custom (定制版), "
        "huiyuantong (会员通, members of several systems) (A1#6).",
    )
    crm_edition_from: dict[Day, Edition] = Field(
        default_factory=dict, description="Other editions from a day on, e.g. {2021-10-01: custom} once it is bought."
    )
    category: Category | None = Field(
        default=None, description="What the store sells; picks the default lifecycle and rules of plays (A9)."
    )
    tiers: Tiers
    points: Points | None = Field(default=None, description="How points are earned; needed by points benefits (A3).")
    lifecycle: Lifecycle = Lifecycle()
    join_threshold: JoinThreshold | None = Field(
        default=None, description="Who may join (A1#12); empty: everybody. Audiences ask for it with `may_join`."
    )
    value_weights: ValueWeights = Field(
        default=ValueWeights(), description="What behaviour is worth in `value_score` (A1#3)."
    )
    tags: dict[str, TagRule] = Field(
        default_factory=dict, description="Tags made by a rule or by merging others; has_tag knows them (A1#20)."
    )
    audiences: dict[str, Audience] = Field(
        default_factory=dict,
        description="Named sets of members for all calendars of the store: `audience('store/vip')` asks for vip (A5).",
    )
    channels: Annotated[dict[str, Channel], Field(description="Ways to reach one member (A4).")]
    positions: dict[str, Position] = Field(default_factory=dict, description="Places of display (A4).")
    contact_policy: ContactPolicy = ContactPolicy()
    freshness: Freshness = Freshness()
    approval: ApprovalPolicy = Field(default=ApprovalPolicy(), description="Who approves, and when a run waits for it.")
    holdout: GlobalHoldout | None = Field(default=None, description="Control group across calendars.")
    values: Values | None = Field(default=None, description="What contacts are expected to bring in.")
    calendars: dict[str, Annotated[float, Field(gt=0, le=1000)]] = Field(
        default_factory=dict,
        description="Calendars that are planned together because they share members' caps and the channels' days, and"
        " what a contact of each is worth beside the others, e.g. {queens-day: 2, daily: 1}.",
    )
    event_kinds: list[str] = Field(
        default_factory=list, description="Kinds of its events source beside the usual ones, for triggers (A5)."
    )
    restrictions: list[Restriction] = Field(
        default_factory=list,
        description="Measures of the platform that close channels for a time, beside those of the dataset `measures`"
        " (A1#27).",
    )
    history_from: Day | None = Field(
        default=None, description="Day from which orders are complete; empty: the first order's (A7)."
    )
    benefit_days: int | None = Field(
        default=None, ge=1, le=15, description="Days of any 15 on which a member benefit has to be online (A1#8)."
    )
    platform_ids: Literal["optional", "required"] = Field(
        default="optional",
        description="required: a benefit that the platform enforces is sent only once its id there is known"
        " (`promocal export ids`); optional: it is sent all the same.",
    )
    stacking: dict[str, str] = Field(
        default_factory=dict,
        description="Groups of kinds of benefits where the shop's differ, e.g. {store_coupon: shop}: of one group one"
        " is used per order, of gift, red_packet, points and freight all; different groups are used together.",
    )
    admitted_to: list[Admission] = Field(
        default_factory=list,
        description="Plans of the platform the store has been admitted to, for good or for some days (A11#11).",
    )

    def edition_on(self, day: date) -> Edition:
        """Its member product on a local day."""
        return edition(self.crm_edition, self.crm_edition_from, day)

    @model_validator(mode="before")
    @classmethod
    def _lifecycle_of_its_category(cls, value: Any) -> Any:
        if isinstance(value, dict) and "lifecycle" not in value and value.get("category") in LIFECYCLES:
            return {**value, "lifecycle": LIFECYCLES[value["category"]]}
        return value

"""The rows of the set-up sheets: one for each benefit and part of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from campaign_calendars.findings.said import Said
from campaign_calendars.model.benefits import Benefit, Pack, PriceBenefit, remarked
from campaign_calendars.model.benefits.base import FULL, Order, fold_rate, yuan
from campaign_calendars.model.benefits.coupons import MemberCoupon, NewMemberPack, Referral
from campaign_calendars.model.benefits.group_plays import Timed
from campaign_calendars.model.benefits.prices import EarlyBirdPrice, HalfPrice
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import Calendar, Duty
from campaign_calendars.model.programme import Tier
from campaign_calendars.model.stacking import exclusive_of, group_of
from campaign_calendars.model.store import Store
from campaign_calendars.set_up.tools import FACES, INTERFACE, SheetName, Tool, tool_of
from campaign_calendars.time.offers import on_the_clock
from campaign_calendars.time.timeline import Span, Timeline, utc
from campaign_calendars.values.scalars import NO_TEXT, Text

Setup = Literal["interface", "by_hand", "people"]
Part = tuple[str, int | None, int | None]
"""Its name ("" where the benefit is one thing), threshold and value in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRow:
    """One thing to be set up on the platform. Money is cents, moments are aware."""

    benefit: str
    part: str
    kind: str
    sheet: SheetName
    tool: Said
    title: Said
    offer: Said
    who: tuple[str, ...]
    threshold: int | None = None
    items: int | None = None
    value: int | None = None
    thing: Said = ("", "")
    goods: tuple[str, ...] = ()
    price: Said = ("", "")
    stock: int | None = None
    daily_cap: int | None = None
    per_member: int = 1
    order: Order | None = None
    offered: Span | None = None
    valid: Span | None = None
    valid_for: int | None = None
    points: int | None = None
    public: bool = False
    counts: bool | None = None
    group: str = ""
    exclusive: tuple[str, ...] = ()
    owner: Text = NO_TEXT
    due: datetime | None = None
    done: bool = False
    platform_id: str = ""
    setup: Setup = "people"
    refused: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the calendar: ids by (benefit, part), duties that are done."""

    ids: Mapping[tuple[str, str], str]
    ticked: Collection[str] = ()


def setup_rows(calendar: Calendar, timeline: Timeline, known: Known, store: Store | None = None) -> list[SetupRow]:
    """A row for each part of each benefit that a play uses or that others are measured by, in written order.

    With the store, its tiers' own discounts stand below them.
    """
    made = _Rows(calendar, timeline, known, store.stacking if store else {})
    rows = [row for name, benefit in calendar.benefits.items() for row in made.of(name, benefit)]
    return rows + ([tier_row(level) for level in store.tiers.levels if level.discount < FULL] if store else [])


def tier_row(level: Tier) -> SetupRow:
    """The discount of a member level, which the platform keeps with its levels."""
    return SetupRow(
        benefit=f"tier {level.id}",
        part="",
        kind="tier_discount",
        sheet="prices",
        tool=("member levels", "会员等级折扣"),
        title=(level.title.en or level.id, level.title.zh or level.id),
        offer=(fold_rate(level.discount, "en"), fold_rate(level.discount, "zh")),
        price=(fold_rate(level.discount, "en"), fold_rate(level.discount, "zh")),
        who=(level.id,),
        counts=True,
        group="price",
        setup="by_hand",
    )


def parts_of(benefit: Benefit) -> list[Part]:
    """What of a benefit is set up by itself: coupons of a pack, both sides of a referral, tiers, days."""
    if isinstance(benefit, Pack):
        coupons: list[Part] = [(str(n), one.threshold, one.value) for n, one in enumerate(benefit.coupons, 1)]
        has_item = isinstance(benefit, NewMemberPack) and benefit.item is not None
        return [*coupons, ("item", None, None)] if has_item else coupons
    threshold, value = getattr(benefit, "threshold", None), getattr(benefit, "value", None)
    if isinstance(benefit, Referral):
        return [("parent", threshold, value), ("child", threshold, benefit.child_value)]
    if isinstance(benefit, MemberPresaleRight):
        return [(window.tier, None, None) for window in benefit.windows]
    if isinstance(benefit, EarlyBirdPrice):
        return [(day.text, None, None) for day in benefit.days]
    return [("", getattr(benefit, "amount", None) if threshold is None else threshold, value)]


def without_ids(calendar: Calendar, ids: Mapping[tuple[str, str], str]) -> frozenset[str]:
    """The benefits whose rules the platform keeps and of which it has not told every id yet."""
    return frozenset(
        name
        for name, benefit in calendar.benefits.items()
        if tool_of(benefit.kind).enforced
        and (name, "") not in ids
        and any((name, part) not in ids for part, _, _ in parts_of(benefit))
    )


@dataclass(frozen=True)
class _Rows:
    calendar: Calendar
    timeline: Timeline
    known: Known
    stacking: Mapping[str, str]

    def of(self, name: str, benefit: Benefit) -> Iterator[SetupRow]:
        tool, whole, ids = tool_of(benefit.kind), self._whole(name, benefit), self.known.ids
        for part, threshold, value in parts_of(benefit):
            yield replace(
                whole,
                part=part,
                threshold=threshold,
                value=value,
                who=(part,) if isinstance(benefit, MemberPresaleRight) else whole.who,
                offered=_opens(self.timeline, name, part, whole.offered),
                platform_id=ids.get((name, part), "") or ids.get((name, ""), ""),
                setup=_setup(tool, benefit.kind, value),
            )

    def _whole(self, name: str, benefit: Benefit) -> SetupRow:
        """What all parts of a benefit have in common."""
        tool, valid, thing = tool_of(benefit.kind), benefit.valid, getattr(benefit, "item", None)
        moments = on_the_clock(self.timeline, name)
        owner, due, done = _duty(self.calendar, self.timeline, benefit.needs, self.known)
        return SetupRow(
            benefit=name,
            part="",
            kind=benefit.kind,
            sheet=tool.sheet,
            tool=tool.name,
            title=(benefit.title.en or name, benefit.title.zh or name),
            offer=(remarked(benefit, "en", moments), remarked(benefit, "zh", moments)),
            who=_who(benefit),
            items=getattr(benefit, "items", None),
            thing=(thing.get("en"), thing.get("zh")) if thing is not None else ("", ""),
            goods=benefit.articles,
            price=_price(benefit),
            stock=benefit.stock,
            daily_cap=benefit.daily_cap,
            per_member=benefit.per_member,
            order=None if benefit.stock is None else benefit.rationed,
            offered=self.timeline.benefits[name].offered,
            valid=self.timeline.validity.get(name),
            valid_for=int(valid.for_.total_seconds()) if valid is not None and valid.for_ is not None else None,
            points=benefit.points_price or getattr(benefit, "points", None),
            public=isinstance(benefit, MemberCoupon) and "public" in benefit.exposed_in,
            counts=benefit.is_counted if isinstance(benefit, PriceBenefit) else None,
            group=group_of(benefit, self.stacking),
            exclusive=exclusive_of(self.calendar, name),
            owner=owner,
            due=due,
            done=done,
        )


def _price(benefit: Benefit) -> Said:
    """What is paid with it: an amount, or a rate of the price; half a price is what is left of it."""
    cents = getattr(benefit, "price", getattr(benefit, "cash", None))
    if isinstance(benefit, HalfPrice):
        cents = benefit.unit_cents(None)
    if cents is not None:
        return yuan(cents), yuan(cents)
    rate = getattr(benefit, "rate", None)
    return ("", "") if rate is None else (fold_rate(rate, "en"), fold_rate(rate, "zh"))


def _setup(tool: Tool, kind: str, value: int | None) -> Setup:
    if not tool.enforced:
        return "people"
    return "interface" if kind in INTERFACE and value in FACES else "by_hand"


def _who(benefit: Benefit) -> tuple[str, ...]:
    """Tiers; else the group; else the words the platform has for who may have it."""
    if benefit.tiers:
        return tuple(benefit.tiers)
    if isinstance(benefit, Timed) and benefit.group is not None:
        return (benefit.group,)
    if benefit.kind == "store_coupon":
        return ("everybody",)
    return ("new members",) if benefit.kind.startswith("new_member") else ("members",)


def _opens(timeline: Timeline, name: str, part: str, offered: Span | None) -> Span | None:
    """A tier's own window begins when it opens."""
    opens = timeline.opens.get((name, part))
    if opens is None or offered is None:
        return offered
    return Span(opens, offered.end) if utc(opens) < utc(offered.end) else Span(opens, opens)


def _duty(
    calendar: Calendar, timeline: Timeline, needs: Collection[str], known: Known
) -> tuple[Text, datetime | None, bool]:
    """Owner, due moment and state of the set-up: those of the first duty the benefit needs."""
    named: dict[str, tuple[Duty, datetime | None]] = {
        duty.id: (duty, timeline.due.get((phase.id, number)))
        for phase in calendar.phases
        for number, duty in enumerate(phase.duties)
        if duty.id is not None
    }
    for need in needs:
        if need in named:
            duty, due = named[need]
            return duty.owner, due, all(one in known.ticked for one in needs)
    return NO_TEXT, None, False

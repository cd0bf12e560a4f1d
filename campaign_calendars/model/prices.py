"""The price history: past and planned prices of goods, and the floor they make (B6, A11#2).

Two gates, looked at apart: the planned list price is not above the lowest list price of the
trailing days, and the planned price after coupons not above the lowest after coupons. Only prices
that count make the floor: member coupons, gifts and points are outside it, member prices are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from campaign_calendars.model.benefits import KINDS, Benefit, PriceBenefit
from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import FULL_SHARE, Day, Duration, Money, Share, Text, UnfitError


class PriceRule(Strict):
    """How a planned price is held against the lowest one (B6)."""

    look_back: Duration = Field(
        default="15d", validate_default=True, description="How far back prices count, before the phase begins."
    )
    below: Share = Field(default=0, description="How much below the lowest list price a planned one has to lie.")


class PastPrice(Strict):
    """A price that was asked on one day (B6)."""

    on: Annotated[Day, Field(description="Day of the price.")]
    list_: Annotated[
        Money | None, Field(alias="list", description="List price; single-item discounts are not part of it.")
    ] = None
    after_coupon: Money | None = Field(default=None, description="What was paid after coupons.")
    through: str | None = Field(
        default=None,
        description="Kind of benefit it was had through; member coupons, gifts and points do not count (A11#2).",
    )
    counts: bool | None = Field(
        default=None, description="Whether it counts toward the lowest price; default: by `through`."
    )

    @model_validator(mode="after")
    def _has_a_price(self) -> PastPrice:
        need_price(self.list_, self.after_coupon)
        return self

    @property
    def is_counted(self) -> bool:
        """Everybody's prices and store coupons count, other benefits by their kind."""
        if self.counts is not None or self.through in (None, "store_coupon"):
            return self.counts is not False
        return self.through in KINDS and KINDS[self.through].lowers_price


class PlannedPrice(Strict):
    """A price that is planned for a phase (B6)."""

    phase: Annotated[str, Field(description="Phase from whose start it is asked.")]
    list_: Annotated[Money | None, Field(alias="list", description="Planned list price.")] = None
    after_coupon: Money | None = Field(default=None, description="Planned price after the coupons everybody may use.")

    @model_validator(mode="after")
    def _has_a_price(self) -> PlannedPrice:
        need_price(self.list_, self.after_coupon)
        return self


class Goods(Strict):
    """Goods with their past and planned prices (B6)."""

    title: Text = Text()
    history: list[PastPrice] = Field(
        default_factory=list, description="Prices of the past, as far back as the rule looks."
    )
    planned: Annotated[list[PlannedPrice], Field(min_length=1, description="Prices of the campaign.")]


def need_price(list_price: int | None, after_coupon: int | None) -> None:
    """A price entry says at least one of the two."""
    if list_price is None and after_coupon is None:
        raise UnfitError("a price needs `list`, `after_coupon` or both", "价格需要写 list、after_coupon 或两者")


def online_prices(
    goods: Mapping[str, Goods], benefits: Mapping[str, Benefit], days: Mapping[str, Iterable[date]]
) -> dict[str, list[tuple[date, int]]]:
    """What benefits of goods are planned to ask for them, day by day: goods → days and cents.

    `days` are those on which a benefit is online. A benefit for few still counts while it is online; an early bird does
    not on its own days. A rate is of the list price that is planned, else of the latest one known.
    """
    found: dict[str, list[tuple[date, int]]] = {}
    for name, benefit in benefits.items():
        if not isinstance(benefit, PriceBenefit) or not benefit.is_counted:
            continue
        for sku in (one for one in benefit.goods if one in goods):
            price = benefit.unit_cents(list_price(goods[sku]))
            if price is not None:
                found.setdefault(sku, []).extend((day, price) for day in days[name])
    return found


def broken_by(
    goods: Goods, rule: PriceRule, starts: Mapping[str, date], day: date, cents: int
) -> list[tuple[str, date, int]]:
    """Planned prices after coupons that a price of `cents` on a day would break: phase, its first day, cents.

    `starts`: the first day of each phase. The price counts as any other that is asked on that day.
    """
    return [
        (one.phase, starts[one.phase], one.after_coupon)
        for one in goods.planned
        if one.after_coupon is not None and one.after_coupon > cents and one.phase in starts
        and timedelta(0) < starts[one.phase] - day <= rule.look_back
    ]  # fmt: skip


def list_price(goods: Goods) -> int | None:
    """The list price that is planned, the lowest of several, else the latest one known, in cents."""
    planned = [one.list_ for one in goods.planned if one.list_ is not None]
    known = [one for one in goods.history if one.list_ is not None]
    return min(planned) if planned else max(known, key=lambda one: one.on).list_ if known else None


def floors(
    history: Iterable[PastPrice], first_day: date, rule: PriceRule, online: Iterable[tuple[date, int]] = ()
) -> tuple[int | None, int | None]:
    """(highest list price allowed, highest price after coupons allowed) in cents; None: no price known.

    Prices of the `look_back` before `first_day` count; that day itself does not. `online` are those that benefits
    make.
    """
    known = [p for p in history if p.is_counted and timedelta(0) < first_day - p.on <= rule.look_back]
    lists = [price.list_ for price in known if price.list_ is not None]
    after = [price.after_coupon for price in known if price.after_coupon is not None]
    after += [cents for day, cents in online if timedelta(0) < first_day - day <= rule.look_back]
    allowed = min(lists) * (FULL_SHARE - rule.below) // FULL_SHARE if lists else None
    return allowed, min(after, default=None)

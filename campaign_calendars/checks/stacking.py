"""Benefits beside each other: exclusive ones, and prices beside the discount of a tier (A3, A6)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule, unknown
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.benefits import PriceBenefit
from campaign_calendars.model.benefits.base import at_rate, fold_rate, yuan
from campaign_calendars.model.prices import list_price
from campaign_calendars.model.stacking import best_price


@rule("C265", "error")
def exclusive_benefits_exist(view: View) -> Iterator[Finding]:
    """`exclusive_with` names a benefit that the calendar does not have, or the benefit itself.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, exclusive_with: [d]}}
    Passes:
        benefits:
          c: {kind: member_coupon, value: 5, exclusive_with: [d]}
          d: {kind: member_coupon, value: 8}

    中文：exclusive_with 引用了日历中没有的权益，或引用了自己。
    请按提示改正。
    """
    benefits = view.calendar.benefits
    for name, benefit in benefits.items():
        others = [other for other in benefits if other != name]
        for index, other in enumerate(benefit.exclusive_with):
            place = ("benefits", name, "exclusive_with", index)
            yield from unknown(place, other, others, ("other benefit", "其他权益"))


@rule("C266", "warning")
def a_price_is_below_the_tiers_own(view: View) -> Iterator[Finding]:
    """A price benefit is no better for a tier than the discount it has anyway.

    Of a tier's discount and the other prices of an item the best counts, never both (A6): a member price of 170.00 on
    200.00 is worth something to a tier that pays 0.90, and nothing to one that pays 0.85.

    Fails:
        tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000, discount: 0.85}]}
        prices: {tea: {history: [{on: 2026-03-01, list: 200}], planned: [{phase: burst, list: 200}]}}
        benefits: {c: {kind: member_price, item: tea, goods: [tea], price: 170, unit_cost: 30}}
    Passes:
        tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000, discount: 0.9}]}
        prices: {tea: {history: [{on: 2026-03-01, list: 200}], planned: [{phase: burst, list: 200}]}}
        benefits: {c: {kind: member_price, item: tea, goods: [tea], price: 170, unit_cost: 30}}

    中文：价格权益对某等级并不优于其等级折扣。
    等级折扣与商品的其他价格取最优，不叠加（A6）：标价 200.00、会员价 170.00，
    对付 9 折的等级有意义，对付 8.5 折的等级没有。
    """
    prices = view.calendar.prices
    for name, benefit in view.calendar.benefits.items():
        if not isinstance(benefit, PriceBenefit):
            continue
        for sku in (one for one in benefit.goods if one in prices):
            listed = list_price(prices[sku])
            price = benefit.unit_cents(listed)
            idle = [
                level
                for level in view.store.tiers.levels
                if listed is not None
                and price is not None
                and (not benefit.tiers or level.id in benefit.tiers)
                and best_price(listed, [price], level.discount) == at_rate(listed, level.discount)
                and price < listed
            ]
            if idle and listed is not None and price is not None:
                own = yuan(at_rate(listed, idle[0].discount))
                rates = [fold_rate(idle[0].discount, lang) for lang in ("en", "zh")]
                yield found(
                    ("benefits", name),
                    (
                        f"{sku} at {yuan(price)} is no better for {idle[0].id}, who pay {rates[0]}: {own}",
                        f"{sku} 的 {yuan(price)} 对 {idle[0].id} 并不更优：其等级折扣 {rates[1]} 只付 {own}",
                    ),
                    ("Lower the price, or leave the tier out with `tiers`.", "请降低价格，或用 tiers 排除该等级。"),
                    on="key",
                )

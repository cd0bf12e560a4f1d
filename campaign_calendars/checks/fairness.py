"""Who gets what: member benefits above the store's, higher tiers never worse, no price by person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from campaign_calendars.checks.coupons import Coupon, best_net, first_basket
from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.benefits.coupons import MemberCoupon, MemberCouponPack, StoreCoupon
from campaign_calendars.model.calendar import Phase
from campaign_calendars.model.stacking import group_of

_PRICES = frozenset(
    {
        "bundle_price",
        "early_bird_price",
        "flash_sale",
        "group_buy",
        "haggle",
        "half_price",
        "member_items_discount",
        "member_price",
        "timed_offer",
    }
)
_PERSONAL = frozenset({"age", "avg_order", "city", "m_score", "province", "spend_365d", "spend_90d", "spend_total"})


def _member_coupons(view: View, phase: Phase, tier: str | None = None) -> list[Coupon]:
    """(threshold, value) of the member coupons a phase gives; with a tier, those it may get."""
    coupons: list[Coupon] = []
    for name in dict.fromkeys(name for play in phase.plays for name in play.told):
        benefit = view.calendar.benefits.get(name)
        if benefit is None or (tier is not None and benefit.tiers and tier not in benefit.tiers):
            continue
        if isinstance(benefit, MemberCoupon):
            coupons.append((benefit.threshold, benefit.value))
        elif isinstance(benefit, MemberCouponPack):
            coupons += [(coupon.threshold, coupon.value) for coupon in benefit.coupons]
    return coupons


def _store_coupons(view: View, phase: Phase) -> list[Coupon]:
    """The store's general coupons that may be used during the phase."""
    during = view.timeline.phases.get(phase.id)
    coupons = []
    for name, benefit in view.calendar.benefits.items():
        if isinstance(benefit, StoreCoupon):
            valid = view.timeline.validity.get(name)
            if valid is None or during is None or valid.overlap(during).total_seconds() > 0:
                coupons.append((benefit.threshold, benefit.value))
    return coupons


def _in_one_group(view: View, phase: Phase) -> bool:
    """Whether some member coupon of the phase is used instead of a general one; else it comes on top of it."""
    benefits = view.calendar.benefits
    named = {name for play in phase.plays for name in play.told if name in benefits}
    given = [benefits[name] for name in named if isinstance(benefits[name], MemberCoupon | MemberCouponPack)]
    general = [benefit for benefit in benefits.values() if isinstance(benefit, StoreCoupon)]
    groups = {group_of(benefit, view.store.stacking) for benefit in general}
    return any(group_of(benefit, view.store.stacking) in groups for benefit in given)


@rule("C192", "warning")
def members_get_more_in_every_phase(view: View) -> Iterator[Finding]:
    """In a phase, the best member coupon is not better than the store's general coupons.

    Member benefits stand above those of the whole store in every phase (A3). What a member pays
    with the best member coupon of the phase is compared with the best general coupon valid in it,
    for every basket a general coupon applies to. Where the store's `stacking` lets an order use both, there is nothing
    to compare.

    Fails:
        benefits:
          s: {kind: store_coupon, threshold: 299, value: 40}
          c: {kind: member_coupon, threshold: 199, value: 30}
    Passes:
        benefits:
          s: {kind: store_coupon, threshold: 299, value: 40}
          c: {kind: member_coupon, threshold: 199, value: 45}

    中文：某阶段最好的会员券并不优于店铺通用券。
    每个阶段的会员权益都应高于全店（A3）；按通用券适用的每个购物金额比较该阶段最好的会员券与最好的通用券。
    店铺的 stacking 允许同单叠加时无需比较。
    """
    for index, phase in enumerate(view.calendar.phases):
        members, general = _member_coupons(view, phase), _store_coupons(view, phase)
        if not members or not general or not _in_one_group(view, phase):
            continue
        basket = first_basket(members, general, lambda own, other: own >= other and own + other > 0)
        if basket is not None:
            own, other = yuan(best_net(basket, members)), yuan(best_net(basket, general))
            yield found(
                ("phases", index, "plays"),
                (
                    f"{phase.id}: of a basket of {yuan(basket)} members pay {own}, everybody pays {other}",
                    f"{phase.id}：购物金额 {yuan(basket)} 时会员付 {own}，通用券付 {other}",
                ),
                (
                    "Give a better member coupon, or say with `valid` when the general coupon ends.",
                    "请发放更好的会员券，或用 valid 写明通用券的期限。",
                ),
                on="key",
            )


@rule("C193", "warning")
def higher_tiers_get_as_much(view: View) -> Iterator[Finding]:
    """In a phase, a higher tier gets worse coupons than a lower one.

    Every tier gets at least what the tier below gets (A3). Compared for every basket, over all
    member coupons of the phase that name tiers or none.

    Fails:
        benefits:
          c: {kind: member_coupon, threshold: 199, value: 30, tiers: [basic]}
    Passes:
        benefits:
          c: {kind: member_coupon, threshold: 199, value: 30, tiers: [basic, gold]}

    中文：某阶段高等级会员的券不如低等级。
    每个等级至少得到下一等级的权益（A3）；按每个购物金额比较该阶段的会员券。
    """
    for index, phase in enumerate(view.calendar.phases):
        for lower, higher in pairwise(view.tier_ids):
            below, above = _member_coupons(view, phase, lower), _member_coupons(view, phase, higher)
            basket = first_basket(above, below, lambda own, other: own > other) if below else None
            if basket is not None:
                more, less = yuan(best_net(basket, above)), yuan(best_net(basket, below))
                yield found(
                    ("phases", index, "plays"),
                    (
                        f"{phase.id}: of a basket of {yuan(basket)} {higher} pays {more}, {lower} pays {less}",
                        f"{phase.id}：购物金额 {yuan(basket)} 时 {higher} 付 {more}，{lower} 付 {less}",
                    ),
                    ("Let the higher tier have it too, or something better.", "请让高等级也能得到，或给予更好的权益。"),
                    on="key",
                )


@rule("C195", "warning")
def no_price_by_person(view: View) -> Iterator[Finding]:
    """A price depends on what a member spends, or on age or place.

    Unreasonable differences of price by personal profile are forbidden (B7: PIPL art. 24,
    E-Commerce Law art. 18). A price for a tier everybody can reach is allowed, a price by score,
    spend, age or city is not transparent; coupons by purchasing power are not meant.

    Fails:
        audiences: {everybody: joined and m_score <= 2}
        benefits: {c: {kind: member_price, item: tea, price: 59, unit_cost: 5}}
    Passes:
        audiences: {everybody: joined and tier >= 'gold'}
        benefits: {c: {kind: member_price, item: tea, price: 59, unit_cost: 5}}

    中文：价格因会员的消费、年龄或地区而不同。
    法规禁止按个人画像在价格上实行不合理差别待遇（B7）。按人人可达的等级定价可以；按评分、消费、年龄、城市定价不透明。
    """
    for place, _, play, name, benefit in view.benefits():
        expression = view.expression(play.audience) if benefit.kind in _PRICES else None
        personal = ", ".join(sorted(expression.fields & _PERSONAL)) if expression is not None else ""
        if personal:
            yield found(
                place,
                (
                    f"{name} is a price, and {play.audience} chooses by {personal}",
                    f"{name} 是价格权益，而人群 {play.audience} 按 {personal} 挑选",
                ),
                ("Choose by tier, or give a coupon.", "请按等级挑选，或改发优惠券。"),
            )

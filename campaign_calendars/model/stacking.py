"""Which benefits one order may use together, and what is paid where only the best counts (A3, B2).

Benefits of one group exclude each other within an order: of prices the best for an item, of coupons one for the
order, of balance coupons one for the balance. Gifts, red packets, points and freight are used beside all others; a
free order beside none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.benefits.base import at_rate
from campaign_calendars.model.benefits.coupons import MemberCashback
from campaign_calendars.model.benefits.rights import Service
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.values.scalars import FULL_SHARE

COMBINE = frozenset({"gift", "red_packet", "points", "freight"})
"""Groups whose benefits are used beside each other as well."""

GROUPS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "store_coupon", "member_coupon", "new_member_coupon", "category_coupon", "member_cashback", "referral",
            "member_coupon_pack", "new_member_pack", "after_order_coupon",
        ),
        "coupon",
    ),
    **dict.fromkeys(
        (
            "member_gift_001", "new_member_gift", "member_extra_gift", "buyback_gift", "challenge", "birthday_gift",
            "lucky_bag", "exchange_card", "order_sample",
        ),
        "gift",
    ),
    **dict.fromkeys(
        (
            "member_price", "member_items_discount", "early_bird_price", "half_price", "bundle_price", "flash_sale",
            "group_buy", "points_plus_cash", "timed_offer", "haggle",
        ),
        "price",
    ),
    **dict.fromkeys(("points_redeem", "points_game", "points_cash"), "points"),
    "points_final_payment_coupon": "balance",
    "free_order": "free_order",
    "red_packet": "red_packet",
}  # fmt: skip
"""Kind → its group, unless the store says otherwise; kinds without one are no part of an order."""


def group_of(benefit: Benefit, stacking: Mapping[str, str]) -> str:
    """The stacking group of a benefit; "" where it is no part of an order."""
    if benefit.kind in stacking:
        return stacking[benefit.kind]
    if isinstance(benefit, MemberCashback) and benefit.form == "red_packet":
        return "red_packet"
    if isinstance(benefit, Service) and benefit.offers == "free_shipping":
        return "freight"
    return GROUPS.get(benefit.kind, "")


def exclude_each_other(one: str, other: str) -> bool:
    """Whether benefits of two groups cannot be used on the same item or order."""
    if "free_order" in (one, other):
        return True
    return bool(one) and one == other and one not in COMBINE


def exclusive_of(calendar: Calendar, name: str) -> tuple[str, ...]:
    """What excludes a benefit, whichever of the two says so."""
    others = calendar.benefits[name].exclusive_with
    named_by = [other for other, benefit in calendar.benefits.items() if name in benefit.exclusive_with]
    return tuple(dict.fromkeys([*others, *named_by]))


def best_price(list_cents: int, prices: Iterable[int], tier_rate: int = FULL_SHARE) -> int:
    """What is paid for an item: the best of the tier's discount and the prices on offer; they are of one group."""
    return min([at_rate(list_cents, tier_rate), *prices])

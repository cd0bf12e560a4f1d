"""Which tool of the platform sets up which kind of benefit, and how its coupon interface is limited (A3, B2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from campaign_calendars.findings.said import Said

SheetName = Literal["coupons", "packs", "gifts", "prices", "points", "rights"]
FACES = (300, 500, 1_000, 2_000, 5_000, 10_000)
"""Cents a coupon made through the interface may take off; others are set up by hand (B2)."""
MOST_COUPONS = 50
"""Coupons of the interface that may be live at once (B2)."""
MOST_BUYERS = 100
"""Buyers of one call that sends a coupon; it answers with those it refused (B2)."""
HIGHEST_LEVEL = 4
"""Member levels that the platform tells apart, from 0 (B2, shop_member_level)."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Where a kind of benefit is set up. `enforced`: the platform keeps its rules, so it has an id there."""

    sheet: SheetName
    name: Said
    enforced: bool = True


_COUPON: Said = ("coupon tool", "优惠券工具")
_PACK: Said = ("new member pack", "新会员礼包")
_GIFT: Said = ("member gift tool", "会员专享礼")
_PRICE: Said = ("member price tool", "会员价/单品优惠")
_POINTS: Said = ("points mall", "积分商城")
_BY_HAND: Said = ("by hand", "人工")

TOOLS: dict[str, Tool] = {
    "store_coupon": Tool("coupons", _COUPON),
    "member_coupon": Tool("coupons", _COUPON),
    "new_member_coupon": Tool("coupons", _PACK),
    "category_coupon": Tool("coupons", ("goods coupon", "商品优惠券")),
    "member_cashback": Tool("coupons", ("spend and get back", "满返")),
    "after_order_coupon": Tool("coupons", ("coupon after the order", "下单送券")),
    "red_packet": Tool("rights", ("red packets of groups", "群红包")),
    "referral": Tool("coupons", ("referral coupons", "裂变优惠券")),
    "member_coupon_pack": Tool("packs", ("coupon pack", "会员专享券包")),
    "new_member_pack": Tool("packs", _PACK),
    "member_gift_001": Tool("gifts", _GIFT),
    "new_member_gift": Tool("gifts", _PACK),
    "member_extra_gift": Tool("gifts", ("gift on top", "会员加赠")),
    "buyback_gift": Tool("gifts", ("buy again and get", "复购有礼")),
    "challenge": Tool("gifts", ("challenge plan", "会员挑战")),
    "birthday_gift": Tool("gifts", ("birthday gift", "生日礼"), enforced=False),
    "lucky_bag": Tool("gifts", _BY_HAND, enforced=False),
    "order_sample": Tool("gifts", _BY_HAND, enforced=False),
    "exchange_card": Tool("gifts", ("exchange card", "会员兑换卡")),
    "member_price": Tool("prices", _PRICE),
    "member_items_discount": Tool("prices", ("so many items, so much", "满件折")),
    "early_bird_price": Tool("prices", ("early bird", "新品早鸟价")),
    "half_price": Tool("prices", _PRICE),
    "bundle_price": Tool("prices", ("bundle", "N件N元")),
    "flash_sale": Tool("prices", ("flash sale", "秒杀")),
    "group_buy": Tool("prices", ("group buying", "拼团")),
    "timed_offer": Tool("prices", ("timed sale in groups", "群内限时抢")),
    "haggle": Tool("prices", ("haggling", "砍价")),
    "free_order": Tool("prices", _BY_HAND, enforced=False),
    "points_redeem": Tool("points", _POINTS),
    "points_plus_cash": Tool("points", _POINTS),
    "points_final_payment_coupon": Tool("points", _POINTS),
    "points_double": Tool("points", ("points times", "多倍积分"), enforced=False),
    "points_cash": Tool("points", ("points as cash", "积分抵现")),
    "points_game": Tool("points", ("points game", "积分玩法")),
    "referral_points": Tool("points", _BY_HAND, enforced=False),
    "member_presale_right": Tool("rights", ("priority purchase", "会员优先购")),
    "service": Tool("rights", _BY_HAND, enforced=False),
    "partner": Tool("rights", _BY_HAND, enforced=False),
}
OTHERS = Tool("rights", _BY_HAND, enforced=False)
"""Of kinds that were installed beside promocal: nobody here knows their tool."""
INTERFACE = frozenset({"store_coupon", "member_coupon", "new_member_coupon", "category_coupon"})
"""Kinds that the coupon interface can make."""


def tool_of(kind: str) -> Tool:
    return TOOLS.get(kind, OTHERS)

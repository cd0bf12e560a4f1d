"""Who keeps the rules of a benefit: promocal when it decides, the platform's tool, or people (A3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from campaign_calendars.findings.said import Said

Enforcer = Literal["promocal", "platform", "people"]
WORDS: Final[Mapping[Enforcer, Said]] = {
    "promocal": ("promocal", "promocal"),
    "platform": ("platform", "平台"),
    "people": ("people", "人工"),
}
_P: tuple[Enforcer, ...] = ("promocal",)
_T: tuple[Enforcer, ...] = ("platform",)
_H: tuple[Enforcer, ...] = ("people",)
ENFORCERS: Final[Mapping[str, tuple[Enforcer, ...]]] = {
    **dict.fromkeys(
        (
            "store_coupon", "exchange_card", "half_price", "member_price", "member_items_discount", "bundle_price",
            "flash_sale", "group_buy", "points_plus_cash", "after_order_coupon", "red_packet",
        ),
        _T,
    ),
    **dict.fromkeys(
        (
            "member_coupon", "member_coupon_pack", "category_coupon", "member_cashback", "referral",
            "new_member_coupon", "new_member_gift", "new_member_pack", "member_gift_001", "member_extra_gift",
            "buyback_gift", "challenge", "early_bird_price", "points_redeem", "points_final_payment_coupon",
            "points_game", "member_presale_right", "timed_offer", "haggle",
        ),
        (*_P, *_T),
    ),
    **dict.fromkeys(("birthday_gift", "points_double", "referral_points"), _P),
    **dict.fromkeys(("lucky_bag", "free_order", "partner"), (*_P, *_H)),
    "points_cash": _T,
    "service": _H,
    "order_sample": _H,
}  # fmt: skip
"""Kind of benefit → who keeps its rules; kinds that were installed beside promocal are kept by promocal alone."""


def enforcers_of(kind: str) -> tuple[Enforcer, ...]:
    return ENFORCERS.get(kind, _P)

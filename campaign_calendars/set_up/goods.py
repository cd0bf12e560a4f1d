"""Goods lists against the shop's own items: what is not to be had, and what costs something else there (A9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaign_calendars.findings.said import Said
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.messages import GoodsList
from campaign_calendars.set_up.refusals import Refusal

_GONE: Said = ("sold out: messages leave without it", "已售罄：发送时不列出")
_UNKNOWN: Said = ("the shop's items do not have it", "店铺商品中没有此商品")


def goods_against_items(
    lists: Mapping[str, GoodsList], there: Mapping[str, bool], prices: Mapping[str, int]
) -> Iterator[Refusal]:
    """`there`: item or article → whether it may be had; `prices`: its list price in cents. Without any: nothing."""
    for name, listed in lists.items():
        for one in listed.items if there else ():
            price = prices.get(one.item)
            if one.item not in there:
                yield Refusal("goods", f"{name} {one.item}", _UNKNOWN)
            elif not there[one.item]:
                yield Refusal("goods", f"{name} {one.item}", _GONE)
            elif one.price is not None and price is not None and one.price > price:
                yield Refusal("goods", f"{name} {one.item}", _dearer(one.price, price))


def _dearer(said: int, asked: int) -> Said:
    return (
        f"the list says {yuan(said)}, the shop asks {yuan(asked)} at most",
        f"清单写 {yuan(said)} 元，店铺一口价为 {yuan(asked)} 元",
    )

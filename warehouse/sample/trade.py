"""What follows from orders: their state and their lines (B1).

Everything is a function of the order itself (its member and its second), never of a generator: the
extract and the world that lives on from it tell the same story about the same kind of order.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from warehouse.sample.draws import Ints, hashes, uniforms
from warehouse.sample.files import money, pick, table
from warehouse.sample.population import NEVER, prefixed
from warehouse.sample.seasons import DAY

STATES = ("unpaid", "paid", "shipped", "success", "closed")
_UNPAID, _PAID, _SHIPPED, _SUCCESS, _CLOSED = range(5)
_SHIPPED_AFTER = DAY
_COMPLETE, _LINES, _ARTICLE, _LIST = range(70, 74)
_GIFT, _WHICH_GIFT = 143, 144
_LIST_ABOVE = 0.18

# title, category: what a food shop sells
ARTICLES = (
    ("赣南脐橙 5斤", "fruit"),
    ("阿克苏苹果 8斤", "fruit"),
    ("智利车厘子 2斤", "fruit"),
    ("每日坚果 30包", "snacks"),
    ("麻辣牛肉干 200g", "snacks"),
    ("手工蛋卷 礼盒", "snacks"),
    ("龙井春茶 250g", "tea"),
    ("茉莉花茶 100g", "tea"),
    ("纯牛奶 24盒", "dairy"),
    ("希腊酸奶 12杯", "dairy"),
    ("东北大米 10斤", "staples"),
    ("挂面 6包", "staples"),
)

# title, list price in cents
GIFTS = (("赠品 坚果试吃装", 990), ("赠品 茶叶小罐", 1_990), ("赠品 保温袋", 1_500))


@dataclass(frozen=True)
class Trades:
    """Orders as the shop knows them at one moment; times in local seconds, NEVER if not."""

    member: Ints
    ordered: Ints
    paid: Ints
    closed: Ints
    cents: Ints
    refunded: Ints
    refunded_cents: Ints
    items: Ints

    def where(self, keep: NDArray[np.bool_]) -> Trades:
        return Trades(*(getattr(self, field.name)[keep] for field in fields(self)))


def completed(trades: Trades, now: int) -> Ints:
    """When the buyer confirmed: 2 to 10 days after payment, never for an order given back before."""
    draws = uniforms(0, _COMPLETE, trades.member, trades.ordered)
    at = trades.paid + 2 * DAY + (draws * 8 * DAY).astype(np.int64)
    returned = (trades.refunded != NEVER) & (trades.refunded_cents >= trades.cents) & (trades.refunded <= at)
    return np.where((trades.paid == NEVER) | returned | (at >= now), NEVER, at)


def states(trades: Trades, done: Ints, now: int) -> pa.Array:
    """The state of each order at `now`; `done` is what `completed` says."""
    return pick(STATES, state_numbers(trades, done, now))


def state_numbers(trades: Trades, done: Ints, now: int) -> Ints:
    """Positions in STATES."""
    state = np.where(now - trades.paid > _SHIPPED_AFTER, _SHIPPED, _PAID)
    state = np.where(trades.paid == NEVER, _UNPAID, state)
    state = np.where(done != NEVER, _SUCCESS, state)
    returned = (trades.refunded != NEVER) & (trades.refunded_cents >= trades.cents)
    return np.where((trades.closed != NEVER) | (returned & (done == NEVER)), _CLOSED, state)


def item_table(trades: Trades, ids: pa.Array, gifts: float) -> pa.Table:
    """One to three lines for each order; what was paid and given back adds up to the order.

    A share `gifts` of the orders has another line that costs nothing: the gift.
    """
    count = np.minimum(1 + (hashes(0, _LINES, trades.member, trades.ordered) % np.uint64(3)).astype(np.int64), 3)
    count = np.minimum(count, np.maximum(trades.items, 1))
    order = np.repeat(np.arange(len(count)), count)
    line = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    paid = _shares(trades.cents, count, order, line)
    quantity = np.maximum(_shares(trades.items, count, order, line), 1)
    member, ordered = trades.member[order], trades.ordered[order]
    article = (hashes(0, _ARTICLE, member, ordered, line) % np.uint64(len(ARTICLES))).astype(np.int64)
    reduced = uniforms(0, _LIST, member, ordered, line) < _LIST_ABOVE
    listed = np.where(reduced, paid * 5 // 4, paid)
    lines = table(
        "order_items",
        ids.take(pa.array(order)),
        pc.binary_join_element_wise(ids.take(pa.array(order)), pa.array(line + 1).cast(pa.string()), "-"),
        prefixed("sku", article + 1, 3),
        pick(tuple(title for title, _ in ARTICLES), article),
        pick(tuple(category for _, category in ARTICLES), article),
        money(-(-listed // quantity)),
        pa.array(quantity),
        money(paid),
        money(_shares(np.where(trades.refunded != NEVER, trades.refunded_cents, 0), count, order, line)),
    )
    return pa.concat_tables([lines, _gift_table(trades, ids, gifts)])


def _gift_table(trades: Trades, ids: pa.Array, share: float) -> pa.Table:
    """Gifts as lines of their own: listed at a price, paid nothing."""
    with_gift = (uniforms(0, _GIFT, trades.member, trades.ordered) < share) & (trades.paid != NEVER)
    orders = ids.filter(pa.array(with_gift))
    member, ordered = trades.member[with_gift], trades.ordered[with_gift]
    which = (hashes(0, _WHICH_GIFT, member, ordered) % np.uint64(len(GIFTS))).astype(np.int64)
    zero = money(np.zeros(len(orders), dtype=np.int64))
    return table(
        "order_items",
        orders,
        pc.binary_join_element_wise(orders, "gift", "-"),
        prefixed("gift", which + 1, 3),
        pick(tuple(title for title, _ in GIFTS), which),
        pa.array(["gift"] * len(orders), pa.string()),
        money(np.array([cents for _, cents in GIFTS])[which]),
        pa.array(np.ones(len(orders), dtype=np.int64)),
        zero,
        zero,
    )


def _shares(total: Ints, count: Ints, order: Ints, line: Ints) -> Ints:
    """Whole totals split evenly over the lines, the first line taking what is left over."""
    even = total // count
    shares: Ints = even[order] + np.where(line == 0, (total - even * count)[order], 0)
    return shares

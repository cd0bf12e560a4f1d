"""Coupons against each other: what a basket costs with one and with the other."""

from __future__ import annotations

from collections.abc import Callable, Collection

Coupon = tuple[int, int]
"""Threshold and value, in cents."""


def net(basket: int, coupon: Coupon) -> int:
    """What is paid for a basket, in cents; a coupon never pays out more than the basket."""
    threshold, value = coupon
    return max(basket - value, 0) if basket >= threshold else basket


def first_basket_not_better(member: Coupon, general: Coupon) -> int | None:
    """The smallest basket at which either coupon applies and the member's is not strictly better.

    Both prices are piecewise linear with slope 0 or 1 and change slope only at a threshold or
    where a value is used up, so comparing them there compares them everywhere. None: the member's
    coupon is better for every basket at which either applies.
    """
    breakpoints = sorted({max(1, point) for coupon in (member, general) for point in (*coupon, coupon[1] + 1)})
    for basket in breakpoints:
        applies = basket >= min(member[0], general[0])
        if applies and net(basket, member) >= net(basket, general):
            # Where both baskets are free already, neither can be better.
            if net(basket, general) == 0 and net(basket, member) == 0:
                continue
            return basket
    return None


def best_net(basket: int, coupons: Collection[Coupon]) -> int:
    """What is paid with the best of several coupons, one of which may be used."""
    return min((net(basket, coupon) for coupon in coupons), default=basket)


def first_basket(
    own: Collection[Coupon], other: Collection[Coupon], is_wrong: Callable[[int, int], bool]
) -> int | None:
    """The smallest basket some coupon of `other` applies to for which `is_wrong(paid with own, paid with other)`.

    With the best of several coupons the price is still piecewise linear with slope 0 or 1, and
    changes only at a threshold or where a value is used up.
    """
    points = {max(1, point) for coupon in (*own, *other) for point in (*coupon, coupon[1] + 1)}
    start = min((threshold for threshold, _ in other), default=0)
    for basket in sorted(point for point in points | {max(1, start)} if point >= start):
        if is_wrong(best_net(basket, own), best_net(basket, other)):
            return basket
    return None

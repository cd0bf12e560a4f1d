"""Points: rules are stated, higher tiers earn as much, what points buy can be reached (A3, A6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from campaign_calendars.checks.registry import View, found, rule, store_rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.store import Store

_GIVE = {"points_double", "points_game", "points_cash", "referral_points"}


@store_rule("C217", "error")
def higher_tiers_earn_as_much(store: Store) -> Iterator[Finding]:
    """A higher tier earns fewer points than a lower one.

    The factor on points rises with the tier, it never falls (A6).

    Fails:
        tiers: {window: 365d, levels: [{id: basic, points: 2}, {id: gold, spend: 1000, points: 1.5}]}
    Passes:
        tiers: {window: 365d, levels: [{id: basic, points: 1}, {id: gold, spend: 1000, points: 1.5}]}

    中文：高等级的积分倍率低于低等级。
    积分倍率随等级递增，不会降低（A6）。
    """
    for index, (lower, higher) in enumerate(pairwise(store.tiers.levels), start=1):
        if higher.points < lower.points:
            yield found(
                ("tiers", "levels", index, "points"),
                (
                    f"{higher.id} earns {higher.points:g} times the points, {lower.id} {lower.points:g} times",
                    f"{higher.id} 为 {higher.points:g} 倍积分，{lower.id} 为 {lower.points:g} 倍",
                ),
                ("Raise the factor.", "请提高倍率。"),
            )


@rule("C218", "warning")
def points_rules_are_stated(view: View) -> Iterator[Finding]:
    """Benefits are paid in points or give some, and the store does not say how points are earned.

    Rules of earning and using points have to be set and fair (A3, S3): the store's `points`.

    Fails:
        benefits: {c: {kind: points_redeem, points: 100, item: mug, unit_cost: 5, order: hash}}
    Passes:
        points: {per_unit: 1}
        benefits: {c: {kind: points_redeem, points: 100, item: mug, unit_cost: 5, order: hash}}

    中文：有以积分支付或发放积分的权益，但店铺没有写明积分如何获得。
    积分的获取与使用规则须设定且公平（A3、S3）：请在店铺写 points。
    """
    if view.store.points is not None:
        return
    for name, benefit in view.calendar.benefits.items():
        if benefit.points_price is not None or benefit.kind in _GIVE:
            yield found(
                ("benefits", name),
                (
                    f"{name} is about points; {view.store.store} has no `points`",
                    f"{name} 涉及积分，而店铺 {view.store.store} 没有 points",
                ),
                ("Add `points: {per_unit: 1}` to the store.", "请在店铺写 points: {per_unit: 1}。"),
                on="key",
            )
            return


@rule("C226", "error")
def cash_for_points_has_a_rate(view: View) -> Iterator[Finding]:
    """Points pay part of orders, and the store does not say how many pay one unit of currency.

    No rate is usual (S3): without the store's `points.cash` nobody can say what an order may cost in points.

    Fails:
        points: {per_unit: 1}
        benefits: {c: {kind: points_cash}}
    Passes:
        points: {per_unit: 1, cash: {per_yuan: 100, max_share: 50%}}
        benefits: {c: {kind: points_cash}}

    中文：有积分抵扣现金，但店铺没有写明抵一元所需积分。
    没有通行的比例（S3）：店铺不写 points.cash，就无法计算抵扣。
    """
    if view.store.points is not None and view.store.points.cash is not None:
        return
    for name, benefit in view.calendar.benefits.items():
        if benefit.kind == "points_cash":
            yield found(
                ("benefits", name),
                (
                    f"{name} needs a rate; {view.store.store} has no `points.cash`",
                    f"{name} 需要比例，而店铺 {view.store.store} 没有 points.cash",
                ),
                (
                    "Write what pays one unit, e.g. `points: {per_unit: 1, cash: {per_yuan: 100, max_share: 50%}}`.",
                    "请在店铺写明，例如 points: {per_unit: 1, cash: {per_yuan: 100, max_share: 50%}}。",
                ),
                on="key",
            )


@rule("C219", "warning")
def points_can_be_reached(view: View) -> Iterator[Finding]:
    """A benefit costs more points than even the best members earn within the window of the tiers.

    Somebody who spends just what the highest tier asks, in one order, earns its points with that tier's factor
    (A6); what costs more is out of reach for nearly everybody.

    Fails:
        points: {per_unit: 1}
        benefits: {c: {kind: points_redeem, points: 2000, item: mug, unit_cost: 5, order: hash}}
    Passes:
        points: {per_unit: 1}
        benefits: {c: {kind: points_redeem, points: 500, item: mug, unit_cost: 5, order: hash}}

    中文：权益所需积分超过最高等级会员在等级窗口内能获得的积分。
    按最高等级的门槛消费与倍率计算（A6）；更高的要求几乎无人能达到。
    """
    top = view.store.tiers.levels[-1]
    if view.store.points is None or not top.spend:
        return
    most = view.store.points.earned(top.spend, top.points)
    for name, benefit in view.calendar.benefits.items():
        price = benefit.points_price
        if price is not None and price > most:
            yield found(
                ("benefits", name, "points"),
                (
                    f"{price} points; spending {top.spend // 100} as {top.id} earns {float(most):g}",
                    f"需 {price} 积分；{top.id} 消费 {top.spend // 100} 元得 {float(most):g} 积分",
                ),
                ("Ask for fewer points.", "请降低所需积分。"),
            )

"""Budget, pools, stock: whether the money that is planned covers what is promised."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.benefits import BenefitBase, reserve_cents
from campaign_calendars.model.benefits.base import yuan


@rule("C140", "error")
def pools_within_total(view: View) -> Iterator[Finding]:
    """The pools add up to more than the total.

    Pools are parts of the total; whatever is in no pool may be used by any benefit.

    Fails:
        budget: {total: 100.00, pools: {coupons: 200.00}}
    Passes:
        budget: {total: 300.00, pools: {coupons: 200.00}}

    中文：各资金池之和超过总预算。
    资金池是总预算的一部分；未分池的余额任何权益都可使用。
    """
    budget = view.calendar.budget
    if budget is not None and (pooled := sum(one.amount for one in budget.pools.values())) > budget.total:
        yield found(
            ("budget", "pools"),
            (
                f"the pools add up to {yuan(pooled)}, the total is {yuan(budget.total)}",
                f"资金池合计 {yuan(pooled)}，总预算为 {yuan(budget.total)}",
            ),
            ("Raise the total or lower a pool.", "请提高总预算，或降低资金池。"),
        )


@rule("C141", "error")
def stock_within_pool(view: View) -> Iterator[Finding]:
    """The stock of a pool's benefits costs more than the pool holds.

    Members would be promised what the money does not cover; grants stop when the pool is empty,
    whatever the stock says. Each grant reserves its unit cost, or with `basis: expected` its unit
    cost times the redemption rate.

    Fails:
        budget: {total: 100.00, pools: {coupons: 100.00}}
        benefits: {c: {kind: member_coupon, value: 30, stock: 4, pool: coupons}}
    Passes:
        budget: {total: 120.00, pools: {coupons: 120.00}}
        benefits: {c: {kind: member_coupon, value: 30, stock: 4, pool: coupons}}

    中文：某资金池内权益的库存成本超过池中金额。
    资金用尽后不再发放，无论库存多少；每次发放预留单位成本（basis: expected 时再乘以核销率）。
    """
    budget = view.calendar.budget
    if budget is None:
        return
    for pool, limit in ((name, one.amount) for name, one in budget.pools.items()):
        cost = _stock_cost(view, pool)
        if cost > limit:
            yield found(
                ("budget", "pools", pool),
                (
                    f"pool {pool} holds {yuan(limit)}, its stock costs {yuan(cost)}",
                    f"资金池 {pool} 有 {yuan(limit)}，库存成本为 {yuan(cost)}",
                ),
                ("Raise the pool, or lower stock or unit cost.", "请提高资金池，或降低库存或单位成本。"),
            )


@rule("C142", "error")
def stock_within_total(view: View) -> Iterator[Finding]:
    """All stock together costs more than the whole budget.

    Fails:
        budget: {total: 100.00}
        benefits: {c: {kind: member_coupon, value: 30, stock: 4}}
    Passes:
        budget: {total: 120.00}
        benefits: {c: {kind: member_coupon, value: 30, stock: 4}}

    中文：全部库存的成本超过总预算。
    请提高总预算，或降低库存或单位成本。
    """
    budget = view.calendar.budget
    if budget is not None and (cost := _stock_cost(view, None)) > budget.total:
        yield found(
            ("budget", "total"),
            (
                f"all stock together costs {yuan(cost)}, the budget is {yuan(budget.total)}",
                f"全部库存成本为 {yuan(cost)}，总预算为 {yuan(budget.total)}",
            ),
            ("Raise the budget, or lower stock or unit cost.", "请提高预算，或降低库存或单位成本。"),
        )


def _stock_cost(view: View, pool: str | None) -> int:
    """What the stock of one pool, or of all benefits, reserves at most, in cents."""
    basis = view.calendar.budget.basis if view.calendar.budget else "worst_case"
    return sum(
        reserve_cents(benefit, basis) * benefit.stock
        for benefit in view.calendar.benefits.values()
        if benefit.stock is not None and (pool is None or benefit.pool == pool)
    )


@rule("C143", "warning")
def cost_is_bounded(view: View) -> Iterator[Finding]:
    """A benefit costs money and nothing limits how much.

    Without a stock and without a budget the bill depends on how many members come.

    Fails:
        budget:
        benefits: {c: {kind: member_coupon, value: 30}}
    Passes:
        budget: {total: 500.00, pools: {coupons: 500.00}}
        benefits: {c: {kind: member_coupon, value: 30}}

    中文：权益有成本，却没有任何上限。
    没有库存也没有预算时，花费取决于来了多少会员。
    """
    if view.calendar.budget is not None:
        return
    for name, benefit in view.calendar.benefits.items():
        if _costs(benefit) and benefit.stock is None:
            yield found(
                ("benefits", name),
                (f"{name} costs money without stock or budget", f"{name} 有成本，但没有库存或预算限制"),
                ("Give it a `stock`, or the calendar a `budget`.", "请为其设置 stock，或为日历设置 budget。"),
            )


def _costs(benefit: BenefitBase) -> bool:
    return benefit.cost_cents > 0 and benefit.kind != "store_coupon"


@rule("C144", "warning")
def daily_cap_within_stock(view: View) -> Iterator[Finding]:
    """A daily cap is larger than the whole stock.

    It can never be reached; one of the two numbers is probably wrong.

    Fails:
        benefits: {c: {kind: member_coupon, value: 3, stock: 10, daily_cap: 20}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 3, stock: 20, daily_cap: 10}}

    中文：每日上限大于总库存。
    该上限永远达不到；多半有一个数写错了。
    """
    for name, benefit in view.calendar.benefits.items():
        if benefit.stock is not None and benefit.daily_cap is not None and benefit.daily_cap > benefit.stock:
            yield found(
                ("benefits", name, "daily_cap"),
                (
                    f"daily_cap {benefit.daily_cap} exceeds the stock of {benefit.stock}",
                    f"每日上限 {benefit.daily_cap} 超过库存 {benefit.stock}",
                ),
                ("Correct one of them.", "请改正其中之一。"),
            )

"""Differences in money against figures computed elsewhere (statsmodels, tea-tasting, scipy): see docs/measuring.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_calendars.measuring.lift import Arm, Difference, Growth, Sums
from warehouse.measurement.money import compare_money

TREATED = Arm(
    9_000, 1_014, 17_263_626,
    sums=Sums(
        orders=1_439, orders_squares=2_465, spend_squares=450_719_471_876, spend_orders=30_295_524,
        before_cents=33_982_521, before_squares=831_499_126_355, spend_before=225_553_490_990,
        cost_cents=1_043_000, cost_squares=2_006_205_000, spend_cost=16_585_700_130,
    ),
)  # fmt: skip
CONTROL = Arm(
    1_000, 73, 1_357_231,
    sums=Sums(
        orders=107, orders_squares=191, spend_squares=42_084_884_907, spend_orders=2_576_479,
        before_cents=3_246_608, before_squares=70_456_373_298, spend_before=18_883_547_320,
    ),
)  # fmt: skip


def _close(found: Difference | Growth | None, estimate: float, low: float, high: float, unit: float = 100) -> None:
    assert found is not None
    wanted = pytest.approx([estimate, low, high], abs=6e-7)
    assert [found.estimate / unit, found.low / unit, found.high / unit] == wanted


def test_revenue_of_a_small_hold_out_is_pooled() -> None:
    found = compare_money(TREATED, CONTROL)
    assert found.method.startswith("pooled")
    _close(found.difference, 5.609497, 1.187858, 10.031136)
    assert found.difference is not None
    assert found.difference.p == pytest.approx(0.012906, abs=5e-7)
    assert found.verdict == "higher"


def test_growth_keeps_the_variances_apart() -> None:
    _close(compare_money(TREATED, CONTROL).growth, 0.413304, 0.047734, 0.906429, unit=1)


def test_order_value_is_a_ratio() -> None:
    _close(compare_money(TREATED, CONTROL).order_value, -6.874415, -19.486903, 5.738073)


def test_spending_before_explains_some_of_it() -> None:
    found = compare_money(TREATED, CONTROL)
    _close(found.adjusted, 4.395451, 0.171686, 8.619216)
    assert found.explained == pytest.approx(0.087684, abs=5e-7)


def test_a_higher_revenue_is_no_profit_yet() -> None:
    returned = compare_money(TREATED, CONTROL, margin=0.4).returned
    assert returned is not None
    assert returned.cost_cents / 100 == pytest.approx(1.158889, abs=5e-7)
    _close(returned.profit, 1.084910, -0.670364, 2.840183)
    _close(returned.per_cost, 0.936164, -0.571746, 2.444074, unit=1)


def test_the_price_of_a_buyer_holds_the_truth_and_is_not_told_without_more_buyers() -> None:
    """0.10 more buyers a member at 1.00 each: 10.00 a buyer, and the interval holds it about 95 times in 100."""
    import numpy as np

    rng, held = np.random.default_rng(11), []
    for _ in range(400):
        arms = []
        for members, rate, cost in ((1_800, 0.2, 100), (600, 0.1, 0)):
            n = int(rng.binomial(members, rate))
            arms.append(Arm(members, n, n * 100, sums=Sums(
                orders=n, orders_squares=n, spend_squares=n * 10_000, spend_orders=n * 100, cost_cents=members * cost,
                cost_squares=members * cost**2, spend_cost=n * 100 * cost, buyers_cost=n * cost, orders_cost=n * cost,
            )))  # fmt: skip
        found = compare_money(*arms)
        if found.per_buyer is not None:
            held.append(found.per_buyer.low <= 1_000 <= found.per_buyer.high)
            assert found.per_order == found.per_buyer
    assert len(held) == 400
    assert 0.92 <= sum(held) / len(held) <= 0.98
    nothing = compare_money(replace(TREATED, buyers=640), CONTROL)
    assert (nothing.per_buyer, compare_money(CONTROL, TREATED).per_buyer) == (None, None)


def test_what_costs_both_arms_alike_gives_no_return_for_each_unit_of_it() -> None:
    """A gift that applies itself costs both arms alike: what 300 held-out cost less by chance is no spending."""
    buyers = Sums(spend_squares=90 * 10_000**2, cost_cents=90_000, cost_squares=90 * 1_000**2, spend_cost=900_000_000)
    both = Arm(900, 90, 900_000, sums=buyers)
    few = Arm(300, 30, 300_000, sums=replace(
        buyers, spend_squares=30 * 10_000**2, cost_cents=29_000, cost_squares=29 * 1_000**2, spend_cost=290_000_000
    ))  # fmt: skip
    found = compare_money(both, few, margin=0.4).returned
    assert found is not None
    assert found.cost_cents == pytest.approx(3.333, abs=1e-3)
    assert found.per_cost is None


def _drawn(seed: int, repetitions: int, treated: int, control: int, added: float = 0.0) -> list[tuple[Arm, Arm]]:
    """Arms of a store where 8.5 % buy, for skewed amounts; `added` share of the amounts, in the treated arm only."""
    import numpy as np

    rng = np.random.default_rng(seed)
    pairs = []
    for _ in range(repetitions):
        arms = []
        for members, factor in ((treated, 1 + added), (control, 1.0)):
            bought = rng.random(members) < 0.085
            paid = np.where(bought, rng.lognormal(9.2, 1.1, members) * factor, 0).astype(np.int64)
            squares = int((paid.astype(object) ** 2).sum())
            sums = Sums(orders=int(bought.sum()), orders_squares=int(bought.sum()), spend_squares=squares)
            arms.append(Arm(members, int(bought.sum()), int(paid.sum()), sums=sums))
        pairs.append((arms[0], arms[1]))
    return pairs


def _rejected(pairs: list[tuple[Arm, Arm]]) -> float:
    """Share of the pairs whose money is called different, as a test that knows of no least number of buyers."""
    found = [compare_money(*pair).difference for pair in pairs]
    judged = [one for one in found if one is not None]
    assert len(judged) == len(pairs)
    return sum(one.p < 0.05 for one in judged) / len(judged)


def test_a_programme_that_does_nothing_is_called_a_success_as_rarely_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A/A at 200 against 1,800 members: pooled variances reject about 5 %, with them apart far more."""
    monkeypatch.setattr("warehouse.measurement.money.MIN_ARM", 1)
    pairs = _drawn(5, 2_000, 1_800, 200)
    assert 0.035 <= _rejected(pairs) <= 0.065
    monkeypatch.setattr("warehouse.measurement.money.POOLED_BELOW", 0)
    assert _rejected(pairs) > 0.065


def test_the_interval_of_the_growth_holds_a_true_growth() -> None:
    pairs = _drawn(7, 600, 9_000, 1_000, added=0.3)
    held = [
        growth.low <= 0.3 <= growth.high
        for treated, control in pairs
        if (growth := compare_money(treated, control).growth) is not None
    ]
    assert len(held) == len(pairs)
    assert sum(held) / len(held) >= 0.92


SAME = Arm(40, 40, 4_000, sums=Sums(spend_squares=400_000))


@pytest.mark.parametrize(("treated", "control", "verdict"), [
    (Arm(29, 29, 2_900), Arm(900, 90, 9_000), "too few members"),
    (Arm(900, 90, 9_000), Arm(900, 29, 2_900), "too few buyers"),
    (Arm(0, 0), Arm(0, 0), "too few members"),
    (SAME, SAME, "all paid the same"),
])  # fmt: skip
def test_without_variance_or_buyers_there_is_a_reason_and_no_number(treated: Arm, control: Arm, verdict: str) -> None:
    found = compare_money(treated, control, margin=0.4)
    assert (found.verdict, found.difference, found.returned) == (verdict, None, None)

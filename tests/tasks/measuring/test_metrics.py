"""Metrics of the hand-made store: members, sales, activity and points, every answer reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.metrics.catalogue import metric_ids
from campaign_calendars.measuring.metrics.metric import MemberRule
from tasks.measuring.metrics import DASHBOARD, Asked, compute_metrics
from tasks.runtime import Runtime
from tests.tasks.measuring.asking import figures, keyed, one, parted, told
from tests.warehouse.measurement.tiny_store import AS_OF, at

F = Fraction


def test_scale(tiny: Runtime) -> None:
    assert one(tiny, "members_total", window=("02-20 00:00", "03-01 00:00")) == 7
    assert one(tiny, "members_total") == 9
    assert (one(tiny, "joins"), one(tiny, "leaves"), one(tiny, "net_joins")) == (3, 1, 2)
    assert parted(tiny, "tier_counts") == {("normal",): 6, ("silver",): 2, ("gold",): 1}
    assert one(tiny, "exit_rate") == F(1, 7)
    assert one(tiny, "effective_members") == 9
    assert keyed(tiny, "joins", "phase") == {"reservoir": 2, "burst-1": 0, "burst-2": 1}


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("gmv_gross", 1_539_40), ("gmv", 1_329_40), ("orders", 12), ("buyers", 8),
        ("member_spend_per_buyer", F(1_101_50, 7)), ("member_arpu", F(1_101_50, 7)),
        ("member_arpu_active", F(1_101_50, 9)), ("spend_per_buyer", F(1_329_40, 8)), ("order_value", F(1_329_40, 12)),
        ("old_member_share", F(790_00, 1_329_40)), ("old_member_premium", F(790_00 * 8, 4 * 1_329_40)),
        ("old_member_premium_outside", F(790_00 * 3, 4 * 227_90)),
        ("repeat_rate", F(2, 7)), ("store_repeat_rate", F(4, 8)), ("store_repeat_rate_by_day", F(3, 8)),
        ("order_repeat_rate", F(4, 12)), ("member_repeat_amount", 210_00), ("buyback_rate", F(2, 3)),
        ("member_buyer_share", F(7, 8)), ("new_customers", 5),
        ("campaign_share", F(937_90 + 321_50, 1_329_40)),
        ("dormant_activation_rate", F(0, 1)), ("lost_recall_rate", "empty"),
        ("active_members", 9), ("active_rate", F(9, 10)), ("interactions", 6), ("interacting_members", 4),
        ("stickiness", F(18, 100)), ("yau", 10),
        ("points_opening", 290), ("points_issued", 850), ("points_taken_back", 50), ("points_used", 150),
        ("points_expired", 90), ("points_balance", 850),
        ("points_use_rate", F(150, 850)), ("points_use_rate_of_all", F(150, 1_140)),
    ],
)  # fmt: skip
def test_of_the_whole_calendar(tiny: Runtime, name: str, answer: object) -> None:
    assert one(tiny, name) == answer


def test_premiums_as_they_are_printed(tiny: Runtime) -> None:
    whole, outside = figures(tiny, "old_member_premium", "old_member_premium_outside")
    assert (f"{whole.value:.6f}", f"{outside.value:.6f}") == ("1.188506", "2.599824")


@pytest.mark.parametrize(
    ("members", "share", "buyers"),
    [("1.0", F(796_00, 1_329_40), 4), ("2.0", F(1_101_50, 1_329_40), 7), ("3.0", F(841_50, 1_329_40), 5)],
)
def test_members_by_each_definition(tiny: Runtime, members: MemberRule, share: F, buyers: int) -> None:
    assert one(tiny, "member_share", members=members) == share
    assert one(tiny, "member_buyers", members=members) == buyers


def test_persons_are_counted_again_at_each_grain(tiny: Runtime) -> None:
    assert keyed(tiny, "buyers", "phase") == {"reservoir": 0, "burst-1": 6, "burst-2": 4}
    assert one(tiny, "buyers") == 8
    assert keyed(tiny, "gmv", "phase") == {"reservoir": 0, "burst-1": 937_90, "burst-2": 321_50}
    assert keyed(tiny, "gmv", "day")["2026-03-07"] == 70_00  # in no phase


def test_orders_by_tier_known_then(tiny: Runtime) -> None:
    """M03 was silver on 03-07: what came back of O03 on 03-09 was not known."""
    assert keyed(tiny, "orders", "tier") == {"normal": 8, "silver": 1, "gold": 0, "non_member": 3}
    assert keyed(tiny, "gmv_gross", "tier")["non_member"] == 227_90  # O14 went back, but a member had paid it


def test_second_purchases_of_the_first_buyers(tiny: Runtime) -> None:
    window = ("02-19 00:00", "03-01 00:00")
    assert one(tiny, "second_purchase_rate_14", window=window) == F(2, 3)
    assert one(tiny, "second_purchase_rate_30", window=window) == "empty"


def test_distributions(tiny: Runtime) -> None:
    assert parted(tiny, "orders_histogram") == {("0",): 3, ("1",): 5, ("2",): 2}
    assert parted(tiny, "active_by_behaviour") == {
        ("order",): 7, ("redemption",): 4, ("sign_in",): 2, ("interact",): 1, ("coupon_claim",): 1, ("cart_add",): 1,
        ("points_used",): 2,
    }  # fmt: skip
    assert parted(tiny, "feature_use_rate")["sign_in",] == F(2, 9)


def test_days(tiny: Runtime) -> None:
    assert list(keyed(tiny, "dau", "day").values()) == [1, 3, 0, 3, 2, 1, 1, 2, 2, 3]


def test_nothing_later_counts(tiny: Runtime) -> None:
    """As of 03-10 00:00 O14 is not given back yet, O18 and O19 are not paid."""
    assert one(tiny, "gmv", as_of=at("03-10 00:00")) == 1_427_90
    early = figures(tiny, "orders", "joins", by="phase", as_of=at("03-04 12:00"))
    assert [told(one) for one in early] == [0, 4, "later", 2, 0, "later"]


def test_measured_at_hour_12_nothing_of_hour_26_counts(tiny: Runtime) -> None:
    """Every metric is the same, whether the window ends at the moment of measuring or far behind it."""
    start, moment = "03-04 00:00", at("03-04 12:00")
    names = tuple(name for name in metric_ids() if "calendar" in _grains(name))
    whole = compute_metrics(tiny, "tiny", Asked(names, moment, since=at(start), until=at("03-11 00:00")))
    short = compute_metrics(tiny, "tiny", Asked(names, moment, since=at(start), until=moment))
    by_length = {"buyback_rate", "retention_rate"}  # the window before is as long as the window is meant to be
    assert [(one.metric, one.part, told(one)) for one in whole.figures if one.metric not in by_length] == [
        (one.metric, one.part, told(one)) for one in short.figures if one.metric not in by_length
    ]
    assert {one.numerator for one in whole.figures if one.metric == "orders"} == {4}  # O06, O08, O09, O10


def _grains(name: str) -> tuple[str, ...]:
    from campaign_calendars.measuring.metrics.catalogue import metric

    return metric(name).grains


def test_what_looks_back_needs_orders_from_there_on(tiny: Runtime) -> None:
    """Without `history_from` orders are known from the first one on, of August: too late to call anybody new."""
    store = tiny.settings.root / "stores" / "tiny.yaml"
    text = store.read_text("utf-8")
    try:
        store.write_text(text.replace("history_from: 2024-01-01\n", ""), "utf-8")
        assert one(tiny, "new_customers") == "history"
        assert one(tiny, "member_share", members="1.0") == "history"
        assert one(tiny, "buyback_rate") == F(2, 3)  # ten days back are there
    finally:
        store.write_text(text, "utf-8")
    assert one(tiny, "new_customers") == 5


def test_absent_is_never_zero(tiny: Runtime) -> None:
    assert one(tiny, "share_rate") == "events.kind=share"
    assert one(tiny, "members_pending") == "members.pending"
    assert one(tiny, "tagged_members") == "tags"


def test_options_change_the_answer(tiny: Runtime) -> None:
    asked = Asked(("orders", "old_member_share"), AS_OF)
    fewer, _ = compute_metrics(tiny, "tiny", replace(asked, min_order_cents=100_00)).figures
    assert fewer.numerator == 5  # O06, O08, O09, O16, O17
    _, later = compute_metrics(tiny, "tiny", replace(asked, old_since=at("03-04 00:00"))).figures
    assert later.numerator == 790_00 + 200_00 + 45_50  # M07 and M08 are old by then


def test_a_grain_a_metric_does_not_have_is_refused(tiny: Runtime) -> None:
    with pytest.raises(UsageError) as caught:
        figures(tiny, "member_arpu", by="day")
    assert caught.value.text("zh") == "member_arpu 不能按 day 计算"
    with pytest.raises(UsageError, match="no such metric: repeat_rat"):
        figures(tiny, "repeat_rat")


def test_the_dashboard_is_of_the_catalogue() -> None:
    assert {*DASHBOARD} <= {*metric_ids()}


def test_returns_are_of_the_orders_paid_in_the_window(tiny: Runtime) -> None:
    assert one(tiny, "return_rate") == F(210_00, 1_539_40)
    assert (one(tiny, "return_rate_any"), one(tiny, "return_rate_full")) == (F(2, 13), F(1, 13))


def test_who_never_joined_is_no_member_of_3_0(tiny: Runtime) -> None:
    """M10 and M11 bought, and did not join."""
    assert one(tiny, "members_total", members="3.0") == 9


def test_a_window_after_the_data_and_costs_of_a_kind_nobody_told_are_not_0(tiny: Runtime) -> None:
    later = ("05-01 00:00", "05-20 00:00")
    assert one(tiny, "gmv", as_of=at("06-01 00:00"), window=later) == "known_later"
    assert one(tiny, "gift_cost") == "costs.of_gifts"
    assert one(tiny, "cost_per_join") == F(90_00, 3)


def test_the_window_before_is_as_long_as_what_there_is_of_this_one(tiny: Runtime) -> None:
    """Half a campaign is held against as many days before it, not against twice as many."""
    cut = at("03-06 00:00")
    whole = one(tiny, "buyback_rate", as_of=cut, window=("03-01 00:00", "03-11 00:00"))
    assert whole == one(tiny, "buyback_rate", as_of=cut, window=("03-01 00:00", "03-06 00:00"))


def test_below_the_bar_an_order_is_none_in_gross_and_in_returns_too(tiny: Runtime) -> None:
    asked = Asked(("gmv", "gmv_gross", "return_rate"), AS_OF, min_order_cents=10_000_00)
    assert [told(found) for found in compute_metrics(tiny, "tiny", asked).figures] == [0, 0, "empty"]

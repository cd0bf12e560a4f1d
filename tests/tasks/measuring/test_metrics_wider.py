"""Metrics of the hand-made store: recruiting, goods, hours, moves and money, every answer reckoned by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from campaign_calendars.measuring.metrics.figures import figure
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.runtime import Runtime
from tests.tasks.measuring.asking import figures, keyed, one, parted, told
from tests.warehouse.measurement.tiny_store import AS_OF, at

F = Fraction


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("join_view", 170), ("join_conversion", F(2, 170)), ("joins_elsewhere", 1), ("join_first_order_rate", F(3, 3)),
        ("buyer_join_rate", F(0, 1)), ("join_gift", 0),
        ("items_per_order", F(19, 12)), ("sell_through", F(19, 32)), ("cart_rate", F(1, 2)),
        ("visit_conversion", F(0, 2)),
        ("cpc", F(48_00, 60)), ("cac", F(90_00, 5)), ("cost_per_join", F(90_00, 3)),
        ("k_factor", F(2, 7)), ("invitations_per_member", F(5, 7)), ("joins_per_invitation", F(2, 5)),
        ("viral_total", F(98, 10)), ("points_exchanges", 2),
    ],
)  # fmt: skip
def test_of_the_whole_calendar(tiny: Runtime, name: str, answer: object) -> None:
    assert one(tiny, name) == answer


def test_places_where_members_joined(tiny: Runtime) -> None:
    assert parted(tiny, "joins_by_source") == {("live",): 1, ("home",): 1, ("",): 1}
    assert keyed(tiny, "join_conversion", "channel") == {"live": F(1, 50), "home": F(1, 120), "": "empty"}
    assert sum(parted(tiny, "joins_by_source").values()) == one(tiny, "joins")  # type: ignore[arg-type]


def test_goods(tiny: Runtime) -> None:
    assert parted(tiny, "sell_through_by_article") == {
        ("A",): F(7, 10), ("B",): F(7, 8), ("C",): F(3, 12), ("D",): F(2, 2),
    }  # fmt: skip
    lifts = figures(tiny, "pair_lift")
    assert [(found.part, told(found)) for found in lifts] == [
        (("A", "B"), F(8, 7)), (("A", "C"), F(8, 7)), (("B", "C"), F(2, 3)),
    ]  # fmt: skip
    assert parted(tiny, "pair_support")["A", "B"] == F(4, 12)
    assert parted(tiny, "pair_confidence")["A", "B"] == F(4, 7)
    assert parted(tiny, "items_split_buyers") == {("more",): 3, ("less",): 5}
    assert parted(tiny, "items_split_gmv") == {("more",): 860_00, ("less",): 469_40}
    assert parted(tiny, "article_share")["D",] == F(2, 8)


def test_a_pair_of_few_orders_is_not_shown(tiny: Runtime) -> None:
    fewer = compute_metrics(tiny, "tiny", Asked(("pair_lift",), AS_OF, min_pair_orders=3)).figures
    assert [found.part for found in fewer] == [("A", "B")]


def test_hours_by_tier(tiny: Runtime) -> None:
    heat = parted(tiny, "heat_hour_tier")
    assert {(hour, tier): number for (hour, tier), number in heat.items()} == {
        ("00", "normal"): 2, ("01", "normal"): 1, ("09", "normal"): 2, ("10", "normal"): 2, ("23", "normal"): 1,
        ("12", "silver"): 1, ("11", "non_member"): 1, ("15", "non_member"): 1, ("20", "non_member"): 1,
    }  # fmt: skip


def test_moves(tiny: Runtime) -> None:
    assert parted(tiny, "tier_moves") == {
        ("normal", "normal"): 4, ("normal", "silver"): 1, ("normal", "gold"): 1, ("normal", "left"): 1,
        ("joined", "normal"): 2, ("joined", "silver"): 1,
    }  # fmt: skip
    assert parted(tiny, "lifecycle_moves") == {
        ("potential", "core"): 1, ("core", "core"): 2, ("never", "never"): 2, ("dormant", "dormant"): 1,
    }  # fmt: skip
    cells, spend = parted(tiny, "rfm_cells"), parted(tiny, "rfm_spend")
    assert sum(map(int, cells.values())) == 7  # M04 and M05 never bought
    assert (
        sum(map(int, spend.values())) == (120 + 300 + 130 + 80 + 150 + 80 + 150 + 70 + 200 + 88 + 66 + 45.5 + 90) * 100
    )
    moves = parted(tiny, "rfm_moves")
    assert sum(map(int, moves.values())) == 4  # members of both ends who had bought by the start: M01, M02, M03, M12


def test_the_points_campaign_of_618() -> None:
    """S2's figures of 2019: cost of gifts 164,000, 10,716 exchanges, 2,149 buyers, sales of 1,143,000."""
    counts = {
        "costs.gift_cents": 164_000_00, "gifts.exchanges": 10_716, "gifts.buyers": 2_149, "gifts.cents": 1_143_000_00,
    }  # fmt: skip
    window = ("618", at("03-01 00:00"), at("03-11 00:00"))
    found = {
        name: figure(name, window, (), counts).value
        for name in (
            "cost_per_exchange", "points_spend_per_buyer", "points_sales_to_cost", "points_cost_rate",
            "exchanges_per_buyer", "gift_cost_per_buyer",
        )
    }  # fmt: skip
    cents = {"cost_per_exchange": 15.3042, "points_spend_per_buyer": 531.8753, "gift_cost_per_buyer": 76.3146}
    for name, value in cents.items():
        assert round((found[name] or 0) / 100, 4) == value
    assert round(found["points_sales_to_cost"] or 0, 4) == 6.9695
    assert round(found["points_cost_rate"] or 0, 5) == 0.14348
    assert round(found["exchanges_per_buyer"] or 0, 4) == 4.9865


def test_absent_is_never_zero(tiny: Runtime) -> None:
    assert one(tiny, "store_visit_conversion") == "traffic.store"
    assert one(tiny, "peer_gap") == "benchmarks.repeat_rate"
    assert one(tiny, "points_sales") == "points.order_id"
    assert one(tiny, "clv") == "margin"
    assert one(tiny, "member_day_sales") == "member_day"
    assert one(tiny, "join_authorise") == "events.kind=join_authorise"


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("fan_join_rate", "tags.fan"), ("online_days", "offers"), ("group_diagnosis", "orders.store"),
        ("group_power", "orders.store"), ("group_power_change", "orders.store"), ("launch_chain", "events.sku"),
    ],
)  # fmt: skip
def test_without_its_facts_it_is_not_measurable(tiny: Runtime, name: str, lacks: str) -> None:
    assert one(tiny, name) == lacks


def test_the_lost_need_orders_from_two_years_before(tiny: Runtime) -> None:
    """Orders are complete from 2024-01-01: of a window in 2025 nobody knows whom the store had lost."""
    assert one(tiny, "lost_recall_rate") == "empty"
    assert one(tiny, "lost_recall_rate", window=("2025-06-01 00:00", "2025-07-01 00:00")) == "history.lost"
    assert one(tiny, "dormant_activation_rate", window=("2025-06-01 00:00", "2025-07-01 00:00")) != "history.lost"


def test_returns_are_not_final_for_a_month(tiny: Runtime) -> None:
    [found] = figures(tiny, "return_rate")
    assert found.open_until == at("04-10 00:00"), "30 days after 03-11"
    [early] = figures(tiny, "return_rate", window=("2026-01-01 00:00", "2026-02-01 00:00"))
    assert early.open_until is None


def test_pairs_and_articles_stand_by_rank_and_tiers_by_level(tiny: Runtime) -> None:
    for name in ("pair_support", "pair_lift", "article_share"):
        values = [found.value or 0 for found in figures(tiny, name)]
        assert values == sorted(values, reverse=True)
    assert [found.part for found in figures(tiny, "tier_counts")] == [("normal",), ("silver",), ("gold",)]

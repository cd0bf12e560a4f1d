"""Keys of the member programme: tiers, points, lifecycle, joining, value, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PROGRAMME: Final[Mapping[str, Honoured]] = {
    "Points.before_joining": Honoured(
        "measure, export",
        (
            "Orders paid before joining give their points on joining, or none.",
            "入会前订单的积分在入会时归会员，或不计。",
        ),
        "A13#1",
        "campaign_calendars/deciding/test_points_rules.py::test_what_the_store_says_of_its_points",
    ),
    "Points.cash": Honoured(
        "measure, check",
        ("Points that paid part of an order are held against it.", "抵扣订单的积分按比例核对。"),
        "A13#3",
        "campaign_calendars/deciding/test_points_rules.py::test_what_the_store_says_of_its_points",
    ),
    "Points.point_value": Honoured(
        "measure",
        ("What members hold, and what benefits gave, costs so much a point.", "会员所持积分与权益所发积分按此计成本。"),
        "A6",
        "campaign_calendars/deciding/test_points_rules.py::test_what_the_store_says_of_its_points",
    ),
    "PointsCash.per_yuan": Honoured(
        "measure",
        ("So many points pay one unit of an order.", "多少积分抵一元。"),
        "A13#3",
        "warehouse/measurement/test_points_rules.py::test_points_above_their_share_of_the_basket_are_told",
    ),
    "PointsCash.max_share": Honoured(
        "measure",
        ("Points above their share of a basket are told.", "超出抵扣上限的积分会指出。"),
        "A13#3",
        "warehouse/measurement/test_points_rules.py::test_points_above_their_share_of_the_basket_are_told",
    ),
    "PointsCash.min": Honoured(
        "measure",
        ("Fewer points than that pay nothing.", "少于此数不能抵扣。"),
        "A13#3",
        "warehouse/measurement/test_points_rules.py::test_fewer_points_than_the_least_pay_nothing",
    ),
}

"""Kinds of benefit and the keys that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

KINDS_OF_BENEFITS: Final[Mapping[str, Honoured]] = {
    "PointsDouble.days": Honoured(
        "measure, export",
        ("Orders paid on these days earn the multiple.", "这些日子付款的订单获得多倍积分。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_a_double_day_is_the_day_of_its_plays_unless_it_says_which",
    ),
    "PointsGame.streak": Honoured(
        "measure, export",
        ("So many days in a row give points on top.", "连续若干日另得积分。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_plays_earn_in_the_phases_that_name_them",
    ),
    "PointsGame.month_cap": Honoured(
        "measure, export",
        ("A member gets no more points by it in a local month.", "会员每月由此获得的积分不超过此数。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_plays_earn_in_the_phases_that_name_them",
    ),
    "PointsForCash.kind": Honoured(
        "export, check",
        ("The platform is told that points pay part of orders, at the store's rate.", "告知平台积分可按店铺比例抵扣。"),
        "A13#3",
        "campaign_calendars/checks/test_points.py::test_cash_for_points_needs_a_rate",
    ),
}

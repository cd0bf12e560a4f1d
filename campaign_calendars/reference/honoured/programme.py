"""Keys of the member programme: tiers, points, lifecycle, joining, value, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PROGRAMME: Final[Mapping[str, Honoured]] = {
    "Tier.discount": Honoured(
        "export, check",
        (
            "Its row of the set-up sheet; prices that are no better for the tier are told.",
            "搭建表中的一行；对该等级并不更优的价格会提示。",
        ),
        "A6, B2",
        "campaign_calendars/set_up/test_set_up.py::test_the_discount_of_a_tier_is_set_up_with_the_levels",
    ),
}

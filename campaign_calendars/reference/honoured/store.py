"""Keys of the store, its contact policy, freshness and measures of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

STORE: Final[Mapping[str, Honoured]] = {
    "Store.stacking": Honoured(
        "export, check",
        (
            "The group that the set-up sheet tells, and which coupons are compared with each other.",
            "搭建表所写的叠加组，以及哪些券相互比较。",
        ),
        "A3",
        "campaign_calendars/checks/test_stacking.py::test_coupons_of_two_groups_are_used_together_and_the_members_comes_on_top",
    ),
}

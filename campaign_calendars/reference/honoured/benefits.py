"""Keys that every benefit has, and those of their parts: validity, coupons, tier windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

BENEFITS: Final[Mapping[str, Honoured]] = {
    "BenefitBase.exclusive_with": Honoured(
        "decide, export",
        (
            "None is given while the other can still be used: reason benefit_exclusive.",
            "另一权益仍可使用时不发放，原因为 benefit_exclusive。",
        ),
        "A3",
        "warehouse/decision/test_exclusive.py::test_either_of_the_two_may_say_so",
    ),
    "BenefitBase.offered": Honoured(
        "decide, dispatch, export",
        ("Outside it nobody is given the benefit: reason benefit_window.", "窗口外不发放，原因为 benefit_window。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_nothing_is_given_outside_its_window_or_after_its_validity",
    ),
    "Offered.from": Honoured(
        "decide",
        ("Nobody is given it before.", "此前不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_nothing_is_given_outside_its_window_or_after_its_validity",
    ),
    "Offered.to": Honoured(
        "decide",
        ("Nobody is given it afterwards.", "此后不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_nothing_is_given_outside_its_window_or_after_its_validity",
    ),
    "BenefitBase.delivery": Honoured(
        "check",
        ("Whether a play has to give it or to announce it.", "玩法应发放还是告知。"),
        "A3",
        "campaign_calendars/checks/test_offers.py::test_delivery_says_whether_a_benefit_is_given_or_announced",
    ),
}

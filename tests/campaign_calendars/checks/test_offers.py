"""What is said of when and how benefits are offered, beside the examples of the checks."""

from __future__ import annotations

import pytest

from .examples import problems_of_example

GIFT = "benefits: {{c: {{kind: member_extra_gift, item: tea, items: 2, stock: 50, unit_cost: 5{}}}}}"
COUPON = "benefits: {{c: {{kind: member_coupon, value: 5{}}}}}"


@pytest.mark.parametrize(
    ("benefit", "delivery", "found"),
    [
        (GIFT, "", True),
        (GIFT, ", delivery: push", False),
        (GIFT, ", delivery: claim", False),
        (COUPON, "", False),
        (COUPON, ", delivery: auto", True),
    ],
)
def test_delivery_says_whether_a_benefit_is_given_or_announced(benefit: str, delivery: str, found: bool) -> None:
    codes = {problem.code for problem in problems_of_example("C320", benefit.format(delivery))}
    assert ("C320" in codes) == found

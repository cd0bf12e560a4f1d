"""Every key of a shared limit changes the rule that the plan keeps."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from campaign_calendars.deciding.limits import limits_of
from campaign_calendars.reading.loading import load_calendar

CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
budget: {total: 1000, pools: {coupons: 500}}
audiences: {all: joined}
benefits:
  a: {kind: member_coupon, value: 5, pool: coupons}
  b: {kind: member_coupon, value: 6}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-05, to: 2026-03-08}
    plays:
      - {id: p, audience: all, benefits: [a, b], channels: [sms, push], at: 2026-03-06 10:00, message: m}
  - id: rest
    kind: maintenance
    window: {from: 2026-03-09, to: 2026-03-12}
    plays:
      - {id: q, audience: all, channels: [push], at: 2026-03-10 10:00, message: m}
"""
BASE: dict[str, Any] = {"id": "one", "at_most": 10}


def ruled(**changes: Any) -> object:
    limit = {key: value for key, value in {**BASE, **changes}.items() if value is not None}
    loaded = load_calendar(CALENDAR + yaml.safe_dump({"limits": [limit]}), "c.yaml")
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    return limits_of(loaded.model)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "two"},
        {"per": "day"},
        {"of": {"phases": ["burst"]}},
        {"of": {"plays": ["p"]}},
        {"of": {"channels": ["sms"]}},
        {"of": {"benefits": ["a"]}},
        {"of": {"pools": ["coupons"]}},
        {"of": {"tiers": ["gold"]}},
        {"at_most": 9},
        {"at_most": None, "at_least": 3},
        {"at_most": None, "share_at_least": "10%"},
        {"at_most": None, "share_at_most": "10%"},
        {"at_most": None, "average_cost_at_most": 5},
        {"at_most": None, "return_at_least": 2},
    ],
    ids=str,
)
def test_another_value_is_another_rule(changes: dict[str, Any]) -> None:
    assert ruled() == ruled()
    assert ruled() != ruled(**changes)

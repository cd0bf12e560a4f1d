"""Demo stores with a known truth through the whole path: generated, pulled, decided, sent, lived through, measured.

What a measurement holds by itself is tried over 200 worlds in tests/warehouse/measurement/test_truth.py. The
stores here are fewer, for each is a project of its own: python -m pytest -m slow tests/promocal/test_demo_stores.py
"""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_calendars.measuring.truth import TrueEffect, covered
from promocal.demo import run_demo

CALENDAR = """
calendar: gate
store: demo-food
timezone: Asia/Shanghai
day_zero: 2026-03-08
budget: {total: 500000.00, pools: {coupons: 300000.00}}
holdout: {campaign: 15%, salt: gate}
audiences:
  one-half:
    where: joined and random_split('halves', 2) = 1
  other-half:
    where: joined and random_split('halves', 2) = 2
benefits:
  coupon: {kind: member_coupon, threshold: 99.00, value: 30.00, pool: coupons}
phases:
  - id: burst
    kind: burst
    window: {from: D-1 09:00, to: D+1 23:59:59}
    plays:
      - {id: coupons, audience: one-half, benefits: [coupon], channels: [sms, push], at: D-1 10:00,
         message: messages/hello.txt, holdout: 25%}
      - {id: words, audience: other-half, channels: [push, sms], at: D-1 10:00,
         message: messages/hello.txt, holdout: 25%}
"""


@pytest.mark.slow
def test_intervals_of_demo_stores_hold_the_truth(tmp_path: Path) -> None:
    file = tmp_path / "shop" / "calendars" / "gate.yaml"
    for path, text in ((file, CALENDAR), (tmp_path / "shop" / "messages" / "hello.txt", "hello")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    effects: list[TrueEffect] = []
    for seed in range(1, 55):
        done = run_demo(
            tmp_path / "demo",
            members=2_000,
            seed=seed,
            lang="en",
            say=lambda _: None,
            prefect=False,
            calendar=str(file),
        )
        truth = done.measurement.truth
        assert truth is not None
        assert truth.programme is not None
        effects += [truth.programme, *truth.plays]
    held, judged = covered(effects)
    errors = [
        one.estimate - one.difference for one in effects if one.estimate is not None and one.difference is not None
    ]
    print(f"{held} of {judged} intervals hold the truth, off by {sum(errors) / len(errors):+.5f}")
    assert judged == 3 * 54
    assert held / judged >= 0.93
    assert abs(sum(errors) / len(errors)) < 0.008

"""Eight members, a teaser for all of them and a burst for the three best, who share one pool of coupons."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tasks.running.phase import RunOutcome, run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, ZONE, write_project
from tests.pulling import refresh

CALENDAR = "two-phases"
TEASER = datetime(2026, 3, 8, 10, tzinfo=ZONE)
BURST = TEASER + timedelta(days=6)
BEST = MEMBERS[5:]

_TEXT = """
calendar: two-phases
title: {{en: Two phases, zh: 两个阶段}}
store: corner
timezone: Asia/Shanghai
plan: {plan}
budget: {{total: 500.00, pools: {{coupons: {pool}}}}}
audiences:
  everyone: joined
  best: joined and spend_365d > 60
benefits:
  coupon_10: {{kind: member_coupon, threshold: 50.00, value: 10.00, pool: coupons, valid: 12h}}
phases:
  - id: teaser
    kind: warm_up
    window: {{from: 2026-03-08, to: 2026-03-09}}
    plays:
      - {{id: list, audience: everyone, benefits: [coupon_10], channels: [sms], at: "2026-03-08 10:00",
          message: messages/recall.txt{approve}}}
  - id: burst
    kind: burst
    window: {{from: 2026-03-13, to: 2026-03-15}}
    plays:
      - {{id: recall, audience: best, benefits: [coupon_10], channels: [sms], at: "2026-03-14 10:00",
          message: messages/recall.txt}}
"""
_REDEMPTIONS = """
[sources.redemptions]
kind = "csv"
path = "data/redemptions.csv"
timezone = "Asia/Shanghai"
"""


class Shop:
    """The project, its clock, and what is written into its sources."""

    def __init__(self, root: Path, pool: str = "50.00", plan: str = "planned", approve: str = "") -> None:
        write_project(root, [TEASER])
        self.root, self.now = root, TEASER - timedelta(hours=1)
        self.redemptions = ["redemption_id,member_id,benefit,calendar,redeemed_at,order_id"]
        with (root / "promocal.toml").open("a", encoding="utf-8") as file:
            file.write(_REDEMPTIONS)
        self.approve = approve
        self.write(pool, plan)
        self._write_redemptions()
        self.rt: Runtime = open_runtime(root, clock=lambda: self.now)

    def write(self, pool: str, plan: str = "planned") -> None:
        """The calendar anew, with another pool."""
        path = self.root / "calendars" / "two-phases.yaml"
        path.write_text(_TEXT.format(pool=pool, plan=plan, approve=self.approve), "utf-8")

    def redeem(self, member: str, at: datetime, order: str = "") -> None:
        number = len(self.redemptions)
        self.redemptions.append(f"r{number},{member},coupon_10,{CALENDAR},{at:%Y-%m-%d %H:%M:%S},{order}")
        self._write_redemptions()

    def order(self, name: str, member: str, at: datetime, amount: str) -> None:
        with (self.root / "data" / "orders.csv").open("a", encoding="utf-8") as file:
            file.write(f"{name},{member},{at:%Y-%m-%d %H:%M:%S},{at:%Y-%m-%d %H:%M:%S},{amount}\n")

    def pull(self, at: datetime) -> None:
        self.now = at
        refresh(self.rt, CALENDAR, at)

    def run(self, phase: str, at: datetime) -> RunOutcome:
        self.pull(at)
        return run_phase(self.rt, CALENDAR, phase, at)

    def given(self, phase: str) -> list[str]:
        return sorted(row.member_id for row in self.rt.ledger.grant_rows(CALENDAR, over=True) if row.phase == phase)

    def _write_redemptions(self) -> None:
        (self.root / "data" / "redemptions.csv").write_text("\n".join(self.redemptions) + "\n", "utf-8")

"""The shop of a night: thirty members, four phases in four days, coupons and money that run out, orders every day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = "night-sale"
START = datetime(2026, 3, 5, tzinfo=ZONE)
MEMBERS = [f"m{n:02}" for n in range(1, 31)]

_TOML = """
[sources.members]
path = "data/members.csv"
timezone = "Asia/Shanghai"
[sources.orders]
path = "data/orders-*.csv"
timezone = "Asia/Shanghai"
[sources.contact_points]
path = "data/contact_points.csv"
timezone = "Asia/Shanghai"
[channels.sms]
kind = "file"
[channels.push]
kind = "http"
url = "{url}"
honours_key = true
batch = 4
retries = 0
[ledger]
url = "{ledger}"
"""
_STORE = """
store: kiosk
title: {en: Kiosk, zh: 小铺}
tiers: {window: 365d, levels: [{id: plain, spend: 0}, {id: silver, spend: 60.00}]}
channels:
  sms: {title: {en: SMS, zh: 短信}, consent: implied}
  push: {title: {en: Push, zh: 推送}, consent: implied}
contact_policy: {caps: [{max: 1, per: 5h}, {max: 5, per: 7d}]}
"""
_HEAD = """
calendar: night-sale
title: {en: Night sale, zh: 夜间促销}
store: kiosk
timezone: Asia/Shanghai
budget: {total: 800.00, pools: {coupons: 800.00}, basis: worst_case}
audiences:
  everyone: {where: "joined"}
  loyal: {where: "joined and tier >= 'silver'"}
benefits:
  coupon_10: {kind: member_coupon, threshold: 50.00, value: 10.00, valid: 7d, per_member: 4, stock: 45, pool: coupons}
  coupon_20: {kind: member_coupon, threshold: 90.00, value: 20.00, valid: 7d, per_member: 4, stock: 16, pool: coupons}
holdout: {campaign: 10%, salt: night-sale}
phases:
"""
_PHASE = """
  - id: day-{day}
    kind: burst
    title: {{en: Day {day}, zh: 第{day}天}}
    window: {{from: 2026-03-{date:02} 00:00, to: 2026-03-{date:02} 23:59:59}}
    plays:
      - id: coupons-{day}
        audience: everyone
        benefits: [coupon_10]
        channels: [push, sms]
        at: [2026-03-{date:02} 10:00, 2026-03-{date:02} 16:00]
        message: messages/text.txt
        holdout: 20%
        repeat_after: 1s
      - id: thanks-{day}
        audience: loyal
        benefits: [coupon_20]
        channels: [sms]
        at: [2026-03-{date:02} 16:00, 2026-03-{date:02} 20:00]
        message: messages/text.txt
        repeat_after: 1s
"""


def write_shop(root: Path, *, url: str, ledger: str, days: int) -> None:
    """`url` takes pushes, `ledger` is the ledger's; orders of later days come with `orders_of`."""
    points = [f"{member},{'push' if n % 3 else 'sms'},139123400{n:02},2024-02-01" for n, member in enumerate(MEMBERS)]
    for name, text in {
        "promocal.toml": _TOML.format(url=url, ledger=ledger),
        "stores/kiosk.yaml": _STORE,
        f"calendars/{CALENDAR}.yaml": _HEAD
        + "".join(_PHASE.format(day=day, date=START.day + day) for day in range(days)),
        "messages/text.txt": "{{ member.name }}, your coupon waits.",
        "data/members.csv": _lines("member_id,name,joined_at", [f"{m},N{m},2024-02-01 09:00:00" for m in MEMBERS]),
        "data/contact_points.csv": _lines("member_id,channel,address,consented_at", points),
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    orders_of(root, -1)


def orders_of(root: Path, day: int) -> None:
    """A new export: every third member bought on the evening before."""
    at = START + timedelta(days=day, hours=-2)
    rows = [
        f"o{day}-{n},{member},{at:%Y-%m-%d %H:%M:%S},{at:%Y-%m-%d %H:%M:%S},{40 + n}.50"
        for n, member in enumerate(MEMBERS)
        if (n + day) % 3 == 0
    ]
    text = _lines("order_id,member_id,ordered_at,paid_at,amount", rows)
    (root / f"data/orders-{day + 1}.csv").write_text(text, "utf-8")


def _lines(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])

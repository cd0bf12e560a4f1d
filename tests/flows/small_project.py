"""A project small enough to run in seconds: eight members, one calendar, a file channel.

Names, phones and member ids are sentinels no program would write by itself, so that a test can
search a database for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
MEMBERS = [f"zqm-{n:03}" for n in range(1, 9)]
PHONES = [f"1391234560{n}" for n in range(1, 9)]
NAMES = [f"哨兵王{n}号" for n in range(1, 9)]
SENTINELS = ("zqm-", "1391234560", "哨兵王")

_TOML = """
[sources.members]
kind = "csv"
path = "data/members.csv"
timezone = "Asia/Shanghai"

[sources.orders]
kind = "csv"
path = "data/orders.csv"
timezone = "Asia/Shanghai"

[sources.contact_points]
kind = "csv"
path = "data/contact_points.csv"
timezone = "Asia/Shanghai"

[channels.sms]
kind = "file"
"""
_STORE = """
store: corner
title: {en: Corner shop, zh: 街角小店}
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
channels:
  sms: {title: {en: SMS, zh: 短信}, consent: implied}
"""
_CALENDAR = """
calendar: small-sale
title: {{en: Small sale, zh: 小促销}}
store: corner
timezone: Asia/Shanghai
audiences:
  everyone: {{where: "joined"}}
benefits:
  coupon_10: {{kind: member_coupon, threshold: 50.00, value: 10.00}}
phases:
  - id: burst
    kind: burst
    title: {{en: Burst, zh: 爆发}}
    window: {{from: {start}, to: {end}}}
    plays:
      - id: recall
        audience: everyone
        benefits: [coupon_10]
        channels: [sms]
        at: [{moments}]
        message: messages/recall.txt
        holdout: 20%
        repeat_after: 1s
{extra}
holdout: {{campaign: 10%, salt: small-sale}}
"""


def write_project(
    root: Path,
    moments: Sequence[datetime],
    *,
    window: tuple[datetime, datetime] | None = None,
    play: str = "",
) -> Path:
    """Write the project; `moments` are aware, `play` adds lines to its only play."""
    start, end = window or (min(moments) - timedelta(days=1), max(moments) + timedelta(days=1))
    calendar = _CALENDAR.format(
        start=_wall(start),
        end=_wall(end),
        moments=", ".join(_wall(moment) for moment in moments),
        extra="".join(f"        {line}\n" for line in play.splitlines()),
    )
    members = [
        f"{member},{name},{phone},上海,1990-05-0{n},2024-01-01 08:00:00,2024-02-0{n} 09:00:00"
        for n, (member, name, phone) in enumerate(zip(MEMBERS, NAMES, PHONES, strict=True), 1)
    ]
    orders = [f"o-{n},{member},2025-06-0{n} 10:00:00,2025-06-0{n} 10:05:00,{n}9.90" for n, member in _numbered()]
    contacts = [f"{MEMBERS[n - 1]},sms,{PHONES[n - 1]},2024-02-0{n} 09:00:00" for n, _ in _numbered()]
    for name, text in {
        "promocal.toml": _TOML,
        "stores/corner.yaml": _STORE,
        "calendars/small-sale.yaml": calendar,
        "messages/recall.txt": "{{ member.name }}, your coupon waits.",
        "data/members.csv": _csv("member_id,name,phone,city,birth_on,created_at,joined_at", members),
        "data/orders.csv": _csv("order_id,member_id,ordered_at,paid_at,amount", orders),
        "data/contact_points.csv": _csv("member_id,channel,address,consented_at", contacts),
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def _numbered() -> list[tuple[int, str]]:
    return list(enumerate(MEMBERS, 1))


def _csv(header: str, rows: Sequence[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def _wall(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"

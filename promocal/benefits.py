"""Everything a plug-in needs to be a kind of benefit. Stable: what is here stays, or is announced in the changelog.

    from typing import Literal
    from promocal.benefits import BenefitBase, Text

    class Parking(BenefitBase):
        "停车券: hours of free parking."

        kind: Literal["parking"]
        hours: int

        def sentence(self, lang: str) -> str:
            return f"停车{self.hours}小时" if lang == "zh" else f"{self.hours} hours of parking"

Announce the class under its kind in the entry-point group `promocal.benefits`.
"""

from __future__ import annotations

from campaign_calendars.model.benefits.base import BenefitBase, Coupon, CouponBenefit, Nature, SeenIn, Validity
from campaign_calendars.model.benefits.prices import PriceBenefit
from campaign_calendars.values.moments import Moment
from campaign_calendars.values.scalars import Duration, Money, Share, Text, UnfitError

__all__ = [
    "BenefitBase",
    "Coupon",
    "CouponBenefit",
    "Duration",
    "Moment",
    "Money",
    "Nature",
    "PriceBenefit",
    "SeenIn",
    "Share",
    "Text",
    "UnfitError",
    "Validity",
]

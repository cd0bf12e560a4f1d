"""Rates with their definition, so that no percentage stands alone (domain A7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaign_calendars.values.units import Ratio


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """A share with what it is made of."""

    numerator: int
    """What is counted."""
    denominator: int
    """What it is counted of."""
    value: Ratio | None
    """`numerator` / `denominator`; null where the denominator is 0."""
    definition: str
    """What both are, in English."""
    definition_zh: str
    """What both are, in Chinese."""

    def says(self, lang: str) -> str:
        return self.definition_zh if lang == "zh" else self.definition


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator / denominator`, both names of counted figures."""

    name: str
    numerator: str
    denominator: str
    definition: str
    definition_zh: str

    def of(self, facts: Mapping[str, int]) -> MeasuredRate:
        """The rate of counted figures; `facts` has both of its names."""
        top, bottom = int(facts[self.numerator]), int(facts[self.denominator])
        return MeasuredRate(top, bottom, top / bottom if bottom else None, self.definition, self.definition_zh)

    @staticmethod
    def named(name: str) -> Rate:
        return next(rate for rate in RATES if rate.name == name)


RATES = (
    Rate(
        "conversion_rate",
        "contacted_buyers",
        "contacted",
        "members contacted in the phase who paid an order after the contact and before the phase ended"
        " / members contacted",
        "阶段内被触达且触达后至阶段结束前付款的会员 / 被触达会员",
    ),
    Rate(
        "redemption_rate",
        "redeemers",
        "holders",
        "members who were given a benefit in the phase and used one of them / members who were given one, each once",
        "阶段内获得权益且有核销的会员 / 阶段内获得权益的会员，每人计一次",
    ),
    Rate(
        "member_share",
        "member_gmv_cents",
        "gmv_cents",
        "paid amount net of refunds of members at order time / of the whole store (amount basis)",
        "会员成交金额 / 全店成交金额（金额口径，下单时是会员）",
    ),
    Rate(
        "store_repeat_rate",
        "repeat_buyers",
        "buyers",
        "buyers with two or more paid orders in the window / buyers in the window",
        "窗口内付款两单及以上的买家 / 窗口内付款买家",
    ),
)

BENEFIT_RATE = Rate(
    "redemption_rate",
    "redeemers",
    "holders",
    "members who redeemed the benefit at a moment when it could be used / members it was granted to, per phase",
    "在可用时间内核销该权益的会员 / 获得该权益的会员（按阶段计）",
)
"""Of one benefit, as the books recognise uses."""

WAVE_RATES = (
    Rate(
        "conversion_rate",
        "contacted_buyers",
        "contacted",
        "members contacted in the wave who paid an order after the first contact and before its last phase ended"
        " / members contacted, each once",
        "波次内被触达且首次触达后至末阶段结束前付款的会员 / 被触达会员，每人计一次",
    ),
    Rate(
        "redemption_rate",
        "redeemers",
        "holders",
        "members who were given a benefit in the wave and used one of them / members who were given one, each once",
        "波次内获得权益且有核销的会员 / 波次内获得权益的会员，每人计一次",
    ),
    Rate(
        "wave_repeat_rate",
        "buyers_again",
        "buyers_before",
        "members who paid an order in this wave and in the one before it / members who paid one in that, each once",
        "在本波次与上一波次都付款的会员 / 上一波次付款的会员，每人计一次",
    ),
)

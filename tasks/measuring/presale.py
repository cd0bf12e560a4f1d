"""What a presale came to: balances paid, the members' share by value and by deposit, deposits lost (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from campaign_calendars.measuring.figures import PresaleSales
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.rates import MeasuredRate, Rate

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession

PRESALE_RATES = (
    Rate(
        "balance_payment_rate",
        "balances_paid",
        "deposits",
        "presale orders whose balance is paid / presale orders whose deposit was paid in the calendar; until the"
        " balance window ends: so far",
        "已付尾款的预售订单 / 活动期内付定金的预售订单；尾款期结束前为截至目前",
    ),
    Rate(
        "presale_member_share",
        "member_settled_cents",
        "settled_cents",
        "order value (deposit and balance, net of refunds) of presale orders with the balance paid: of members at that"
        " payment / of all",
        "已付尾款预售订单金额（定金加尾款，扣退款）：付尾款时为会员 / 全部（订单金额口径）",
    ),
    Rate(
        "presale_member_share_deposit",
        "member_deposit_cents",
        "deposit_cents",
        "deposits paid in the calendar: of members at that payment / of all",
        "活动期内所付定金：付定金时为会员 / 全部（定金口径）",
    ),
)


@dataclass(frozen=True, slots=True)
class PresaleResult:
    """Presale orders of the calendar; deposits are no sales until the balance is paid."""

    sales: PresaleSales
    """What is counted."""
    rates: Mapping[str, MeasuredRate]
    """Name of the rate → what it came to."""


def presale_result(loaded: LoadedCalendar, session: MeasurementSession) -> PresaleResult | None:
    """None for a calendar without a deposit phase."""
    if not any(phase.stage for phase in loaded.calendar.phases):
        return None
    windows = [(w.placed.start, w.placed.end, w.due.end) for w in loaded.timeline.balances]
    sales = session.presale(windows)
    return PresaleResult(sales, {rate.name: rate.of(asdict(sales)) for rate in PRESALE_RATES})

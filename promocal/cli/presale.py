"""What a presale came to, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promocal.cli.language import either
from promocal.cli.output import console, money, table
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.measuring.presale import PresaleResult
    from tasks.measuring.rates import MeasuredRate


def print_presale(found: PresaleResult | None) -> None:
    """Each rate with what it is made of; nothing for a calendar without a deposit phase."""
    if found is None:
        return
    rows = table("Presale", "figure", "value", "made of")
    paying = found.rates["balance_payment_rate"]
    rows.add_row(word("balance payment rate"), _share(paying), f"{paying.numerator:,} / {paying.denominator:,}")
    for title, rate in (
        (word("member share by order value"), found.rates["presale_member_share"]),
        (word("member share by deposit"), found.rates["presale_member_share_deposit"]),
    ):
        rows.add_row(title, _share(rate), f"{money(rate.numerator)} / {money(rate.denominator)}")
    out = console()
    out.print(rows)
    out.print(
        either(
            "{forfeited:,} deposit(s) forfeited ({cents}), in no sales figure.\n",
            "弃付定金 {forfeited:,} 单（{cents}），不计入成交。\n",
            forfeited=found.sales.forfeited,
            cents=money(found.sales.forfeited_cents),
        )
    )


def _share(rate: MeasuredRate) -> str:
    return "–" if rate.value is None else f"{rate.value:.2%}"

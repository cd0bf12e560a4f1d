"""The truth of a generated store beside its estimates, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promocal.cli.language import either
from promocal.cli.output import console, escape, money, table

if TYPE_CHECKING:
    from campaign_calendars.measuring.truth import TrueEffect
    from tasks.measuring.truth import WorldTruth


def print_truth(found: WorldTruth | None) -> None:
    """Plays that were measured, then what all plays brought about; nothing for a real store."""
    if found is None:
        return
    out = console()
    rows = table(
        "Generated store: the truth beside the estimate",
        "play", "measured", "interval", "truth", "inside", "orders added", "sales added",
    )  # fmt: skip
    measured = [play for play in found.plays if play.interval is not None]
    if found.programme is not None:
        rows.add_row(either("whole programme", "整体活动"), *_figures(found.programme))
    for play in measured:
        rows.add_row(escape(play.play), *_figures(play))
    out.print(rows)
    if found.programme is not None:
        _print_more(found.programme)
    out.print(
        either(
            "{covered} of {intervals} intervals hold the truth. Points of conversion among members by assignment. Its"
            " members are simulated: only a generated store has a truth.\n",
            "区间包含真实值：{covered}/{intervals}。单位：转化率百分点，按分组口径。"
            "会员为模拟生成，真实店铺没有真实值可查。\n",
            covered=found.covered,
            intervals=found.intervals,
        )
    )


def _print_more(whole: TrueEffect) -> None:
    """What else messages brought about, and what coupons went to people who would have bought anyway."""
    console().print(
        either(
            "Coupons used: {uses:,}, of them {anyway:,} by who would have bought anyway. Also because of messages:"
            " {joins:,} joined, {referrals:,} friends brought, {sign_ins:,} sign-ins, {balances:,} balances saved.",
            "用券 {uses:,} 张，其中本来就会购买的 {anyway:,} 张。消息还带来：入会 {joins:,}，带来好友 {referrals:,}，"
            "签到 {sign_ins:,} 次，挽回尾款 {balances:,} 单。",
            uses=whole.uses,
            anyway=whole.uses_anyway,
            joins=whole.joins,
            referrals=whole.referrals,
            sign_ins=whole.sign_ins,
            balances=whole.balances,
        )
    )


def _figures(effect: TrueEffect) -> tuple[str, ...]:
    interval = "–" if effect.interval is None else f"[{_points(effect.interval[0])}, {_points(effect.interval[1])}]"
    inside = "–" if effect.inside is None else either("yes", "是") if effect.inside else either("no", "否")
    added = f"{effect.added_orders:+,}", money(effect.added_cents)
    return (_points(effect.estimate), interval, _points(effect.difference), inside, *added)


def _points(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:+.2f}"

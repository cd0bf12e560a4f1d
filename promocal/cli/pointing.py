"""`promocal points`: the points of all members by the rules, beside those recorded, and why they differ."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, Calendar, FormatOption, OutputFormat, Project, Replay

if TYPE_CHECKING:
    from tasks.data.points import PointFigure, PointsCheck


def points(
    calendar: Calendar,
    project: Project = Path(),
    replay: Replay = None,
    as_of: AsOf = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """The points that the rules of store and calendars give, beside those recorded, and why they differ."""
    from tasks.data.points import points as compute

    with opened(project, replay=replay) as rt:
        found = compute(rt, calendar, moment_or_none(as_of, project, calendar))
        zone = rt.load_calendar(calendar).timeline.timezone
    if format is OutputFormat.json:
        output.print_json(found)
        return
    _print_balances(found, zone)
    if found.recorded is None:
        output.console().print(either("There is no points source to compare with.", "没有可对照的积分数据源。"))
        return
    _print_differences(found)


def _print_balances(found: PointsCheck, zone: tzinfo) -> None:
    table = output.table(
        either("Points as of {as_of}", "积分，截至 {as_of}", as_of=f"{found.as_of.astimezone(zone):%Y-%m-%d %H:%M}"),
        "",
        "by the rules",
        "recorded",
    )
    recorded = {_row(one): one.points for one in found.recorded or ()}
    ours: dict[str, float] = {}
    for one in found.by_rules:
        ours[_row(one)] = ours.get(_row(one), 0) + one.points
    for row, title in _titles().items():
        if ours.get(row) or recorded.get(row):
            there = _points(recorded.get(row, 0)) if found.recorded is not None else "–"
            table.add_row(title, _points(ours.get(row, 0)), there)
    balance = "–" if found.balance_recorded is None else _points(found.balance_recorded)
    table.add_row(either("what members have", "会员持有"), _points(found.balance_by_rules), balance)
    out = output.console()
    out.print(table)
    for line in _lines(found):
        out.print(output.escape(line))


def _print_differences(found: PointsCheck) -> None:
    out = output.console()
    out.print(
        either(
            "{agreeing:,} of {members:,} members agree.",
            "{members:,} 名会员中 {agreeing:,} 名一致。",
            agreeing=found.agreeing,
            members=found.members,
        )
    )
    if found.recorded_with_other_validity:
        other = found.recorded_with_other_validity
        out.print(
            either("{n:,} entries do not expire when the store says.", "{n:,} 条记录的到期日与店铺规定不符。", n=other)
        )
    if not found.reasons:
        return
    why = _why()
    reasons = output.table("Why they differ", "reason", either("points", "积分"), "members")
    for reason in found.reasons:
        reasons.add_row(why.get(reason.reason, reason.reason), f"{reason.points:+,}", f"{reason.members:,}")
    out.print("", reasons)
    rows = output.table("Largest differences", "member", "by the rules", "recorded", "reason")
    for row in found.differences[:_SHOWN]:
        told = either("; ", "；").join(why.get(reason, reason) for reason in row.reasons)
        rows.add_row(output.escape(row.member), _points(row.by_rules), _points(row.recorded), told)
    rows.columns[-1].justify = "left"
    out.print("", rows)


_SHOWN = 10


def _lines(found: PointsCheck) -> list[str]:
    lines = []
    if found.waiting_members:
        lines.append(
            either(
                "{points:,} points wait for {members:,} buyers who have not joined.",
                "{points:,} 积分等待 {members:,} 名未入会买家入会领取。",
                points=found.waiting,
                members=found.waiting_members,
            )
        )
    if found.promised:
        lines.append(
            either("{n:,} points are promised in open offers.", "未结束的兑换占用 {n:,} 积分。", n=found.promised)
        )
    lines += [
        either(
            "{benefit} of {calendar}: {points:,} points, costs {cost:,.2f}",
            "{calendar} 的 {benefit}：{points:,} 积分，成本 {cost:,.2f}",
            benefit=one.benefit,
            calendar=one.calendar,
            points=one.points,
            cost=one.cents / 100,
        )
        for one in found.benefits
    ]
    if found.liability_cents is not None:
        cost = found.liability_cents / 100
        lines.append(either("What members have costs {cost:,.2f}.", "会员所持积分的成本：{cost:,.2f}。", cost=cost))
    if found.left_out:
        names = ", ".join(found.left_out)
        lines.append(either("Left out, they have problems: {names}", "因存在问题未计入：{names}", names=names))
    return lines


def _row(figure: PointFigure) -> str:
    """Rules and records in the same rows: plays of all sorts are one."""
    return {
        "order": "earn", "sign_in": "play", "review": "play", "share": "play", "profile": "play", "cash_back": "adjust",
    }.get(figure.reason, figure.reason)  # fmt: skip


def _points(number: float) -> str:
    return f"{number:,}"


def _titles() -> dict[str, str]:
    return {
        "earn": either("earned by orders", "订单所得"),
        "refund": either("taken back with refunds", "随退款扣回"),
        "referral": either("for referrals", "推荐所得"),
        "play": either("for signing in, reviews, sharing", "签到、评价、分享所得"),
        "redeem": either("spent", "使用"),
        "adjust": either("corrected, given back", "调整与退回"),
        "expire": either("expired", "过期"),
    }


def _why() -> dict[str, str]:
    return {
        "not_recorded": either("order not recorded", "订单未记积分"),
        "before_joining": either("order before joining", "入会前订单"),
        "double_day": either("double day not counted", "多倍积分日未计"),
        "tier": either("tier's factor not counted", "等级倍率未计"),
        "double_day_and_tier": either("neither day nor tier counted", "多倍日与等级倍率均未计"),
        "refund": either("refund after success", "成功后退款未扣回"),
        "amount": either("another number of points", "积分数不同"),
        "no_order": either("no successful order", "无成功订单"),
        "play_not_recorded": either("play not recorded", "互动未记积分"),
        "play_not_due": either("play gives less by the rules", "互动多记积分"),
        "referral_not_recorded": either("referral not recorded", "推荐未记积分"),
        "referral_not_due": either("referral gives less by the rules", "推荐多记积分"),
        "cash_not_given_back": either("cash points not given back", "抵现积分未退回"),
        "cash_above_share": either("cash points above the share", "抵现超出上限"),
        "expiry": either("expiry", "过期不同"),
        "expiry_follows": either("expiry of what differs", "差异积分的过期"),
        "balance_only": either("the source has balances only", "数据源只有余额"),
    }

"""What the control groups of a plan can show, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign_calendars.measuring.detectable import told_of_draw
from campaign_calendars.measuring.lift import MIN_ARM
from campaign_calendars.measuring.regions import enough
from promocal.cli.language import either, translated
from promocal.cli.output import console, escape, table

if TYPE_CHECKING:
    from campaign_calendars.measuring.detectable import HoldoutPower
    from tasks.planning.planned import Plan


def print_holdouts(plan: Plan) -> None:
    """A row for each group, and what was assumed; nothing where nobody is held out."""
    if not plan.holdouts:
        return
    rows = table("Hold-outs", "hold-out", "held out", "compared with", "bought before", "can show, not less")
    for row in plan.holdouts:
        before = either("{share:.1%} in {days} d", "{days} 天内 {share:.1%}", share=row.baseline, days=row.days)
        rows.add_row(escape(row.name), f"{row.control:,}", f"{row.treated:,}", before, _shown(row))
    console().print(rows, "")
    console().print(
        either(
            "[dim]Smallest difference in conversion that is found four times in five (power 80 %, two-sided 5 %),"
            " if members go on to buy as in as many days before the snapshot.[/]\n",
            "[dim]五次中有四次能发现的最小转化差异（功效 80%，双侧 5%），假设会员仍按快照前同样天数的比例购买。[/]\n",
        )
    )
    for row in plan.holdouts:
        for said in told_of_draw(row):
            console().print(escape(translated(said)))
    if any(row.regions is not None for row in plan.holdouts):
        console().print("")


def _shown(row: HoldoutPower) -> str:
    if row.regions is not None and not enough(len(row.regions.names), row.regions.treated):
        return either("nothing: too few regions", "无：区域过少")
    if row.detectable is not None:
        return either("{points:.1f} points", "{points:.1f} 个百分点", points=row.detectable * 100)
    if not row.baseline and min(row.control, row.treated) >= MIN_ARM:
        return either("nothing: nobody bought", "无：没有人购买")
    if row.regions is not None and min(row.control, row.treated) >= MIN_ARM:
        return either("nothing: regions lie too far apart", "无：区域之间差别过大")
    return either("nothing: too few members", "无：人数过少")

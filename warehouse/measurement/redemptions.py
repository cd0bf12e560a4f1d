"""Redemptions against grants: nobody else's benefit, none outside its time, none more often than given (A3, A7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import duckdb

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.findings.said import Said
from campaign_calendars.values.masking import masked_id
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)
_SAID: dict[str, tuple[str, Said, Said]] = {
    "untargeted": (
        "D401",
        ("used by members it was never granted to", "被未获得该权益的会员使用"),
        (
            "look for a shared or leaked code; bind the benefit to its member on the platform",
            "检查券码是否被转让或泄露；在平台上将权益与会员绑定",
        ),
    ),
    "outside": (
        "D402",
        ("used outside the time in which it may be used", "在可使用的时间之外使用"),
        (
            "compare the validity dates on the platform with `valid` or `days` in the calendar",
            "核对平台上的有效期与日历中的 valid 或 days",
        ),
    ),
    "again": (
        "D417",
        ("used more often than it was granted", "使用次数超过发放次数"),
        (
            "compare the limit per member on the platform with `per_member` in the calendar",
            "核对平台上的每人限领与日历中的 per_member",
        ),
    ),
}
"""Verdict of a row → its code, what was found, what to do."""


def audit_redemptions(
    con: duckdb.DuckDBPyConnection, *, calendar: str, as_of: datetime, everybodys: Collection[str] = ()
) -> list[Problem]:
    """Redemptions of `calendar` known before `as_of` that should not have happened, as the books tell them.

    `con` has the tables of `warehouse.accounting.settling.recognise`; `everybodys` are benefits that are granted to
    nobody because everybody has them. One warning per benefit and kind, with counts and up to five masked member ids.
    """
    asked = {"calendar": calendar, "until": utc_naive(as_of), "everybodys": sorted(everybodys)}
    return [_problem(calendar, *row) for row in con.execute(_SQL["redemptions"], asked).fetchall()]


def _problem(  # noqa: PLR0917 - one row of redemptions.sql
    calendar: str, benefit: str, verdict: str, redemptions: int, members: int, examples: list[str], looked_at: int
) -> Problem:
    shown = ", ".join(map(masked_id, examples)) + (" …" if members > len(examples) else "")
    code, (what, what_zh), (remedy, remedy_zh) = _SAID[verdict]
    return Problem(
        code,
        "warning",
        f"{benefit}: {what}: {redemptions} of {looked_at} redemptions by {members} members ({shown})",
        remedy,
        Location(calendar),
        f"{benefit}：{what_zh}：{looked_at} 次核销中有 {redemptions} 次，涉及 {members} 位会员（{shown}）",
        remedy_zh,
    )

"""Redemptions against grants: nobody else's benefit, and none outside its phase (A3, A7)."""

from __future__ import annotations

from datetime import datetime

import duckdb
from sqlglot import exp

from campaign_calendars.findings.problem import Location, Problem
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)

_END_OF_TIME = datetime(9999, 12, 31)  # noqa: DTZ001 - moments inside DuckDB are naive UTC


def audit_redemptions(
    con: duckdb.DuckDBPyConnection,
    grants_table: str = "grants",
    windows: str = "phase_windows",
    *,
    calendar: str,
    as_of: datetime | None = None,
    uses: str = "snap.stg_redemptions",
) -> list[Problem]:
    """Redemptions of `calendar` known before `as_of` that should not have happened.

    D401: the member was never granted the benefit. D402: granted, but used outside the windows of
    every phase it was granted in. One warning per benefit and kind, with counts and up to five
    member ids. Reads `uses`, `grants_table` (member_id, benefit, phase) and
    `windows` (phase, starts_at, ends_at; the end exclusive). A redemption that names no calendar
    belongs to none and is not judged.
    """
    tables = {"grants": _identifier(grants_table), "windows": _identifier(windows), "uses": _identifier(uses)}
    until = utc_naive(as_of) if as_of else _END_OF_TIME
    rows = con.execute(_SQL["redemptions"].format(**tables), {"calendar": calendar, "until": until}).fetchall()
    return [_problem(calendar, *row) for row in rows]


def _identifier(name: str) -> str:
    return exp.to_table(name).sql(dialect="duckdb", identify=True)


def _problem(  # noqa: PLR0917 - one row of redemptions.sql
    calendar: str, benefit: str, verdict: str, redemptions: int, members: int, examples: list[str], looked_at: int
) -> Problem:
    shown = ", ".join(examples) + (" …" if members > len(examples) else "")
    counts = f"{redemptions} of {looked_at} redemptions by {members} members ({shown})"
    counts_zh = f"{looked_at} 次核销中有 {redemptions} 次，涉及 {members} 位会员（{shown}）"
    if verdict == "untargeted":
        return Problem(
            "D401",
            "warning",
            f"{benefit}: used by members it was never granted to: {counts}",
            "look for a shared or leaked code; bind the benefit to its member on the platform",
            Location(calendar),
            f"{benefit}：被未获得该权益的会员使用：{counts_zh}",
            "检查券码是否被转让或泄露；在平台上将权益与会员绑定",
        )
    return Problem(
        "D402",
        "warning",
        f"{benefit}: used outside the phase it was granted for: {counts}",
        "compare the validity dates on the platform with the phase window of the calendar",
        Location(calendar),
        f"{benefit}：在所属阶段之外使用：{counts_zh}",
        "核对平台上的有效期与日历中的阶段时间",
    )

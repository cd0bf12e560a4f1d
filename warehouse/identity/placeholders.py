"""Values that stand for nobody, in identifiers and in the orders of a shop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from campaign_calendars.findings.problem import Location, Problem
from warehouse.engines.sql_files import sql_files

if TYPE_CHECKING:
    import duckdb

_LEAST_ORDERS = 100
"""Of fewer orders a tenth says nothing."""
_SHOWN = 3

_MACROS = """
create or replace temp macro masked(cell) as
    case when length(cell) > 4 then left(cell, 2) || '***' || right(cell, 2) else '***' end;
create or replace temp macro stands_for_nobody(cell) as
    regexp_full_match(
        lower(cell),
        '[0.-]+|9{6,}|1{6,}|guest|test|anonymous|unknown|undefined|default|user|admin|游客|访客|散客|匿名|默认|测试|未知|普通会员'
    )
"""


def define_macros(con: duckdb.DuckDBPyConnection) -> None:
    """`masked(cell)`, and `stands_for_nobody(cell)`: words that systems write where they know nobody."""
    con.execute(_MACROS)


def placeholder_findings(con: duckdb.DuckDBPyConnection) -> list[Problem]:
    """D408 for ids in the orders of the snapshot that is being built which are hardly those of one person."""
    define_macros(con)
    found: Sequence[tuple[str, int, int]] = con.execute(
        sql_files(__package__)["crowded_ids"], {"least": _LEAST_ORDERS}
    ).fetchall()
    if not found:
        return []
    shown = ", ".join(f"{name} ({orders:,})" for name, orders, _ in found[:_SHOWN])
    shown_zh = "、".join(f"{name}（{orders:,} 单）" for name, orders, _ in found[:_SHOWN])
    total, words = found[0][2], _as_guests([name for name, _, _ in found])
    return [
        Problem(
            "D408",
            "warning",
            f"ids that hardly are one person's among the buyers of {total:,} orders: {shown}",
            (
                f"Where an id stands for nobody, name it: guests = {words} in [sources.orders]; its orders "
                "then count in the store's sales and in no member's."
            ),
            Location("sources.orders"),
            f"{total:,} 单的买家中有不像是某个人的编号：{shown_zh}",
            f"若编号不代表任何人，请在 [sources.orders] 写 guests = {words}：这些订单只计入全店销售。",
        )
    ]


def _as_guests(shown: Sequence[str]) -> str:
    """The words as `guests` takes them; an id that is shown masked is for a person to write out."""
    words = [name for name in shown if "***" not in name][:_SHOWN]
    return json.dumps(words or ["…"], ensure_ascii=False)

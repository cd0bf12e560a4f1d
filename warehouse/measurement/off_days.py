"""Early-bird prices that were had on another day: there they count toward the lowest price (A3, A11#2, S4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb

from campaign_calendars.findings.problem import Location, Problem, Severity
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.benefits.prices import EarlyBirdPrice
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.prices import Goods, broken_by, list_price
from campaign_calendars.time.timeline import Timeline
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def audit_off_days(con: duckdb.DuckDBPyConnection, calendar: Calendar, timeline: Timeline) -> list[Problem]:
    """Uses of early birds outside their days, with the price that enters the price history and what it breaks.

    `con` has the tables of `warehouse.accounting.settling.recognise`. One finding per benefit, goods and local day;
    goods are told by the order lines of the use.
    """
    early = {name: one for name, one in calendar.benefits.items() if isinstance(one, EarlyBirdPrice) and one.goods}
    if not early:
        return []
    con.execute("create or replace temp table off_day_goods (benefit varchar, sku varchar)")
    append_rows(con, "off_day_goods", ((name, sku) for name, one in early.items() for sku in one.goods))
    asked = {"calendar": calendar.calendar, "zone": timeline.timezone.key}
    return list(_problems(calendar, timeline, early, con.execute(_SQL["off_days"], asked).fetchall()))


def _problems(
    calendar: Calendar, timeline: Timeline, early: dict[str, EarlyBirdPrice], rows: list[tuple[object, ...]]
) -> Iterator[Problem]:
    starts = {name: span.start.astimezone(timeline.timezone).date() for name, span in timeline.phases.items()}
    for name, sku, day, paid, listed, uses in rows:
        if not (isinstance(name, str) and isinstance(sku, str) and isinstance(day, date) and isinstance(uses, int)):
            raise TypeError("rows of off_days.sql")
        goods = calendar.prices.get(sku)
        known = listed if isinstance(listed, int) else list_price(goods) if goods is not None else None
        cents = paid if isinstance(paid, int) else early[name].unit_cents(known)
        if cents is not None:
            yield _problem(calendar, starts, (name, sku, day, uses), cents, goods)


def _problem(
    calendar: Calendar,
    starts: dict[str, date],
    use: tuple[str, str, date, int],
    cents: int,
    goods: Goods | None,
) -> Problem:
    (name, sku, day, uses), rule = use, calendar.price_rule
    broken = broken_by(goods, rule, starts, day, cents) if goods is not None else []
    until = day + timedelta(days=rule.look_back.days)
    en = f"{name}: {sku} was had at {yuan(cents)} on {day}, none of its days ({uses} uses): until {until} it counts"
    zh = f"{name}：{sku} 于 {day} 以 {yuan(cents)} 成交（{uses} 次），该日不在早鸟日内：至 {until} 计入最低价"
    for phase, first, planned in broken:
        en += f"; the {yuan(planned)} planned for {phase} from {first} lies above it"
        zh += f"；{phase} 自 {first} 起的计划价 {yuan(planned)} 高于它"
    remedy = (
        (
            "lower the planned price to it, or ask the platform to correct the days",
            "请把计划价降至该价，或请平台更正使用日",
        )
        if broken
        else ("compare the days on the platform with `days` in the calendar", "核对平台上的使用日与日历中的 days")
    )
    severity: Severity = "error" if broken else "warning"
    return Problem("D418", severity, en, remedy[0], Location(calendar.calendar), zh, remedy[1])

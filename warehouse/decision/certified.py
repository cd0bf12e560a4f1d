"""A solved plan as its certificate tells it: rows of the problem become figures a person asked for."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.deciding.beside import calendar_and_phase
from campaign_calendars.deciding.certificate import EventsAhead, RowOfPlan
from campaign_calendars.deciding.events import BASIS_DAYS
from campaign_calendars.deciding.limits import EACH, PART, PREFIX, WHOLE, Done, LimitRule
from campaign_calendars.values.scalars import FULL_SHARE
from warehouse.contact_plan.problem import PRICE_SCALE, Row, RowUse, Solution
from warehouse.decision.outlook import SCALE, Outlook
from warehouse.decision.worths import POINT


def rows_of_plan(outlook: Outlook, solution: Solution) -> Iterator[RowOfPlan]:
    """Every row, in the order of the problem; those that only serve to tell a fraction are told with it."""
    used = {row.name: row.used for row in solution.rows}
    rules = {rule.name: rule for brief in outlook.briefs for rule in brief.limits}
    for known, row in zip(outlook.problem.rows, solution.rows, strict=True):
        if row.name in outlook.past:
            rule = rules[row.name.split(" ")[1]]
            yield _limit(row, known, rule, outlook.past[row.name], used)
        elif not row.name.startswith(f"{PREFIX} "):
            room = None if row.capacity is None else row.capacity // SCALE
            yield RowOfPlan(row.name, room, _up(row.used), _price(row), kept_free=outlook.kept_free.get(row.name, 0))


def events_ahead(outlook: Outlook) -> tuple[EventsAhead, ...]:
    """For which plays something is kept free."""
    return tuple(
        EventsAhead(rate.brief.phase, rate.brief.play, round(rate.members / BASIS_DAYS, 2)) for rate in outlook.rates
    )


def calendars_of(outlook: Outlook) -> tuple[str, ...]:
    """Other calendars whose occurrences are in the plan."""
    found = dict.fromkeys(calendar_and_phase(brief)[0] for brief in outlook.briefs)
    return tuple(name for name in found if name != outlook.briefs[0].calendar)


def _limit(row: RowUse, known: Row, rule: LimitRule, past: Done, used: dict[str, int]) -> RowOfPlan:
    figure = None if rule.kind == "reported" else rule.figure
    if not rule.measured:
        come_to = past.counting + (-row.used // SCALE if rule.kind == "at_least" else _up(row.used))
        return RowOfPlan(row.name, figure, come_to, _price(row), rule.kind, _up(known.short), title=rule.title)
    part, whole = (
        _up(used[f"{row.name} {side}"]) + more for side, more in zip((PART, WHOLE), past.measure(rule), strict=True)
    )
    unit = FULL_SHARE if rule.of_all else EACH if rule.kind == "return_at_least" else 1
    come_to = part * unit // whole if whole else 0
    over = rule.figure - come_to if rule.kind in ("share_at_least", "return_at_least") else come_to - rule.figure
    price = _price(row) * (POINT if rule.kind == "return_at_least" else unit)
    short = max(over, 1) if known.short else 0
    return RowOfPlan(row.name, figure, come_to, price, rule.kind, short, title=rule.title)


def _up(amount: int) -> int:
    return -(-amount // SCALE)


def _price(row: RowUse) -> float:
    return row.price * SCALE / PRICE_SCALE / POINT

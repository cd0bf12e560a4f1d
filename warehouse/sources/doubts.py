"""What is odd about how a header was understood, though nothing in it is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.mapping import DatasetMap
from warehouse.sources.matching import CURRENCY, normal

if TYPE_CHECKING:
    from warehouse.sources.reading import Part, Reading

_SHOWN = 4
_CURRENCIES = frozenset(normal(header) for header in CURRENCY)
_OF_ONE_PIECE = re.compile(r".*(unit)?price|.*单价|.*售价|价格|.*(商品|宝贝)价格")
_PIECES = re.compile(r"(.*[^a-z])?(pieces|quantity|qty|pcs|items|count)|.*(数量|件数|个数)")


def doubt_prices(dataset: str, rules: DatasetMap, parts: Sequence[Part]) -> list[Problem]:
    """S138 where an amount is read from a price while the pieces it may have to be multiplied by stand beside it.

    Many files of one export say it once, of the first of them.
    """
    found = {problem.message: problem for part in reversed(parts) for problem in _of_a_part(dataset, rules, part)}
    return list(found.values())


def _of_a_part(dataset: str, rules: DatasetMap, part: Part) -> Iterator[Problem]:
    headers = [*part.ignored, *part.columns.values()]
    pieces = next((header for header in headers if _PIECES.fullmatch(normal(header))), None)
    for name in ("amount", "paid"):
        header = part.columns.get(name)
        if pieces is None or header is None or not _OF_ONE_PIECE.fullmatch(normal(header)):
            continue
        rule = rules.columns[name]
        summed = rule.combine == "sum"
        yield Problem(
            "S138",
            "warning",
            f"{dataset}.{name} is {'the sum of' if summed else 'read from'} '{header}', beside '{pieces}'",
            f"if '{header}' is the price of one piece, write {name}: {{from: {header}, times: {pieces}}} in the map",
            Location(part.place, part.header_row),
            f"{dataset}.{name} 取“{header}”{'之和' if summed else ''}，而旁边有“{pieces}”",
            f"若“{header}”是单价，请在映射中写 {name}: {{from: {header}, times: {pieces}}}",
        )


def doubt_currencies(dataset: str, rules: DatasetMap, reading: Reading) -> Problem | None:
    """S135 where lines name several currencies: their amounts would be added up as if they were one."""
    if len(reading.currencies) < 2:  # noqa: PLR2004
        return None
    found = reading.currencies.most_common(_SHOWN)
    first, part = found[0][0], reading.parts[0]
    header = next((cell for cell in part.ignored if normal(cell) in _CURRENCIES), "")
    shown = ", ".join(f"{word} ({count:,})" for word, count in found)
    shown_zh = "、".join(f"{word}（{count:,} 行）" for word, count in found)
    hint, hint_zh = f"export the orders of one currency: {first}", f"请只导出一种币种的订单：{first}"
    if not rules.per and dataset != "order_items":  # of an order of several lines often only the first one says it
        hint += f"; or write keep: {{{header}: {first}}} for {dataset} in a column map"
        hint_zh += f"；或在列映射的 {dataset} 中写 keep: {{{header}: {first}}}"
    return Problem(
        "S135",
        "error",
        f"{dataset}: amounts are in several currencies: {shown}; nothing is converted",
        hint,
        Location(f"sources.{dataset}"),
        f"{dataset}：金额有多种币种：{shown_zh}；不做换算",
        hint_zh,
    )


def doubt_currencies_between(currencies: Mapping[str, Collection[str]]) -> Problem | None:
    """S135 where datasets (name → what its amounts are in) are in different currencies."""
    said = {dataset: sorted(found) for dataset, found in currencies.items() if found}
    if len({currency for found in said.values() for currency in found}) < 2:  # noqa: PLR2004
        return None
    shown = ", ".join(f"{dataset} {' '.join(found)}" for dataset, found in said.items())
    shown_zh = "、".join(f"{dataset} {' '.join(found)}" for dataset, found in said.items())
    return Problem(
        "S135",
        "error",
        f"amounts are in several currencies: {shown}; nothing is converted",
        "export all of them in one currency",
        Location(f"sources.{next(reversed(said))}"),
        f"金额有多种币种：{shown_zh}；不做换算",
        "请以同一种币种导出",
    )

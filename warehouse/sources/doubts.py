"""What is odd about how a header was understood, though nothing in it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.mapping import DatasetMap
from warehouse.sources.matching import normal
from warehouse.sources.reading import Part

_OF_ONE_PIECE = re.compile(r".*(unit)?price|.*单价|.*售价|价格|.*(商品|宝贝)价格")
_PIECES = re.compile(r"(.*[^a-z])?(pieces|quantity|qty|pcs|items|count)|.*(数量|件数|个数)")


def doubt_prices(dataset: str, rules: DatasetMap, part: Part) -> Iterator[Problem]:
    """S138 where an amount is read from a price while the pieces it may have to be multiplied by stand beside it."""
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

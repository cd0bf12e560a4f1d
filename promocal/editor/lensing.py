"""Above each audience its members, above each benefit its stock and what the plan gives of it."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import CodeLens, Command

from promocal.editor.counting import Counts
from promocal.editor.sheets import Sheet


def lenses(sheet: Sheet, counts: Counts | None, lang: str) -> list[CodeLens]:
    """What is known; members and plans are those of the saved calendar on the last snapshot."""
    return [*_audiences(sheet, counts or Counts(), lang), *_benefits(sheet, counts or Counts(), lang)]


def _audiences(sheet: Sheet, counts: Counts, lang: str) -> Iterator[CodeLens]:
    for name, members in counts.members.items():
        where = sheet.range_of(("audiences", name), "key")
        if where is not None:
            yield CodeLens(where, Command(f"{members:,} 人" if lang == "zh" else f"{members:,} members", ""))


def _benefits(sheet: Sheet, counts: Counts, lang: str) -> Iterator[CodeLens]:
    calendar = sheet.calendar
    for name, benefit in (calendar.benefits if calendar is not None else {}).items():
        where = sheet.range_of(("benefits", name), "key")
        said = _stock(benefit.stock, counts.planned.get(name), lang)
        if where is not None and said:
            yield CodeLens(where, Command(said, ""))


def _stock(stock: int | None, planned: int | None, lang: str) -> str:
    parts = []
    if stock is not None:
        parts.append(f"库存 {stock:,}" if lang == "zh" else f"stock {stock:,}")
    if planned is not None:
        parts.append(f"计划发放 {planned:,}" if lang == "zh" else f"plan gives {planned:,}")
    if stock and planned is not None:
        parts.append(f"{planned / stock:.0%}")
    return ("，" if lang == "zh" else ", ").join(parts)

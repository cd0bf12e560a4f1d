"""The outline of a calendar: waves, phases, plays; audiences and benefits."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol.types import DocumentSymbol, Position, Range, SymbolKind

from campaign_calendars.findings.finding import Path
from campaign_calendars.model.calendar import Calendar, Phase
from promocal.editor.sheets import Sheet

_SECTIONS = (("audiences", SymbolKind.Class), ("benefits", SymbolKind.Constant))


def outline(sheet: Sheet, lang: str) -> list[DocumentSymbol]:
    """What the calendar is made of, phases below the wave they belong to."""
    calendar = sheet.calendar
    if calendar is None:
        return []
    phases = [_phase(sheet, number, phase, lang) for number, phase in enumerate(calendar.phases)]
    found = [symbol for name, kind in _SECTIONS if (symbol := _section(sheet, name, kind)) is not None]
    return [*found, *_by_wave(calendar, phases, lang)]


def _by_wave(calendar: Calendar, phases: Sequence[DocumentSymbol | None], lang: str) -> list[DocumentSymbol]:
    waves: dict[str, DocumentSymbol] = {}
    found: list[DocumentSymbol] = []
    for phase, symbol in zip(calendar.phases, phases, strict=True):
        if symbol is None:
            continue
        wave = next((one for one in calendar.waves if one.id == phase.wave), None)
        if wave is None:
            found.append(symbol)
        elif wave.id in waves:
            above = waves[wave.id]
            above.children = [*(above.children or ()), symbol]
            above.range = Range(above.range.start, max(above.range.end, symbol.range.end, key=_key))
        else:
            waves[wave.id] = DocumentSymbol(
                wave.id,
                SymbolKind.Namespace,
                symbol.range,
                symbol.selection_range,
                wave.title.get(lang),
                children=[symbol],
            )
            found.append(waves[wave.id])
    return found


def _phase(sheet: Sheet, number: int, phase: Phase, lang: str) -> DocumentSymbol | None:
    plays = [
        _symbol(sheet, ("phases", number, "plays", index), play.id, SymbolKind.Event, play.title.get(lang))
        for index, play in enumerate(phase.plays)
    ]
    symbol = _symbol(sheet, ("phases", number), phase.id, SymbolKind.Module, phase.title.get(lang))
    if symbol is not None:
        symbol.children = [play for play in plays if play is not None]
    return symbol


def _section(sheet: Sheet, name: str, kind: SymbolKind) -> DocumentSymbol | None:
    symbol = _symbol(sheet, (name,), name, SymbolKind.Namespace, "")
    if symbol is None:
        return None
    keys = [path for path in sheet.look.read.locations.keys if path[:-1] == (name,)]
    symbol.children = [one for path in keys if (one := _symbol(sheet, path, str(path[-1]), kind, "")) is not None]
    return symbol


def _symbol(sheet: Sheet, path: Path, name: str, kind: SymbolKind, detail: str) -> DocumentSymbol | None:
    place = sheet.written(path)
    known = sheet.look.read.locations
    start = known.keys.get(place) or known.values.get(place)
    if start is None or not name:
        return None
    row = start[0] - 1
    last = max((at[0] - 1 for below, at in known.values.items() if below[: len(place)] == place), default=row)
    whole = Range(Position(row, 0), sheet.row(max(last, row)).end)
    return DocumentSymbol(name, kind, whole, sheet.row(row), detail or None)


def _key(position: Position) -> tuple[int, int]:
    return position.line, position.character

"""A calendar with its sheets put in: what `{from: prices.xlsx}` stands for, each value with its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from campaign_calendars.findings.finding import Finding, Locations, Path, suggestion
from campaign_calendars.findings.problem import SheetCell
from campaign_calendars.sheets.columns import KINDS_OF_SHEETS, KindName
from campaign_calendars.sheets.laying import Laid, Titles, lay
from campaign_calendars.sheets.rows import UNREADABLE, WRONG, rows_of
from campaign_calendars.sheets.table import Book, Read, Unread
from campaign_calendars.sheets.titles import titles_of

FROM, SHEET = "from", "sheet"
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Books = Mapping[str, Read]
"""What the sheets of a calendar hold, by the names it gives them."""


@dataclass(frozen=True, slots=True)
class NamedSheet:
    """A sheet a calendar names: where, as what, which file, which of its sheets; whose rows, empty for all."""

    owner: Path
    kind: KindName
    file: str
    sheet: str | None = None
    name: str = ""


@dataclass
class Expanded:
    """A calendar's data with what its sheets hold. `found` are findings with the cell each is about.

    `text`: the calendar with everything written out, empty where it names no sheet.
    """

    data: dict[str, Any]
    found: list[tuple[Finding, SheetCell]] = field(default_factory=list)
    cells: dict[Path, SheetCell] = field(default_factory=dict)
    sheets: dict[Path, Path] = field(default_factory=dict)
    lost: set[Path] = field(default_factory=set)

    @property
    def text(self) -> str:
        """Stands for the calendar wherever it is kept or compared: another sheet makes it another calendar."""
        if not self.sheets:
            return ""
        return str(yaml.dump(self.data, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=1_000_000))

    def within(self, locations: Locations) -> Locations:
        """The places of the text, with those of its sheets."""
        if not self.sheets:
            return locations
        return Locations(
            locations.file, locations.keys, locations.values, locations.scalars, locations.text, self.cells, self.sheets
        )


def named_sheets(data: dict[str, Any]) -> list[NamedSheet]:
    """The sheets that plain data of a calendar names; never raises."""
    return [made for place in _places(data) if (made := _named(data, *place)) is not None]


def expand(data: dict[str, Any], books: Books | None) -> Expanded:
    """The data with its sheets in it; `data` stays as it is. None: nobody looked, and what is in sheets is left out."""
    made = Expanded(data)
    places = list(_places(data))
    if not places:
        return made
    made.data = _copied(data, [owner for owner, _, _ in places])
    titles = titles_of(data)
    laid: dict[tuple[str, str | None, KindName], list[Laid]] = {}
    for owner, kind, name in places:
        named = _named(data, owner, kind, name)
        made.sheets[owner] = (*owner, FROM)
        if named is None:
            made.found += [(finding, SheetCell()) for finding in _misnamed(_at(data, owner), owner)]
            _leave_out(made, owner, kind)
            continue
        made.found += [(finding, SheetCell()) for finding in _strange(_at(data, owner), owner)]
        read = books.get(named.file) if books is not None else None
        if read is None:
            _leave_out(made, owner, kind)
        elif isinstance(read, Unread):
            made.found.append((Finding(UNREADABLE, (*owner, FROM), *read.said, *read.remedy), SheetCell()))
            _leave_out(made, owner, kind)
        else:
            _put_in(made, named, read, titles, laid.setdefault((named.file, named.sheet, kind), []))
    made.found += _unnamed_phases(laid)
    made.found = list(dict.fromkeys(made.found))
    return made


def _places(data: dict[str, Any]) -> Iterator[tuple[Path, KindName, str]]:
    """Where a calendar names sheets, as what, and whose rows it wants."""
    if _is_sheet(data.get("prices")):
        yield ("prices",), "prices", ""
    lists = data.get("lists")
    if _is_sheet(lists):
        yield ("lists",), "lists", ""
    elif isinstance(lists, dict):
        for name, listed in lists.items():
            if isinstance(listed, dict) and _is_sheet(listed.get("items")):
                yield ("lists", name, "items"), "items", name
    if _is_sheet(data.get("peers")):
        yield ("peers",), "peers", ""
    phases = data.get("phases")
    for number, phase in enumerate(phases if isinstance(phases, list) else ()):
        for kind in ("targets", "duties"):
            if isinstance(phase, dict) and _is_sheet(phase.get(kind)):
                yield ("phases", number, kind), kind, str(phase.get("id") or "")


def _is_sheet(value: object) -> bool:
    """Whether a value names a sheet; goods or a list may be called `from` as well, but have keys of their own."""
    return isinstance(value, dict) and FROM in value and not isinstance(value[FROM], dict)


def _named(data: dict[str, Any], owner: Path, kind: KindName, name: str) -> NamedSheet | None:
    value = _at(data, owner)
    file, sheet = value.get(FROM), value.get(SHEET)
    if not isinstance(file, str) or not file.strip() or not isinstance(sheet, str | None):
        return None
    return NamedSheet(owner, kind, file.strip(), sheet, name)


def _misnamed(value: Mapping[str, Any], owner: Path) -> Iterator[Finding]:
    key = SHEET if isinstance(value.get(FROM), str) and value[FROM].strip() else FROM
    yield Finding(
        UNREADABLE,
        (*owner, key),
        f"{key!r} names one sheet, as a text",
        f"{key!r} 应为一个名称（文本）",
        "Write {from: prices.xlsx} or {from: book.xlsx, sheet: prices}.",
        "请写 {from: prices.xlsx} 或 {from: book.xlsx, sheet: 价格}。",
    )


def _strange(value: Mapping[str, Any], owner: Path) -> Iterator[Finding]:
    for key in value:
        if key not in (FROM, SHEET):
            hint, hint_zh = suggestion(key, [FROM, SHEET])
            yield Finding(
                "C020",
                (*owner, key),
                f"{key!r} stands beside a sheet, which holds everything here",
                f"{key!r} 与 from 并列，而内容都在表中",
                f"{hint} Or write it into the sheet.",
                f"{hint_zh} 或写进表里。",
                on="key",
            )


def _put_in(made: Expanded, named: NamedSheet, book: Book, titles: Titles, others: list[Laid]) -> None:
    rows = rows_of(KINDS_OF_SHEETS[named.kind], book, named.sheet, named.owner)
    laid = lay(named.kind, rows, named.owner, titles, named.name)
    others.append(laid)
    if rows.is_read and not laid.data and not rows.found:
        said, said_zh = ("no row is filled in", "没有填写任何行")
        if named.name and rows.rows:
            said, said_zh = (f"no row is of {named.name!r}", f"没有 {named.name!r} 的行")
        rows.blame(
            (*named.owner, FROM),
            SheetCell(rows.file, rows.sheet),
            (said, said_zh),
            ("Fill the sheet in, or delete the key.", "请填写该表，或删去该键。"),
        )
    made.found += rows.found
    made.cells |= laid.cells
    made.lost |= laid.lost
    if not laid.data:
        _leave_out(made, named.owner, named.kind)
        return
    if rows.torn and named.kind in ("lists", "duties"):  # what is missing may be named elsewhere
        made.lost.add(named.owner if named.kind == "lists" else (*named.owner, len(laid.data)))
    _owner_of(made.data, named.owner)[named.owner[-1]] = laid.data


def _leave_out(made: Expanded, owner: Path, kind: KindName) -> None:
    """Without the sheet there is nothing; a list that has no goods is none."""
    gone = owner[:-1] if kind == "items" else owner
    made.lost.add(gone)
    _owner_of(made.data, gone).pop(gone[-1], None)


def _unnamed_phases(laid: Mapping[tuple[str, str | None, KindName], list[Laid]]) -> Iterator[tuple[Finding, SheetCell]]:
    """Rows of phases that do not name the sheet: nothing would come of them."""
    for (file, sheet, kind), uses in laid.items():
        if kind not in ("targets", "duties"):
            continue
        idle = sorted(set().union(*(one.phases for one in uses)) - {one.name for one in uses})
        if idle:
            named = f"{{from: {file}, sheet: {sheet}}}" if sheet else f"{{from: {file}}}"
            yield (
                Finding(
                    WRONG,
                    (*uses[0].owner, FROM),
                    f"rows of {', '.join(idle)} are not used: the phase does not name the sheet",
                    f"{'、'.join(idle)} 的行没有用上：该阶段没有写明此表",
                    f"Add `{kind}: {named}` there, or delete the rows.",
                    f"请在该阶段加上 {kind}: {named}，或删去这些行。",
                ),
                SheetCell(file, uses[0].rows.sheet),
            )


def _at(node: Any, path: Path) -> Any:
    for part in path:
        node = node[part]
    return node


def _owner_of(data: Any, path: Path) -> Any:
    return _at(data, path[:-1])


def _copied(data: Any, places: list[Path]) -> Any:
    """A copy along the places that change; everything else is handed on as it is."""
    if not places or not all(places):
        return data
    made: Any = dict(data) if isinstance(data, dict) else list(data)
    for part in dict.fromkeys(place[0] for place in places):
        below = [place[1:] for place in places if place[0] == part and place[1:]]
        if below:
            made[part] = _copied(data[part], below)
    return made

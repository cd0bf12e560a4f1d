"""From a workbook to rows: which sheet, which line is the header, what its cells say. Every fault with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.findings.problem import SheetCell
from campaign_calendars.findings.said import Said
from campaign_calendars.sheets.cells import text_of
from campaign_calendars.sheets.columns import Column, Kind
from campaign_calendars.sheets.table import Book, Cell, NoValue, Table

UNREADABLE = "C350"
WRONG = "C351"
_HEADER_ROWS = 20
_LEAST = 2
"""Headings that make a row a header where one that is needed is missing."""
_TOTAL = re.compile(r"(?i)((本页|全部)?(合计|小计|总计|共计|汇总)|(grand |sub)?total)\s*([:：].*)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header: the text of each column that is filled in, and where its columns are."""

    number: int
    values: Mapping[str, str]
    columns: Mapping[str, int]

    def get(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass
class Rows:
    """The rows of a sheet and what is wrong with it. `found` are findings with the cell each is about."""

    file: str
    sheet: str = ""
    rows: list[Row] = field(default_factory=list)
    found: list[tuple[Finding, SheetCell]] = field(default_factory=list)
    is_read: bool = False
    """Whether there is a sheet with a header, so that its rows can be told."""
    torn: bool = False
    """Whether a row was left out because something is wrong with it."""

    def cell(self, row: int, column: int) -> SheetCell:
        return SheetCell(self.file, self.sheet, row, column)

    def of(self, row: Row, key: str) -> SheetCell:
        """The cell of a row in the column of a key; the first of the row where there is no such column."""
        return self.cell(row.number, row.columns.get(key, min(row.columns.values(), default=1)))

    def blame(self, path: Path, cell: SheetCell, said: Said, remedy: Said, code: str = WRONG) -> None:
        self.found.append((Finding(code, path, *said, *remedy), cell))


def rows_of(kind: Kind, book: Book, sheet: str | None, owner: Path) -> Rows:
    """The rows of the sheet that is named, else of the visible one whose header fits best. Never raises."""
    made = Rows(book.file)
    table = _table(made, kind, book, sheet, owner)
    if table is None:
        return made
    made.sheet = table.name
    at = _header(kind, table)
    _HeaderReader(made, kind, table, owner, at).read()
    return made


def _table(made: Rows, kind: Kind, book: Book, sheet: str | None, owner: Path) -> Table | None:
    if sheet is not None:
        named = next((one for one in book.tables if one.name.strip() == sheet.strip()), None)
        if named is None:
            names = [one.name for one in book.tables if one.name]
            made.blame(
                (*owner, "sheet"),
                SheetCell(),
                (f"{book.file} has no sheet {sheet!r}", f"{book.file} 中没有工作表 {sheet!r}"),
                suggestion(sheet, names)
                if names
                else ("A CSV file has one table; delete `sheet`.", "CSV 只有一张表；请删去 sheet。"),
                UNREADABLE,
            )
        return named
    visible = [one for one in book.tables if not one.hidden]
    ranked = sorted(visible, key=lambda one: _fit(kind, one, _header(kind, one)), reverse=True)
    fitting = [one for one in ranked if _fit(kind, one, _header(kind, one)) >= _LEAST or _is_header(kind, one)]
    if not fitting:
        _no_header(made, kind, book, visible, owner)
        return None
    first, *others = fitting
    best = _fit(kind, first, _header(kind, first))
    alike = [one.name for one in others if _fit(kind, one, _header(kind, one)) == best]
    if alike:
        listed = ", ".join((first.name, *alike))
        made.blame(
            (*owner, "from"),
            SheetCell(),
            (f"several sheets of {book.file} fit: {listed}", f"{book.file} 中有几张表都符合：{listed}"),
            (
                f"Say which: {{from: {book.file}, sheet: {first.name}}}.",
                f"请写明：{{from: {book.file}, sheet: {first.name}}}。",
            ),
            UNREADABLE,
        )
        return None
    return first


def _no_header(made: Rows, kind: Kind, book: Book, visible: Sequence[Table], owner: Path) -> None:
    needed = ", ".join(one.head[0] for one in kind.required)
    needed_zh = "、".join(one.head[1] for one in kind.required)
    if not any(one.rows for one in visible):
        said = (f"{book.file} is empty", f"{book.file} 是空的")
    else:
        said = (f"no sheet of {book.file} has the headings {needed}", f"{book.file} 中没有带表头 {needed_zh} 的表")
    made.blame(
        (*owner, "from"),
        SheetCell(),
        said,
        (
            f"`promocal sheet {kind.name} -o FILE` writes an empty one; hidden sheets are read only where named.",
            f"promocal sheet {kind.name} -o 文件 可生成空表；隐藏的表须写明 sheet 才会读取。",
        ),
        UNREADABLE,
    )


def _texts(cells: Sequence[Cell]) -> Iterator[tuple[int, str]]:
    for column, cell in enumerate(cells, 1):
        if isinstance(cell, str) and cell.strip():
            yield column, cell


def _score(kind: Kind, cells: Sequence[Cell]) -> int:
    return len({found.key for _, text in _texts(cells) if (found := kind.column_of(text)) is not None})


def _header(kind: Kind, table: Table) -> int:
    """The place among the first rows of the one with most headings."""
    scores = [_score(kind, cells) for _, cells in table.rows[:_HEADER_ROWS]]
    return scores.index(max(scores)) if scores else 0


def _fit(kind: Kind, table: Table, at: int) -> int:
    return _score(kind, table.rows[at][1]) if table.rows else 0


def _is_header(kind: Kind, table: Table) -> bool:
    """Whether a sheet has every heading that is needed, be it the only one."""
    keys = (
        {found.key for _, text in _texts(table.rows[_header(kind, table)][1]) if (found := kind.column_of(text))}
        if table.rows
        else set()
    )
    return bool(keys) and all(one.key in keys for one in kind.required)


@dataclass
class _HeaderReader:
    """Reads one sheet into `made`, header first."""

    made: Rows
    kind: Kind
    table: Table
    owner: Path
    at: int
    columns: dict[int, Column] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)

    def read(self) -> None:
        if not self.table.rows:
            _no_header(self.made, self.kind, Book(self.made.file, "", (self.table,)), [self.table], self.owner)
            return
        self._headings(*self.table.rows[self.at])
        if any(one.key not in {found.key for found in self.columns.values()} for one in self.kind.required):
            return
        self.made.is_read = True
        torn = self._merged()
        places = {column.key: number for number, column in self.columns.items()}
        for number, cells in self.table.rows[self.at + 1 :]:
            if number in torn:
                self.made.torn = True
            elif any(_is_filled(cell) for cell in cells):
                self._row(number, cells, places)

    def _headings(self, row: int, cells: Sequence[Cell]) -> None:
        first: dict[str, int] = {}
        for number, text in _texts(cells):
            column = self.kind.column_of(text)
            if column is None:
                self.passed.add(number)
                if not self.kind.is_passed(text):
                    self._strange(row, number, text)
            elif column.key in first:
                self.passed.add(number)
                other = self.made.cell(row, first[column.key])
                self._say(
                    row,
                    number,
                    (
                        (
                            f"the heading {text.strip()!r} says the same as the one in {other}",
                            f"表头 {text.strip()!r} 与 {other} 重复",
                        ),
                        ("Delete one of the two columns.", "请删去其中一列。"),
                    ),
                )
            else:
                first[column.key] = number
                self.columns[number] = column
        for one in self.kind.required:
            if one.key not in first:
                self._say(
                    row,
                    0,
                    (
                        (
                            f"no column is headed {one.head[0]!r} ({one.means[0]})",
                            f"没有表头为 {one.head[1]!r} 的列（{one.means[1]}）",
                        ),
                        (
                            f"Add it; `promocal sheet {self.kind.name} -o FILE` writes a sheet with all of them.",
                            f"请补上；promocal sheet {self.kind.name} -o 文件 可生成带全部表头的表。",
                        ),
                    ),
                )

    def _strange(self, row: int, number: int, text: str) -> None:
        heads = [name for one in self.kind.columns for name in one.head]
        hint, hint_zh = suggestion(text.strip(), heads)
        said = (
            f"no column of {self.kind.title[0]} is called {text.strip()!r}",
            f"{self.kind.title[1]}表没有名为 {text.strip()!r} 的列",
        )
        own, own_zh = "A column of your own is headed `note`.", "自用的列请以“备注”为表头。"
        self._say(row, number, (said, (f"{hint} {own}", f"{hint_zh}{own_zh}")))

    def _merged(self) -> set[int]:
        """Rows that are torn by merged cells."""
        torn: set[int] = set()
        first, end = self.table.rows[self.at][0], self.table.rows[-1][0]
        for top, left, bottom, right in self.table.merged:
            if bottom < first or not any(left <= number <= right for number in self.columns):
                continue
            torn |= set(range(max(top, first + 1), min(bottom, end) + 1))
            last = self.made.cell(bottom, right)
            where = str(last).rpartition("!")[2]
            self._say(
                top,
                left,
                (
                    (
                        f"cells are merged down to {where}; only the first of them holds a value",
                        f"与 {where} 之间的单元格被合并，只有首格有值",
                    ),
                    ("Take the merging off and write the value into each.", "请取消合并，并逐格填写。"),
                ),
            )
        return torn

    def _row(self, number: int, cells: Sequence[Cell], places: Mapping[str, int]) -> None:
        values: dict[str, str] = {}
        whole = True
        for place, cell in enumerate(cells, 1):
            column = self.columns.get(place)
            if column is None:
                if place not in self.passed and _is_filled(cell):
                    self._say(
                        number,
                        place,
                        (
                            ("the column has no heading", "该列没有表头"),
                            ("Give it one, or empty it.", "请加上表头，或清空。"),
                        ),
                    )
                continue
            text = text_of(cell, column)
            if isinstance(text, str):
                values |= {column.key: text} if text else {}
            else:
                whole = False
                self._say(number, place, text)
        if any(_TOTAL.fullmatch(text) for text in values.values()):
            place = next(places[key] for key, text in values.items() if _TOTAL.fullmatch(text))
            self._say(
                number,
                place,
                (
                    ("the row is one of totals and no data", "这是合计行，不是数据"),
                    ("Delete the row.", "请删去该行。"),
                ),
            )
        elif whole and values:
            self._take(Row(number, values, places))
        self.made.torn |= not whole

    def _take(self, row: Row) -> None:
        missing = [one for one in self.kind.required if not row.get(one.key)]
        for one in missing:
            self._say(
                row.number,
                row.columns[one.key],
                (
                    (f"{one.head[0]!r} is empty", f"{one.head[1]!r} 为空"),
                    (f"Write {one.means[0]}.", f"请填写：{one.means[1]}。"),
                ),
            )
        if missing:
            self.made.torn = True
        else:
            self.made.rows.append(row)

    def _say(self, row: int, column: int, fault: tuple[Said, Said]) -> None:
        self.made.blame(self.owner, self.made.cell(row, column), *fault)


def _is_filled(cell: Cell) -> bool:
    return isinstance(cell, NoValue) or (cell is not None and str(cell).strip() != "")

"""A table that cuts no figure: text folds, headings wrap, and what is still too wide becomes one record a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from promocal.cli.breaking import parts

_FIGURE = re.compile(r"[\d.,:%+\-–·⏸✓✗* ]*")
_WITH_FIGURE = re.compile(r"\S*\d[\d.,:%]*")
_NARROWEST_TEXT = 12
_NARROWEST_HEADING = 4
_ENDLESS = 10_000
_INDENT = "  "


class FittingTable(Table):
    """Columns whose cells are all figures or dates keep their width; the others fold, to twelve cells at least."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for column in self.columns[1:]:
            column.justify = "right" if _is_figures(column) else "left"
        endless = options.update(max_width=_ENDLESS)
        if Measurement.get(console, endless, self).maximum > options.max_width:
            heads = [_plain(str(column.header)).plain.strip() for column in self.columns]
            for column in self.columns:
                _protect(column)
            if Measurement.get(console, endless, self).minimum > options.max_width:
                yield from self._records(heads, options.max_width)
                return
            self._narrow(console, options)
        yield from super().__rich_console__(console, options)

    def _narrow(self, console: Console, options: ConsoleOptions) -> None:
        """Take from the text columns what is too much: columns with a least width may come out wider than asked."""
        room = options.max_width - self._extra_width
        widths = self._calculate_column_widths(console, options.update_width(room))
        over = sum(widths) - room
        inner = [width - self._get_padding_width(index) for index, width in enumerate(widths)]
        slack = [(width - (one.min_width or width), width, one) for one, width in zip(self.columns, inner, strict=True)]
        for spare, width, column in sorted(slack, key=lambda one: -one[0]) if over > 0 else ():
            column.width = width - max(min(spare, over), 0)  # all of them, or what one gives another takes
            over -= width - column.width

    def _records(self, heads: list[str], width: int) -> Iterator[Text]:
        if self.title:
            yield _plain(str(self.title), "bold")
        for cells in zip(*(column.cells for column in self.columns), strict=True):
            texts = [_plain(str(cell)) for cell in cells]
            named = 1 if heads[0] or len(texts) == 1 else 2  # a column without a heading numbers the rows
            yield Text(" ", overflow="fold").join(text for text in texts[:named] if text.plain.strip())
            pairs = zip(heads[named:], texts[named:], strict=True)
            yield from _filled([_pair(head, text) for head, text in pairs if text.plain.strip()], width)


def _is_figures(column: Column) -> bool:
    return all(_FIGURE.fullmatch(_plain(str(cell)).plain) for cell in column.cells)


def _protect(column: Column) -> None:
    cells = [_plain(str(cell)).plain for cell in column.cells]
    widest = max(map(cell_len, cells), default=0)
    if _is_figures(column):
        column.header = _wrapped(_plain(str(column.header)).plain, max(widest, _NARROWEST_HEADING))
        column.no_wrap = True
        column.width = max(widest, *map(cell_len, column.header.split("\n")))
    else:
        whole = max((cell_len(part) for cell in cells for part in _WITH_FIGURE.findall(cell)), default=0)
        column.no_wrap, column.overflow = False, "fold"
        column.min_width = max(min(widest, _NARROWEST_TEXT), min(whole, 2 * _NARROWEST_TEXT))


def _wrapped(heading: str, width: int) -> str:
    """A heading over several lines of `width` cells, broken at spaces; Chinese anywhere but at its marks."""
    lines = [""]
    for part in parts(heading.strip()):
        if lines[-1].strip() and cell_len((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def _plain(markup: str, style: str = "") -> Text:
    return Text.from_markup(markup, style=style, overflow="fold")


def _pair(head: str, text: Text) -> Text:
    return Text.assemble((f"{head} ", "dim"), text) if head else text


def _filled(pairs: list[Text], width: int) -> Iterator[Text]:
    """Pairs side by side, as many as a line holds."""
    line = Text(_INDENT, overflow="fold")
    for pair in pairs:
        if line.plain.strip() and line.cell_len + len(_INDENT) + pair.cell_len > width:
            yield line
            line = Text(_INDENT, overflow="fold")
        line.append_text(Text(_INDENT if line.plain.strip() else "")).append_text(pair)
        if line.cell_len > width:
            yield line
            line = Text(_INDENT, overflow="fold")
    if line.plain.strip():
        yield line

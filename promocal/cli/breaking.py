"""Where a line may end: at spaces and between Chinese characters, but no line begins with a closing mark.

rich breaks at spaces alone and folds a longer word wherever the width ends, so that `）` or `。` would begin a line.
The rule is that of printed Chinese (避头尾): a closing mark stays with what it closes, an opening one with what it
opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

CLOSING = "）》」』】〕〉”’，。、；：！？…％·)]},.;:!?%"
"""What no line begins with."""
OPENING = "（《「『【〔〈“‘([{"
"""What no line ends with."""
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff“‘"
_WORD = re.compile(r"\s*\S+\s*")
_PART = re.compile(rf"[{re.escape(OPENING)}]*(?:[^\s{_WIDE}]+|[{_WIDE}])?[{re.escape(CLOSING)}]*\s*")
_COUNT = re.compile(r"\d[\d.,%]*[,，、；。）)]*\s*")
_SHORT = 12
_JOINTS = "|/_,"
"""Where a word that fits no line is divided rather than anywhere."""


def parts(text: str) -> Iterator[str]:
    """What of a text stays together, with the spaces behind it: a Chinese character, a word, its marks."""
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        end = found.end() if found else at + 1
        yield text[at:end]
        at = end


def breaks(line: str, width: int) -> list[int]:
    """Offsets at which a line is divided so that nothing is wider than `width` cells but spaces at an end."""
    found: list[int] = []
    used = 0
    for start, piece in _pieces(line, width):
        bare = cell_len(piece.rstrip())
        if used and used + bare > width:
            found.append(start)
            used = 0
        used += cell_len(piece)
    return found


def _pieces(line: str, width: int) -> Iterator[tuple[int, str]]:
    """What is set as one: short words whole, longer ones in their parts, what fits no line in slices."""
    short = min(max(_SHORT, width // 3), width)
    start, words = 0, [word[0] for word in _WORD.finditer(line)] or [line]
    while words:
        word = words.pop(0)
        if words and _COUNT.fullmatch(words[0]) and cell_len((word + words[0]).strip()) <= short:
            word += words.pop(0)  # `短信 139` is one thing
        whole = cell_len(word.strip()) <= short
        yield from _sliced(start, [word] if whole else _with_indent(word), width)
        start += len(word)


def _with_indent(word: str) -> Iterable[str]:
    """The parts of a word; spaces before it, which are an indent, go with the first."""
    bare = word.lstrip()
    first, *rest = parts(bare)
    return [word[: len(word) - len(bare)] + first, *rest]


def _sliced(start: int, pieces: Iterable[str], width: int) -> Iterator[tuple[int, str]]:
    for piece in pieces:
        rest = piece
        while cell_len(rest.rstrip()) > width:
            size = _most(rest, width)
            yield start, rest[:size]
            start, rest = start + size, rest[size:]
        if rest:
            yield start, rest
            start += len(rest)


def _most(text: str, width: int) -> int:
    """How many characters fit `width` cells, one at least; fewer where a joint is near or a closing mark would be next.

    `<calendar|phase|` and `day>` are read more easily than `<calendar|phase|da` and `y>`.
    """
    size = next((n for n in range(len(text), 0, -1) if cell_len(text[:n]) <= width), 1)
    joint = max(text.rfind(mark, 0, size) for mark in _JOINTS) + 1
    if joint * 2 > size and joint < len(text):
        return joint
    while size > 1 and text[size : size + 1] in set(CLOSING):
        size -= 1
    return size


def broken(text: Text, width: int) -> Text:
    """The text with its lines divided for `width` cells."""
    made = text.blank_copy()
    for number, line in enumerate(text.split("\n", allow_blank=True)):
        line.expand_tabs(8)
        for at, piece in enumerate(line.divide(breaks(line.plain, width))):
            made.append("\n" if number or at else "").append_text(piece)
    return made


class BreakingConsole(Console):
    """A console that breaks every text by these rules, wherever it stands."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As of `Console`; a text that is too wide comes divided."""
        how = options or self.options
        if isinstance(renderable, str):
            renderable = self.render_str(renderable, highlight=how.highlight, markup=how.markup)
        if isinstance(renderable, Text) and _wraps(renderable, how):
            renderable = broken(renderable, how.max_width)
        return super().render(renderable, options)


def _wraps(text: Text, options: ConsoleOptions) -> bool:
    """Whether a line is too wide, and is neither to be cut nor to be left alone."""
    if text.no_wrap or options.no_wrap or (text.overflow or options.overflow or "fold") != "fold":
        return False
    return options.max_width > 1 and any(cell_len(line) > options.max_width for line in text.plain.split("\n"))

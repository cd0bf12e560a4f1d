"""Where the records of a text file stand: the line an editor shows, though cells may hold line breaks.

A reader counts records. A person looks for a line, and blank lines and cells of several lines part the two.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK = 8 << 20
_QUOTE, _BREAK, _RETURN = 34, 10, 13
_WIDE = ("utf-16", "utf-32")


def record_lines(open_: Callable[[], BinaryIO], encoding: str, skipped: int, records: int) -> NDArray[np.int64] | None:
    """The lines (from 1) at which the records below the header begin, in a file where not each has one of its own.

    `skipped` lines end with the header. None where quotes are used in a way that this count
    does not come to the reader's number of `records`: then their order is all that is known.
    """
    with open_() as stream:
        found = _starts(_narrow(stream, encoding))
    found = found[found > skipped]
    return found if len(found) == records else None


def a_line_each(open_: Callable[[], BinaryIO], skipped: int, records: int) -> bool:
    """Whether each of the records below the header has one line of its own; the last one may have no end."""
    count, last = 0, b"\n"
    with open_() as stream:
        while chunk := stream.read(_CHUNK):
            count, last = count + chunk.count(b"\n"), chunk[-1:]
    return count + (last != b"\n") - skipped == records


def swallowed(lines: Iterable[str], delimiter: str, cells: int) -> int | None:
    """The line (from 1) of a quotation mark that swallows lines below it; None if there is none.

    It shows by a line within a cell that has as many cells as the header, or by a cell that is open to the end.
    """
    read = iter(lines)
    last = ""

    def remembered() -> Iterator[str]:
        nonlocal last
        for line in read:
            last = line if line.strip() else last
            yield line

    reader = csv.reader(remembered(), delimiter=delimiter)
    begins, long = 1, False
    try:
        for row in reader:
            long = reader.line_num > begins
            if long and any(line.count(delimiter) == cells - 1 > 0 for cell in row for line in cell.split("\n")[1:]):
                return begins
            open_to_the_end = long and "\n" in row[-1] and not last.rstrip().endswith('"')
            begins, opened = reader.line_num + 1, begins
    except csv.Error:  # a cell of more than 128 kB
        return begins
    return opened if begins > 1 and open_to_the_end else None


def _narrow(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The file with its quotes and line ends as single bytes, which every encoding but the wide ones has anyway."""
    import io

    if not encoding.lower().replace("_", "-").startswith(_WIDE):
        yield from iter(lambda: stream.read(_CHUNK), b"")
        return
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    yield from (part.encode("utf-8", "replace") for part in iter(lambda: text.read(_CHUNK), ""))


def _starts(chunks: Iterator[bytes]) -> NDArray[np.int64]:
    """Lines at which records begin: behind a line end outside quotes; blank ones are none."""
    import numpy as np

    starts: list[Any] = []
    line, start, last_end, before, is_open, offset = 1, 1, -1, _BREAK, 0, 0
    # An end is added, so that a last line without one is a record too.
    for chunk in chain(chunks, (b"\n",)):
        cells = np.frombuffer(chunk, np.uint8)
        marks = np.flatnonzero((cells == _QUOTE) | (cells == _BREAK))
        quotes = cells[marks] == _QUOTE
        parity = (np.cumsum(quotes) + is_open) % 2
        breaks, outside = marks[~quotes], parity[~quotes] == 0
        numbers = line + np.arange(len(breaks))
        ends, end_lines = breaks[outside], numbers[outside]
        if len(ends):
            begins = np.concatenate(([start], end_lines[:-1] + 1))
            sizes = np.diff(np.concatenate(([last_end], ends + offset))) - 1
            previous = np.where(ends > 0, cells[ends - 1], before)
            starts.append(begins[(sizes > 1) | ((sizes == 1) & (previous != _RETURN))])
            start, last_end = int(end_lines[-1]) + 1, int(ends[-1]) + offset
        line, offset = line + len(breaks), offset + len(chunk)
        is_open, before = int(is_open + quotes.sum()) % 2, int(cells[-1])
    return np.concatenate(starts).astype(np.int64) if starts else np.empty(0, np.int64)

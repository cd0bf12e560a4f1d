"""Delimited text: where the header is, what separates cells, and the lines as Arrow batches.

pyarrow decodes any encoding Python knows (DuckDB reads no gb18030) and keeps every cell as the
text it was. A line with the wrong number of cells is not lost: it is put aside with its number.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources import gb18030
from warehouse.sources.batches import gathered, one_ahead
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.encodings import Encoding, decide_encoding, first_bad_line, not_in, other_encodings
from warehouse.sources.line_places import a_line_each, record_lines, swallowed
from warehouse.sources.matching import normal
from warehouse.sources.port import SourceFile

_BLOCK_BYTES = 1 << 20
"""pyarrow reads up to 32 of them ahead. No line can be longer."""
_TOO_LONG = "straddling"
"""What pyarrow calls a line that does not fit into a block."""
_HEADER_CHARS = 1 << 16
_HEADER_ROWS = 20
_MOST_LINES_IN_A_CELL = 100
_DELIMITERS = ",\t;|"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out. `skipped` physical lines end with the header's last one."""

    encoding: Encoding
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    skipped: int
    compressed: bool


class LineNumbers:
    """Numbers the records of a file behind its `skipped` lines, so that broken ones keep their own."""

    def __init__(self, skipped: int = 1) -> None:
        self.broken: list[tuple[int, str]] = []
        self._next = skipped + 1

    def put_aside(self, row: Any) -> str:
        """pyarrow's handler for a line with the wrong number of cells: remember it, read on."""
        self.broken.append((row.number, row.text))
        return "skip"

    def take(self, count: int) -> Any:
        """Numbers of the next `count` good lines, as an int64 array."""
        import numpy as np

        pending = [number for number, _ in self.broken if number >= self._next]
        room = np.arange(self._next, self._next + count + len(pending), dtype=np.int64)
        numbers = np.setdiff1d(room, pending)[:count] if pending else room
        self._next = int(numbers[-1]) + 1 if count else self._next
        return numbers


def open_layout(spec: SourceSpec, file: SourceFile, wanted: set[str]) -> Layout:
    """Decide encoding, delimiter and header row; `wanted` headers (normal form) tell them apart.

    Raises SourceError (not readable as text) and ProblemsFoundError (S105: no header).
    """
    compressed = _is_gzip(file)
    try:
        encoding = decide_encoding(lambda: _open(file.path, compressed), spec.encoding, file.place, spec.section)
        with io.TextIOWrapper(_open(file.path, compressed), encoding=encoding.name, newline="") as stream:
            start = stream.read(_HEADER_CHARS).lstrip("\ufeff")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _half_gzip(file, error) from None
    except OSError as error:
        raise _no_access(file, error) from None
    if not start.strip():
        raise ProblemsFoundError([no_header(spec, file.place)])
    delimiter, header, row, skipped = _header(start, wanted, spec)
    return Layout(encoding, delimiter, _as_wide(start, delimiter, header, row), row, skipped, compressed)


def _as_wide(start: str, delimiter: str, header: list[str], row: int) -> tuple[str, ...]:
    """The header with as many cells as its lines, where either ends in a delimiter and the other does not."""
    lines = [cells for cells, _ in islice(_records(start, delimiter), row, None) if len(cells) > 1]
    wider = len(header) + 1
    if lines and all(len(cells) == wider and not cells[-1].strip() for cells in lines):
        return (*header, "")
    if lines and not header[-1].strip() and all(len(cells) == len(header) - 1 for cells in lines):
        return tuple(header[:-1])
    return tuple(header)


def batches(
    spec: SourceSpec, file: SourceFile, layout: Layout, positions: list[int], lines: LineNumbers
) -> Iterator[Any]:
    """Arrow tables of the cells at `positions` (`c<position>`, text) and `_row`; broken lines go to `lines`."""
    return one_ahead(gathered(_tables(spec, file, layout, positions, lines)))


def _tables(
    spec: SourceSpec, file: SourceFile, layout: Layout, positions: list[int], lines: LineNumbers
) -> Iterator[Any]:
    import pyarrow as pa

    try:
        for batch in _text_batches(file, layout, positions, lines):
            names = [f"c{position}" for position in positions]
            yield pa.table([*batch.columns, pa.array(lines.take(batch.num_rows))], names=[*names, "_row"])
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _half_gzip(file, error) from None
    except (UnicodeError, ValueError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise _unreadable(spec, file, layout, error) from None
    except OSError as error:
        raise _no_access(file, error) from None
    _refuse_swallowed(lines, layout, file.place)


def lines_of(file: SourceFile, layout: Layout, records: int) -> Any:
    """Where the records of a file begin that was read, see `line_places.record_lines`; None: a line each.

    Raises SourceError where a quotation mark swallowed lines: the reader takes them for one cell.
    """

    def opened() -> BinaryIO:
        return _open(file.path, layout.compressed)

    if a_line_each(opened, layout.skipped, records):
        return None
    with io.TextIOWrapper(opened(), encoding=layout.encoding.name, newline="") as text:
        if line := swallowed(text, layout.delimiter, len(layout.header)):
            raise _never_closed(file.place, line)
    return record_lines(opened, layout.encoding.name, layout.skipped, records)


def text_lines(spec: SourceSpec, file: SourceFile, layout: Layout) -> Iterator[str]:
    """The physical lines of the file with their ends, header included."""
    try:
        with io.TextIOWrapper(_open(file.path, layout.compressed), encoding=layout.encoding.name) as stream:
            yield from stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _half_gzip(file, error) from None
    except UnicodeError as error:
        raise _unreadable(spec, file, layout, error) from None
    except OSError as error:
        raise _no_access(file, error) from None


def _text_batches(file: SourceFile, layout: Layout, positions: list[int], lines: LineNumbers) -> Iterator[Any]:
    """The cells as text: GB18030 cut as bytes as far as that goes, everything else decoded before it is cut."""
    given = 0
    if gb18030.fits(layout.encoding.name, layout.delimiter):
        with suppress(ValueError), _open(file.path, layout.compressed) as stream:
            for batch in _arrow_batches(gb18030.Checked(stream), layout, positions, None):
                yield gb18030.text_batch(batch)
                given += batch.num_rows
            return
    # A broken line, or one that is no text: only decoded lines can be put aside, or say what is wrong with them.
    with _open(file.path, layout.compressed) as stream:
        for batch in _arrow_batches(stream if layout.compressed else str(file.path), layout, positions, lines):
            seen = min(given, batch.num_rows)
            given -= seen
            if seen < batch.num_rows:
                yield batch.slice(seen)


def _arrow_batches(source: Any, layout: Layout, positions: list[int], lines: LineNumbers | None) -> Iterator[Any]:
    """Batches of text; of undecoded bytes without `lines` for those that are broken (ArrowInvalid)."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    # Positions, not names, tell columns apart here: a header may repeat a name nobody mapped.
    wanted = [str(position) for position in positions]
    kind = pa.binary() if lines is None else pa.string()
    yield from arrow_csv.open_csv(
        source,
        # Serial, because only then does pyarrow say which line was broken.
        read_options=arrow_csv.ReadOptions(
            encoding="utf8" if lines is None else layout.encoding.name,
            column_names=[str(position) for position in range(len(layout.header))],
            skip_rows=layout.skipped,
            block_size=_BLOCK_BYTES,
            use_threads=False,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter,
            newlines_in_values=True,
            invalid_row_handler=lines.put_aside if lines is not None else None,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, kind), include_columns=wanted, strings_can_be_null=False
        ),
    )


def _header(start: str, wanted: set[str], spec: SourceSpec) -> tuple[str, list[str], int, int]:
    """(delimiter, header cells, its row, physical lines up to its end)."""
    best: tuple[tuple[int, int, int], str, list[str], int, int] | None = None
    for delimiter in spec.delimiter or _DELIMITERS:
        for row, (cells, line) in enumerate(_records(start, delimiter), 1):
            known = sum(normal(cell) in wanted for cell in cells)
            filled = any(cell.strip() for cell in cells)
            # The row that names most of our columns; if none does, the first one, cut the most.
            rank = (known, -row if filled else -_HEADER_ROWS - row, len(cells))
            if best is None or rank > best[0]:
                best = (rank, delimiter, cells, row, line)
    assert best is not None  # noqa: S101  the text is not empty
    return best[1:]


def _records(start: str, delimiter: str) -> Iterator[tuple[list[str], int]]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    try:
        for _ in range(_HEADER_ROWS):
            yield next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return


def _is_gzip(file: SourceFile) -> bool:
    try:
        with file.path.open("rb") as stream:
            return stream.read(2) == _GZIP
    except OSError as error:
        raise _no_access(file, error) from None


def _open(path: Path, compressed: bool) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if compressed else path.open("rb")


def _refuse_swallowed(lines: LineNumbers, layout: Layout, place: str) -> None:
    """A quotation mark that is never closed turns the rest of a file into one broken "line".

    It shows by its length, or by lines in it that have as many cells as the header.
    """
    marks = len(layout.header) - 1
    for number, text in lines.broken:
        within = text.split("\n")[1:]
        like_rows = marks and any(line.count(layout.delimiter) == marks for line in within)
        if len(within) > _MOST_LINES_IN_A_CELL or like_rows:
            raise _never_closed(place, number)


def _never_closed(place: str, number: int) -> SourceError:
    return SourceError(
        (
            f"{place}: a quotation mark opened in row {number} is never closed",
            f"{place}：第 {number} 行打开的引号没有闭合",
        ),
        ("double or remove the quotation mark, or export the file again", "请双写或去掉该引号，或重新导出该文件"),
    )


def _unreadable(spec: SourceSpec, file: SourceFile, layout: Layout, error: Exception) -> SourceError:
    if _TOO_LONG in str(error):
        return SourceError(
            (
                f"{file.place}: a line is longer than {_BLOCK_BYTES >> 20} MB",
                f"{file.place}：有一行超过 {_BLOCK_BYTES >> 20} MB",
            ),
            (
                "look for a quotation mark that is never closed, or export without the column of the long text",
                "请查找没有闭合的引号，或导出时去掉内容过长的列",
            ),
        )
    if not (isinstance(error, UnicodeError) or "UTF8" in str(error)):
        detail = str(error).splitlines()[0]
        return SourceError(
            (f"{file.place} cannot be read as CSV: {detail}", f"{file.place} 无法按 CSV 读取：{detail}"),
            (
                "look for a quotation mark that is never closed, or export the file again",
                "请查找没有闭合的引号，或重新导出该文件",
            ),
        )
    name = layout.encoding.name
    line = first_bad_line(lambda: _open(file.path, layout.compressed), name)
    others = other_encodings(lambda: _open(file.path, layout.compressed), name)
    return not_in(name, file.place, spec.section, line, others)


def _half_gzip(file: SourceFile, error: Exception) -> SourceError:
    return SourceError(
        (
            f"{file.place} is a gzip file that breaks off or is damaged: {error}",
            f"{file.place} 是中断或损坏的 gzip 文件：{error}",
        ),
        ("export or copy the file again", "请重新导出或复制该文件"),
    )


def _no_access(file: SourceFile, error: OSError) -> SourceError:
    return SourceError(
        (
            f"{file.place} cannot be read: {error.strerror or error}",
            f"{file.place} 无法读取：{error.strerror or error}",
        ),
        ("check the file and its permissions", "请检查该文件及其权限"),
    )


def no_header(spec: SourceSpec, place: str) -> Problem:
    """S105: nothing is in the file, not even a header."""
    return Problem(
        "S105",
        "error",
        f"{place} is empty: it has no header line",
        f"export {spec.dataset} again; an export without rows still has its header",
        Location(place, 1),
        f"{place} 是空文件，没有表头",
        f"请重新导出 {spec.dataset}；没有数据的导出也应有表头",
    )

"""Import of members nobody may contact: unsubscribes, complaints, blacklists (B3, B7)."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.findings.problem import Location, Problem
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Suppression

COLUMNS = ("member_id", "channel", "reason")
_REQUIRED = ("member_id", "reason")


@dataclass(frozen=True, slots=True)
class SuppressionImport:
    """`rows` = `new` + `known` + rows with a problem."""

    rows: int
    new: int
    known: int
    problems: tuple[Problem, ...]


def import_suppressions(
    ledger: Ledger,
    csv_text: str,
    at: datetime,
    *,
    file: str = "suppressions.csv",
    channels: Collection[str] | None = None,
) -> SuppressionImport:
    """Add the rows of a CSV with the columns `member_id`, `reason` and, if wanted, `channel`.

    An empty channel means every channel. Good rows are taken even if others are bad: a member who
    refused must not wait for somebody else's typing error. `channels` are the known names; None
    accepts any. Problems: S601 a wrong header (nothing is taken), S602 a bad row.
    """
    reader = csv.reader(io.StringIO(csv_text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip() for cell in next(reader, [])]
    wrong = _check_header(header, file)
    if wrong:
        return SuppressionImport(0, 0, 0, (wrong,))
    good: list[Suppression] = []
    problems: list[Problem] = []
    rows = 0
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        rows += 1
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        reason = _bad(row, len(cells), len(header), channels)
        if reason:
            problems.append(_problem("S602", reason, Location(file, reader.line_num, 1)))
        else:
            good.append(Suppression(row["member_id"], row.get("channel") or None, row["reason"], at))
    new = ledger.suppress(good)
    return SuppressionImport(rows, new, len(good) - new, tuple(problems))


def _check_header(header: list[str], file: str) -> Problem | None:
    missing = [name for name in _REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing:
        said = (f"the header has no {' and no '.join(missing)}", f"表头缺少 {'、'.join(missing)}")
    elif unknown or len(set(header)) < len(header):
        listed = ", ".join(unknown) or "the same column twice"
        said = (f"the header has columns nobody reads: {listed}", f"表头含有无法识别或重复的列：{listed}")
    else:
        return None
    return _problem("S601", said, Location(file, 1, 1))


def _bad(row: dict[str, str], cells: int, columns: int, channels: Collection[str] | None) -> tuple[str, str] | None:
    if cells != columns:
        return f"{cells} cells under {columns} columns", f"该行有 {cells} 格，表头有 {columns} 列"
    for name in _REQUIRED:
        if not row[name]:
            return f"{name} is empty", f"{name} 为空"
    channel = row.get("channel")
    if channel and channels is not None and channel not in channels:
        known = ", ".join(sorted(channels))
        return f"channel {channel} is not known; known: {known}", f"渠道 {channel} 不存在；可用：{known}"
    return None


def _problem(code: str, said: tuple[str, str], location: Location) -> Problem:
    hint = f"Columns: {', '.join(COLUMNS)}; channel may be empty or absent."
    hint_zh = f"列：{'、'.join(COLUMNS)}；channel 可为空或省略。"
    return Problem(code, "error", said[0], hint, location, said[1], hint_zh)

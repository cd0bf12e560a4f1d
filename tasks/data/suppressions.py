"""Import of those nobody may contact: unsubscribes, complaints, lists of carriers (B3, B7).

A refusal is never lost for the way it was written: files are read as sources are, people are known by id,
account, telephone number or its digest, and who is not known yet is kept for later.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import ProblemsFoundError, SnapshotMissingError, SourceError
from campaign_calendars.findings.problem import Location, Problem, SaidProblem
from campaign_calendars.findings.said import Said
from tasks.data.refusal_rows import COLUMNS, Refusal, Refused, RowReader, columns_of
from warehouse.ledger.audit import suppressed
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import NUMBER, Suppression

if TYPE_CHECKING:
    from tasks.runtime import Runtime
    from warehouse.identity.refusals import Recognised
    from warehouse.shelf.manifest import Snapshot
    from warehouse.sources.lists import Line

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SuppressionImport:
    """`rows` = `new` + `known` + rows with an error (S602). `unknown` rows name nobody of the snapshot; they are kept.

    `read_as`: how the file was read, in English and Chinese. `compared`: whether there was a snapshot.
    """

    rows: int
    new: int
    known: int
    problems: tuple[Problem, ...]
    unknown: int = 0
    read_as: tuple[str, str] = ("", "")
    compared: bool = False

    def said(self, lang: str) -> SuppressionsSaid:
        """The form it has in JSON."""
        return SuppressionsSaid(
            rows=self.rows,
            new=self.new,
            known=self.known,
            unknown=self.unknown,
            compared=self.compared,
            read_as=self.read_as[lang == "zh"],
            problems=tuple(problem.said(lang) for problem in self.problems),
        )

    @property
    def understood(self) -> bool:
        """Whether every row was."""
        return not any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class SuppressionsSaid:
    """What an import of refusals came to, in one language."""

    rows: int
    """Lines of the file: new, known, and those with a problem that is an error."""
    new: int
    """Refusals nobody had told before."""
    known: int
    """Refusals that were in the ledger already."""
    unknown: int
    """Rows that name nobody of the snapshot; they are kept for whoever joins later."""
    compared: bool
    """Whether there was a snapshot to compare with."""
    read_as: str
    """How the file was read: kind, encoding, delimiter or sheet."""
    problems: tuple[SaidProblem, ...]
    """What could not be understood, and what a person should look at."""


@dataclass
class _Taking:
    """What is being made of the rows of one file."""

    file: str
    good: list[Refusal] = field(default_factory=list)
    errors: dict[int, Problem] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    rows: int = 0

    def read(self, lines: Iterable[Line], reader: RowReader) -> None:
        """Understand every line, or note why not."""
        for line in lines:
            self.rows += 1
            if line.open:
                self.opened.append(line.number)
            row = reader.read(line)
            if isinstance(row, Refused):
                self.errors[line.number] = _bad(row, Location(self.file, line.number, 1))
            else:
                self.good.append(row)


def suppress(
    rt: Runtime, file: Path, *, encoding: str = "auto", sheet: str = "", by: str = "promocal"
) -> SuppressionImport:
    """Import a file into the ledger of a project, compared with its current snapshot if there is one."""
    try:
        snapshot = rt.current_snapshot()
    except SnapshotMissingError:
        snapshot = None
    return import_suppressions(
        rt.ledger,
        file,
        rt.clock(),
        channels=known_channels(rt),
        snapshot=snapshot,
        encoding=encoding,
        sheet=sheet,
        by=by,
    )


def known_channels(rt: Runtime) -> dict[str, str]:
    """Channel → its kind, of all stores of the project and of its settings."""
    from campaign_calendars.checks import load_store

    found: dict[str, str] = {}
    for path in sorted((rt.settings.root / rt.settings.project.stores).glob("*.yaml")):
        store = load_store(path.read_text("utf-8-sig"), path.name).model
        found |= {name: channel.kind for name, channel in store.channels.items()} if store else {}
    return {**dict.fromkeys(rt.settings.channels, "other"), **found}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of rows make no cycles, and the collector would look through all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collector()
def import_suppressions(
    ledger: Ledger,
    file: Path,
    at: datetime,
    *,
    place: str = "",
    channels: Mapping[str, str],
    snapshot: Snapshot | None = None,
    encoding: str = "auto",
    sheet: str = "",
    by: str = "promocal",
) -> SuppressionImport:
    """Add the rows of a list; nothing that is known is undone.

    Good rows are taken even if others are bad: a member who refused must not wait for somebody else's
    typing error. Errors: S601 a wrong header (nothing is taken), S602 a bad row. Warnings: S603 nobody
    has that id or number yet, S604 a column is not read, S605 an id was written otherwise, S606 an open
    quotation mark. Raises SourceError when the file cannot be read at all.
    """
    from warehouse.sources.lists import open_list

    place = place or str(file)
    try:
        listing = open_list(file, place, chain(*COLUMNS.values()), encoding=encoding, sheet=sheet)
    except ProblemsFoundError:
        return SuppressionImport(0, 0, 0, (_no_header(place),))
    except SourceError as error:
        raise SourceError(error.said, _remedy(error)) from None
    columns, findings = columns_of(listing.header, Location(place, max(listing.header_row, 1), 1))
    if columns is None:
        return SuppressionImport(0, 0, 0, tuple(findings), read_as=listing.read_as)
    taking = _Taking(place)
    taking.read(listing.lines, RowReader(columns, len(listing.header), channels))
    found = _recognise(snapshot, taking.good)
    _set_ambiguous_aside(taking, found)
    new = _record(ledger, taking.good, found, file=file, by=by, at=at)
    unknown = _unknown(taking.good, found)
    said = [*findings, *taking.errors.values(), *_warnings(taking, found, unknown)]
    return SuppressionImport(
        taking.rows, new, len(taking.good) - new, tuple(said), len(unknown), listing.read_as, found is not None
    )


def _recognise(snapshot: Snapshot | None, rows: Iterable[Refusal]) -> Recognised | None:
    from warehouse.identity.refusals import Named, recognise
    from warehouse.snapshots.opening import open_snapshot

    if snapshot is None:
        return None
    with open_snapshot(snapshot) as con:
        return recognise(con, (Named(row.line, row.member_id, row.plain, row.digest) for row in rows))


def _set_ambiguous_aside(taking: _Taking, found: Recognised | None) -> None:
    """Rows whose id fits several members have to be decided by a person, unless a number tells who is meant."""
    if found is None:
        return
    doubtful = {row.line: row for row in taking.good if row.line in found.ambiguous and not row.digest}
    for line, row in doubtful.items():
        count = found.ambiguous[line]
        said = (
            f"{row.member_id} is the id of {count} members, apart from zeros or case",
            f"{row.member_id} 对应 {count} 位会员（忽略前导零与大小写）",
        )
        taking.errors[line] = _bad(
            Refused(*said, "Write the id in full.", "请写完整的会员号。"), Location(taking.file, line, 1)
        )
    taking.good = [row for row in taking.good if row.line not in doubtful]


def _record(
    ledger: Ledger, rows: Iterable[Refusal], found: Recognised | None, *, file: Path, by: str, at: datetime
) -> int:
    """Write what the rows mean; returns how many said something new."""
    known = {(row.member_id, row.channel) for row in ledger.suppression_rows()}
    new, adding = 0, []
    for row in rows:
        before = len(known)
        for subject in _subjects(row, found):
            for channel in row.channels:
                if (subject, channel) not in known:
                    known.add((subject, channel))
                    adding.append((subject, channel or "", row.reason))
        new += len(known) > before
    # In the order of its key: digests are scattered, and a database looks for the place of each.
    adding.sort()
    ledger.suppress(
        (Suppression(subject, channel or None, reason, at) for subject, channel, reason in adding),
        suppressed(file.name, new, by, at),
    )
    return new


def _subjects(row: Refusal, found: Recognised | None) -> list[str]:
    subjects = []
    if row.member_id:
        known = None if found is None else found.ids.get(row.line) or found.respelled.get(row.line)
        subjects.append(known or row.member_id)
    if row.digest:
        # The number itself, for whoever has it later, and those who have it now, whatever number they take next.
        subjects.append(NUMBER + row.digest)
        if found is not None:
            subjects += found.numbers.get(row.line, ())
    return subjects


def _unknown(rows: Iterable[Refusal], found: Recognised | None) -> list[Refusal]:
    """Rows that name nobody of the snapshot; none where there is no snapshot to compare with."""
    if found is None:
        return []
    return [
        row
        for row in rows
        if row.line not in found.ids and row.line not in found.respelled and row.line not in found.numbers
    ]


def _warnings(taking: _Taking, found: Recognised | None, unknown: list[Refusal]) -> Iterator[Problem]:
    if taking.opened:
        lines = _listed([str(number) for number in taking.opened])
        yield Problem(
            "S606",
            "warning",
            f"a quotation mark is opened and never closed (line {lines}); every line was read by itself",
            "Look whether these lines were read as they were meant, or export the list again.",
            Location(taking.file, taking.opened[0], 1),
            f"引号未闭合（第 {lines} 行），已逐行读取",
            "请核对这些行，或重新导出名单。",
        )
    if found is None:
        return
    if respelled := [row for row in taking.good if row.line in found.respelled]:
        shown = _listed([f"{row.member_id} → {found.respelled[row.line]}" for row in respelled])
        yield Problem(
            "S605",
            "warning",
            f"{len(respelled)} ids are written otherwise than the members have them, each fits exactly one: {shown}",
            "Write ids as text, so that no zeros are lost.",
            Location(taking.file, respelled[0].line, 1),
            f"{len(respelled)} 个会员号写法不同，均唯一对应一位会员：{shown}",
            "请以文本格式保存会员号，避免丢失前导零。",
        )
    if unknown:
        shown = _listed([row.shown for row in unknown])
        yield Problem(
            "S603",
            "warning",
            f"{len(unknown)} rows name nobody of the current snapshot: {shown}; they are kept and hold for whoever "
            "joins with that id or number",
            "Nothing has to be done if these people are not members yet; otherwise correct the ids and import again.",
            Location(taking.file, unknown[0].line, 1),
            f"{len(unknown)} 行不对应当前快照中的任何会员：{shown}；已保留，今后以该会员号或号码加入者同样适用",
            "若其尚未成为会员则无需处理；否则请更正后重新导入。",
        )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" … ({len(names)})" if len(names) > _SHOWN else "")


def _bad(refused: Refused, at: Location) -> Problem:
    return Problem("S602", "error", refused.said, refused.hint, at, refused.said_zh, refused.hint_zh)


def _no_header(place: str) -> Problem:
    return Problem(
        "S601",
        "error",
        "the list is empty: it has no header",
        "Give it a header: member_id (or phone, phone_hash), channel, reason.",
        Location(place, 1, 1),
        "名单为空，没有表头",
        "请写表头：member_id（或 phone、phone_hash）、channel、reason。",
    )


def _remedy(error: SourceError) -> Said:
    """Sources have a section in the settings, a list has options."""
    if "[" not in error.remedy:
        return error.remedy_said
    return (
        "export the list as UTF-8 or XLSX, or say how it is written with --encoding or --sheet",
        "请将名单另存为 UTF-8 或 XLSX，或用 --encoding、--sheet 说明",
    )

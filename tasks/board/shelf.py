"""Pages of the board as they were made last. A look that fails leaves the last pages, with their moment and why.

Everything is made in one thread of its own and only read by whoever serves it: a ledger that is locked or a snapshot
that is being replaced makes a page older, never a request slow.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from campaign_calendars.findings.errors import PromocalError, SnapshotMissingError
from campaign_calendars.findings.said import Said, in_language
from tasks.board.gathering import ProjectBoard, gather
from tasks.board.page import AGAIN, calendar_board, project_page
from tasks.documents.page import as_page
from tasks.documents.parts import Document, Paragraph, Section
from tasks.operations.server_state import ServerState
from tasks.planning.document.making import applied_document
from tasks.runtime import Runtime

LANGUAGES = ("en", "zh")
SLOW = timedelta(minutes=5)
"""How old a report or a plan's page may be."""
_SOON = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
Place = tuple[str, str, str]
"""(calendar or empty, `board`, `plan` or `report`, language)."""


@dataclass
class Shelf:
    """The pages by place. `ask` asks the Prefect server, if there is one to ask; `making` is true while it looks."""

    rt: Runtime
    name: str
    ask: Callable[[], ServerState | None]
    pages: dict[Place, str] = field(default_factory=dict)
    making: bool = False
    _boards: dict[Place, Document] = field(default_factory=dict)
    _applied: dict[str, str | None] = field(default_factory=dict)
    _slow: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)
    _made: dict[Place, str] = field(default_factory=dict)
    """Plans and reports as they were last made, without what is said above them since."""

    def renew(self) -> None:
        """Look again and make the boards anew; never raises: what failed is said on the pages there are."""
        with self._making():
            self._look()

    def _look(self) -> None:
        try:
            found = gather(self.rt, self.ask())
        except Exception as error:  # noqa: BLE001 - locked, replaced, half written: the next look may see it
            self._keep(self._boards, _why(error))
            return
        fresh = dict(_documents(found, self.name))
        broken = {place: kept for place, kept in self._boards.items() if place[0] in found.unreadable}
        self._boards = {**broken, **fresh}
        there = {place[0] for place in self._boards}
        self.pages = {place: page for place, page in self.pages.items() if place[0] in there}
        self._made = {place: page for place, page in self._made.items() if place[0] in there}
        self.pages |= {place: as_page(document) for place, document in fresh.items()}
        self._keep(broken, ("the calendar has errors: promocal check", "日历有错误：promocal check"))
        plans = {one.loaded.calendar.calendar: one.plan for one in found.calendars}
        self._applied = {name: plan.checksum if plan else None for name, plan in plans.items()}

    def renew_a_slow_page(self) -> bool:
        """Plan and report take seconds: of the calendar whose are oldest; False: all are young."""
        old = [name for name in self._applied if self._is_old(name)]
        if not old:
            return False
        calendar = min(old, key=lambda name: self._slow.get(name, (_NEVER, None))[0])
        self._slow[calendar] = self.rt.clock(), self._applied[calendar]
        with self._making():
            for kind, make in (("plan", _plan), ("report", _report)):
                for lang in LANGUAGES:
                    self._make(calendar, kind, lang, make)
        return True

    @contextmanager
    def _making(self) -> Iterator[None]:
        self.making = True
        try:
            yield
        finally:
            self.making = False

    def _is_old(self, calendar: str) -> bool:
        made, of = self._slow.get(calendar, (_NEVER, None))
        return of != self._applied[calendar] or self.rt.clock() - made >= SLOW

    def _make(self, calendar: str, kind: str, lang: str, make: Callable[[Runtime, str, str], str]) -> None:
        """One page; where it cannot be made the last one stays and says why, and a minute later it is tried again."""
        place = (calendar, kind, lang)
        try:
            self.pages[place] = self._made[place] = make(self.rt, calendar, lang)
        except Exception as error:  # noqa: BLE001 - one page that cannot be made is no reason against the others
            last, why = self._made.get(place), _why(error)
            self.pages[place] = as_page(_only(why, lang, AGAIN)) if last is None else _above(last, why, lang)
            self._slow[calendar] = self.rt.clock() - SLOW + _SOON, self._applied.get(calendar)

    def being_made(self, place: Place) -> str | None:
        """What to show meanwhile of a page that is made next; None: there is no such page."""
        calendar, kind, lang = place
        if kind == "board" or calendar not in self._applied:
            return None
        said = ("It is being made; this page loads itself again.", "正在生成，本页会自动刷新。")
        return as_page(_only(said, lang, 5))

    def _keep(self, boards: Mapping[Place, Document], why: Said) -> None:
        """The last pages once more, with what went wrong above them."""
        if not self._boards:
            boards = {("", "board", lang): _empty(self.name, lang) for lang in LANGUAGES}
        self.pages = {**self.pages, **{place: as_page(_with(doc, why, place[2])) for place, doc in boards.items()}}


def _documents(found: ProjectBoard, name: str) -> Iterator[tuple[Place, Document]]:
    for lang in LANGUAGES:
        yield ("", "board", lang), project_page(found, lang, name)
        for board in found.calendars:
            yield (board.loaded.calendar.calendar, "board", lang), calendar_board(found, board, lang)


def _plan(rt: Runtime, calendar: str, lang: str) -> str:
    record = rt.ledger.applied_plan(calendar)
    document = None if record is None else applied_document(rt, record, lang=lang)
    if document is None:
        said = (
            "There is no applied plan whose persons are kept: promocal plan",
            "没有仍保留名单的已应用计划：promocal plan",
        )
        return as_page(_only(said, lang))
    return as_page(document)


def _report(rt: Runtime, calendar: str, lang: str) -> str:
    from tasks.reporting.report import report

    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "report.html"
        report(rt, calendar, rt.clock(), page, lang=lang, again=int(SLOW.total_seconds()))
        return page.read_text("utf-8")


def _why(error: Exception) -> Said:
    if isinstance(error, SnapshotMissingError):
        return ("no snapshot has been published yet", "尚未发布数据快照")
    if isinstance(error, PromocalError):
        return error.said
    name = type(error).__name__
    if name == "OperationalError":  # of the database, which only the warehouse knows by its class
        return ("the ledger is locked or away just now", "台账正被占用，或暂时无法访问")
    return (f"could not be read just now ({name})", f"暂时无法读取（{name}）")


def _only(said: Said, lang: str, again: int = int(SLOW.total_seconds())) -> Document:
    return Document(title=in_language(said, lang), lang=lang, foot="promocal", sections=(), again=again)


def _empty(name: str, lang: str) -> Document:
    return Document(title=name, lang=lang, foot="promocal", sections=(), again=5)


def _above(page: str, why: Said, lang: str) -> str:
    """A ready page with what went wrong above it; as of when the rest is stands on it."""
    text = in_language(
        (f"⚠ Not renewed: {why[0]}. What follows was made earlier.", f"⚠ 未更新：{why[1]}。以下内容是此前生成的。"),
        lang,
    )
    said = f'<p class="warning" style="margin: 1em; font-weight: bold">{escape(text)}</p>'
    return re.sub(r"<body[^>]*>", lambda body: f"{body[0]}\n{said}", page, count=1)


def _with(document: Document, why: Said, lang: str) -> Document:
    """What went wrong above the page as it was; above none yet, that it will be tried again."""
    said = (
        (
            f"⚠ Not renewed: {why[0]}. What follows is {document.foot}.",
            f"⚠ 未更新：{why[1]}。以下内容{document.foot}。",
        )
        if document.sections
        else (
            f"⚠ Nothing to show yet: {why[0]}. It is tried again by itself.",
            f"⚠ 暂无内容：{why[1]}。会自动重试。",
        )
    )
    text = in_language(said, lang)
    return replace(document, sections=(Section("⚠", [Paragraph(text, "warning")]), *document.sections))

"""The server: what an editor asks, answered from the newest text of each document. Only stdio is spoken to."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.writing.layout import format_text
from promocal import __version__
from promocal.editor.completing import completion, template_completion
from promocal.editor.counting import Counts, count, snapshot_of
from promocal.editor.diagnosing import diagnostics
from promocal.editor.fixing import fixes
from promocal.editor.hinting import hints
from promocal.editor.hovering import hover
from promocal.editor.lensing import lenses
from promocal.editor.names import project_of
from promocal.editor.navigating import definition, references, renamable, rename
from promocal.editor.outlining import outline
from promocal.editor.sheets import Sheet
from tasks.calendars.parsing import sheet_files

SUFFIXES = (".yaml", ".yml")
_CALENDAR = re.compile(r"^calendar *[:：]", re.MULTILINE)
_LONG_TEXT = 2_000
_PAUSE_SECONDS = 0.15
_BESIDE = ("**/stores/*.yaml", "**/messages/**", "**/promocal.toml", "**/*.xlsx", "**/*.csv")
_FILLED_IN = (".xlsx", ".csv")
_TRIGGERS = (" ", ":", "[", ",", "'", "{", ".")


class CalendarServer(LanguageServer):
    """The documents that are open, each looked at once for each version."""

    def __init__(self, lang: str) -> None:
        super().__init__("promocal", __version__)
        self.lang = lang
        self.sheets: dict[str, Sheet] = {}
        self.edited: dict[str, int] = {}
        self.told: dict[str, set[Path]] = {}
        self.waiting: dict[str, asyncio.TimerHandle] = {}
        self.counts: dict[str, tuple[str, Counts]] = {}
        self.counting: set[asyncio.Task[None]] = set()
        self.one_count = asyncio.Lock()

    def sheet(self, uri: str) -> Sheet | None:
        """The document as it is now; None for what is no calendar."""
        path = to_fs_path(uri)
        document = self.workspace.get_text_document(uri)
        if path is None or not is_calendar(Path(path), document.source):
            return None
        known = self.sheets.get(uri)
        if known is None or known.text != document.source:
            known = Sheet(uri, Path(path), document.source, document.version, self.edited.get(uri))
            self.sheets[uri] = known
        return known

    def tell(self, uri: str) -> None:
        """Send what is wrong with a calendar, and take back what no longer is."""
        self.waiting.pop(uri, None)
        sheet = self.sheet(uri)
        if sheet is None:
            return
        found = diagnostics(sheet, self.lang)
        for file in self.told.get(uri, set()) - set(found):
            self._publish(file.resolve().as_uri(), [], None)
        for file, listed in found.items():
            own = file == sheet.path
            self._publish(uri if own else file.resolve().as_uri(), listed, sheet.version if own else None)
        self.told[uri] = set(found) - {sheet.path}

    def tell_soon(self, uri: str) -> None:
        """At once for a text of usual length; a long one when nobody has typed for a moment."""
        if (timer := self.waiting.pop(uri, None)) is not None:
            timer.cancel()
        document = self.workspace.get_text_document(uri)
        pause = _PAUSE_SECONDS if document.source.count("\n") > _LONG_TEXT else 0
        self.waiting[uri] = asyncio.get_running_loop().call_later(pause, self.tell, uri)

    def look_again(self) -> None:
        """Look at everything that is open, as if it had been opened now."""
        for uri in list(self.sheets):
            self.sheets.pop(uri)
            self.tell(uri)

    def look_after(self, changes: Sequence[lsp.FileEvent]) -> None:
        """Look again where one of the files that changed has a say."""
        if any(self.concerns(change.uri) for change in changes):
            self.look_again()

    def concerns(self, uri: str) -> bool:
        """Whether what is found may change with a file; of workbooks and CSV only those that a calendar names."""
        path = to_fs_path(uri)
        if path is None or Path(path).suffix.lower() not in _FILLED_IN:
            return True
        changed = Path(path).resolve()
        return any(
            changed == file.resolve() for one in self.sheets.values() for file in sheet_files(one.text, one.path)
        )

    def watches(self) -> bool:
        """Whether the editor tells of other files that change, if it is asked to."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        return bool(watching is not None and watching.dynamic_registration)

    def forget(self, uri: str) -> None:
        if (timer := self.waiting.pop(uri, None)) is not None:
            timer.cancel()
        self.sheets.pop(uri, None)
        self.edited.pop(uri, None)
        for file in self.told.pop(uri, set()):
            self._publish(file.resolve().as_uri(), [], None)
        self._publish(uri, [], None)

    def counts_of(self, sheet: Sheet) -> Counts | None:
        """What is known of the last snapshot; what is not is counted beside, and the editor asks again."""
        root = project_of(sheet.path)
        snapshot = snapshot_of(root)
        calendar = sheet.calendar
        if not snapshot or calendar is None or not sheet.path.is_file():
            return None
        key = f"{snapshot}\n{hashlib.sha256(sheet.path.read_bytes()).hexdigest()}"
        known = self.counts.get(sheet.uri)
        if known is not None and known[0] == key:
            return known[1]
        kept = known[1] if known is not None else Counts()
        self.counts[sheet.uri] = (key, kept)
        task = asyncio.get_running_loop().create_task(self._count(sheet.uri, key, root, sheet.path))
        self.counting.add(task)
        task.add_done_callback(self.counting.discard)
        return kept

    async def _count(self, uri: str, key: str, root: Path, calendar: Path) -> None:
        def told(counts: Counts) -> None:
            if self.counts.get(uri, ("",))[0] == key:
                self.counts[uri] = (key, counts)
                if self._refreshes_lenses():
                    self.workspace_code_lens_refresh(None)

        async with self.one_count:
            await count(root, str(calendar), told)

    def _refreshes_lenses(self) -> bool:
        workspace = self.client_capabilities.workspace
        lens = workspace.code_lens if workspace is not None else None
        return bool(lens is not None and lens.refresh_support)

    def _publish(self, uri: str, listed: list[lsp.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, listed, version))


def is_calendar(path: Path, text: str) -> bool:
    """Whether a file is looked at: YAML among calendars, or with a line `calendar:`; editors send all YAML."""
    return path.suffix in SUFFIXES and (path.parent.name == "calendars" or _CALENDAR.search(text) is not None)


def server(lang: str) -> CalendarServer:
    """The language server, ready to be started."""
    made = CalendarServer(lang)
    _documents(made)
    _answers(made)
    _navigation(made)
    _shows(made)
    return made


def _documents(ls: CalendarServer) -> None:
    @ls.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        ls.tell(params.text_document.uri)

    @ls.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        for change in params.content_changes:
            ls.edited.pop(params.text_document.uri, None)
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                ls.edited[params.text_document.uri] = change.range.start.line
        ls.tell_soon(params.text_document.uri)

    # A store or a message may have changed: what is open is looked at again.
    @ls.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(_params: lsp.DidSaveTextDocumentParams) -> None:
        ls.look_again()

    @ls.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_beside(params: lsp.DidChangeWatchedFilesParams) -> None:
        ls.look_after(params.changes)

    @ls.feature(lsp.INITIALIZED)
    def begun(_params: lsp.InitializedParams) -> None:
        if ls.watches():
            watchers = [lsp.FileSystemWatcher(glob_pattern=pattern) for pattern in _BESIDE]
            options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            wanted = lsp.Registration(id="beside", method=method, register_options=options)
            ls.client_register_capability(lsp.RegistrationParams([wanted]))

    @ls.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        ls.forget(params.text_document.uri)


def _answers(ls: CalendarServer) -> None:
    @ls.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        sheet = ls.sheet(params.text_document.uri)
        return hover(sheet, params.position, ls.lang) if sheet is not None else None

    @ls.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(_TRIGGERS)))
    def completed(params: lsp.CompletionParams) -> lsp.CompletionList:
        uri = params.text_document.uri
        sheet = ls.sheet(uri)
        if sheet is not None:
            return completion(sheet, params.position, ls.lang)
        return template_completion(ls.workspace.get_text_document(uri).source, params.position, ls.lang)

    @ls.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]))
    def fixed(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        sheet = ls.sheet(params.text_document.uri)
        return fixes(sheet, params.range, ls.lang) if sheet is not None else []


def _navigation(ls: CalendarServer) -> None:
    @ls.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def defined(params: lsp.DefinitionParams) -> list[lsp.Location]:
        sheet = ls.sheet(params.text_document.uri)
        return definition(sheet, params.position) if sheet is not None else []

    @ls.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def referred(params: lsp.ReferenceParams) -> list[lsp.Location]:
        sheet = ls.sheet(params.text_document.uri)
        with_definition = params.context.include_declaration
        return references(sheet, params.position, with_definition=with_definition) if sheet is not None else []

    @ls.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepared(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        sheet = ls.sheet(params.text_document.uri)
        return renamable(sheet, params.position) if sheet is not None else None

    @ls.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        sheet = ls.sheet(params.text_document.uri)
        try:
            return rename(sheet, params.position, params.new_name) if sheet is not None else None
        except PromocalError as error:
            raise JsonRpcInvalidParams(message=f"{error.text(ls.lang)} → {error.remedy_text(ls.lang)}") from None


def _shows(ls: CalendarServer) -> None:
    @ls.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    def hinted(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        sheet = ls.sheet(params.text_document.uri)
        return hints(sheet, params.range, ls.lang) if sheet is not None else []

    @ls.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def lensed(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        sheet = ls.sheet(params.text_document.uri)
        return lenses(sheet, ls.counts_of(sheet), ls.lang) if sheet is not None else []

    @ls.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outlined(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        sheet = ls.sheet(params.text_document.uri)
        return outline(sheet, ls.lang) if sheet is not None else []

    @ls.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        sheet = ls.sheet(params.text_document.uri)
        if sheet is None:
            return []
        try:
            made = format_text(sheet.text, str(sheet.path))
        except PromocalError:
            return []  # half-typed text stays as it is; what is wrong with it is said already
        return [lsp.TextEdit(sheet.whole(), made)] if made != sheet.text else []

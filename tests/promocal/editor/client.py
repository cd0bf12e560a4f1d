"""An editor as the server sees it: the real program on its standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

PATIENCE = 60.0


@dataclass
class Editor:
    """What an editor does to its documents, and what it has been told of them."""

    client: LanguageClient
    told: asyncio.Queue[lsp.PublishDiagnosticsParams] = field(default_factory=asyncio.Queue)
    failures: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def open(self, path: Path, text: str) -> lsp.TextDocumentIdentifier:
        uri = path.as_uri()
        self.versions[uri] = 1
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "yaml", 1, text)))
        return lsp.TextDocumentIdentifier(uri)

    def change(self, document: lsp.TextDocumentIdentifier, where: lsp.Range, text: str) -> int:
        """Replace a piece of a document; returns the new version."""
        self.versions[document.uri] += 1
        version = self.versions[document.uri]
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version, document.uri),
                [lsp.TextDocumentContentChangePartial(where, text)],
            )
        )
        return version

    async def diagnostics(self, document: lsp.TextDocumentIdentifier, version: int = 1) -> list[lsp.Diagnostic]:
        """What is told of a version of a document."""
        while True:
            found = await asyncio.wait_for(self.told.get(), PATIENCE)
            if found.uri == document.uri and found.version == version:
                return list(found.diagnostics)

    @property
    def memory_mb(self) -> float:
        """What the server holds in memory now (resident)."""
        process = self.client._server
        status = Path(f"/proc/{process.pid}/status").read_text("utf-8") if process is not None else ""
        return next((int(line.split()[1]) / 1024 for line in status.split("\n") if line.startswith("VmRSS")), 0.0)


@asynccontextmanager
async def editing(root: Path, lang: str = "en") -> AsyncIterator[Editor]:
    """An editor on a project, with the server running; ends it properly."""
    client = LanguageClient("tests", "1")
    editor = Editor(client)

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def told(params: lsp.PublishDiagnosticsParams) -> None:
        editor.told.put_nowait(params)

    @client.feature(lsp.WINDOW_SHOW_MESSAGE)
    def failed(params: lsp.ShowMessageParams) -> None:
        editor.failures.append(params.message)

    await client.start_io(sys.executable, "-m", "promocal", "lsp", "--lang", lang)
    await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=root.as_uri()))
    client.initialized(lsp.InitializedParams())
    try:
        yield editor
        await client.shutdown_async(None)
        client.exit(None)
    finally:
        await client.stop()
    assert editor.failures == []

"""`promocal lsp` while somebody types in Double 11: from a change to its findings, against a plain language server.

Both sides are whole processes with a real client on their standard input and output. The same changes go to both, one
at a time: of whole texts a play names an audience that is not there, of half-typed texts lines drawn by chance are cut
off where chance will have it. A row has the median or the 95th percentile of a round's changes; CPU rows count the
server's own processor time for a change, on the average. The plain server is `benchmarks.editor_plain`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from benchmarks import harness

LIBRARY = Path(str(files("campaign_calendars") / "library"))
CALENDAR = "double-11-2021"
PLAIN = str(Path(__file__).with_name("editor_plain.py"))
REFERENCE = "a plain language server: libyaml's loader and the calendar's JSON schema, no other check"
LIMIT = "at most 50 ms"
_PATIENCE = 60.0
_KEY = "        audience: "
_TICKS = os.sysconf("SC_CLK_TCK")


class State(NamedTuple):
    """A line (from 0) and what it says while the rest of the text stays."""

    line: int
    text: str


@dataclass
class Typist:
    """Somebody with one document open in an editor."""

    client: LanguageClient
    uri: str
    lines: list[str]
    version: int = 1
    told: asyncio.Queue[lsp.PublishDiagnosticsParams] = field(default_factory=asyncio.Queue)

    async def opened(self) -> None:
        item = lsp.TextDocumentItem(self.uri, "yaml", 1, "\n".join(self.lines))
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await self._findings()

    async def seconds(self, line: int, text: str) -> float:
        """How long it takes from the change of a line to what is found in the text then."""
        self.version += 1
        whole = lsp.Range(lsp.Position(line, 0), lsp.Position(line, len(self.lines[line].encode("utf-16-le")) // 2))
        self.lines[line] = text
        document = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = lsp.TextDocumentContentChangePartial(whole, text)
        began = time.perf_counter()
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))
        await self._findings()
        return time.perf_counter() - began

    async def _findings(self) -> None:
        version = None
        while version != self.version:
            version = (await asyncio.wait_for(self.told.get(), _PATIENCE)).version

    @property
    def cpu(self) -> float:
        """Processor seconds of the server so far."""
        fields = Path(f"/proc/{self._pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def peak_mb(self) -> float:
        status = Path(f"/proc/{self._pid}/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))

    @property
    def _pid(self) -> int:
        server = self.client._server  # noqa: SLF001  the library names its process nowhere else
        if server is None:
            raise SystemExit("the server is not running")
        return server.pid


@asynccontextmanager
async def typing(path: Path, lines: list[str], *command: str) -> AsyncIterator[Typist]:
    """An editor on a calendar, its server running."""
    client = LanguageClient("benchmarks", "1")
    typist = Typist(client, path.as_uri(), lines)

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def told(params: lsp.PublishDiagnosticsParams) -> None:
        if params.uri == typist.uri:
            typist.told.put_nowait(params)

    await client.start_io(sys.executable, *command)
    root = path.parent.parent.as_uri()
    await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=root))
    client.initialized(lsp.InitializedParams())
    await typist.opened()
    try:
        yield typist
        await client.shutdown_async(None)
        client.exit(None)
    finally:
        await client.stop()


def whole_texts(lines: Sequence[str], changes: int) -> list[State]:
    line = next(number for number, text in enumerate(lines) if text.startswith(_KEY))
    return [State(line, f"{lines[line]}-{turn}") for turn in range(changes)]


def half_typed(lines: Sequence[str], changes: int) -> list[State]:
    chance = random.Random(changes)
    written = [number for number, text in enumerate(lines) if text.strip()]
    drawn = (chance.choice(written) for _ in range(changes))
    return [State(line, lines[line][: chance.randrange(len(lines[line]))]) for line in drawn]


@dataclass
class Spent:
    """What the rounds of one side took: the median and the 95th percentile of each, the server's CPU of a change."""

    medians: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, seconds: Sequence[float], cpu: float) -> None:
        self.medians.append(median(seconds))
        self.slowest.append(quantiles(seconds, n=20)[-1])
        self.cpu.append(max(cpu, 1 / _TICKS) / len(seconds))


async def _typed(typist: Typist, states: Sequence[State], spent: Spent) -> None:
    """Each change on the text as it was before: the line is put right again, untimed."""
    took: list[float] = []
    cpu = 0.0
    for line, text in states:
        before, used = typist.lines[line], typist.cpu
        took.append(await typist.seconds(line, text))
        cpu += typist.cpu - used
        await typist.seconds(line, before)
    spent.add(took, cpu)


async def _measured(path: Path, lines: Sequence[str], schema: Path, chosen: argparse.Namespace) -> list[harness.Row]:
    made: list[harness.Row] = []
    async with (
        typing(path, list(lines), "-m", "promocal", "lsp", "--lang", "en") as ours,
        typing(path, list(lines), PLAIN, str(schema)) as theirs,
    ):
        for name, states_of in (("whole text", whole_texts), ("half-typed text", half_typed)):
            states = states_of(ours.lines, chosen.members)
            spent = Spent(), Spent()
            for turn in range(chosen.rounds):
                sides = ((ours, spent[0]), (theirs, spent[1]))
                for typist, side in sides[:: -1 if turn % 2 else 1]:
                    await _typed(typist, states, side)
            peak = ours.peak_mb
            rows = (
                ("median", spent[0].medians, spent[1].medians),
                (f"95 % ({LIMIT})", spent[0].slowest, spent[1].slowest),
                ("CPU of the server", spent[0].cpu, spent[1].cpu),
            )
            for what, mine, other in rows:
                both = harness.Compared(harness.Spent(wall=mine), harness.Spent(wall=other), None, None)
                made.append(both.row(f"editor: {name}, {what}", 1, "change", REFERENCE, peak_mb=peak))
    return made


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    from campaign_calendars.reading.schema import calendar_schema

    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        shutil.copytree(LIBRARY / "messages", root / "messages")
        (root / "calendars").mkdir()
        (root / "promocal.toml").write_text("", "utf-8")
        path = root / "calendars" / f"{CALENDAR}.yaml"
        text = (LIBRARY / path.name).read_text("utf-8")
        path.write_text(text, "utf-8")
        schema = root / "calendar.schema.json"
        schema.write_text(json.dumps(calendar_schema()), "utf-8")
        yield from asyncio.run(_measured(path, text.split("\n"), schema, chosen))


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=300, short=60, rounds=5, unit="changes"), rows)

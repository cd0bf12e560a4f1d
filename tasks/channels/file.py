"""The crowd drop: members and messages as CSV files, for people and platforms that import lists (A4).

    outbox/<run>/<channel>/<play>.csv      what to send; a file never changes once it is there
    outbox/<run>/<channel>/<play>.2.csv    jobs of the same play that became free later, or beyond `rows`
    outbox/<run>/<channel>/manifest.json   rows, SHA-256, columns of each file; masked or plain

Kinds of attachments (picture, link, card, mini_programme, goods) are columns of the files whose messages have some.

The CSV files are the truth about what was handed over: before a batch is written, its keys are
looked up in the files that are already there. So a batch that is sent again after a crash changes
no byte and hands over no member twice, and the channel honours our key. Files and the directories that name them are
on disk before a job counts as sent.

What imports the files takes so many rows at once: `rows`, or what the provider named as `profile` takes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Annotated, Any, Literal

from pydantic import Field

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.messages.paths import path_fault
from campaign_calendars.model.store import Provider
from campaign_calendars.providers.profile import profile_named
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message
from tasks.channels.privacy import mask_address, mask_name, mask_text
from tasks.sheets import inert
from warehouse.ledger.records import Outcome

COLUMNS = ("intent_key", "member_id", "name", "address", "benefit", "text")
_BOM = b"\xef\xbb\xbf"  # without it Excel reads Chinese as mojibake
_KEY_LENGTH = 64
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileChannel:
    """Writes batches as CSV below `outbox`. With `masked`, names and addresses are starred.

    `more` names further columns and gives their cells for a message (work-lists).
    """

    name: str
    outbox: Path
    masked: bool = True
    needs_address: bool = False
    more: tuple[str, ...] = ()
    cells_of: Callable[[Message], tuple[str, ...]] = lambda _message: ()
    rows: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (*COLUMNS, *self.more)

    @property
    def honours_key(self) -> bool:
        return True

    @property
    def batch_size(self) -> int | None:
        return None

    def send(self, batch: Batch) -> list[Outcome]:
        """Files of at most `rows` messages for those that no file holds yet; the receipt is the file's name."""
        folder = self.outbox / batch.run_id / self.name
        _make(folder)
        handed = _handed_over(_files_of(folder, batch.play), {message.intent_key for message in batch.messages})
        fresh = [message for message in batch.messages if message.intent_key not in handed]
        size = self.rows or max(len(fresh), 1)
        for part in (fresh[at : at + size] for at in range(0, len(fresh), size)):
            written = self._write(folder, batch.play, part)
            handed |= {message.intent_key: written for message in part}
        self._write_manifest(folder, batch)
        return [Outcome(m.intent_key, "sent", receipt=handed[m.intent_key]) for m in batch.messages]

    def _write(self, folder: Path, play: str, messages: Sequence[Message]) -> str:
        content = self._content(messages)
        number = len(_files_of(folder, play)) + 1
        while True:
            name = f"{play}.csv" if number == 1 else f"{play}.{number}.csv"
            if _create(folder / name, content):
                return name
            number += 1

    def _content(self, messages: Sequence[Message]) -> bytes:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        kinds = tuple(dict.fromkeys(one.kind for message in messages for one in message.attachments))
        writer.writerow((*self.columns, *kinds))
        writer.writerows((*self._row(message), *_attachments(message, kinds)) for message in messages)
        return _BOM + buffer.getvalue().encode()

    def _row(self, message: Message) -> tuple[str, ...]:
        name, address, text = message.name or "", message.address or "", message.text
        if self.masked:
            text = mask_text(text, address=address, name=name)
            name, address = mask_name(name), mask_address(address)
        cells = (message.member_id, name, address, message.benefit or "", text, *self.cells_of(message))
        return (message.intent_key, *map(inert, cells))

    def _write_manifest(self, folder: Path, batch: Batch) -> None:
        path = folder / _MANIFEST
        known = {entry["file"]: entry for entry in _read_manifest(path)}
        # Files never change, so what the manifest says of a file stays true.
        files = [known.get(file.name) or _describe(file) for file in sorted(folder.glob("*.csv"))]
        body = {
            "run_id": batch.run_id,
            "calendar": batch.calendar,
            "phase": batch.phase,
            "channel": self.name,
            "masked": self.masked,
            "columns": list(self.columns),
            "files": files,
        }
        _replace(path, json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n")


def _attachments(message: Message, kinds: Sequence[str]) -> Iterator[str]:
    """A cell for each kind of attachment; several of a kind stand in lines of their own."""
    for kind in kinds:
        yield inert("\n".join(one.in_a_cell() for one in message.attachments if one.kind == kind))


def _files_of(folder: Path, play: str) -> list[Path]:
    found = [*folder.glob(f"{play}.csv"), *folder.glob(f"{play}.[0-9]*.csv")]
    return sorted(found, key=lambda path: (len(path.name), path.name))


def _handed_over(files: Sequence[Path], keys: Collection[str]) -> dict[str, str]:
    """Which of the keys are in which file. A key leads its line, so lines are read, not cells."""
    found: dict[str, str] = {}
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for line in lines:
                if line[:_KEY_LENGTH] in keys:
                    found[line[:_KEY_LENGTH]] = path.name
    return found


def _read_manifest(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    files: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["files"]
    return files


def _describe(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    rows = sum(1 for _ in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) - 1
    return {"file": path.name, "rows": rows, "sha256": hashlib.sha256(content).hexdigest()}


def _create(path: Path, content: bytes) -> bool:
    """The whole file or nothing, and never over a file that is there: False if the name is taken."""
    temporary = _temporary(path, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
        _sync(path.parent)
    return True


def _replace(path: Path, content: bytes) -> None:
    _temporary(path, content).replace(path)
    _sync(path.parent)


def _make(folder: Path) -> None:
    """The folder and those above it, each known to the one above on disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        _sync(each.parent)


def _sync(folder: Path) -> None:
    """After a power cut a file is only there if its folder says so."""
    if os.name != "posix":
        return  # folders cannot be opened there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _temporary(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.partial")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            # On disk before it gets its name: a power cut must not leave half a list to send.
            os.fsync(file.fileno())
    except BaseException:  # half a list takes the room that is missing, and nobody would look for it
        temporary.unlink(missing_ok=True)
        raise
    return temporary


class FileKeys(ChannelKeys):
    """`kind = "file"`."""

    personal_data: Literal["masked", "plain"] = "masked"
    needs_address: bool = False
    profile: Provider | None = None
    rows: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


def _open(setup: ChannelSetup[FileKeys]) -> FileChannel:
    keys = setup.keys
    fault = path_fault(setup.name)
    if fault is not None or "/" in setup.name or "\\" in setup.name or setup.name in ("", "."):
        raise UsageError(
            (
                f"channels.{setup.name!r}: this name cannot be that of a folder",
                f"channels.{setup.name!r}：不能作为目录名",
            ),
            ("Use letters, digits, - and _.", "请使用字母、数字、- 与 _。"),
        )
    return FileChannel(
        setup.name,
        setup.outbox,
        masked=keys.personal_data == "masked",
        needs_address=keys.needs_address,
        rows=keys.rows or rows_of(keys.profile),
    )


def rows_of(profile: Provider | None) -> int | None:
    """How many rows an import of the provider takes; None: it does not say."""
    batch = profile_named(profile).batch if profile is not None else None
    return batch.value if batch is not None else None


KIND = ChannelKind("file", FileKeys, _open)

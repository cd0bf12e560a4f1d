"""A member is erased, at once and everywhere promocal keeps something; and what is kept of one is shown (PIPL).

The ledger comes first: what has not left is stopped, no worker hands over any more, and a digest of the id keeps him
out of every later snapshot, whatever the sources say. Then snapshots, archive, decision files and files of the outbox
are written anew without him. Repeating it is harmless and ends what was interrupted. The sources are the owner's:
promocal never changes them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import uuid4

from campaign_calendars.findings.errors import SnapshotMissingError
from tasks.data.members import ids_of_person, is_known, no_such_member
from tasks.deciding.decisions import checksum, decision_path
from tasks.runtime import Runtime
from warehouse.ledger import audit
from warehouse.ledger.audit import AuditEntry, AuditFilter
from warehouse.ledger.erasing import ERASED
from warehouse.ledger.records import Job, Suppression, TierOverride

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done to erase a member; his id stands nowhere any more, and is not repeated here."""

    pseudonym: str
    """Under which his messages and benefits are counted from now on."""
    stopped: int
    """Messages that had not left, and do not leave any more."""
    out: int
    """Messages that had left or been handed over: nobody can call them back."""
    ledger_rows: int
    """Rows of the ledger that were his."""
    snapshots: int
    """Snapshots written anew without him."""
    decisions: int
    """Decision files written anew."""
    files: int
    """Files of the outbox and of reports written anew or removed."""
    replays: int
    """Replays that were removed: they hold copies of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAbout:
    """All that promocal keeps of one member. Personal data: for him, and for nobody else."""

    accounts: tuple[str, ...]
    """His ids: the one that was asked for, and those of the same person."""
    snapshot: str
    """The snapshot that was looked at; empty: there is none."""
    data: Mapping[str, tuple[Mapping[str, Any], ...]]
    """Table of the snapshot → rows."""
    messages: tuple[Mapping[str, Any], ...]
    """Messages to him, without their texts, which are not kept."""
    benefits: tuple[Mapping[str, Any], ...]
    """Benefits he was given."""
    refusals: tuple[Mapping[str, Any], ...]
    """Refusals by his id."""
    tiers: tuple[Mapping[str, Any], ...]
    """Tiers that people set for him."""
    done_by_people: tuple[Mapping[str, Any], ...]
    """What people did that names him."""


def erase_member(rt: Runtime, member: str, *, reason: str, by: str) -> Erased:
    """Erase a member, all accounts of the person. UsageError: nobody has ever heard of the id."""
    ids, at = _accounts(rt, member), rt.clock()
    return erase_everywhere(rt, ids, f"erased-{uuid4().hex[:12]}", audit.erased(reason, by, at), at)


def erase_everywhere(rt: Runtime, ids: Sequence[str], pseudonym: str, entry: AuditEntry, at: datetime) -> Erased:
    """Take the accounts of one person out of ledger, snapshots, decisions, files and replays."""
    from warehouse.shelf.erasing import erase_from_snapshots

    told = rt.ledger.erase(ids, pseudonym, entry, at)
    return Erased(
        pseudonym=told.pseudonym,
        stopped=told.stopped,
        out=told.out,
        ledger_rows=told.rows,
        snapshots=erase_from_snapshots(rt.warehouse_dir, ids, rt.progress),
        decisions=_rename_decisions(rt, ids, told.pseudonym),
        files=_clean_files(rt, ids),
        replays=_remove_replays(rt),
    )


def held_about(rt: Runtime, member: str) -> HeldAbout:
    """Everything that is kept of a member. UsageError: nobody has ever heard of the id."""
    from warehouse.shelf.erasing import rows_of_member

    ids = _accounts(rt, member)
    try:
        snapshot = rt.current_snapshot()
        data = rows_of_member(snapshot.path, ids)
        name = snapshot.snapshot_id
    except SnapshotMissingError:
        data, name = {}, ""
    ledger = rt.ledger
    jobs = list(ledger.jobs(members=ids))
    return HeldAbout(
        accounts=tuple(ids),
        snapshot=name,
        data={table: tuple(rows) for table, rows in data.items()},
        messages=_plain(jobs),
        benefits=_plain([row._asdict() for row in ledger.grant_rows(None, over=True) if row.member_id in ids]),
        refusals=_plain([row for row in ledger.suppression_rows() if row.member_id in ids]),
        tiers=_plain([row for row in ledger.tier_rows() if row.member_id in ids]),
        done_by_people=_plain([entry for one in ids for entry in ledger.audit(AuditFilter(subject=one))]),
    )


def gone(rt: Runtime, jobs: Sequence[Job]) -> dict[str, str]:
    """Intent key → why, for messages to members who were erased since somebody decided about them."""
    erased = rt.ledger.erased({job.member_id for job in jobs})
    return {job.intent_key: ERASED for job in jobs if job.member_id in erased}


def _accounts(rt: Runtime, member: str) -> list[str]:
    """All ids of the person. Who was erased before is known by the ledger alone."""
    ids = ids_of_person(rt, member)
    if rt.ledger.erased(ids) or any(True for _ in rt.ledger.jobs(members=ids)):
        return ids
    try:
        known = is_known(rt, member)
    except SnapshotMissingError:
        known = False
    if not known:
        raise no_such_member(rt, member)
    return ids


def _plain(
    rows: Sequence[Job | Mapping[str, object] | Suppression | TierOverride | AuditEntry],
) -> tuple[Mapping[str, Any], ...]:
    from campaign_calendars.values.json import to_plain

    return tuple(to_plain(list(rows)))


def _rename_decisions(rt: Runtime, ids: Collection[str], pseudonym: str) -> int:
    """Rewritten file by file; the ledger learns the new checksum right before the file takes its place."""
    from warehouse.decision.erasing import rename_in

    changed = 0
    for path in sorted(rt.decisions_dir.glob("*.parquet")):
        made = rename_in(path, ids, pseudonym)
        if made is None:
            continue
        run_id, before, after = path.stem, checksum(path), checksum(made)
        # A file of another decision than the ledger's is nobody's: it goes.
        if rt.ledger.rename_decision(run_id, before, after):
            made.replace(decision_path(rt, run_id))
            record = path.with_suffix(".json")
            if record.exists():
                record.write_text(record.read_text("utf-8").replace(before, after), "utf-8")
        else:
            made.unlink()
            path.unlink()
        changed += 1
    return changed


def _clean_files(rt: Runtime, ids: Collection[str]) -> int:
    """Lines of CSV files that name him go; any other file that does is removed, it can be made again."""
    changed = 0
    for folder in (rt.settings.state / "outbox", rt.reports_dir, rt.settings.state / "exports"):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix == ".csv":
                changed += _without_lines(path, ids)
            elif path.suffix in (".json", ".html", ".txt") and path.name != "manifest.json" and _names(path, ids):
                path.unlink()
                changed += 1
    return changed


def _names(path: Path, ids: Collection[str]) -> bool:
    text = path.read_text("utf-8", errors="replace")
    return any(f'"{one}"' in text or f">{one}<" in text for one in ids)


def _without_lines(path: Path, ids: Collection[str]) -> bool:
    before = path.read_bytes()
    text = before.decode("utf-8-sig", errors="replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    wanted = {*ids, *(f"'{one}" for one in ids)}
    kept = [row for number, row in enumerate(rows) if number == 0 or wanted.isdisjoint(row)]
    if len(kept) == len(rows):
        return False
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(kept)
    after = ((_BOM if before.startswith(_BOM.encode()) else "") + buffer.getvalue()).encode()
    partial = path.with_name(f".{path.name}.erasing")
    partial.write_bytes(after)
    partial.replace(path)
    _tell_manifest(path, len(kept) - 1, before, after)
    return True


def _tell_manifest(path: Path, rows: int, before: bytes, after: bytes) -> None:
    """The manifest of a channel's folder says what is in its files."""
    manifest = path.with_name("manifest.json")
    if not manifest.exists():
        return
    body = json.loads(manifest.read_text("utf-8"))
    for entry in body.get("files", ()):
        if entry.get("file") == path.name and entry.get("sha256") == hashlib.sha256(before).hexdigest():
            entry |= {"rows": rows, "sha256": hashlib.sha256(after).hexdigest()}
    partial = manifest.with_name(".manifest.json.erasing")
    partial.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")
    partial.replace(manifest)


def _remove_replays(rt: Runtime) -> int:
    folder = rt.settings.state / "replay"
    found = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    for path in found:
        rmtree(path)
    return len(found)

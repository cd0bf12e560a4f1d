"""Who must not come back with a backup: members erased since it was made, and who refused contact since.

The ledger that a restore sets aside knows them. They are read from it before, and hold again after: the erased are
taken out of what was put back as if it were done for the first time, refusals are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import LedgerError
from tasks.outreach.erasing import erase_everywhere
from warehouse.ledger import audit
from warehouse.ledger.copies import sqlite_files
from warehouse.ledger.erasing import digest_of
from warehouse.ledger.records import Suppression

if TYPE_CHECKING:
    from tasks.runtime import Runtime

_WHY = "was erased before the backup was restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockList:
    """Digest of the id of each erased member → pseudonym, and every refusal; ids of the living only in the latter."""

    erased: Mapping[str, str]
    refusals: Sequence[Suppression]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedAgain:
    """What a block list changed in what was put back."""

    erased: int
    refusals: int


def read_blocked(rt: Runtime) -> BlockList | None:
    """The block list of the ledger there is; None: there is none, or none that can be read."""
    from warehouse.ledger.health import look_at

    url = rt.settings.ledger_url()
    try:
        # Asked first: opening one would make it.
        if not (sqlite_files(url) if url.startswith("sqlite") else look_at(url).version):
            return None
        return BlockList(erased=rt.ledger.erasures(), refusals=list(rt.ledger.suppression_rows()))
    except LedgerError:
        return None
    finally:
        rt.close()  # what was open would be part of what is set aside


def block_again(rt: Runtime, blocked: BlockList, *, by: str, at: datetime) -> BlockedAgain:
    """Hold the list against the ledger, snapshots and decisions that were put back; a second time changes nothing."""
    refusals = rt.ledger.suppress(blocked.refusals) if blocked.refusals else 0
    new = rt.ledger.keep_erasures(blocked.erased, at)
    found: dict[str, set[str]] = {}
    for member in _members_there(rt, blocked.erased):
        found.setdefault(blocked.erased[digest_of(member)], set()).add(member)
    for pseudonym, ids in sorted(found.items()):
        erase_everywhere(rt, sorted(ids), pseudonym, audit.erased(_WHY, by, at), at)
    return BlockedAgain(erased=len({blocked.erased[digest] for digest in new} | found.keys()), refusals=refusals)


def _members_there(rt: Runtime, digests: Mapping[str, str]) -> set[str]:
    """Ids of erased members that stand in the ledger or in a snapshot."""
    from warehouse.shelf.erasing import members_of_digests

    if not digests:
        return set()
    ledger = rt.ledger
    told = {job.member_id for job in ledger.jobs()}
    told |= {row.member_id for row in ledger.suppression_rows()} | {row.member_id for row in ledger.tier_rows()}
    there = {member for member in told if digest_of(member) in digests}
    return there | members_of_digests(rt.warehouse_dir, digests)

"""Accounts that were joined after a decision: what was decided for them apart is held back once more.

A person whom somebody suppressed under any account gets nothing, nor does an address for which another member who has
it was suppressed; of two messages of one play that were decided for two accounts of one person, one leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Job

AccountsOf = Callable[[Collection[str]], Mapping[str, Sequence[str]]]
"""Members → all accounts of the person each of them is, the person's id first; nobody of a single account."""
SharingWith = Callable[[Collection[str], str], Mapping[str, Sequence[str]]]
"""Members and a channel → who else has the address of each of them; nobody of an address of one member."""
_BATCH = 10_000
TWICE = "the person gets it under another account"

_Message = tuple[str, str, datetime]  # person, play, occurrence


@dataclass
class PersonCheck:
    """The last look before jobs of one run leave; see `tasks.outreach.dispatch.Recheck`.

    `joined_since`: the newest snapshot is not the one the run was decided on.
    """

    ledger: Ledger
    run_id: str
    accounts_of: AccountsOf
    sharing_with: SharingWith
    joined_since: bool
    _chosen: dict[_Message, str] | None = field(default=None, init=False)

    def __call__(self, jobs: Sequence[Job]) -> dict[str, str]:
        """Intent key → why the job must not leave, among jobs of members with several accounts."""
        accounts = self.accounts_of({job.member_id for job in jobs})
        joined = [job for job in jobs if job.member_id in accounts]
        held = dict(self._twice(joined, accounts)) if joined and self.joined_since else {}
        for channel in {job.channel for job in jobs}:
            held |= dict(self._suppressed([job for job in jobs if job.channel == channel], channel, accounts))
        return held

    def _suppressed(
        self, jobs: Sequence[Job], channel: str, accounts: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[str, str]]:
        """Messages to somebody who was suppressed under another account, or by another who has the address."""
        sharing = self.sharing_with({job.member_id for job in jobs}, channel)
        names = {member: {*accounts.get(member, ()), *sharing.get(member, ())} for member in {*accounts, *sharing}}
        if not names:
            return
        suppressed = self.ledger.suppressed(channel, set().union(*names.values()))
        for job in jobs:
            if suppressed & names.get(job.member_id, set()):
                yield job.intent_key, "suppressed"

    def _twice(self, jobs: Sequence[Job], accounts: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
        if self._chosen is None:
            self._chosen = self._chosen_jobs()
        for job in jobs:
            if self._chosen.get(_message(job, accounts), job.intent_key) != job.intent_key:
                yield job.intent_key, TWICE

    def _chosen_jobs(self) -> dict[_Message, str]:
        """The one job of each message to a person decided as several: one that may have left, else their own."""
        found: dict[_Message, list[tuple[bool, bool, str]]] = {}
        for jobs in _batches(self.ledger.jobs(self.run_id)):
            accounts = self.accounts_of({job.member_id for job in jobs})
            for job in jobs:
                if job.member_id in accounts and job.status not in ("cancelled", "failed"):
                    message = _message(job, accounts)
                    own = job.member_id == message[0]
                    found.setdefault(message, []).append((not _left(job), not own, job.intent_key))
        return {message: min(rows)[2] for message, rows in found.items() if len(rows) > 1}


def _message(job: Job, accounts: Mapping[str, Sequence[str]]) -> _Message:
    return accounts[job.member_id][0], job.play, job.occurrence_at


def _left(job: Job) -> bool:
    """Whether the message may have reached somebody."""
    return job.in_doubt or job.status in ("sent", "unknown", "to_do")


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    iterator = iter(jobs)
    while batch := list(islice(iterator, _BATCH)):
        yield batch

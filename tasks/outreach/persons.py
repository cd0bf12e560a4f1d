"""Accounts that were joined after a decision: what was decided for them apart is held back once more.

A person whom somebody suppressed under any account gets nothing, nor does an address for which another member who has
it was suppressed; of two messages of one play that were decided for two accounts of one person, or for two members who
have come to share a number, one leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Job

AccountsOf = Callable[[Collection[str]], Mapping[str, Sequence[str]]]
"""Members → all accounts of the person each of them is, the person's id first; nobody of a single account."""
SharingWith = Callable[[Collection[str], str], Mapping[str, Sequence[str]]]
"""Members and a channel → who else has the address of each of them; nobody of an address of one member."""
_BATCH = 10_000
TWICE = "the person gets it under another account"
SHARED = "another member with the same address gets it"

_Message = tuple[str, ...]  # who gets it: person or address, play, occurrence
_Identify = Callable[[Sequence[Job]], Mapping[str, _Message]]
"""Jobs → intent key → which message it is to whom it reaches, where several jobs may be the same."""


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
    _persons: _Once = field(init=False)
    _addresses: _Once = field(init=False)

    def __post_init__(self) -> None:
        self._persons = _Once(self.ledger, self.run_id, self._by_person)
        self._addresses = _Once(self.ledger, self.run_id, self._by_address)

    def __call__(self, jobs: Sequence[Job]) -> dict[str, str]:
        """Intent key → why the job must not leave, among jobs of members with several accounts or a shared address."""
        accounts = self.accounts_of({job.member_id for job in jobs})
        held: dict[str, str] = {}
        if self.joined_since:
            held |= dict.fromkeys(self._addresses.others(jobs), SHARED)
            held |= dict.fromkeys(self._persons.others(jobs), TWICE)
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

    def _by_person(self, jobs: Sequence[Job]) -> dict[str, _Message]:
        accounts = self.accounts_of({job.member_id for job in jobs})
        return {
            job.intent_key: (accounts[job.member_id][0], job.play, job.occurrence_at.isoformat())
            for job in jobs
            if job.member_id in accounts
        }

    def _by_address(self, jobs: Sequence[Job]) -> dict[str, _Message]:
        found: dict[str, _Message] = {}
        for channel in {job.channel for job in jobs}:
            mine = [job for job in jobs if job.channel == channel]
            sharing = self.sharing_with({job.member_id for job in mine}, channel)
            for job in mine:
                if others := sharing.get(job.member_id):
                    first = min(job.member_id, *others)
                    found[job.intent_key] = (first, job.play, job.occurrence_at.isoformat(), channel)
        return found


@dataclass
class _Once:
    """Of several jobs of a run that are one message to whom they reach, one leaves: one that may have left already,
    else the one of whom the message is named after."""

    ledger: Ledger
    run_id: str
    identify: _Identify
    _chosen: dict[_Message, str] | None = None

    def others(self, jobs: Sequence[Job]) -> list[str]:
        """Intent keys of those that do not leave."""
        found = self.identify(jobs)
        if not found:
            return []
        if self._chosen is None:
            self._chosen = self._choose()
        return [key for key, message in found.items() if self._chosen.get(message, key) != key]

    def _choose(self) -> dict[_Message, str]:
        rows: dict[_Message, list[tuple[bool, bool, str]]] = {}
        for jobs in _batches(self.ledger.jobs(self.run_id)):
            messages = self.identify(jobs)
            for job in jobs:
                message = messages.get(job.intent_key)
                if message is not None and job.status not in ("cancelled", "failed"):
                    rows.setdefault(message, []).append((not _left(job), job.member_id != message[0], job.intent_key))
        return {message: min(found)[2] for message, found in rows.items() if len(found) > 1}


def _left(job: Job) -> bool:
    """Whether the message may have reached somebody."""
    return job.in_doubt or job.status in ("sent", "unknown", "to_do")


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    iterator = iter(jobs)
    while batch := list(islice(iterator, _BATCH)):
        yield batch

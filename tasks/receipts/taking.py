"""Reports and replies → the ledger: deliveries, settled messages, refusals. Nobody's words are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaign_calendars.findings.errors import PromocalError, SnapshotMissingError
from campaign_calendars.findings.said import Said
from campaign_calendars.model.store import Store
from campaign_calendars.providers.of_channel import profile_of
from tasks.data.refusal_rows import Refused, channels_of
from tasks.receipts.reading import Word, read_word
from warehouse.ledger.audit import receipts_taken, suppressed
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import NUMBER, Suppression

if TYPE_CHECKING:
    from tasks.runtime import Runtime

_PART = 5_000
_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file or a request of reports and replies came to."""

    items: int = 0
    """Reports and replies in it."""
    new: int = 0
    """Reports that said something new of a message, with those of earlier ones that fit a message by now."""
    known: int = 0
    """Reports that did not: repeated, or older than what is known."""
    aside: Mapping[str, int] = field(default_factory=dict)
    """Reason → reports that fit no message; they are kept and looked at again."""
    replies: int = 0
    """Replies and complaints, refusals or not."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """Reason → what says nothing that can be used."""
    sent: int = 0
    """Messages that were settled as sent."""
    failed: int = 0
    """Messages that were settled as failed."""
    undelivered: int = 0
    """Messages that left and did not arrive; they stay contacts."""
    refusals: int = 0
    """Refusals that were not known before: these people are not contacted there any more."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known of the project where reports are taken.

    `channels`: name → kind; `suppressing`: (channel, code) → whether the provider means "never again"; `holders`:
    digests of numbers → members who have them now.
    """

    ledger: Ledger
    channels: Mapping[str, str]
    suppressing: Callable[[str, str], bool] = lambda _channel, _code: False
    holders: Callable[[list[str]], Mapping[str, list[str]]] = lambda _digests: {}
    zone: tzinfo = _SHANGHAI

    def take(self, items: Iterable[object], *, source: str, channel: str, by: str, at: datetime) -> Taken:
        """Take what a file or a request holds. `channel`: of what names none itself; "" for that of its kind."""
        unread: Counter[str] = Counter()
        words: list[Word] = []
        count = 0
        for item in items:
            count += 1
            word = read_word(item, at, self.zone)
            if isinstance(word, Word):
                words.append(word)
            else:
                unread[word] += 1
        reports = [word.report for word in words if word.report is not None]
        found = self.ledger.report(reports, at, receipts_taken(source, by, at))
        refusals = self._refuse(words, source=source, channel=channel, by=by, at=at)
        return Taken(
            items=count,
            new=found.new,
            known=found.known,
            aside=found.aside,
            replies=len(words) - len(reports),
            unread=dict(unread),
            sent=found.sent,
            failed=found.failed,
            undelivered=found.undelivered,
            refusals=refusals,
        )

    def _refuse(self, words: list[Word], *, source: str, channel: str, by: str, at: datetime) -> int:
        """Write the refusals; those of numbers hold for whoever has them, now or later."""
        coded = [word for word in words if not word.refusal and word.report is not None and word.report.code]
        refs = {word.ref for word in words if word.ref and (word.refusal or word.report and word.report.code)}  # noqa: RUF021
        addressed = self.ledger.addressed(sorted(refs)) if refs else {}
        rows: dict[tuple[str, str | None], Suppression] = {}
        digests = sorted({word.digest for word in words if word.digest and word.refusal})
        holders = self.holders(digests) if digests else {}
        for word in words:
            if word.refusal:
                for subject, where in self._subjects(word, addressed, holders, channel):
                    rows.setdefault((subject, where), Suppression(subject, where, word.refusal, at))
        for word in coded:
            member, where = addressed.get(word.ref, ("", ""))
            if member and word.report is not None and self.suppressing(where, word.report.code):
                reason = f"the provider says: {word.report.code}"
                rows.setdefault((member, where), Suppression(member, where, reason, at))
        if not rows:
            return 0
        new = self.ledger.suppress(rows.values())
        if new:
            self.ledger.note(suppressed(source, new, by, at))
        return new

    def _subjects(
        self, word: Word, addressed: Mapping[str, tuple[str, str]], holders: Mapping[str, list[str]], channel: str
    ) -> list[tuple[str, str | None]]:
        member, of_message = addressed.get(word.ref, ("", ""))
        who = [word.member_id or member]
        if word.digest:
            who += [NUMBER + word.digest, *holders.get(word.digest, ())]
        where = self._where(word.channel or channel or of_message, by_number=bool(word.digest))
        return [(subject, one) for subject in dict.fromkeys(who) if subject for one in where]

    def _where(self, named: str, *, by_number: bool) -> tuple[str | None, ...]:
        """The channels that are refused: as named, those of SMS for a number, else all."""
        of_sms = tuple(name for name, kind in self.channels.items() if kind == "sms")
        if not named and by_number and of_sms:
            return of_sms
        found = channels_of(named, self.channels)
        return (None,) if isinstance(found, Refused) else found


def desk_of(rt: Runtime) -> Desk:
    """The desk of a project: its channels, what its providers' codes mean, who has a number now."""
    stores = list(_stores(rt))
    kinds = {name: channel.kind for store in stores for name, channel in store.channels.items()}
    profiles = {name: profile_of(channel) for store in stores for name, channel in store.channels.items()}

    def suppressing(channel: str, code: str) -> bool:
        profile = profiles.get(channel)
        answer = profile.answer(code) if profile is not None else None
        return answer is not None and answer.then == "suppress"

    channels = {**dict.fromkeys(rt.settings.channels, "other"), **kinds}
    return Desk(rt.ledger, channels, suppressing, lambda digests: _holders(rt, digests))


def check_channel(desk: Desk, channel: str) -> Said | None:
    """What is wrong with a channel somebody names; None where it is one of the project."""
    found = channels_of(channel, desk.channels) if channel else ()
    return (found.said, found.said_zh) if isinstance(found, Refused) else None


def _stores(rt: Runtime) -> Iterable[Store]:
    from campaign_calendars.checks import load_store

    for path in sorted((rt.settings.root / rt.settings.project.stores).glob("*.yaml")):
        if (store := load_store(path.read_text("utf-8-sig"), path.name).model) is not None:
            yield store


def _holders(rt: Runtime, digests: list[str]) -> Mapping[str, list[str]]:
    """Who has these numbers in the current snapshot; a refusal is taken without one, too."""
    from warehouse.identity.refusals import Named, recognise
    from warehouse.snapshots.opening import open_snapshot

    try:
        with open_snapshot(rt.current_snapshot()) as con:
            found = recognise(con, (Named(n, "", "", digest) for n, digest in enumerate(digests)))
    except (SnapshotMissingError, PromocalError):
        return {}
    return {digests[row]: members for row, members in found.numbers.items()}

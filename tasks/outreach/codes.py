"""Which code of a partner goes out with which message: each once, the same one whenever a message is tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaign_calendars.model.benefits.rights import Partner
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.calendars.codes import Codes, UnreadCodesError, read_codes
from tasks.runtime import Runtime
from warehouse.ledger.records import Job

_LOOK_AGAIN = timedelta(hours=1)


@dataclass
class CodeDesk:
    """Takes codes in the ledger for messages about to leave, and tells which one each has."""

    rt: Runtime
    loaded: LoadedCalendar
    _codes: dict[str, Codes] = field(default_factory=dict, repr=False)
    _taken: dict[str, str] = field(default_factory=dict, repr=False)

    def waits(self, jobs: Sequence[Job], at: datetime) -> Mapping[str, tuple[str, timedelta]]:
        """Intent key → why it waits: there is no code left for it; somebody may add some before it expires."""
        wanted: dict[str, list[str]] = {}
        for job in jobs:
            if job.benefit is not None and self._has_codes(job.benefit):
                wanted.setdefault(job.benefit, []).append(job.intent_key)
        found: dict[str, tuple[str, timedelta]] = {}
        for name, keys in wanted.items():
            codes = self._of(name)
            taken = self.rt.ledger.take_codes(codes.partner, keys, list(codes.by_digest), at) if codes else {}
            known = {key: codes.by_digest[one] for key, one in taken.items() if codes and one in codes.by_digest}
            self._taken |= known
            found |= {key: (f"there is no code of {name} left", _LOOK_AGAIN) for key in keys if key not in known}
        return found

    def __call__(self, job: Job) -> str:
        """The code of a job that did not have to wait; empty where its benefit has none."""
        return self._taken.get(job.intent_key, "")

    def _has_codes(self, name: str) -> bool:
        benefit = self.loaded.calendar.benefits.get(name)
        return isinstance(benefit, Partner) and benefit.codes is not None

    def _of(self, name: str) -> Codes | None:
        if name not in self._codes:
            benefit = self.loaded.calendar.benefits[name]
            assert isinstance(benefit, Partner)  # noqa: S101  `_has_codes` has seen it
            try:
                self._codes[name] = read_codes(self.rt.settings.root, benefit)
            except UnreadCodesError:
                return None
        return self._codes[name]

"""The one exception tree.

    PromocalError                   exit 3   something failed
    ├── UsageError                  exit 2   the command or its arguments are wrong
    │   └── PluginError             exit 2   something installed beside promocal does not fit it
    ├── ProblemsFoundError          exit 1   findings of severity error; carries them
    │   └── SnapshotRejectedError   exit 1   validation closed the gate; carries the findings
    ├── ApprovalNeededError         exit 4   a person has to agree first
    ├── SourceError                 exit 3   a source cannot be read
    ├── EngineError                 exit 3   the engine that computes models refused or is away
    ├── SnapshotMissingError        exit 2   nothing has been published yet
    ├── DiskFullError               exit 3   no room for what a command writes; what was there is untouched
    ├── LedgerError                 exit 3   the ledger refused or is damaged
    │   ├── LedgerMovedError        retryable: somebody else enqueued in between, decide again
    │   └── LedgerAwayError         retryable: its database is away, restarts or is locked
    ├── ChannelError                exit 3   a channel cannot be used at all
    │   └── ChannelBusyError        retryable: the other side asked us to wait
    └── CheckBrokenError            exit 3   a check could not run; never the same as a failed check

Findings are values (`Problem`), failures are exceptions. A command prints one message for
either, never a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from campaign_calendars.findings.problem import Problem
from campaign_calendars.findings.said import UNSAID, Said, as_said, in_language


class PromocalError(Exception):
    """Root of the tree: what happened and what to do about it, each in English and Chinese.

    `message` and `remedy` are the English, for logs; a person is told `text` and `remedy_text`. A plug-in
    may tell one language; our own code tells both (a test holds every place).
    """

    exit_code: ClassVar[int] = 3
    retryable: ClassVar[bool] = False

    def __init__(self, said: Said | str, remedy: Said | str = UNSAID) -> None:
        self.said, self.remedy_said = as_said(said), as_said(remedy)
        super().__init__(self.said[0])

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from `args`, which hold the English alone; the rest is state.
        return type(self).__new__, (type(self), *self.args), self.__dict__

    @property
    def message(self) -> str:
        return self.said[0]

    @property
    def remedy(self) -> str:
        return self.remedy_said[0]

    def text(self, lang: str = "en") -> str:
        return in_language(self.said, lang)

    def remedy_text(self, lang: str = "en") -> str:
        return in_language(self.remedy_said, lang)


class UsageError(PromocalError):
    exit_code = 2


class PluginError(UsageError):
    pass


class ProblemsFoundError(PromocalError):
    exit_code = 1

    def __init__(self, problems: Sequence[Problem], said: Said | None = None) -> None:
        count = len(problems)
        super().__init__(said or (f"{count} problem(s) found", f"发现 {count} 个问题"))
        self.problems = tuple(problems)


class ApprovalNeededError(PromocalError):
    exit_code = 4


class SourceError(PromocalError):
    pass


class EngineError(PromocalError):
    pass


class SnapshotRejectedError(ProblemsFoundError):
    pass


class StaleDataError(ProblemsFoundError):
    """What a run would decide on is older than the store allows."""

    exit_code = 3


class SnapshotMissingError(PromocalError):
    exit_code = 2


class DiskFullError(PromocalError):
    pass


class LedgerError(PromocalError):
    pass


class LedgerMovedError(LedgerError):
    retryable = True


class LedgerAwayError(LedgerError):
    retryable = True


class ChannelError(PromocalError):
    pass


class ChannelBusyError(ChannelError):
    retryable = True


class CheckBrokenError(PromocalError):
    pass

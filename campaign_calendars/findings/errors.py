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
    │   └── LedgerMovedError        retryable: somebody else enqueued in between, decide again
    ├── ChannelError                exit 3   a channel cannot be used at all
    │   └── ChannelBusyError        retryable: the other side asked us to wait
    └── CheckBrokenError            exit 3   a check could not run; never the same as a failed check

Findings are values (`Problem`), failures are exceptions. A command prints one message for
either, never a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from campaign_calendars.findings.problem import Problem


class PromocalError(Exception):
    """Root of the tree: `message` says what happened, `remedy` what to do about it."""

    exit_code: ClassVar[int] = 3
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(PromocalError):
    exit_code = 2


class PluginError(UsageError):
    pass


class ProblemsFoundError(PromocalError):
    exit_code = 1

    def __init__(self, problems: Sequence[Problem], message: str = "") -> None:
        super().__init__(message or f"{len(problems)} problem(s) found")
        self.problems = tuple(problems)


class ApprovalNeededError(PromocalError):
    exit_code = 4


class SourceError(PromocalError):
    pass


class EngineError(PromocalError):
    pass


class SnapshotRejectedError(ProblemsFoundError):
    pass


class SnapshotMissingError(PromocalError):
    exit_code = 2


class DiskFullError(PromocalError):
    pass


class LedgerError(PromocalError):
    pass


class LedgerMovedError(LedgerError):
    retryable = True


class ChannelError(PromocalError):
    pass


class ChannelBusyError(ChannelError):
    retryable = True


class CheckBrokenError(PromocalError):
    pass

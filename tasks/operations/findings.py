"""One thing that `promocal doctor` looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from campaign_calendars.findings.said import UNSAID, Said

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    part: str
    """`settings`, `versions`, `ledger`, `clock`, `disk`, `rights`, `snapshot`, `calendars`, `outreach`,
    `channels`, `server`, `scheduler` or `workers`."""
    level: Level
    """`ok`; `warning`: works, and should be looked at; `error`: something will not work."""
    message: Mapping[str, str]
    """What was found, `en` and `zh`."""
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What to do, `en` and `zh`; empty where all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """`promocal doctor`: everything that was looked at."""

    level: Level
    """The worst of the findings."""
    findings: tuple[Finding, ...]
    """What was found, in the order it was looked at."""


def found(part: str, level: Level, said: Said, remedy: Said = UNSAID) -> Finding:
    """A finding in both languages."""
    return Finding(part=part, level=level, message=_pair(said), remedy=_pair(remedy) if remedy != UNSAID else {})


def examined(findings: Iterable[Finding]) -> Examination:
    """All of them, and the worst level among them."""
    every = tuple(findings)
    levels = {each.level for each in every}
    worst: Level = "error" if "error" in levels else "warning" if "warning" in levels else "ok"
    return Examination(level=worst, findings=every)


def _pair(said: Said) -> dict[str, str]:
    return {"en": said[0], "zh": said[1]}

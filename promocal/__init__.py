"""promocal: plan, check, run and measure member operations around a promotion calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from promocal.project import Project

__version__ = "0.1.0"


def open_project(
    path: Path | str,
    *,
    replay: str | None = None,
    unmasked_by: str | None = None,
    timeout: timedelta | None = None,
) -> Project:
    """The project in the directory `path`, for questions whose answers are data frames (docs/python.md).

    `replay`: the last replay of this calendar instead of what really ran. `unmasked_by`: who sees personal data as they
    are; each question is then kept in the audit log. `timeout`: of one question, 10 minutes unless given. Files that
    this process makes from then on are readable by their owner alone.
    """
    from promocal.project import Project

    return Project(path, replay=replay, unmasked_by=unmasked_by, timeout=timeout)

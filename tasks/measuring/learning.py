"""Outcomes of campaigns that have ended, and what they teach about responses.

One Parquet file per calendar in `outcomes/` of the project's state, written anew whenever the calendar is measured
after its end. Members stand under pseudonyms of a salt that never leaves the folder.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.responses import Campaign, LearnedResponse, learn
from campaign_calendars.model.benefits.base import CouponBenefit
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.json import to_json
from tasks.calendars.learned import Learned, learned_file
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession


@dataclass(frozen=True, slots=True)
class Archive:
    """The campaigns whose outcomes are kept."""

    folder: str
    """Where they are."""
    campaigns: tuple[Campaign, ...]
    """What there is of each."""


def archive(rt: Runtime, loaded: LoadedCalendar, session: MeasurementSession, as_of: datetime) -> Path | None:
    """Keep the outcomes of a calendar that has ended; None, and nothing is kept, before its end.

    Nor while the snapshot is older: orders of its last days would be missing, and later campaigns would learn from it.
    """
    if min(as_of, session.known_at) < loaded.timeline.campaign.end:
        return None
    folder = _folder(rt)
    folder.mkdir(parents=True, exist_ok=True)
    faces = {
        name: benefit.value for name, benefit in loaded.calendar.benefits.items() if isinstance(benefit, CouponBenefit)
    }
    path = folder / f"{loaded.calendar.calendar}.parquet"
    session.write_outcomes(
        path, kinds={phase.id: phase.kind for phase in loaded.calendar.phases}, faces=faces, salt=pseudonym_salt(rt)
    )
    return path


def archived(rt: Runtime) -> Archive:
    """The campaigns in the archive."""
    from warehouse.measurement.outcomes import campaigns

    return Archive(str(_folder(rt)), campaigns(_files(rt)))


def learn_responses(rt: Runtime) -> Learned:
    """Learn from everything that is archived, and keep it for calendars that say `learned: true`.

    UsageError where nothing is archived.
    """
    from warehouse.measurement.outcomes import campaigns, cells

    files = _files(rt)
    known = campaigns(files)
    if not known:
        raise UsageError(
            ("there is nothing to learn from: no campaign has been measured after its end", "没有可学习的活动结果"),
            ("run promocal report CALENDAR after the campaign", "请在活动结束后运行 promocal report 日历"),
        )
    learned = Learned(
        known_when=max(one.known_when for one in known),
        campaigns=tuple(one.calendar for one in known),
        responses=_named(learn(cells(files))),
    )
    path = learned_file(rt.settings.state)
    partial = path.with_suffix(".partial")
    partial.write_text(to_json(learned), "utf-8")
    partial.replace(path)
    return learned


def _named(found: Sequence[LearnedResponse]) -> tuple[LearnedResponse, ...]:
    return tuple(sorted(found, key=lambda one: (one.phase_kind, one.benefit or "", one.tier is None, one.tier or "")))


def _folder(rt: Runtime) -> Path:
    return learned_file(rt.settings.state).parent


def _files(rt: Runtime) -> list[Path]:
    return sorted(_folder(rt).glob("*.parquet"))


def pseudonym_salt(rt: Runtime) -> str:
    """The salt of this state's pseudonyms, made when it is first asked for."""
    folder = _folder(rt)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "salt"
    if not path.is_file():
        path.write_text(secrets.token_hex(16), "utf-8")
    return path.read_text("utf-8").strip()

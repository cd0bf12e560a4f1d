"""What can be said of a calendar that is damaged: everything that does not follow from the damage.

Where something was filled in, the calendar is checked twice, with different things put there, and what is found
only once is left out. Without a store all checks run that need none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.checks.acceptance import accepted
from campaign_calendars.checks.registry import View, findings_by_check
from campaign_calendars.findings.finding import Finding
from campaign_calendars.findings.problem import Problem, sort_problems
from campaign_calendars.messages.templates import Messages, lint_messages
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.consequences import Damage
from campaign_calendars.reading.holes import Holed
from campaign_calendars.reading.loading import Loaded, Shown
from campaign_calendars.time.resolving import resolve

WHOLE = Damage()
_OF_SEVERAL: Mapping[str, frozenset[str]] = {
    "C108": frozenset({"phases"}),
    "C109": frozenset({"phases"}),
    "C114": frozenset({"phases"}),
    "C141": frozenset({"benefits", "budget"}),
    "C143": frozenset({"benefits", "budget"}),
    "C145": frozenset({"phases", "plays"}),
    "C168": frozenset({"audiences"}),
    "C192": frozenset({"benefits", "plays"}),
    "C193": frozenset({"benefits", "plays"}),
    "C196": frozenset({"benefits", "prices"}),
    "C207": frozenset({"benefits", "plays"}),
    "C212": frozenset({"phases", "plays", "benefits"}),
    "C224": frozenset({"benefits", "phases", "plays"}),
    "C287": frozenset({"phases"}),
    "C323": frozenset({"phases", "plays"}),
}
"""Checks that hold several things against each other, and those whose damage may be all they find."""


class _NeedsStoreError(Exception):
    """A check asked for the store where there is none."""


class _NoStore:
    """Stands where a store should: whoever asks it anything is told that there is none."""

    def __getattr__(self, name: str) -> Any:
        raise _NeedsStoreError(name)


@dataclass(frozen=True)
class Around:
    """What lies around a calendar: its store and what is damaged in that, texts of messages, sources, salts."""

    store: Store | None = None
    store_damage: Damage = WHOLE
    messages: Messages | None = None
    sources: frozenset[str] | None = None
    salts: Mapping[str, str] | None = None


def whole(loaded: Loaded[Calendar]) -> Shown[Calendar] | None:
    """What can be shown of a calendar, damaged or not; None where nothing of it can be read."""
    if loaded.model is None:
        return loaded.shown
    return Shown(Holed((loaded.model,), frozenset()), WHOLE)


def check_shown(
    loaded: Loaded[Calendar], around: Around, before: Iterable[Problem] = (), beside: Iterable[Problem] = ()
) -> list[Problem]:
    """Everything that is wrong with a calendar as far as it can be read, in file order. Never raises.

    `before` is what was found already, in the calendar and its store; `beside` what was found in its templates.
    """
    shown = whole(loaded)
    if shown is None:
        return sort_problems([*before, *beside])
    located = (loaded.locations.problem(finding) for finding in _certain(shown, around))
    problems = [*before, *beside, *(one for one in located if not shown.silences(one))]
    calendar = shown.holed.models[0]
    if around.messages is not None and around.store is not None:
        problems += lint_messages(unfold(calendar), around.store, around.messages)
    judged = accepted(calendar.accept, loaded.locations, _once(problems), with_messages=around.messages is not None)
    # A warning that was accepted may be gone with what is damaged.
    return sort_problems(one for one in judged if one.code != "C191" or shown.damage == WHOLE)


def _certain(shown: Shown[Calendar], around: Around) -> list[Finding]:
    """What the checks find in every reading and does not follow from damage; who finds nothing is not asked again."""
    first, *others = shown.holed.models
    found = {
        code: kept
        for code, listed in _findings(first, shown, around).items()
        if (kept := [one for one in listed if not _follows(one, shown, around)])
    }
    for calendar in others:
        again = _findings(calendar, shown, around, found) if found else {}
        found = {code: [one for one in listed if one in again.get(code, ())] for code, listed in found.items()}
    return [finding for listed in found.values() for finding in listed]


def _findings(
    calendar: Calendar, shown: Shown[Calendar], around: Around, codes: Collection[str] | None = None
) -> dict[str, list[Finding]]:
    """What the checks with these codes find in one reading, by check, at the places of the document as written."""
    calendar = unfold(calendar)
    if around.store is not None:
        timeline = resolve(calendar, sweep_every=around.store.contact_policy.sweep_every)
        view = View(calendar, around.store, timeline, around.messages, around.sources, around.salts or {})
    else:
        view = _Storeless(calendar, cast("Store", _NoStore()), resolve(calendar), None, around.sources)
    return {
        code: [replace(one, path=shown.holed.written(one.path)) for one in found]
        for code, found in findings_by_check(view, _NeedsStoreError, codes).items()
    }


class _Storeless(View):
    """A calendar whose store is not known: its expressions are read without tiers and audiences of the store."""

    @cached_property
    def names(self) -> AudienceNames:
        return AudienceNames.of(self.calendar, None)


def _follows(finding: Finding, shown: Shown[Calendar], around: Around) -> bool:
    """Whether a finding may follow from damage alone, in the calendar or in its store."""
    damage = shown.damage
    if damage.kinds and not _OF_SEVERAL.get(finding.code, frozenset()).isdisjoint(damage.kinds):
        return True
    return damage.explains(finding) or around.store_damage.names_lost(finding)


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Each problem once: what is found on plain data may be found again by a check."""
    yield from {(one.location, one.code, one.message): one for one in problems}.values()

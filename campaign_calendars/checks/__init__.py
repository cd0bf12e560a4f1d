"""All checks: one function per stable code, grouped in files by subject; all findings at once.

A new check is a function in one of these files, or in a new one: every file of the folder is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from campaign_calendars.checks.acceptance import accepted
from campaign_calendars.checks.registry import RULES, Rule, View, calendar_findings, store_findings
from campaign_calendars.findings.finding import Locations
from campaign_calendars.findings.problem import Problem, sort_problems
from campaign_calendars.messages.templates import Messages, lint_messages
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import Loaded, LoadedCalendar, load_document
from campaign_calendars.registering.registry import modules_of

__all__ = ["RULES", "Rule", "check", "explain", "load_store"]

ROOM = tuple(modules_of(__name__))
"""The files of checks; importing one registers its checks."""


def check(
    loaded: LoadedCalendar,
    messages: Messages | None = None,
    sources: frozenset[str] | None = None,
    before: Iterable[Problem] = (),
    salts: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Everything that is wrong with a calendar for its store, in file order. Never raises.

    With `messages` the texts of its templates are looked at as well; their findings name their files.
    `sources` are the datasets the calendar's project has sources for. `before` is what was found already, in the
    calendar, its store and its templates: it comes back with the rest, so that a calendar can accept all of it.
    `salts` are those of the calendars beside it, with their ids.
    """
    view = View(loaded.calendar, loaded.store, loaded.timeline, messages, sources, salts or {})
    problems = [*before, *(loaded.locations.problem(finding) for finding in calendar_findings(view))]
    if messages is not None:
        problems += lint_messages(loaded.calendar, loaded.store, messages)
    with_messages = messages is not None
    return sort_problems(accepted(loaded.calendar.accept, loaded.locations, problems, with_messages=with_messages))


def load_store(text: str, file: str = "") -> Loaded[Store]:
    """Read and check a store's YAML. Never raises on its content."""
    loaded = load_document(Store, text, file)
    if loaded.model is None:
        return replace(loaded, problems=sort_problems([*loaded.problems, *_of_shown(loaded)]))
    return replace(loaded, problems=_check_store(loaded.model, loaded.locations))


def _check_store(store: Store, locations: Locations) -> list[Problem]:
    """Everything that is wrong with a store by itself."""
    return sort_problems(locations.problem(finding) for finding in store_findings(store))


def _of_shown(loaded: Loaded[Store]) -> list[Problem]:
    """Everything that is wrong with what can be read of a damaged store, and does not follow from the damage."""
    if (shown := loaded.shown) is None:
        return []
    made = [
        [replace(one, path=shown.holed.written(one.path)) for one in store_findings(store)]
        for store in shown.holed.models
    ]
    kept = (one for one in made[0] if all(one in others for others in made) and not shown.damage.holds(one.path))
    located = (loaded.locations.problem(one) for one in kept if not shown.damage.names_lost(one))
    return [one for one in located if not shown.silences(one)]


def explain(code: str, lang: str = "en") -> str | None:
    """What a code means, why it matters, a failing and a passing example; None for an unknown code."""
    rule = RULES.get(code.upper())
    return rule.explanation(lang) if rule is not None else None

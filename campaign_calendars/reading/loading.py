"""From YAML text to models: every mistake as a located problem with a code, a sentence, a remedy.

Pydantic does the validation; here its errors are put into an operator's words, in English and
Chinese, and pointed at the line and column where they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from campaign_calendars.findings.finding import Finding, Locations, Path, suggestion
from campaign_calendars.findings.problem import Problem, SheetCell, sort_problems
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.consequences import Damage, names_nothing
from campaign_calendars.reading.holes import Holed, holed
from campaign_calendars.reading.keys import keys_at, written_path
from campaign_calendars.reading.mending import ABSENT_KEY
from campaign_calendars.reading.rough import rough_findings
from campaign_calendars.reading.tolerant import Tolerant, owner_of, read_tolerantly
from campaign_calendars.reading.traps import normal
from campaign_calendars.reading.validating import validated
from campaign_calendars.reading.wording import wording
from campaign_calendars.sheets.expanding import Books, Expanded, expand
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Timeline

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Shown(Generic[M]):
    """What a damaged text holds, for showing: nothing may be planned or run by it.

    `reported` are lines (from 1) that could not be read, of which nothing else is said. `wrong` are lines, and cells of
    sheets, with a wrong value: what else is found there may follow from it, but for names that nothing defines.
    """

    holed: Holed[M]
    damage: Damage
    reported: frozenset[int] = frozenset()
    wrong: frozenset[int | SheetCell] = frozenset()

    def silences(self, problem: Problem) -> bool:
        """Whether what was said already of a line or cell makes a finding noise."""
        at = problem.location
        if at.line in self.reported:
            return True
        return (at.cell or at.line) in self.wrong and not names_nothing(problem.message)


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """What a YAML text gave: the model, or None and the reasons; where everything stands.

    Without a model, `shown` is what can be read of it.
    """

    model: M | None
    problems: list[Problem]
    locations: Locations = field(default_factory=Locations)
    text: str = ""
    shown: Shown[M] | None = None


@dataclass(frozen=True)
class LoadedCalendar:
    """A calendar that can be run: with its store, its timeline, and the text it came from.

    What it takes from sheets is written out in `text`, so that whoever keeps or compares it has all of it. `parts`, of
    one that is decided on: (phase, play, channel) → the most parts its messages may be billed as, where that is more
    than one.
    """

    calendar: Calendar
    store: Store
    timeline: Timeline
    text: str
    file: str
    locations: Locations = field(default_factory=Locations)
    parts: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


def load_calendar(
    text: str, file: str = "", edited: int | None = None, *, books: Books | None = None
) -> Loaded[Calendar]:
    """Read a calendar's YAML. Never raises on its content; `check` looks at what it means.

    A calendar that cannot be read as a whole is `shown` as far as it goes, and its expressions and references are
    looked at. `edited` is the line (from 0) that somebody is typing, where that is known. `books` are its sheets;
    without them what it takes from sheets is left out.
    """
    return load_read(read_tolerantly(text, file, edited), text, books)


def load_read(tolerant: Tolerant, text: str, books: Books | None) -> Loaded[Calendar]:
    """The calendar of a text that was read already; as `load_calendar`."""
    if tolerant.source.data is None:
        return Loaded(None, sort_problems(tolerant.source.problems), tolerant.source.locations, text)
    expanded = expand(tolerant.source.data, books)
    return _load(Calendar, text, tolerant, expanded, rough_findings)


def load_document(model: type[M], text: str, file: str = "") -> Loaded[M]:
    """Read a YAML text as a model of any kind, with every mistake located. Never raises on its content."""
    tolerant = read_tolerantly(text, file)
    if tolerant.source.data is None:
        return Loaded(None, sort_problems(tolerant.source.problems), tolerant.source.locations, text)
    return _load(model, text, tolerant, Expanded(tolerant.source.data), lambda _: ())


def bind(loaded: Loaded[Calendar], store: Store) -> LoadedCalendar:
    """Join a calendar that was read with its store; ValueError when it was not read."""
    if loaded.model is None:
        raise ValueError("a calendar with problems cannot be bound to a store")
    calendar = unfold(loaded.model)
    timeline = resolve(calendar, sweep_every=store.contact_policy.sweep_every)
    return LoadedCalendar(calendar, store, timeline, loaded.text, loaded.locations.file, loaded.locations)


def _load(
    model: type[M],
    text: str,
    tolerant: Tolerant,
    expanded: Expanded,
    rough: Callable[[dict[str, Any]], Iterable[Finding]],
) -> Loaded[M]:
    source, data = tolerant.source, expanded.data
    locations = expanded.within(source.locations)
    errors: list[ErrorDetails] = []
    try:
        value = validated(model, data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        kept = holed(model, data, errors) or Holed((), frozenset(), data)
    else:
        if not source.problems and not expanded.found:
            return Loaded(value, [], locations, expanded.text or text)
        kept = Holed((value,), frozenset(), data)
    if expanded.found:
        kept = replace(kept, lost=kept.lost | expanded.lost)
    damage = _damage(tolerant, kept, normal(text))
    # What follows from a reading problem in the same line is noise beside its cause.
    reported = {problem.location.line for problem in source.problems} | tolerant.damaged
    seen = (replace(finding, path=kept.as_typed(finding.path)) for finding in rough(dict(kept.named)))
    values = [_finding(details, data, model) for details in errors]
    located = [locations.problem(finding) for finding in (*values, *seen) if not damage.leads_to(finding)]
    located += [locations.in_cell(finding, cell) for finding, cell in expanded.found]
    problems = [*source.problems, *(problem for problem in located if problem.location.line not in reported)]
    wrong = {at.cell or at.line for finding in values if (at := locations.problem(finding).location)}
    shown = Shown(kept, damage, frozenset(reported), frozenset(wrong)) if kept.models else None
    return Loaded(None, sort_problems(problems), locations, text, shown)


def _damage(tolerant: Tolerant, kept: Holed[M], text: str) -> Damage:
    lines = text.split("\n")
    torn = tuple(lines[line - 1] for line in sorted(tolerant.damaged))
    owners = {owner_of(tolerant.source.locations, lines, line) for line in tolerant.damaged}
    owners |= {path[:-1] for path in tolerant.source.locations.keys if str(path[-1]).startswith(ABSENT_KEY)}
    beside = frozenset(owner for owner in owners if owner is not None)
    return Damage(tolerant.damaged, torn, beside, kept.lost, kept.named)


def _finding(details: ErrorDetails, data: dict[str, Any], model: type[BaseModel]) -> Finding:
    path, missing, on_key = written_path(details["loc"], data)
    kind = details["type"]
    name = str(path[-1]) if path else model.__name__.lower()
    if kind == "extra_forbidden":
        texts = (f"unknown key {name!r}", f"未知的键 {name!r}")
        if name.isdecimal() and details["input"] is None:
            hints = ("Write numbers without commas: 1999, not 1,999.", "数字请不写逗号：1999，而不是 1,999。")
            return Finding("C020", path, *texts, *hints, on="key")
        return Finding("C020", path, *texts, *suggestion(name, keys_at(model, path[:-1], data)), on="key")
    if kind in ("missing", "union_tag_not_found"):
        key = missing or "kind"
        texts = (f"{_owner(path, model)} needs {key!r}", f"{_owner(path, model)} 缺少 {key!r}")
        return Finding("C021", path, *texts, f"Add a line `{key}: …`.", f"请补上一行 {key}: …。", on="key")
    code, texts, hints = wording(details, "key" if on_key else name)
    if on_key:
        return Finding(code, path, *texts, *hints, on="key")
    return Finding(code, path if kind != "union_tag_invalid" else (*path, "kind"), *texts, *hints)


def _owner(path: Path, model: type[BaseModel]) -> str:
    names = [part for part in path if isinstance(part, str)]
    if not path:
        return f"the {model.__name__.lower()}"
    return f"{names[-1]}[{path[-1]}]" if isinstance(path[-1], int) else str(path[-1])

"""What a check is: a stable code, a severity, a function, and a docstring that explains it.

The docstring is what `promocal explain CODE` prints:

    One sentence.

    Why it matters.

    Fails:
        yaml that is found
    Passes:
        yaml that is not

    中文：一句话。
    原因。

The examples are run by the tests: top-level keys replace those of a small calendar and store.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeVar

from campaign_calendars.audiences.language import AudienceExpr, analyse
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.findings.problem import Severity
from campaign_calendars.messages.templates import Messages
from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.calendar import Calendar, Phase, Play
from campaign_calendars.model.store import Channel, Position, Store
from campaign_calendars.model.unfolding import StepPlay
from campaign_calendars.time.timeline import Occurrence, Timeline

_CHINESE = "\n中文："
_EXAMPLES = re.compile(r"\nFails:\n(?P<fails>.*?)\nPasses:\n(?P<passes>.*?)(?=\n\S|\Z)", re.DOTALL)


Thing = TypeVar("Thing")
Use = tuple[Path, Phase, Play, str, Thing]
"""A place where a play names something: its path, phase and play, the name, and what the name stands for."""


@dataclass(frozen=True)
class View:
    """What the checks look at."""

    calendar: Calendar
    store: Store
    timeline: Timeline
    messages: Messages | None = None
    """The texts of its templates; None where nobody read them."""
    sources: frozenset[str] | None = None
    """Datasets its project has sources for; None where there is no project."""
    salts: Mapping[str, str] = field(default_factory=dict)
    """Salts of the calendars beside it, with the ids of those."""

    def plays(self) -> Iterator[tuple[Path, Phase, Play]]:
        """Every play with its path and phase, in written order, the steps of sequences after the plays of a phase."""
        return iter(self._plays)

    # Every check walks over the plays, most of them over what these name.
    @cached_property
    def _plays(self) -> tuple[tuple[Path, Phase, Play], ...]:
        return tuple(
            (play.origin if isinstance(play, StepPlay) else ("phases", index, "plays", number), phase, play)
            for index, phase in enumerate(self.calendar.phases)
            for number, play in enumerate(phase.plays)
        )

    def benefits(self) -> Iterator[Use[Benefit]]:
        """Every benefit of the calendar where a play gives or announces it."""
        yield from self._given
        yield from self._announced

    def given(self) -> Iterator[Use[Benefit]]:
        """Every benefit of the calendar where a play gives it."""
        return iter(self._given)

    @cached_property
    def _given(self) -> tuple[Use[Benefit], ...]:
        return tuple(self._uses("benefits", self.calendar.benefits))

    @cached_property
    def _announced(self) -> tuple[Use[Benefit], ...]:
        return tuple(self._uses("announces", self.calendar.benefits))

    def channels(self) -> Iterator[Use[Channel]]:
        """Every channel of the store where a play names it."""
        return iter(self._sent)

    @cached_property
    def _sent(self) -> tuple[Use[Channel], ...]:
        return tuple(self._uses("channels", self.store.channels))

    def positions(self) -> Iterator[Use[Position]]:
        """Every position of the store where a play names it."""
        return self._uses("positions", self.store.positions)

    def _uses(
        self, key: Literal["announces", "benefits", "channels", "positions"], defined: Mapping[str, Thing]
    ) -> Iterator[Use[Thing]]:
        """In written order; a name that is not defined is left out (C121 to C123 report it)."""
        for path, phase, play in self.plays():
            for index, name in enumerate(getattr(play, key)):
                if name in defined:
                    yield (*path, key, index), phase, play, name, defined[name]

    def channels_of(self, play: Play) -> list[Channel]:
        """The channels of a play that the store has."""
        return [self.store.channels[name] for name in play.channels if name in self.store.channels]

    @cached_property
    def names(self) -> AudienceNames:
        """What the audience expressions of the calendar may name."""
        return AudienceNames.of(self.calendar, self.store)

    def expression(self, audience: str) -> AudienceExpr | None:
        """What an audience asks; None when it is not there or cannot be read (C120 and C130 report it)."""
        return self._expressions.get(audience)

    # Most checks of audiences ask for each of them, and what they may name is long.
    @cached_property
    def _expressions(self) -> dict[str, AudienceExpr | None]:
        return {name: analyse(known.where, self.names)[0] for name, known in self.calendar.audiences.items()}

    def may_hold(self, audience: str, condition: str) -> bool:
        """Whether somebody for whom `condition` is true can be in the audience; True when that is not known."""
        if self.expression(audience) is None:
            return True
        both = analyse(f"({self.calendar.audiences[audience].where}) and ({condition})", self.names)[0]
        return both is None or both.can_hold

    @cached_property
    def _planned(self) -> dict[tuple[str, str], list[Occurrence]]:
        planned: dict[tuple[str, str], list[Occurrence]] = {}
        for occurrence in self.timeline.occurrences:
            planned.setdefault((occurrence.phase, occurrence.play), []).append(occurrence)
        return planned

    def planned(self, phase: Phase, play: Play) -> list[Occurrence]:
        """The occurrences of a play, in order."""
        return self._planned.get((phase.id, play.id), [])

    @cached_property
    def moments(self) -> dict[tuple[str, str], list[datetime]]:
        """The planned moments of each (phase, play), in order."""
        return {play: [one.at for one in occurrences] for play, occurrences in self._planned.items()}

    def turns(self, phase: Phase, play: Play) -> Iterator[tuple[datetime, list[Channel]]]:
        """The planned moments of a play in order, each with the channels that a message may take then."""
        for one in self.planned(phase, play):
            named = play.channels if one.channel is None else [one.channel]
            yield one.at, [self.store.channels[name] for name in named if name in self.store.channels]

    @cached_property
    def tier_ids(self) -> tuple[str, ...]:
        """Tiers of the store, lowest first."""
        return tuple(level.id for level in self.store.tiers.levels)


Run = Callable[[View], Iterator[Finding]]
RunOnStore = Callable[[Store], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """One stable code. `run` is None where the finding is made elsewhere (reading, resolving)."""

    code: str
    severity: Severity
    doc: str
    run: Run | None = None
    run_on_store: RunOnStore | None = None
    acceptable: bool = False
    """Whether a calendar may accept the warning although the finding is made elsewhere."""

    @property
    def of_messages(self) -> bool:
        """Whether it is said of message templates (C600 to C699)."""
        return self.code.startswith("C6")

    @property
    def looks_around(self) -> bool:
        """Whether it needs more than the calendar and its store: texts of messages, other calendars."""
        return self.of_messages or self.code == "C138"

    @property
    def is_of_yaml(self) -> bool:
        """Whether its examples are YAML, of a calendar or a store."""
        return self.code.startswith("C") and (not self.of_messages or self.run is not None)

    @property
    def may_be_accepted(self) -> bool:
        made_here = self.run is not None or self.run_on_store is not None
        return self.severity == "warning" and (made_here or self.acceptable)

    def title(self, lang: str = "en") -> str:
        return self.explanation(lang).split("\n", 1)[0]

    def explanation(self, lang: str = "en") -> str:
        """The text of `promocal explain`, with the examples in either language."""
        english, _, chinese = self.doc.partition(_CHINESE)
        if lang != "zh" or not chinese:
            return english.strip()
        examples = _EXAMPLES.search(english)
        shown = f"\n\n不通过：\n{examples['fails']}\n通过：\n{examples['passes']}" if examples else ""
        return chinese.strip() + shown.rstrip()

    def examples(self) -> tuple[str, str]:
        """(failing, passing) example, as text."""
        match = _EXAMPLES.search(self.doc)
        return (textwrap.dedent(match["fails"]), textwrap.dedent(match["passes"])) if match else ("", "")


RULES: dict[str, Rule] = {}


def add(rule: Rule) -> None:
    """Register a rule; ValueError for a code that is taken."""
    if rule.code in RULES:
        raise ValueError(f"{rule.code} is taken")
    RULES[rule.code] = rule


def rule(code: str, severity: Severity) -> Callable[[Run], Run]:
    """Register a check of a calendar: a function from a view to findings (see `found`)."""

    def register(run: Run) -> Run:
        add(Rule(code, severity, inspect.cleandoc(run.__doc__ or ""), run=run))
        return run

    return register


def store_rule(code: str, severity: Severity) -> Callable[[RunOnStore], RunOnStore]:
    """Register a check of a store by itself."""

    def register(run: RunOnStore) -> RunOnStore:
        add(Rule(code, severity, inspect.cleandoc(run.__doc__ or ""), run_on_store=run))
        return run

    return register


def documented(code: str, severity: Severity, doc: str, *, acceptable: bool = False) -> None:
    """Register the explanation of a code whose findings are made elsewhere."""
    add(Rule(code, severity, inspect.cleandoc(doc), acceptable=acceptable))


def found(
    path: Path,
    texts: tuple[str, str],
    hints: tuple[str, str] = ("", ""),
    *,
    on: Literal["key", "value"] = "value",
) -> Finding:
    """A finding of the check that yields it; texts and hints are (English, Chinese)."""
    return Finding("", path, *texts, *hints, on=on)


def unknown(
    path: Path,
    name: str,
    known: Collection[str],
    kinds: tuple[str, str],
    *,
    on: Literal["key", "value"] = "value",
) -> Iterator[Finding]:
    """A name that is not among those there are; `kinds` is what it should name, in English and Chinese."""
    if name not in known:
        texts = (f"there is no {kinds[0]} {name!r}", f"没有{kinds[1]} {name!r}")
        yield found(path, texts, suggestion(name, known), on=on)


def calendar_findings(view: View) -> Iterator[Finding]:
    """Run every check of calendars. A check may yield findings of another registered code."""
    for registered in RULES.values():
        if registered.run is not None:
            yield from _coded(registered, registered.run(view))


def findings_by_check(
    view: View, lacking: type[Exception], codes: Collection[str] | None = None
) -> dict[str, list[Finding]]:
    """What checks of calendars find, by the code of the check; those with `codes`, else all. Only who finds something.

    A check that stops with `lacking` needs something that is not there: what it found before stays.
    """
    found: dict[str, list[Finding]] = {}
    for code, registered in RULES.items():
        if registered.run is not None and (codes is None or code in codes):
            with suppress(lacking):
                for finding in _coded(registered, registered.run(view)):
                    found.setdefault(code, []).append(finding)
    return found


def store_findings(store: Store) -> Iterator[Finding]:
    """Run every check of stores."""
    for registered in RULES.values():
        if registered.run_on_store is not None:
            yield from _coded(registered, registered.run_on_store(store))


def _coded(registered: Rule, findings: Iterator[Finding]) -> Iterator[Finding]:
    for finding in findings:
        code = finding.code or registered.code
        yield replace(finding, code=code, severity=RULES[code].severity)

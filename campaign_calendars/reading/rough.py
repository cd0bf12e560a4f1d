"""What can be said about a calendar that could not be read as a whole.

One mistyped date must not hide an unknown audience: expressions and references inside the calendar
are looked at on the plain data, wherever it has the shape they need. What depends on the store
waits until the calendar can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from campaign_calendars.audiences.language import analyse
from campaign_calendars.audiences.names import AudienceNames, NamedAudience
from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.values.moments import parse_zone


def rough_findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Findings about audience expressions and references of plain data; never raises."""
    yield from _expressions(data)
    audiences, benefits = _keys(data, "audiences"), _keys(data, "benefits")
    waves = [str(wave.get("id")) for _, wave in _items(data, "waves")]
    for index, phase in _items(data, "phases"):
        path: Path = ("phases", index)
        if isinstance(phase.get("wave"), str):
            yield from _known("C125", (*path, "wave"), phase["wave"], waves, ("wave", "波段"))
        subs = [str(sub.get("id")) for _, sub in _items(phase, "sub_phases")]
        for number, play in _items(phase, "plays"):
            place: Path = (*path, "plays", number)
            if isinstance(play.get("audience"), str):
                yield from _known("C120", (*place, "audience"), play["audience"], audiences, ("audience", "人群"))
            if isinstance(play.get("during"), str):
                yield from _known("C126", (*place, "during"), play["during"], subs, ("sub-phase", "子阶段"))
            for position, name in enumerate(_list(play, "benefits")):
                if isinstance(name, str):
                    yield from _known("C121", (*place, "benefits", position), name, benefits, ("benefit", "权益"))


def _expressions(data: dict[str, Any]) -> Iterator[Finding]:
    rules = dict(_rules(data))
    names = AudienceNames(
        phases=tuple(_texts(phase.get("id") for _, phase in _items(data, "phases"))),
        waves=tuple(_texts(wave.get("id") for _, wave in _items(data, "waves"))),
        plays=tuple(
            _texts(play.get("id") for _, phase in _items(data, "phases") for _, play in _items(phase, "plays"))
        ),
        benefits=tuple(_keys(data, "benefits")),
        tiers=None,
        timezone=parse_zone("UTC"),  # only whether a moment can be read matters here
        audiences=tuple(NamedAudience(name, where) for name, where in rules.items()),
        of_store=None,
    )
    for name, where in rules.items():
        for finding in analyse(where, names)[1]:
            yield replace(finding, path=("audiences", name, "where"))


def _rules(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and expression of every audience that has one."""
    audiences = data.get("audiences")
    for name, audience in audiences.items() if isinstance(audiences, dict) else ():
        where = audience.get("where") if isinstance(audience, dict) else audience
        if isinstance(where, str):
            yield str(name), where


def _known(code: str, path: Path, name: str, known: Collection[str], kinds: tuple[str, str]) -> Iterator[Finding]:
    if name not in known:
        texts = (f"there is no {kinds[0]} {name!r}", f"没有{kinds[1]} {name!r}")
        yield Finding(code, path, *texts, *suggestion(name, known))


def _keys(data: dict[str, Any], section: str) -> list[str]:
    value = data.get(section)
    return list(value) if isinstance(value, dict) else []


def _list(data: dict[str, Any], section: str) -> list[Any]:
    value = data.get(section)
    return value if isinstance(value, list) else []


def _items(data: dict[str, Any], section: str) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((index, item) for index, item in enumerate(_list(data, section)) if isinstance(item, dict))


def _texts(values: Iterator[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))

"""What follows only from damage: findings nobody should read before the damaged line is mended."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign_calendars.findings.finding import Finding, Path, nearest
from campaign_calendars.reading.keys import child

_SECTIONS: Mapping[str, str] = {
    "audience": "audiences",
    "benefit": "benefits",
    "content": "content",
    "duty": "duties",
    "link": "links",
    "list": "lists",
    "other benefit": "benefits",
    "phase": "phases",
    "phase or wave called": "waves",
    "play": "plays",
    "pool": "pools",
    "sub-phase": "sub_phases",
    "wave": "waves",
}
"""What a name that nothing defines should name, and the key under which such things are defined."""
_BY_CODE: Mapping[str, str] = {"C121": "benefits"}
_USERS: Mapping[str, tuple[str, ...]] = {
    "audience": ("audience", "where"),
    "benefit": ("announces", "beats", "benefits"),
    "pool": ("pool",),
    "wave": ("wave",),
}
"""What may be left unused, and the keys that use it."""
_MISSING = frozenset({"C021", "C022"})
_UNUSED = "C129"
_NO_DAY_ZERO = "C106"
_UNKNOWN = re.compile(r"there is no ([a-z _-]+) '([^']+)'")
_QUOTED = re.compile(r"'([^']+)'")
_WORD = re.compile(r"\w[\w.-]*")
_NEAR = 0.85
_NESTED = frozenset({"duties", "plays", "pools", "sub_phases"})
_LISTS_OF_NAMES = frozenset(
    {"after", "announces", "at", "benefits", "channels", "exclusive_with", "needs", "positions"}
)
_LEAST = 3
_BEGUN = 0.3


def element_of(path: Path) -> Path:
    """The play, phase, duty, audience, benefit … in which a place of a calendar stands; () for its own keys."""
    items = [
        length
        for length in range(2, len(path) + 1)
        if isinstance(path[length - 1], int) and path[length - 2] not in _LISTS_OF_NAMES
    ]
    if items:
        return path[: items[-1]]
    return path[:2] if path[:1] in (("audiences",), ("benefits",), ("lists",), ("prices",)) else ()


def names_nothing(message: str) -> bool:
    """Whether a finding is of a name that nothing defines: true whatever else is wrong where it stands."""
    return _UNKNOWN.match(message) is not None


@dataclass(frozen=True)
class Damage:
    """What is damaged in a document: lines of its text (from 1), places of its data.

    `torn` are the words of the damaged lines, `beside` the places in which damaged lines stand.
    """

    lines: frozenset[int] = frozenset()
    torn: tuple[str, ...] = ()
    beside: frozenset[Path] = frozenset()
    lost: frozenset[Path] = frozenset()
    data: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, path: Path) -> bool:
        """Whether a place of the document (as written) is in what is lost."""
        return any(path[:length] in self.lost for length in range(1, len(path) + 1))

    def leads_to(self, finding: Finding) -> bool:
        """Whether something found while reading (its path as written) may follow from the damage alone."""
        return (finding.code in _MISSING and finding.path in self.beside) or self._defined(finding)

    def explains(self, finding: Finding) -> bool:
        """Whether something a check found (its path as written) may follow from the damage alone."""
        if self.holds(finding.path) or self._defined(finding) or self._used(finding):
            return True
        return element_of(finding.path) in self._elements and not names_nothing(finding.message)

    @property
    def kinds(self) -> Collection[str]:
        """What kinds of things are damaged: phases, plays, audiences, benefits …"""
        return {
            str(next((part for part in reversed(element) if isinstance(part, str) and part in _NESTED), element[0]))
            for element in self._elements
            if element
        } | {str(path[0]) for path in (*self.lost, *self.beside) if path and not element_of((*path, ""))}

    @property
    def _elements(self) -> Collection[Path]:
        return {element_of(path) for path in self.lost} | {element_of((*path, "")) for path in self.beside}

    def names_lost(self, finding: Finding) -> bool:
        """Whether a finding names something that is lost: of another document, which may name anything of this one."""
        if not self.lost and not self.torn:
            return False
        lost = {str(path[-1]) for path in self.lost} | {str(child(_at(self.data, path), "id")) for path in self.lost}
        quoted = set(_QUOTED.findall(finding.message))
        return bool(quoted & lost) or any(name.startswith(head) for name in quoted for head in self._heads)

    def _defined(self, finding: Finding) -> bool:
        """Whether nothing defines a name because its definition is damaged, or is just being typed."""
        if finding.code == _NO_DAY_ZERO:
            return self._begins(("day_zero",))
        unknown = _UNKNOWN.match(finding.message)
        section = _SECTIONS.get(unknown[1], _BY_CODE.get(finding.code)) if unknown is not None else None
        if unknown is None or section is None:
            return unknown is not None and unknown[2] in self._tails
        if self._is_gone(section):
            return True
        name, lost = unknown[2], self._names(section)
        begun = max((len(word) for word in (*lost, *self._heads) if name.startswith(word)), default=0)
        if name in lost or name in self._tails or begun >= max(_LEAST, int(len(name) * _BEGUN)):
            return True
        if begun < _LEAST and section not in self._section_heads(section) and not self._has_nameless(section):
            return False
        return nearest(name, _defined_in(self.data, section), cutoff=_NEAR) is None

    def _is_gone(self, section: str) -> bool:
        """Whether a section as a whole is lost, or its own line is half typed."""
        nested = section in _NESTED
        if any(path[-1] == section and (nested or len(path) == 1) for path in self.lost):
            return True
        owners = self.beside if nested else ((),)
        is_there = any(child(_at(self.data, owner), section) for owner in owners)
        return not is_there and any(section.startswith(word) for word in self._section_heads(section))

    def _section_heads(self, section: str) -> Collection[str]:
        """The first words of the damaged lines on which a section of this name could begin."""
        torn = (text for text in self.torn if section in _NESTED or text[:1].isalpha())
        return [words[0] for text in torn if (words := _WORD.findall(text))]

    def _has_nameless(self, section: str) -> bool:
        """Whether an item of a section is lost whose id nobody knows."""
        items = (path[:-1] if path[-1] == "id" else path for path in self.lost)
        return any(
            not child(_at(self.data, item), "id")
            for item in items
            if item[-2:-1] == (section,) and isinstance(item[-1], int)
        )

    def _used(self, finding: Finding) -> bool:
        """Whether nothing uses a name because what used it is damaged."""
        if finding.code != _UNUSED:
            return False
        kind = finding.message.partition(" ")[0]
        users = _USERS.get(kind, ())
        if self._begins(users) or any(key in path for path in self.lost for key in users):
            return True
        if kind == "pool" and "benefits" in self.kinds:
            return True
        names = _QUOTED.findall(finding.message)
        return any(name.startswith(word) for name in names for word in self._words if len(word) >= _LEAST)

    def _begins(self, keys: Collection[str]) -> bool:
        """Whether a damaged line is the beginning of one of these keys."""
        return any(key.startswith(word) for key in keys for word in self._heads if word)

    @property
    def _heads(self) -> tuple[str, ...]:
        """The first word of each damaged line, or what its `id` says."""
        return tuple(
            words[1] if words[0] == "id" and len(words) > 1 else words[0]
            for text in self.torn
            if (words := _WORD.findall(text))
        )

    @property
    def _tails(self) -> Collection[str]:
        """The last word of each damaged line: it may be half of one."""
        return {words[-1] for text in self.torn if (words := _WORD.findall(text))}

    def _names(self, section: str) -> Collection[str]:
        """What was defined by what is lost: a key of the section, the id of an item."""
        found: set[str] = set()
        for path in self.lost:
            value = _at(self.data, path)
            if len(path) > 1 and path[-2] == section:
                found.add(str(path[-1]))
            found |= set(_defined_in({path[-1]: value}, section))
            if section in path and (name := value if path[-1] == "id" else child(value, "id")):
                found.add(str(name))
        return found

    @property
    def _words(self) -> Collection[str]:
        """Every word of what is damaged or lost."""
        found = {word for text in self.torn for word in _WORD.findall(text)}
        for path in self.lost:
            found |= set(_texts(_at(self.data, path)))
        return found


def _defined_in(node: Any, section: str) -> Iterator[str]:
    """The names that every such section of the data defines: keys of a mapping, ids of a list."""
    for key, value in node.items() if isinstance(node, Mapping) else enumerate(node if isinstance(node, list) else ()):
        if key == section and isinstance(value, Mapping):
            yield from value
        elif key == section and isinstance(value, list):
            yield from (str(name) for item in value if (name := child(item, "id")))
        yield from _defined_in(value, section)


def _at(node: Any, path: Path) -> Any:
    for part in path:
        node = child(node, part)
    return node


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return _WORD.findall(node) if isinstance(node, str) else []

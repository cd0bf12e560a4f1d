"""Audiences that name others: who names whom, in which order they are read, and where a circle is.

The rules are looked at as plain trees before anything is compiled, so that no circle is ever walked and no depth
exhausts the stack: what an audience names has been compiled when it is compiled itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from campaign_calendars.audiences.limits import MAX_CHARS, MAX_NESTING, nesting
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.tree import Call, Node, UnreadableError, read_expression

FUNCTION = "audience"


@dataclass(frozen=True, slots=True)
class Below:
    """What stands below a name: each rule once, those it names before it, with what it may name itself."""

    rules: tuple[tuple[str, AudienceNames], ...] = ()
    circle: tuple[str, ...] = ()
    """Names on a way that comes back to itself, the first one again at the end; empty when there is none."""
    nesting: int = 0
    """Brackets and nots within each other, over all the rules."""


@lru_cache(maxsize=1024)
def below(name: str, names: AudienceNames) -> Below:
    """The audience `name` and all that it names, at any depth; a name that is not there has nothing below."""
    walk = _Walk()
    walk.enter(name, names)
    if walk.circle:
        return Below(circle=tuple(walk.circle))
    return Below(tuple(walk.done), nesting=walk.depth[name, names.calendar])


class _Walk:
    """Goes through references without recursion: an audience is left when all it names has been left."""

    def __init__(self) -> None:
        self.done: list[tuple[str, AudienceNames]] = []
        self.depth: dict[tuple[str, str], int] = {}
        self.circle: list[str] = []

    def enter(self, name: str, names: AudienceNames) -> None:
        way = [_Stop(name, names)]
        while way:
            stop = way[-1]
            following = next(stop.ahead, None)
            if following is None:
                self._leave(way.pop())
                continue
            key = (following, stop.inside.calendar)
            on_the_way = [one.key for one in way]
            if key in on_the_way:
                self.circle = [*(one.name for one in way[on_the_way.index(key) :]), following]
                return
            if key not in self.depth:
                way.append(_Stop(following, stop.inside))

    def _leave(self, stop: _Stop) -> None:
        known = [self.depth.get((name, stop.inside.calendar), 0) for name in stop.names_them]
        self.depth[stop.key] = stop.own_nesting + max(known, default=0)
        if stop.where is not None:
            self.done.append((stop.where, stop.inside))


class _Stop:
    """One audience on the way, and what of its references has not been looked at yet."""

    def __init__(self, name: str, names: AudienceNames) -> None:
        found = names.named(name)
        self.name, self.key = name, (name, names.calendar)
        self.where = found.where if found is not None else None
        self.inside = names.inside(name)
        self.own_nesting = nesting(self.where or "")
        self.names_them = references(self.where or "")
        self.ahead = iter(self.names_them)


@lru_cache(maxsize=4096)
def references(text: str) -> tuple[str, ...]:
    """The audiences an expression names, each once, as written; none when it cannot be read."""
    if FUNCTION not in text.lower() or len(text) > MAX_CHARS or nesting(text) > MAX_NESTING:
        return ()
    try:
        tree = read_expression(text)
    except UnreadableError:
        return ()
    return tuple(dict.fromkeys(_named(tree)))


def _named(tree: Node) -> Iterator[str]:
    nodes = [tree]
    for node in nodes:
        if isinstance(node, Call) and node.name.lower() == FUNCTION and node.argument is not None:
            yield node.argument.value
        for value in vars(node).values():
            nodes += [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Node)]

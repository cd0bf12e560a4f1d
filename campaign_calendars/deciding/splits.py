"""Parts that `random_split` draws, and the plays each of them gets: which tests of two ways a calendar makes.

A calendar tests two ways of doing the same with two plays at the same moments, whose audiences differ in nothing but
the part of one random split. Then chance alone says who is in which, and everybody in the audience counts, whether
he could be contacted or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaign_calendars.audiences.tree import (
    Bracket,
    Call,
    Compare,
    Logic,
    Node,
    Number,
    UnreadableError,
    read_expression,
)
from campaign_calendars.model.calendar import Calendar, Phase, Play


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """A random split of a phase whose parts get different plays."""

    phase: str
    """Id of the phase."""
    split: str
    """Name of the split."""
    parts: Mapping[int, tuple[str, ...]]
    """Part → ids of its plays."""

    @property
    def key(self) -> str:
        """What no other plan of the phase is called: one split may be drawn for several audiences."""
        return next(plays[0] for plays in self.parts.values())

    def plays(self) -> Iterator[tuple[str, int]]:
        """Every play and the part it is for."""
        yield from ((play, part) for part, plays in self.parts.items() for play in plays)


def splits_of(calendar: Calendar) -> tuple[SplitPlan, ...]:
    """Random splits of which two parts or more get plays at the same moments, for audiences that are else the same."""
    return tuple(plan for phase in calendar.phases for plan in _of_phase(calendar, phase))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The part of a split that a play is for; `rest` is what else its audience asks."""

    name: str
    of: int
    part: int
    rest: tuple[str, ...]


def _of_phase(calendar: Calendar, phase: Phase) -> Iterator[SplitPlan]:
    found: dict[tuple[str, int, tuple[str, ...]], dict[int, list[Play]]] = {}
    for play in phase.plays:
        audience = calendar.audiences.get(play.audience)
        drawn = _drawn(audience.where) if audience is not None and play.at is not None else None
        if drawn is not None:
            found.setdefault((drawn.name, drawn.of, drawn.rest), {}).setdefault(drawn.part, []).append(play)
    for (name, _, _), parts in found.items():
        moments = [sorted(repr(play.at) for play in plays) for plays in parts.values()]
        if len(parts) > 1 and all(one == moments[0] for one in moments):
            yield SplitPlan(phase.id, name, {n: tuple(play.id for play in parts[n]) for n in sorted(parts)})


def _drawn(where: str) -> _Drawn | None:
    """The one random split of an expression, a condition that has to hold."""
    try:
        tree = _bare(read_expression(where))
    except UnreadableError:
        return None
    pieces = _pieces(where, tree)
    found = [(n, drawn) for n, (_, node) in enumerate(pieces) if (drawn := _part(node)) is not None]
    if len(found) != 1:
        return None
    [(number, (name, of, part))] = found
    rest = sorted(" ".join(text.split()) for n, (text, _) in enumerate(pieces) if n != number)
    return _Drawn(name, of, part, tuple(rest))


def _pieces(where: str, tree: Node) -> list[tuple[str, Node]]:
    if not isinstance(tree, Logic) or tree.word != "and":
        return [(where, tree)]
    return [(where[node.start : end], _bare(node)) for node, end in zip(tree.parts, tree.ends, strict=True)]


def _bare(node: Node) -> Node:
    while isinstance(node, Bracket):
        node = node.inner
    return node


def _part(node: Node) -> tuple[str, int, int] | None:
    """(name, number of parts, part) of `random_split('name', 2) = 1`."""
    if not isinstance(node, Compare) or node.sign != "=":
        return None
    call, part = (node.left, node.right) if isinstance(node.left, Call) else (node.right, node.left)
    if not isinstance(call, Call) or call.name.lower() != "random_split" or not isinstance(part, Number):
        return None
    if call.argument is None or call.number is None:
        return None
    return call.argument.value, int(call.number.text), int(part.text)

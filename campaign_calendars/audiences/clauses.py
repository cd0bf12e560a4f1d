"""An audience taken apart: its conditions one after another, and what each of them is made of.

The conditions that all have to hold follow each other, and the audience falls from one to the next. Below each
stand its own parts: the alternatives of an `or`, what stands under a `not`, the rule of a named audience.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from campaign_calendars.audiences.language import AudienceExpr, analyse
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.references import FUNCTION
from campaign_calendars.audiences.tree import Bracket, Call, Logic, Node, Not, read_expression

Joint = Literal["and", "or", "is"]
MOST = 200
"""Clauses that are taken apart; parts beyond them are left out, those of the first rank never."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition; `joint` says how it hangs together with what stands above it.

    `depth` 0: has to hold for the audience (`and`). Deeper: `and` and `or` are parts of the clause above, also
    under a `not` of it; `is` is the rule of the audience it names.
    """

    depth: int
    joint: Joint
    expression: AudienceExpr
    denies_named: bool = False
    """`not audience('…')`, which takes in those of whom the named rule is unknown."""

    @property
    def text(self) -> str:
        """As it is written, on one line."""
        return " ".join(self.expression.text.split())


def take_apart(text: str, names: AudienceNames) -> tuple[Clause, ...]:
    """The clauses of an expression that has been checked, each directly followed by its parts."""
    whole = _Piece.of(text)
    found: list[Clause] = []
    parts = whole.parts if isinstance(whole.bare, Logic) and whole.bare.word == "and" else [whole]
    room = MOST - len(parts)
    for part in parts:
        found.append(part.clause(0, "and", names))
        below = list(_below(part, names, 1))[: max(room, 0)]
        found += below
        room -= len(below)
    return tuple(found)


def _below(piece: _Piece, names: AudienceNames, depth: int) -> Iterator[Clause]:
    """What a clause is made of, down to single conditions."""
    bare = piece.bare
    if isinstance(bare, Not):
        yield from _below(piece.inner, names, depth)
    elif isinstance(bare, Logic):
        for part in piece.parts:
            yield part.clause(depth, bare.word, names)
            yield from _below(part, names, depth + 1)
    elif isinstance(bare, Call) and bare.name.lower() == FUNCTION and bare.argument is not None:
        name = bare.argument.value
        if (named := names.named(name)) is not None:
            rule, inside = _Piece.of(named.where), names.inside(name)
            yield rule.clause(depth, "is", inside)
            yield from _below(rule, inside, depth + 1)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A node and its own text, which begins at the node's first word."""

    node: Node
    text: str

    @classmethod
    def of(cls, text: str) -> _Piece:
        tree = read_expression(text)
        return cls(tree, text[tree.start :])

    @property
    def bare(self) -> Node:
        """Without the brackets around it."""
        node = self.node
        while isinstance(node, Bracket):
            node = node.inner
        return node

    @property
    def parts(self) -> list[_Piece]:
        """Those of the `and` or `or` that it is."""
        logic, begin = self.bare, self.node.start
        assert isinstance(logic, Logic)  # noqa: S101 - asked of nothing else
        pieces = zip(logic.parts, logic.ends, strict=True)
        return [_Piece(part, self.text[part.start - begin : end - begin]) for part, end in pieces]

    @property
    def inner(self) -> _Piece:
        """What the `not` that it is denies; closing brackets behind it do no harm where it is taken apart."""
        bare = self.bare
        assert isinstance(bare, Not)  # noqa: S101 - asked of nothing else
        return _Piece(bare.inner, self.text[bare.inner.start - self.node.start :])

    def clause(self, depth: int, joint: Joint, names: AudienceNames) -> Clause:
        """The piece with its SQL; `minus x` stands behind what it is taken from and is by itself `not x`."""
        bare = self.bare
        is_taken_away = isinstance(self.node, Not) and self.text[:5].lower() == "minus"
        expression, findings = analyse(f"not {self.text[5:].strip()}" if is_taken_away else self.text, names)
        if expression is None:
            raise TypeError(f"{self.text!r} did not pass check: {findings}")
        denied = self.inner.bare if isinstance(bare, Not) else None
        return Clause(depth, joint, expression, isinstance(denied, Call) and denied.name.lower() == FUNCTION)

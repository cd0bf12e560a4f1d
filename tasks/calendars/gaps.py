"""Texts with gaps: what is the same for everybody is rendered once, and what is a member's own is put in.

Only where a template does nothing with what is a member's own but write it, or ask whether there is any: of what it
asks for, it is rendered once with and once without. Every other one is rendered anew for each member. Both ways come
to the same text (tests/tasks/calendars/test_gaps.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from campaign_calendars.messages.templates import OWN

Variable = tuple[str, str]
"""(what it is of, which) as in `member.name`."""

NAME: Variable = ("member", "name")
_PERSONAL: frozenset[Variable] = frozenset({NAME, *(("benefit", key) for key in OWN)})
_BORDER = "\0"


@dataclass(frozen=True, slots=True)
class Parts:
    """A text in `parts`; between two of them stands the variable of that place."""

    parts: tuple[str, ...]
    gaps: tuple[Variable, ...]

    def filled(self, values: Mapping[Variable, str]) -> str:
        put = [self.parts[0]]
        for gap, part in zip(self.gaps, self.parts[1:], strict=True):
            put += (values[gap], part)
        return "".join(put)


@dataclass(frozen=True)
class Gapped:
    """The texts of a template by which of the variables `asked` for a member has: one for each answer."""

    asked: tuple[Variable, ...]
    texts: Mapping[tuple[bool, ...], Parts]

    @cached_property
    def used(self) -> frozenset[Variable]:
        """What has to be known of a member."""
        return frozenset(self.asked).union(*(text.gaps for text in self.texts.values()))

    def filled(self, values: Mapping[Variable, str]) -> str:
        # What a text asks for and nobody has, as of a play without a benefit, is asked in a place that is never read.
        return self.texts[tuple([bool(values.get(one)) for one in self.asked])].filled(values)


def gapped(tree: Any, render: Callable[[Mapping[Variable, str]], str]) -> Gapped | None:
    """The texts of a parsed template, rendered with other texts for what is a member's own; None: it has to be
    rendered for each."""
    used = _used(tree)
    if used is None:
        return None
    written, asked = used
    texts: dict[tuple[bool, ...], Parts] = {}
    for answers in product((True, False), repeat=len(asked)):
        lacking = {one for one, has in zip(asked, answers, strict=True) if not has}
        if _BORDER in render({one: "" if one in lacking else "x" for one in _PERSONAL}):
            return None  # a border would not be told from the text
        texts[answers] = _with_borders(render, written - lacking, lacking)
    return Gapped(asked, texts)


def _with_borders(
    render: Callable[[Mapping[Variable, str]], str], written: Collection[Variable], lacking: Collection[Variable]
) -> Parts:
    numbered = sorted(written)
    marks = {variable: f"{_BORDER}{number}{_BORDER}" for number, variable in enumerate(numbered)}
    values = {one: "" if one in lacking else "x" for one in _PERSONAL}
    parts = render(values | marks).split(_BORDER)
    return Parts(tuple(parts[::2]), tuple(numbered[int(number)] for number in parts[1::2]))


def _used(tree: Any) -> tuple[frozenset[Variable], tuple[Variable, ...]] | None:
    """What is a member's own and written as it is, and what is asked for; None if a template does anything else with
    such a variable."""
    from jinja2 import nodes

    written, asked = list(_written(tree)), list(_asked(tree))
    owners = {owner for owner, _ in _PERSONAL}
    known = {id(each) for each in (*written, *asked)}
    named: set[int] = set()
    for each in tree.find_all(nodes.Getattr):
        if isinstance(each.node, nodes.Name) and each.node.name in owners:
            named.add(id(each.node))
            if (each.node.name, each.attr) in _PERSONAL and id(each) not in known:
                return None
    if any(name.name in owners and id(name) not in named for name in tree.find_all(nodes.Name)):
        return None  # as a whole, by another name or in brackets
    return frozenset(_personal(written)), tuple(sorted(set(_personal(asked))))


def _personal(found: list[Any]) -> Iterator[Variable]:
    from jinja2 import nodes

    named = ((each.node.name, each.attr) for each in found if isinstance(each.node, nodes.Name))
    return (variable for variable in named if variable in _PERSONAL)


def _written(node: Any) -> Iterator[Any]:
    """Attributes that stand in a text as they are, be it in a branch; what is inside anything else is worked with."""
    from jinja2 import nodes

    if isinstance(node, nodes.Output):
        yield from (each for each in node.nodes if isinstance(each, nodes.Getattr))
    elif isinstance(node, nodes.Template):
        for child in node.body:
            yield from _written(child)
    elif isinstance(node, nodes.If):
        for child in (*node.body, *node.elif_, *node.else_):
            yield from _written(child)


def _asked(tree: Any) -> Iterator[Any]:
    """Attributes of which a branch asks whether they are empty, and nothing else."""
    from jinja2 import nodes

    waiting = [branch.test for branch in tree.find_all(nodes.If)]
    while waiting:
        test = waiting.pop()
        if isinstance(test, nodes.Getattr):
            yield test
        elif isinstance(test, nodes.Not):
            waiting.append(test.node)
        elif isinstance(test, nodes.And | nodes.Or):
            waiting += [test.left, test.right]

"""Texts with gaps: what is the same for everybody is rendered once, and what is a member's own is put in.

Only where a template does nothing with what is a member's own but write it; every other one is rendered anew for
each member. Both ways come to the same text (tests/tasks/calendars/test_gaps.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from campaign_calendars.messages.templates import OWN

Variable = tuple[str, str]
"""(what it is of, which) as in `member.name`."""

NAME: Variable = ("member", "name")
_PERSONAL: frozenset[Variable] = frozenset({NAME, *(("benefit", key) for key in OWN)})
_BORDER = "\0"


@dataclass(frozen=True, slots=True)
class Gapped:
    """A text in `parts`; between two of them stands the variable of that place."""

    parts: tuple[str, ...]
    gaps: tuple[Variable, ...]

    def filled(self, values: Mapping[Variable, str]) -> str:
        put = (values[gap] for gap in self.gaps)
        return "".join(chain.from_iterable(zip_longest(self.parts, put, fillvalue="")))


def gapped(tree: Any, render: Callable[[Mapping[Variable, str]], str]) -> Gapped | None:
    """The text of a parsed template, rendered with other texts for what is a member's own; None: it has to be
    rendered for each."""
    used = _written_only(tree)
    if used is None:
        return None
    if _BORDER in render(dict.fromkeys(_PERSONAL, "")):
        return None  # a border would not be told from the text
    numbered = sorted(used)
    marks = {variable: f"{_BORDER}{number}{_BORDER}" for number, variable in enumerate(numbered)}
    parts = render({**dict.fromkeys(_PERSONAL, ""), **marks}).split(_BORDER)
    return Gapped(tuple(parts[::2]), tuple(numbered[int(number)] for number in parts[1::2]))


def _written_only(tree: Any) -> set[Variable] | None:
    """What is a member's own and written as it is; None if a template does anything else with such a variable."""
    from jinja2 import nodes

    written = list(_written(tree))
    owners = {owner for owner, _ in _PERSONAL}
    known = {id(each) for each in written}
    named: set[int] = set()
    for each in tree.find_all(nodes.Getattr):
        if isinstance(each.node, nodes.Name) and each.node.name in owners:
            named.add(id(each.node))
            if (each.node.name, each.attr) in _PERSONAL and id(each) not in known:
                return None
    if any(name.name in owners and id(name) not in named for name in tree.find_all(nodes.Name)):
        return None  # as a whole, by another name or in brackets
    found = ((each.node.name, each.attr) for each in written if isinstance(each.node, nodes.Name))
    return {variable for variable in found if variable in _PERSONAL}


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

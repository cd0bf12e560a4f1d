"""The template engine, bounded: a template can neither run long, nor grow, nor do anything but write and ask.

Loops, calls and definitions are refused when a template is read (C606); what is left is bounded by the
size of its text, and operators and filters refuse results no message has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

MOST_CHARACTERS = 10_000
"""Of a template, and of any text it makes."""
MOST_DEPTH = 40
_LARGEST = 10**12
# Filters whose result depends on their input alone. `random` is not one; `tojson`, `xmlattr` and
# the like have no business in a message.
FILTERS = (
    "capitalize", "default", "d", "first", "float", "int", "join", "last", "length", "lower", "replace", "round",
    "string", "title", "trim", "truncate", "upper",
)  # fmt: skip


class TooMuchError(ValueError):
    """A template asks for more than a message can be."""


@lru_cache(maxsize=512)
def compiled(text: str) -> Template:
    return environment().from_string(text)


@cache
def environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Bounded(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            numbers = all(isinstance(value, int | float) and abs(value) <= _LARGEST for value in (left, right))
            # Of texts only a sum is known to stay small: a product or a format may fill the memory.
            if operator == "**" or not (numbers or (operator == "+" and _small(left) and _small(right))):
                raise TooMuchError(f"{operator} of such values is not computed")
            return super().call_binop(context, operator, left, right)

    made = Bounded(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, newline_sequence="\n"
    )
    made.globals.clear()
    made.filters = {name: _bounded(name, made.filters[name]) for name in FILTERS}
    return made


def too_much(tree: Any) -> Iterator[tuple[int, str, str]]:
    """(line, what, in Chinese) of what a message may not do: loop, call, define, assign."""
    from jinja2 import nodes

    refused = {
        nodes.For: ("loop", "循环"),
        nodes.Macro: ("define a macro", "定义宏"),
        nodes.CallBlock: ("call a macro", "调用宏"),
        nodes.Call: ("call a function", "调用函数"),
        nodes.AssignBlock: ("assign a variable", "给变量赋值"),
        nodes.With: ("assign a variable", "给变量赋值"),
        nodes.Block: ("define a block", "定义块"),
        nodes.Pow: ("raise to a power", "做乘方"),
    }
    for node in tree.find_all(tuple(refused)):
        yield (node.lineno, *refused[type(node)])
    assigned = {
        name.name for node in tree.find_all(nodes.Assign) for name in node.find_all(nodes.Name) if name.ctx == "store"
    }
    for node in tree.find_all(nodes.Assign):
        # Ten lines of {% set a = a ~ a %} are a thousand texts.
        if any(name.name in assigned for name in node.node.find_all(nodes.Name)) or _is_assigned(node.node, assigned):
            yield (node.lineno, "assign from an assigned variable", "用已赋值的变量再赋值")


def _is_assigned(node: Any, assigned: set[str]) -> bool:
    return getattr(node, "name", None) in assigned


def depth(tree: Any) -> tuple[int, int]:
    """How deep expressions and questions are nested, and the line of the deepest."""
    deepest, line = 0, 1
    waiting = [(tree, 0)]
    while waiting:
        node, at = waiting.pop()
        if at > deepest:
            deepest, line = at, node.lineno
        waiting += [(child, at + 1) for child in node.iter_child_nodes()]
    return deepest, line


def _small(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_CHARACTERS


def _bounded(name: str, filtering: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filtering)
    def bounded(*arguments: Any, **named: Any) -> Any:
        values = [*arguments, *named.values()]
        if any(isinstance(value, str) and len(value) > MOST_CHARACTERS for value in values):
            raise TooMuchError(f"{name} of a text of more than {MOST_CHARACTERS} characters")
        texts = [len(value) for value in values if isinstance(value, str)]
        # A text may be put in for every character of another.
        if (
            name in ("replace", "join")
            and len(texts) > 1
            and max(texts) * (sorted(texts)[-2] + 1) > MOST_CHARACTERS * 10
        ):
            raise TooMuchError(f"{name} of such long texts")
        if any(isinstance(value, int | float) and abs(value) > _LARGEST for value in values):
            raise TooMuchError(f"{name} of so large a number")
        if name == "round" and any(abs(value) > 15 for value in values[1:] if isinstance(value, int)):  # noqa: PLR2004
            raise TooMuchError("round to so many digits")
        return filtering(*arguments, **named)

    return bounded

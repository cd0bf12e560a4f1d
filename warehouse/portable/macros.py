"""Macros: what a model needs and the subset does not have, written once per engine.

`models/<layer>/macros.sql` holds DuckDB's `create … macro`s. A macro whose body stays inside the
subset serves both engines; any other one has a definition of the same name in `macros.spark.sql`
beside it. On Spark a macro is expanded where it is called, so a session needs no preparation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from warehouse.models.catalogue import MODELS

_MACRO = re.compile(
    r"create\s+or\s+replace\s+temp\s+macro\s+(\w+)\(([^)]*)\)\s+as\b(.*?);\s*$", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Macro:
    """`body` is an expression over `parameters`, in the SQL of `dialect`; `line` counts from 1."""

    name: str
    parameters: tuple[str, ...]
    body: str
    dialect: str
    line: int

    def tree(self) -> Any:
        from sqlglot import parse_one

        return parse_one(self.body, read=self.dialect)


def parse_macros(text: str, dialect: str) -> dict[str, Macro]:
    """The macros of a file by name, in order."""
    macros = {}
    for match in _MACRO.finditer(text):
        name, parameters, body = match.groups()
        names = tuple(part.strip() for part in parameters.split(",") if part.strip())
        line = text.count("\n", 0, match.start(3)) + 1
        macros[name] = Macro(name, names, body, dialect, line)
    return macros


@cache
def layer_macros(layer: str) -> dict[str, Macro]:
    """The macros of a layer as DuckDB has them; none when the layer has no file."""
    return _read(layer, "macros.sql", "duckdb")


@cache
def spark_macros(layer: str) -> dict[str, Macro]:
    """The macros of a layer as Spark needs them: its own definition where there is one."""
    return {**layer_macros(layer), **_read(layer, "macros.spark.sql", "spark")}


def _read(layer: str, file: str, dialect: str) -> dict[str, Macro]:
    path = MODELS / layer / file
    return parse_macros(path.read_text("utf-8"), dialect) if path.is_file() else {}


def expand(tree: Any, macros: dict[str, Macro]) -> Any:
    """Replace every call of a macro by its body, for Spark; returns the new tree.

    An argument the body names more than once is computed once, in a lambda: copied instead, the text
    of nested macros would grow with every level. Raises ValueError when a call has another number of
    arguments than the macro.
    """
    from sqlglot import exp

    def visit(node: Any) -> Any:
        macro = macros.get(node.name.lower()) if isinstance(node, exp.Anonymous) else None
        if macro is None:
            return node
        if len(node.expressions) != len(macro.parameters):
            raise ValueError(f"{macro.name} takes {len(macro.parameters)} arguments, not {len(node.expressions)}")
        arguments = [expand(argument, macros) for argument in node.expressions]
        return exp.paren(_called(macro, arguments, macros))

    return tree.transform(visit)


def _called(macro: Macro, arguments: list[Any], macros: dict[str, Macro]) -> Any:
    from sqlglot import exp

    body = macro.tree()
    uses = [column.name for column in body.find_all(exp.Column) if not column.table]
    values, bound = {}, []
    for parameter, argument in zip(macro.parameters, arguments, strict=True):
        if uses.count(parameter) <= 1 or _costs_nothing(argument):
            values[parameter] = argument
        else:
            values[parameter] = exp.column(f"{macro.name}_{parameter}")
            bound.append((values[parameter].name, argument))
    result = expand(_filled(body, values), {name: other for name, other in macros.items() if name != macro.name})
    for name, argument in reversed(bound):
        binding = exp.Lambda(this=result, expressions=[exp.to_identifier(name)])
        once = exp.Anonymous(this="transform", expressions=[exp.Array(expressions=[argument]), binding])
        result = exp.Anonymous(this="get", expressions=[once, exp.Literal.number(0)])
    return result


def _costs_nothing(argument: Any) -> bool:
    """A column, a constant, or a variable, which becomes one."""
    from sqlglot import exp

    return isinstance(argument, (exp.Column, exp.Literal)) or argument.name.lower() == "getvariable"


def _filled(body: Any, values: dict[str, Any]) -> Any:
    from sqlglot import exp

    def visit(node: Any) -> Any:
        if isinstance(node, exp.Column) and not node.table and node.name in values:
            return values[node.name].copy()
        return node

    return body.transform(visit)

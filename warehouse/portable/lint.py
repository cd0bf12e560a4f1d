"""The linter of models: every node of a query stands on the list, or a finding says what to write."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.resources.abc import Traversable
from typing import Any

from campaign_calendars.findings.problem import Location, Problem, sort_problems
from warehouse.models.catalogue import MODELS
from warehouse.portable.macros import layer_macros, parse_macros
from warehouse.portable.subset import ALLOWED, CAST_TYPES, INTERVAL_UNITS, TRAPS, TRUNCATED_TO

LAYERS = ("staging", "features")


def lint(sql: str, *, macros: Collection[str] = (), file: str = "", first_line: int = 1) -> list[Problem]:
    """What in `sql` (DuckDB: a query or an expression) would not mean the same on Spark; in order of place.

    `macros` are the names a call may use besides the list. Codes: M101 not DuckDB SQL, M102 a known
    trap, M103 not on the list. A place counts lines from `first_line`.
    """
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except SqlglotError as error:
        message = str(error).splitlines()[0]
        return [_problem("M101", f"cannot be parsed: {message}", "write DuckDB SQL", Location(file, first_line, 1))]
    found: dict[tuple[object, ...], Problem] = {}
    for node in tree.walk():
        for code, message, hint in _complaints(node, macros):
            line, column = _place(node)
            where = Location(file, line + first_line - 1, column)
            found.setdefault((code, message, where), _problem(code, message, hint, where))
    return sort_problems(found.values())


def lint_models() -> list[Problem]:
    """Every model and macro that ships, with their places inside `warehouse/models`."""
    problems: list[Problem] = []
    for layer in LAYERS:
        macros = layer_macros(layer)
        for folder in sorted((MODELS / layer).iterdir(), key=lambda item: item.name):
            if (query := folder / "query.sql").is_file():
                problems += lint(query.read_text("utf-8"), macros=macros, file=f"{layer}/{folder.name}/query.sql")
        problems += _lint_macros(layer, MODELS / layer)
    return problems


def _lint_macros(layer: str, folder: Traversable) -> Iterator[Problem]:
    from sqlglot import exp

    macros = layer_macros(layer)
    own = folder / "macros.spark.sql"
    on_spark = parse_macros(own.read_text("utf-8"), "spark") if own.is_file() else {}
    for macro in macros.values():
        if macro.name not in on_spark:
            yield from lint(macro.body, macros=macros, file=f"{layer}/macros.sql", first_line=macro.line)
        elif on_spark[macro.name].parameters != macro.parameters:
            where = Location(f"{layer}/macros.spark.sql", on_spark[macro.name].line, 1)
            yield _problem("M104", f"{macro.name} has other parameters than in macros.sql", "use the same", where)
    used = {call.name for macro in on_spark.values() for call in macro.tree().find_all(exp.Anonymous)}
    for macro in on_spark.values():
        if macro.name not in macros and macro.name not in used:
            where = Location(f"{layer}/macros.spark.sql", macro.line, 1)
            yield _problem("M104", f"{macro.name} is no macro of macros.sql", "define it there or remove it", where)


def _complaints(node: Any, macros: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """(code, message, hint) of what is wrong with this one node."""
    from sqlglot import exp

    name = node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__
    if trap := TRAPS.get(name):
        yield "M102", f"{trap.spelled}: {trap.why}", f"write {trap.instead}"
    elif name not in ALLOWED and not (isinstance(node, exp.Anonymous) and name in macros):
        yield (
            "M103",
            f"{name} is not in the portable subset",
            "prove it in tests/warehouse/portable/test_expressions.py and add it to subset.py, or write a macro",
        )
    elif message := _misuse(node):
        yield "M102", message[0], f"write {message[1]}"


def _misuse(node: Any) -> tuple[str, str] | None:
    """An allowed node used in a way that is not: (what, what to write)."""
    from sqlglot import exp

    rules: dict[type, Any] = {
        exp.Cast: _cast,
        exp.Interval: _interval,
        exp.Literal: _number,
        exp.Bracket: _index,
        exp.Substring: _substring,
        exp.Star: _star,
        exp.Union: lambda it: (
            ("union without all is not on the list", "union all") if it.args.get("distinct") else None
        ),
        exp.In: lambda it: ("in (select …) is not on the list", "a join") if it.args.get("query") else None,
        exp.Group: lambda it: ("group by all", "the columns") if it.args.get("all") else None,
        exp.Distinct: lambda it: ("distinct on (…)", "row_number() in a CTE") if it.args.get("on") else None,
        exp.Join: _join,
        exp.Is: lambda it: None if isinstance(it.expression, exp.Null) else ("is true, is false", "coalesce(x, false)"),
        exp.PercentileDisc: _quantile,
        exp.Sub: _difference,
        exp.TimestampTrunc: lambda it: (
            None if str(it.unit).upper() in TRUNCATED_TO else ("date_trunc to another part", "'day' or 'month'")
        ),
    }
    rule = rules.get(type(node))
    return rule(node) if rule else None


def _cast(node: Any) -> tuple[str, str] | None:
    kind = node.to.this.name
    if kind not in CAST_TYPES:
        return f"a cast to {node.to.sql('duckdb').lower()}", "integers, texts, dates and moments only"
    return None


def _interval(node: Any) -> tuple[str, str] | None:
    unit = str(node.args.get("unit") or "").upper()
    return None if unit in INTERVAL_UNITS else (f"an interval of {unit.lower()}s", "days, hours, minutes or seconds")


def _number(node: Any) -> tuple[str, str] | None:
    from sqlglot import exp

    if node.is_string or node.this.isdigit() or node.find_ancestor(exp.PercentileDisc):
        return None
    return f"the fraction {node.this}", "integers in the smallest unit"


def _index(node: Any) -> tuple[str, str] | None:
    from sqlglot import exp

    if len(node.expressions) != 1 or isinstance(node.expressions[0], (exp.Slice, exp.Neg)):
        return "a slice or an index from the end", "substr for texts, an index of 1 or more for lists"
    return None


def _substring(node: Any) -> tuple[str, str] | None:
    from sqlglot import exp

    start, length = node.args.get("start"), node.args.get("length")
    fine = isinstance(start, exp.Literal) and isinstance(length, exp.Literal) and start.name != "0"
    return None if fine else ("substr with 0, a negative or a computed start", "substr(x, n, m) with literals, n >= 1")


def _star(node: Any) -> tuple[str, str] | None:
    if node.args.get("replace") or node.args.get("rename"):
        return "* replace (…), unknown to Spark", "* exclude (…) and the column"
    return None


def _join(node: Any) -> tuple[str, str] | None:
    side, kind = (node.args.get("side") or "").upper(), (node.args.get("kind") or "").upper()
    if node.args.get("method") or side not in {"", "LEFT"} or kind not in {"", "INNER", "CROSS"}:
        return f"a join {' '.join(filter(None, (str(node.args.get('method') or ''), side, kind))).lower()}", "left join"
    return None


def _quantile(node: Any) -> tuple[str, str] | None:
    from sqlglot import exp

    if isinstance(node.expression, exp.Array) and all(
        isinstance(cut, exp.Literal) for cut in node.expression.expressions
    ):
        return None
    return "quantile_disc with computed shares", "quantile_disc(x, [0.2, …])"


def _difference(node: Any) -> tuple[str, str] | None:
    """By our names a column `…_at` is a moment and `…_on` a day: their difference has another type there."""
    from sqlglot import exp

    sides = (node.this, node.expression)
    if all(isinstance(side, exp.Column) and side.name.endswith(("_at", "_on")) for side in sides):
        return "a difference of moments or days", "(epoch_us(b) - epoch_us(a)) // 86400000000"
    return None


def _place(node: Any) -> tuple[int, int]:
    """Line and column from 1: of the first name or literal inside, else of the nearest ancestor that has one."""
    current = node
    while current is not None:
        for part in current.walk():
            if line := part.meta.get("line"):
                return int(line), max(
                    1, int(part.meta.get("col", 1)) - (part.meta.get("end", 0) - part.meta.get("start", 0))
                )
        current = current.parent
    return 1, 1


def _problem(code: str, message: str, hint: str, where: Location) -> Problem:
    return Problem(code, "error", message, hint, where)

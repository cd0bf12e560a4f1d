"""What a question may say: one `select` over the tables of `warehouse.analysis.tables`, and functions of values.

DuckDB's own parser reads it, and whatever is not known to be harmless is refused: the connection has more open
than a question may see.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.findings.finding import nearest
from campaign_calendars.findings.said import Said
from warehouse.analysis.tables import FEATURES, tables

_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_RELATIONS = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "PIVOT", "SHOW_REF"}
)
_ORDERS = frozenset({"ORDER_DEFAULT", "ASCENDING", "DESCENDING"})
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
_TELLING = frozenset({"current_setting", "getvariable", "write_log"})
"""Functions that tell of the connection, or write beside it."""
_TO_SEE: Said = ("promocal sql --tables lists the tables", "用 promocal sql --tables 查看所有表")
_ONLY_SELECT: Said = ("write one select; nothing can be changed here", "请只写一条 select；此处不能做任何更改")
_UNKNOWN = re.compile(r'column(?: named)? "([^"]+)"|Values list "[^"]+" does not have a column named "([^"]+)"')
_PLACE = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that may be asked."""

    sql: str
    tables: frozenset[str]
    """Those it reads."""
    names: frozenset[str] | None
    """All names it says, columns among them; None: it may read any column."""


def read_question(sql: str) -> Question:
    """Read a question; UsageError says what about it cannot be read, or may not be said."""
    with _parser().cursor() as con:
        try:
            statements = con.extract_statements(sql)
        except duckdb.Error as error:
            raise sql_mistake(error) from None
        if len(statements) != 1:
            raise _refused_count(len(statements))
        (answer,) = con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone() or ("",)
        known = con.execute("select view_name from duckdb_views()").fetchall()
    read = json.loads(answer)
    if read.get("error"):
        raise _other_statement(str(statements[0].type).rpartition(".")[2].lower())
    (tree,) = read["statements"]
    return _Reader({name for (name,) in known}).read(sql, tree)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """An empty database: its parser is asked, and what names it has of its own."""
    return duckdb.connect()


def _other_statement(kind: str) -> UsageError:
    if kind == "multi":  # a pivot that would have to look for its columns first
        return _refused(
            ("a pivot has to name its values", "pivot 须写明取值"),
            ("write it like: pivot orders on status in ('paid', 'closed') using sum(items)",
             "例如：pivot orders on status in ('paid', 'closed') using sum(items)"),
        )  # fmt: skip
    return _refused((f"this is no select but a statement of the kind {kind}", f"这不是 select，而是 {kind} 类语句"))


class _Reader:
    """Walks the tree of one statement."""

    def __init__(self, internal: set[str]) -> None:
        self._internal = internal
        self._read: set[str] = set()
        self._names: set[str] = set()
        self._aliases: set[str] = {FEATURES}
        self._rows: set[str] = set()
        self._all = False

    def read(self, sql: str, tree: Any) -> Question:
        self._ctes = frozenset(str(entry["key"]).lower() for entry in _ctes(tree))
        for name in sorted(self._ctes & self._internal):
            raise _refused((f"{name} is a name of the database itself", f"{name} 是数据库自身的名称"))
        self._walk(tree)
        everything = self._all or bool(self._rows & self._aliases)
        return Question(sql, frozenset(self._read), None if everything else frozenset(self._names))

    def _walk(self, node: Any) -> None:
        if isinstance(node, list):
            for each in node:
                self._walk(each)
        elif isinstance(node, dict):
            kind = node.get("type")
            if isinstance(kind, str):
                self._expression(node, kind) if "class" in node else self._relation(node, kind)
            for each in node.values():
                self._walk(each)
        elif isinstance(node, str):
            self._names.add(node.lower())

    def _expression(self, node: Mapping[str, Any], kind: str) -> None:
        if kind == "STAR":
            self._all = True
        elif kind == "COLUMN_REF" and len(node["column_names"]) == 1:
            self._rows.add(str(node["column_names"][0]).lower())
        elif kind == "FUNCTION":
            name = str(node["function_name"]).lower()
            if node.get("schema") or node.get("catalog") or name in _TELLING:
                raise _refused((f"the function {name} cannot be used here", f"此处不能使用函数 {name}"))

    def _relation(self, node: Mapping[str, Any], kind: str) -> None:
        if kind == "BASE_TABLE":
            self._table(node)
        elif kind == "TABLE_FUNCTION":
            name = str(node["function"]["function_name"]).lower()
            if name not in _TABLE_FUNCTIONS:
                raise _refused((f"{name} reads something other than the tables", f"{name} 会读取表以外的内容"), _TO_SEE)
        elif kind == "SHOW_REF":
            self._all = True
            if not node.get("query"):
                raise _refused(("this is no question about a table", "这不是对某张表的查询"), _TO_SEE)
        elif kind in {"PIVOT", "JOIN"}:
            self._all = self._all or kind == "PIVOT" or node.get("ref_type") == "NATURAL"
        elif kind not in _QUERIES | _RELATIONS | _ORDERS and not kind.endswith("_MODIFIER"):
            raise _refused((f"{kind.lower()} has no place in a question", f"查询中不能有 {kind.lower()}"))

    def _table(self, node: Mapping[str, Any]) -> None:
        name = str(node["table_name"]).lower()
        if node.get("schema_name") or node.get("catalog_name"):
            whole = ".".join(filter(None, (node.get("catalog_name"), node.get("schema_name"), name)))
            raise no_table(whole, name)
        if name in self._ctes:
            return
        if name not in tables():
            raise no_table(name, name)
        self._read.add(name)
        if name == FEATURES:
            self._aliases.add(str(node.get("alias", "")).lower())


def _ctes(node: Any) -> Iterator[Mapping[str, Any]]:
    """The named parts (`with`) of a statement, at any depth."""
    if isinstance(node, list):
        for each in node:
            yield from _ctes(each)
    elif isinstance(node, dict):
        yield from node["cte_map"]["map"] if "cte_map" in node else ()
        for each in node.values():
            yield from _ctes(each)


def no_table(written: str, name: str) -> UsageError:
    """The error about a table there is not."""
    if near := nearest(name, tables()):
        return UsageError((f"there is no table {written}", f"没有表 {written}"), _meant(near))
    return UsageError((f"there is no table {written}", f"没有表 {written}"), _TO_SEE)


def _meant(name: str) -> Said:
    return (f"did you mean {name}?", f"是否为 {name}？")


def _refused(said: Said, remedy: Said = _ONLY_SELECT) -> UsageError:
    return UsageError(said, remedy)


def _refused_count(count: int) -> UsageError:
    if count:
        return _refused((f"there are {count} statements", f"共有 {count} 条语句"))
    return _refused(("there is no question", "没有查询"))


def sql_mistake(error: duckdb.Error, question: Question | None = None) -> PromocalError:
    """DuckDB's error about a question as one sentence, with its place and the column that was probably meant."""
    text = str(error)
    said = " ".join(text.partition("\n\nLINE ")[0].partition("\nCandidate")[0].split())
    kind, _, rest = said.partition("Error: ")
    place = _place(text)
    if found := _UNKNOWN.search(text) if "not found" in said or "does not have a column" in said else None:
        name = found[1] or found[2]
        read = question.tables if question else ()
        columns = {column.name for table in read for column in tables()[table].columns}
        near = nearest(name, columns)
        listed: Said = (
            f"promocal sql --tables {min(read, default='')}".rstrip() + " lists the columns",
            f"用 promocal sql --tables {min(read, default='')}".rstrip() + " 查看所有列",
        )
        lacking: Said = (f"there is no column {name}", f"没有列 {name}")
        return UsageError(_at(place, lacking), _meant(near) if near else listed)
    about = rest or kind
    return UsageError(
        _at(place, (f"the question cannot be answered: {about}", f"无法执行该查询：{about}")),
        (
            "it is SQL as DuckDB speaks it: https://duckdb.org/docs/sql",
            "语法见 DuckDB 的 SQL：https://duckdb.org/docs/sql",
        ),
    )


def _place(text: str) -> tuple[int, int] | None:
    """Line and column of what DuckDB points at, where it does."""
    found = _PLACE.search(text)
    if found is None:
        return None
    line = int(found[1])
    # A question whose place is asked for stands behind a word of ours.
    before = len("explain ") if line == 1 and found[2].startswith("explain ") else 0
    return line, len(found[3]) - len(f"LINE {line}: ") - before + 1


def _at(place: tuple[int, int] | None, said: Said) -> Said:
    if place is None:
        return said
    line, column = place
    return (f"line {line}, column {column}: {said[0]}", f"第 {line} 行第 {column} 列：{said[1]}")

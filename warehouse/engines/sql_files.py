"""SQL that is more than a few lines stands in files beside the module that runs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@cache
def sql_files(package: str) -> Mapping[str, str]:
    """The `.sql` files of a package by their names without the ending, read once.

    A file with `{…}` in it is a template: its caller fills in names and expressions of our own with
    `str.format`, never values.
    """
    found = {path.name: path.read_text("utf-8") for path in files(package).iterdir() if path.name.endswith(".sql")}
    return MappingProxyType({name.removesuffix(".sql"): text for name, text in sorted(found.items())})


def literal(text: object) -> str:
    """A text, or the path of a file, as it stands in a statement that takes no parameters, as those of views."""
    return "'" + str(text).replace("'", "''") + "'"


_MARK = re.compile(r"/\*(if (\w+)|else|end)\*/")


@cache
def with_parts(sql: str, parts: frozenset[str]) -> str:
    """A statement without the parts that cannot matter: of `/*if x*/ … /*else*/ … /*end*/` the side that holds.

    Each join costs a small statement about a millisecond, whatever it finds. Parts may stand in one another.
    """
    kept: list[str] = []
    open_parts: list[bool] = []
    position = 0
    for mark in _MARK.finditer(sql):
        if all(open_parts):
            kept.append(sql[position : mark.start()])
        position = mark.end()
        if mark[2]:
            open_parts.append(mark[2] in parts)
        elif mark[1] == "else":
            open_parts.append(not open_parts.pop())
        else:
            open_parts.pop()
    return "".join([*kept, sql[position:]])


def define_once(con: duckdb.DuckDBPyConnection, name: str, statements: str) -> None:
    """Define macros in the session of `con`, unless it has those of this `name` already.

    Defining a few dozen takes as long as reading a small file. A cursor is a session of its own.
    """
    if con.execute(f"select getvariable('has_{name}_macros')").fetchall() != [(True,)]:
        con.execute(statements)
        con.execute(f"set variable has_{name}_macros = true")

"""SQL that is more than a few lines stands in files beside the module that runs it."""

from __future__ import annotations

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


def define_once(con: duckdb.DuckDBPyConnection, name: str, statements: str) -> None:
    """Define macros in the session of `con`, unless it has those of this `name` already.

    Defining a few dozen takes as long as reading a small file. A cursor is a session of its own.
    """
    if con.execute(f"select getvariable('has_{name}_macros')").fetchall() != [(True,)]:
        con.execute(statements)
        con.execute(f"set variable has_{name}_macros = true")

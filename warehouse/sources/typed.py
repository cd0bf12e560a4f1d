"""Cells of a query of DuckDB as the text a source is read by."""

from __future__ import annotations


def as_written(name: str, kind: str, *, as_id: bool) -> str:
    """The expression of a column of the type `kind` as text; an id is no float."""
    cell = quoted(name)
    if as_id and kind in {"DOUBLE", "FLOAT"}:
        # A spreadsheet's or pandas' number: whole ones up to 15 digits are the id they were.
        whole = f"{cell} = trunc({cell}) and abs({cell}) < 1e15"
        return f"case when {whole} then {cell}::bigint::varchar else printf('%.14e', {cell}::double) end"
    return f"{cell}::varchar"


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'

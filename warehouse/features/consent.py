"""Who may be written to on which channel: one definition for decisions, dispatch and audiences (B7)."""

from __future__ import annotations

from importlib.resources import files

import duckdb

_DEFINITION = (files(__package__) / "consent.sql").read_text("utf-8")


def define_consent(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macro `consent_at(moment, members)` and the view `consent` over the attached snapshot (`snap`).

    Rows: member_id, channel, address, has_point (a contact point exists), consented, withdrawn; one for each
    member and channel that anything was said about. The view is as of the variable `as_of` of the features.
    """
    con.execute(_DEFINITION)

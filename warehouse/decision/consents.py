"""What members said about messages, worked out once for all occurrences between which nobody said anything more."""

from __future__ import annotations

from datetime import datetime

import duckdb

from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)


def keep_consents(con: duckdb.DuckDBPyConnection, at: datetime) -> None:
    """Leave the temp table `consents` (of the macro `consent_at`, for every member of `snap`) as of a moment.

    At a later moment only whoever said something in between is asked about again, and only what was said since the
    first moment is looked through.
    """
    if consents_known(con, at):
        return
    since = con.execute("select getvariable('consents_until') <= $at::timestamp", {"at": utc_naive(at)}).fetchone()
    for name in ("consents_since" if since == (True,) else "consents", "consents_span"):
        for statement in _SQL[name].split(";"):
            con.execute(statement, {"at": utc_naive(at)} if "$at" in statement else None)


def consents_known(con: duckdb.DuckDBPyConnection, at: datetime) -> bool:
    """Whether `consents` tells a moment, too."""
    sql = "select getvariable('consents_from') <= $at::timestamp and getvariable('consents_until') > $at::timestamp"
    return con.execute(sql, {"at": utc_naive(at)}).fetchone() == (True,)


def forget_consents(con: duckdb.DuckDBPyConnection) -> None:
    """For another snapshot."""
    con.execute("reset variable consents_from; reset variable consents_until; drop table if exists temp.consents")
    con.execute("drop table if exists temp.words_ahead; drop view if exists temp.words")

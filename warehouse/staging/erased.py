"""Raw rows of members who were erased are left out before anything else is done with them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.engines.sql_files import define_once
from warehouse.ledger.erasing import DIGESTED
from warehouse.models.catalogue import macros_of
from warehouse.sources.catalogue import DATASETS

_NAMES = ("member_id", "referrer_id", "referred_id", "inviter_id", "invited_id")


def leave_out(con: duckdb.DuckDBPyConnection, dataset: str, digests: Sequence[str]) -> int:
    """Delete what a raw table has of them, ids written in whatever way; returns how many rows."""
    columns = [name for name in DATASETS[dataset].columns if name in _NAMES]
    if not digests or not columns:
        return 0
    define_once(con, "staging", macros_of("staging"))
    his = " or ".join(
        f"coalesce(sha256('{DIGESTED}' || tidy_id({name})) in (select unnest($digests)), false)" for name in columns
    )
    return int(con.execute(f"delete from raw_{dataset} where {his}", {"digests": list(digests)}).fetchall()[0][0])

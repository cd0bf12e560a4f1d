"""Recipients of one channel, as most tests ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from warehouse.snapshots.recipients import Recipient, Rules, recipients_of


def lookup(
    con: duckdb.DuckDBPyConnection, member_ids: Sequence[str], channel: str, at: datetime, **rules: bool
) -> dict[str, Recipient]:
    return recipients_of(con, {channel: member_ids}, at, {channel: Rules(**rules)})[channel]

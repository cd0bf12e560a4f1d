"""Whether the data a metric needs are there: absent is never 0."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import MAXYEAR, UTC, datetime, timedelta

import duckdb

from warehouse.engines.rows import utc_naive

_YEAR = timedelta(days=365)
_KIND = re.compile(r"events\.kind=(\w+)")

_ROWS = {
    "traffic.non_member": ("stg_traffic", "audience = 'non_member' and not whole_store and visitors is not null"),
    "traffic.store": ("stg_traffic", "whole_store and audience = 'all' and visitors is not null"),
    "costs.of_gifts": ("stg_costs", "counts_as = 'gifts'"),
    "costs.of_acquisition": ("stg_costs", "counts_as = 'acquisition'"),
    "events.looks": ("stg_events", "kind in ('visit', 'page_view')"),
    "tags.fan": ("stg_tags", "family = 'fan'"),
}
"""Need → the rows that fill it."""


class Data:
    """What a snapshot has, looked at once."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, connected: Collection[str], history_from: datetime | None
    ) -> None:
        self._con, self._connected, self._history_from = con, connected, history_from
        self._known: dict[str, bool] = {}

    def lacks(self, needs: Iterable[str], starts_at: datetime, ends_at: datetime) -> str:
        """The first of `needs` that is missing in the window; empty: all are there."""
        for need in needs:
            if need == "history":
                there = self._complete_from(starts_at - _YEAR)
            elif need == "history.cohort":
                there = self._complete_from(starts_at - 2 * _YEAR)
            elif need == "history.window":
                there = self._complete_from(starts_at - (ends_at - starts_at))
            elif need == "history.lost":
                there = self._complete_from(starts_at - 2 * _YEAR)
            elif need == "grants.over":
                there = self._has_grants_over(ends_at)
            else:
                there = self._has(need)
            if not there:
                return need
        return ""

    def reaches_back_to(self) -> dict[str, datetime]:
        """Dataset → its first moment, aware; of orders from when on they are complete. Empty ones are left out."""
        self._complete_from(datetime.max.replace(tzinfo=UTC))
        known = self._history_from
        found = {} if known is None or known.year == MAXYEAR else {"orders": known}
        for dataset, column in (("events", "at"), ("points", "at"), ("redemptions", "redeemed_at")):
            row = self._con.execute(f'select min("{column}") from snap.stg_{dataset}').fetchone()
            if row and row[0] is not None:
                found[dataset] = row[0].replace(tzinfo=UTC)
        return found

    def _complete_from(self, moment: datetime) -> bool:
        if self._history_from is None:
            row = self._con.execute("select min(coalesce(paid_at, ordered_at)) from snap.stg_orders").fetchone()
            first = row[0] if row else None
            self._history_from = datetime.max.replace(tzinfo=UTC) if first is None else first.replace(tzinfo=UTC)
        return self._history_from <= moment

    def _has_grants_over(self, moment: datetime) -> bool:
        over = "select 1 from j_given where left_already and valid_until <= ? limit 1"
        return self._con.execute(over, [utc_naive(moment)]).fetchone() is not None

    def _has(self, need: str) -> bool:
        if need not in self._known:
            self._known[need] = self._look(need)
        return self._known[need]

    def _look(self, need: str) -> bool:
        if kind := _KIND.fullmatch(need):
            return self._any("stg_events", "kind = ?", kind[1])
        if need == "receipts":
            return self._con.execute("select 1 from j_reports limit 1").fetchone() is not None
        if need in _ROWS:
            return self._any(*_ROWS[need])
        if need == "benchmarks.repeat_rate":
            said = "select 1 from all_benchmarks where metric = 'repeat_rate' limit 1"
            return self._con.execute(said).fetchone() is not None
        if need == "joining.places":
            return self._has("members.join_source") or self._has("events.position")
        dataset, _, column = need.partition(".")
        return dataset in self._connected and (not column or self._any(f"stg_{dataset}", f'"{column}" is not null'))

    def _any(self, table: str, condition: str, *values: object) -> bool:
        """`table` and `condition` are texts of the catalogue, never of others."""
        return self._con.execute(f"select 1 from snap.{table} where {condition} limit 1", values).fetchone() is not None

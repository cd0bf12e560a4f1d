"""The relations that a query reads, made when one first does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import duckdb

from campaign_calendars.measuring.metrics.metric import MemberRule
from campaign_calendars.model.programme import Ladder
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files, with_parts
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams

_SQL = sql_files("warehouse.measurement.metrics.relations")
_NAME = re.compile(r"\$(\w+)")
_READS = re.compile(r"\bm_(\w+)")
_BY_DEFINITION: Mapping[MemberRule, str] = {"1.0": "bought", "2.0": "joined", "3.0": "behaving"}
_OF_WINDOWS = frozenset({"held", "starts", "ends", "rfm_cuts", "rfm"})
_STANDING = {"starts": "starts_at", "ends": "ends_at"}
_STANDS = ("joined", "lifecycle", "tier", "recency_days", "orders_365d", "spend_365d")
_STOOD = (
    "member_id varchar, joined boolean, lifecycle varchar, tier varchar, recency_days bigint, orders_365d bigint,"
    " spend_365d bigint"
)
_FACTS = frozenset({"events", "points", "redemptions", "deposits", "joins", "outbox"})
_LEDGER = re.compile(r"\b(j_jobs|j_plays|j_benefits|j_reports|decisions|known_redemptions)\b")


class Relations:
    """Temporary tables `m_…` of a connection: `relations/….sql`, and where members stand as windows start and end."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        params: FeatureParams,
        members: MemberRule,
        parameters: Callable[[], Mapping[str, object]],
    ) -> None:
        self._con, self._params = con, params
        self._parts = frozenset({_BY_DEFINITION[members], *_FACTS})
        self._parameters, self._of_tiers = parameters, _of_tiers(params)
        self._made: set[str] = set()
        self._with_tiers = False

    def forget(self) -> None:
        """The windows are others: what depends on them is made anew."""
        self._made -= _OF_WINDOWS

    def forget_all(self) -> None:
        """Facts were added: everything is made anew."""
        self._made.clear()

    def make(self, text: str, *, tiers: bool) -> None:
        """Make what the query reads; `tiers`: its rows are told apart by tier."""
        tiers = tiers or "tier" in _READS.sub("", text)
        if tiers and not self._with_tiers:
            self._with_tiers = True
            self._made.clear()
        for name in _READS.findall(text):
            self._make(name)

    def _make(self, name: str) -> None:
        if name in self._made:
            return
        self._made.add(name)
        if name in _STANDING:
            self._stand(name, _STANDING[name])
            return
        file = "no_tiers" if name == "tiers" and not self._with_tiers else name
        text = with_parts(_SQL[file], self._parts)
        for other in _READS.findall(text):
            if other != name:
                self._make(other)
        known = {**self._parameters(), **self._of_tiers}
        asked = {key: value for key, value in known.items() if key in _NAME.findall(text)}
        self._con.execute(text, asked)

    def _stand(self, name: str, column: str) -> None:
        """Where every member stands at a moment of each window, as the features of the store tell it."""
        self._con.execute(f"create or replace temp table m_{name} (cell varchar, {_STOOD})")
        moments: dict[datetime, list[str]] = {}
        for cell, moment in self._con.execute(f"select cell, {column} from cells").fetchall():
            moments.setdefault(moment, []).append(cell)
        for moment, cells in moments.items():
            build_features(
                self._con,
                as_of=moment.replace(tzinfo=UTC),
                params=self._params,
                columns=_STANDS,
                as_view=True,
            )
            self._con.execute(
                f"insert into m_{name} select unnest($cells), member_id, {', '.join(_STANDS)} from member_features",
                {"cells": cells},
            )


def reads_ledger(text: str) -> bool:
    """Whether a query, or a relation it reads, is of what the calendar sent and gave."""
    below = (_SQL[name] for name in set(_READS.findall(text)) - {"acts", *_STANDING})
    return _LEDGER.search(text) is not None or any(reads_ledger(one.partition(" as\n")[2]) for one in below)


def _of_tiers(params: FeatureParams) -> Mapping[str, object]:
    """The ladder as the relations count it; steps that nobody reaches are left out."""
    rules = params.rules
    earlier = rules.earlier or Ladder((), ())
    names = [tier for tier, _ in params.tiers]
    base = (rules.earlier if rules.earlier and rules.since else rules.now).rank(0, 0)
    return {
        "tier_days": params.tier_window_days,
        "tier_since": utc_naive(rules.since) if rules.since else None,
        "all_of": rules.now.mode == "all_of",
        "tiers": names,
        "base_tier": names[base - 1] if 0 < base <= len(names) else "",
        **{
            name: [step for step in steps if step is not None]
            for name, steps in (
                ("spends", rules.now.spends),
                ("orders", rules.now.orders),
                ("earlier_spends", earlier.spends),
                ("earlier_orders", earlier.orders),
            )
        },
    }

"""The relations that a query reads, made when one first does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
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
_OF_WINDOWS = frozenset({
    "held", "starts", "ends", "rfm_cuts", "rfm", "acts", "orders", "active", "lines", "grants", "deposits", "tiers",
    "joined",
})  # fmt: skip
_STANDING = {"starts": "starts_at", "ends": "ends_at"}
_STANDS = ("joined", "lifecycle", "tier", "recency_days", "orders_365d", "spend_365d")
_STOOD = (
    "member_id varchar, joined boolean, lifecycle varchar, tier varchar, recency_days bigint, orders_365d bigint,"
    " spend_365d bigint"
)
_FACTS: Mapping[str, str] = {
    "order": "orders", "returned": "orders", "event": "events", "points": "points", "redemption": "redemptions",
    "deposit": "deposits", "join": "joins", "leave": "joins", "grant": "outbox",
}  # fmt: skip
"""Word a query asks `m_acts` for → the part of that relation."""
_FACT = re.compile(rf"'({'|'.join(_FACTS)})'")
_PARTED = re.compile(r"\bf\.(tier|store)\b as grp")
_NAMES_TIER = re.compile(r"\bf\.tier\b")
_NAMES_ARM = re.compile(r"\bf\.arm\b")
_BEHAVING = frozenset({"behaving"})
_LEDGER = re.compile(r"\b(j_jobs|j_plays|j_benefits|j_reports|candidates|known_redemptions)\b")
_OF_LEDGER = re.compile(r"\bj_\w+")


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
        self._parts = frozenset({_BY_DEFINITION[members]})
        self._parameters, self._of_tiers = parameters, _of_tiers(params)
        self._made: set[str] = set()

    def forget(self) -> None:
        """The windows are others: what depends on them is made anew."""
        self._made -= _OF_WINDOWS

    def forget_all(self) -> None:
        """Facts were added: everything is made anew."""
        self._made.clear()

    def plan(self, texts: Iterable[str]) -> None:
        """Say which queries will read: what none of them looks at is left out of the relations."""
        parts = self._parts.union(*map(_parts_of, texts))
        if parts != self._parts:
            self._parts = parts
            self._made.clear()

    def query(self, text: str) -> str:
        """A query as it runs, with what it reads made."""
        whole = not _BEHAVING & self._parts and not _PARTED.search(text)
        found = with_parts(text, frozenset({"whole"}) if whole else frozenset())
        for name in _READS.findall(found):
            self._make(name)
        return found

    def arms(self) -> list[str]:
        """The arms that persons were drawn into, those held out last."""
        self._make("arms")
        rows = self._con.execute("select distinct arm from m_arms order by arm desc").fetchall()
        return [arm for (arm,) in rows]

    def _make(self, name: str) -> None:
        if name in self._made:
            return
        self._made.add(name)
        if name in _STANDING:
            self._stand(name, _STANDING[name])
            return
        text = with_parts(_SQL[name], self._parts)
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
    """Whether a query, or a relation it reads, is of what the calendar sent and gave. Who asks by arm knows it does."""
    below = (_SQL[name] for name in set(_READS.findall(text)) - {"acts", "arms", *_STANDING})
    return _LEDGER.search(text) is not None or any(reads_ledger(one.partition(" as\n")[2]) for one in below)


def ledger_tables(text: str) -> frozenset[str]:
    """The tables `j_…` that a query, or a relation it may read, is told from."""
    found = frozenset(_OF_LEDGER.findall(text))
    below = (_SQL[name].partition(" as\n")[2] for name in set(_READS.findall(text)) - {*_STANDING})
    return found.union(*map(ledger_tables, below))


def _parts_of(text: str) -> frozenset[str]:
    """What of the relations a query looks at."""
    parts = {_FACTS[word] for word in _FACT.findall(text)} if "m_acts" in text else set[str]()
    if _NAMES_TIER.search(text):
        parts.add("tiers")
    if _NAMES_ARM.search(text):
        parts.add("arms")
    if "channel" in text:
        parts.add("places")
    for name in set(_READS.findall(text)) - {"acts", *_STANDING}:
        below = _SQL[name].partition(" as\n")[2]
        parts |= {_FACTS[word] for word in _FACT.findall(below)} if "m_acts" in below else set()
        parts |= _parts_of(below) & {*_FACTS.values()}
    return frozenset(parts)


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

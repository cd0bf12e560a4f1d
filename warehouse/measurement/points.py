"""The points the rules give, beside the points a programme recorded: a reconciliation (A6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

import duckdb

from campaign_calendars.measuring.points import PointRules, Trade, earned_by, referral_reached
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.models.catalogue import macros_of

_SQL = sql_files(__package__)

_REFERRALS = 'select referrer_id, referred_id from snap.stg_referrals where "at" < $as_of'
_FETCH = 50_000


@dataclass
class Figures:
    """Points by kind: earned by orders, taken back with refunds, given for referrals."""

    earned: Fraction = Fraction(0)
    taken_back: Fraction = Fraction(0)
    referral: Fraction = Fraction(0)

    @property
    def net(self) -> Fraction:
        return self.earned - self.taken_back + self.referral

    def add(self, other: Figures) -> None:
        self.earned += other.earned
        self.taken_back += other.taken_back
        self.referral += other.referral


@dataclass
class Reconciliation:
    """Rules against records. `differences` are (member_id, by rules, recorded), the largest first."""

    by_rules: Figures = field(default_factory=Figures)
    recorded: Figures = field(default_factory=Figures)
    has_records: bool = False
    members: int = 0
    agreeing: int = 0
    wrong_validity: int | None = None
    """Recorded earnings that do not expire when the store says; None: it does not say."""
    differences: list[tuple[str, Fraction, Fraction]] = field(default_factory=list)


def reconcile(con: duckdb.DuckDBPyConnection, *, as_of: datetime, rules: PointRules) -> Reconciliation:
    """Points of all members as of a moment, from `snap.stg_orders`, `stg_points` and `stg_referrals`.

    Members without points on either side are left out.
    """
    moment: dict[str, object] = {"as_of": utc_naive(as_of)}
    computed = _computed(con, moment, rules)
    recorded = {
        row[0]: Figures(*map(Fraction, row[1:])) for row in con.execute(_SQL["points_recorded"], moment).fetchall()
    }
    found = Reconciliation(has_records=bool(recorded))
    for member in sorted(computed.keys() | recorded.keys()):
        ours, theirs = computed.get(member, Figures()), recorded.get(member, Figures())
        found.by_rules.add(ours)
        found.recorded.add(theirs)
        found.members += 1
        if ours.net == theirs.net:
            found.agreeing += 1
        else:
            found.differences.append((member, ours.net, theirs.net))
    found.differences.sort(key=lambda row: (-abs(row[1] - row[2]), row[0]))
    if rules.points.valid is not None and recorded:
        valid_us = int(rules.points.valid.total_seconds()) * 1_000_000
        found.wrong_validity = con.execute(_SQL["points_validity"], {**moment, "valid_us": valid_us}).fetchall()[0][0]
    return found


def _computed(con: duckdb.DuckDBPyConnection, moment: dict[str, object], rules: PointRules) -> dict[str, Figures]:
    computed: dict[str, Figures] = {}
    reached: set[str] = set()
    for member, rows in groupby(_trades(con, moment), itemgetter(0)):
        trades = [trade for _, trade in rows]
        figures = Figures()
        for points in earned_by(trades, rules):
            figures.earned += Fraction(points.earned)
            figures.taken_back += Fraction(points.taken_back)
        if figures.earned:
            computed[member] = figures
        if referral_reached(trades, rules.points) is not None:
            reached.add(member)
    if rules.points.referral is not None:
        for pair in con.execute(_REFERRALS, moment).fetchall():
            # Staging keeps the first referral of a member only: both are paid once (A3).
            for member in pair if pair[1] in reached else ():
                computed.setdefault(member, Figures()).referral += rules.points.referral.points
    return computed


def _trades(con: duckdb.DuckDBPyConnection, moment: dict[str, object]) -> Iterator[tuple[str, Trade]]:
    cursor = con.cursor()
    cursor.execute(macros_of("features"))
    cursor.execute(_SQL["points_trades"], moment)
    while rows := cursor.fetchmany(_FETCH):
        for member, at, cents, refunded in rows:
            yield member, Trade(at.replace(tzinfo=UTC), cents, refunded)

"""The points the rules give, beside the points a programme recorded, and each difference by its reason (A6, R5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import duckdb

from campaign_calendars.measuring.points import Difference, PointRules, Rates, rates, that_matter
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import define_once, sql_files, with_parts
from warehouse.models.catalogue import macros_of

_SQL = sql_files(__package__)
_EVER = datetime(1000, 1, 1, tzinfo=UTC)
_GIVEN = ("points_orders", "points_plays", "points_friends", "points_earned")
_DIFFERENCES = ("points_void", "points_differences")
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Rules against records, as of a moment.

    `by_rules` and `recorded` are points by reason, as they add to the balance; `differences` are points (rules less
    recorded), entries and members by their reason, `members` those who differ most: id, both balances, reasons.
    `waiting` are points of orders whose buyers have not joined. `earned_by` are points and members of what calendars
    give: (calendar, benefit) → points. `wrong_validity`: recorded earnings that do not expire when the store says;
    None: it does not say.
    """

    by_rules: dict[str, Fraction]
    recorded: dict[str, Fraction]
    members: int
    agreeing: int
    waiting: tuple[Fraction, int]
    differences: list[tuple[Difference, Fraction, int, int]]
    differing: list[tuple[str, Fraction, Fraction, list[str]]]
    earned_by: dict[tuple[str, str], Fraction]
    wrong_validity: int | None = None

    @property
    def has_records(self) -> bool:
        return bool(self.recorded)

    @property
    def balance_by_rules(self) -> Fraction:
        return sum(self.by_rules.values(), Fraction(0))

    @property
    def balance_recorded(self) -> Fraction:
        return sum(self.recorded.values(), Fraction(0))


def reconcile(con: duckdb.DuckDBPyConnection, *, as_of: datetime, rules: PointRules, most: int = 20) -> Reconciliation:
    """Points of all members as of a moment, from the staged orders, events, referrals and points of `snap`.

    Leaves `point_entries`, `point_differences` and `point_members` in the connection. RuntimeError where the
    differences of a member do not come to the difference of his balances: such figures are never shown.
    """
    moment = utc_naive(as_of)
    compute(con, as_of=as_of, rules=rules)
    _run(con, "points_members", {"as_of": moment})
    ((open_members,),) = con.execute(
        "select count(*) from point_members where by_rules - recorded <> difference"
    ).fetchall()
    if open_members:
        raise RuntimeError(f"the differences of {open_members} members do not come to those of their balances")
    ((members, agreeing),) = con.execute("select count(*), count(*) filter (reasons = 0) from point_members").fetchall()
    return Reconciliation(
        by_rules=dict(_figures(con, _SQL["points_by_rules"])),
        recorded=dict(_figures(con, _SQL["points_recorded"], moment)),
        members=members,
        agreeing=agreeing,
        waiting=_waiting(con),
        differences=_differences(con),
        differing=_differing(con, most),
        earned_by={
            (calendar, benefit): Fraction(points)
            for calendar, benefit, points in con.execute(_SQL["points_of_benefits"]).fetchall()
        },
        wrong_validity=_wrong_validity(con, moment, rules),
    )


def compute(con: duckdb.DuckDBPyConnection, *, as_of: datetime, rules: PointRules) -> None:
    """The entries by the rules, and how they differ from what was recorded, as tables of the connection."""
    parameters = compute_entries(con, as_of=as_of, rules=rules)
    for name in _DIFFERENCES:
        _run(con, name, parameters)


def compute_entries(con: duckdb.DuckDBPyConnection, *, as_of: datetime, rules: PointRules) -> dict[str, object]:
    """The entries by the rules alone; returns what the statements were given."""
    parameters = _given(con, as_of, rules)
    _run(con, "points_entries", parameters)
    return parameters


def given_by(
    con: duckdb.DuckDBPyConnection,
    calendar: str,
    phases: Iterable[tuple[str, str, datetime]],
    *,
    as_of: datetime,
    rules: PointRules,
) -> dict[tuple[str, str], tuple[int, Fraction]]:
    """(phase, benefit) → how often the benefits of a calendar gave points by a moment, and how many.

    `phases` are phase, benefit and the moment from which what it gives is that phase's. Looked at are the plays of the
    calendar, and the orders of members to whose points they matter.
    """
    _given(con, as_of, that_matter(rules, calendar), calendar)
    con.execute("create or replace temp table point_phases (phase varchar, benefit varchar, starts timestamp)")
    append_rows(con, "point_phases", ((phase, benefit, utc_naive(starts)) for phase, benefit, starts in phases))
    rows = con.execute(_SQL["points_of_phases"], {"calendar": calendar}).fetchall()
    return {(phase, benefit): (times, Fraction(points)) for phase, benefit, times, points in rows}


def _given(
    con: duckdb.DuckDBPyConnection, as_of: datetime, rules: PointRules, calendar: str | None = None
) -> dict[str, object]:
    """What orders, plays and friends gave: all of it, or of one `calendar` what its benefits rest on."""
    define_once(con, "features", macros_of("features"))
    con.execute(_SQL["points_tables"])
    found = rates(rules)
    _load(con, rules, found)
    parameters = _parameters(con, utc_naive(as_of), rules, found) | {
        "calendar": calendar,
        "plays_from": min((utc_naive(rule.start) for rule in rules.earning), default=None),
        "plays_until": max((utc_naive(rule.end) for rule in rules.earning), default=None),
    }
    matters = {
        "some": calendar is not None,
        "caps": any(rule.month_cap is not None for rule in rules.earning),
        "friends": bool(rules.referrals),
    }
    parts = frozenset(part for part, asked in matters.items() if asked)
    for name in (*(["points_asked"] if calendar is not None else []), *_GIVEN):
        _run(con, name, parameters, rank=_rank(rules), parts=parts)
    return parameters


def to_book(
    con: duckdb.DuckDBPyConnection, *, as_of: datetime
) -> Iterator[tuple[str, Fraction, str, str | None, datetime]]:
    """After `compute`: what the platform has to book: member, points, reason, order, moment (naive UTC).

    Points for plays and friends and the part of an order that a day gives more, as far as the ledger lacks them:
    what was booked of a member for plays, or for friends, is taken for the oldest of them.
    """
    for member, points, reason, order, at in con.execute(
        _SQL["points_to_book"], {"as_of": utc_naive(as_of)}
    ).fetchall():
        yield member, Fraction(points), reason, order, at


def _load(con: duckdb.DuckDBPyConnection, rules: PointRules, found: Rates) -> None:
    append_rows(con, "point_factors", enumerate(found.factors))
    steps = (
        (step.at or _EVER, rank, multiplier) for step in found.steps for rank, multiplier in enumerate(step.multipliers)
    )
    append_rows(con, "point_steps", steps)
    terms = ((t.points, t.spend_cents, t.start, t.end, t.calendar, t.benefit) for t in rules.referrals)
    append_rows(con, "point_referrals", terms)
    doubles = zip(rules.doubles, found.multipliers, strict=True)
    days = ((d.start, d.end, m, sorted(d.ranks), d.calendar, d.benefit) for d, m in doubles)
    append_rows(con, "point_doubles", days)
    for number, rule in enumerate(rules.earning):
        longest = rule.streak[-1][0] if rule.streak else 1
        about = (number, rule.calendar, rule.benefit, rule.event, rule.points, rule.start, rule.end, rule.per)
        append_rows(con, "point_earning", [(*about, rule.month_cap, rule.most, sorted(rule.ranks), longest)])
        append_rows(con, "point_streaks", [(number, days, points) for days, points in rule.streak])


def _parameters(con: duckdb.DuckDBPyConnection, moment: datetime, rules: PointRules, found: Rates) -> dict[str, object]:
    cash = rules.cash
    tells = con.execute(
        "select 1 from snap.stg_points where kind <> 'adjust' and \"at\" < $at limit 1", {"at": moment}
    ).fetchone()
    return {
        "as_of": moment,
        "window_us": rules.window // _US,
        "waits": rules.waits,
        "one": found.scale,
        "factor_one": found.factor_scale,
        "scale": found.scale * found.factor_scale,
        "per_unit": rules.per_unit,
        "rounding": rules.rounding,
        "timezone": rules.timezone,
        "per_yuan": cash.per_yuan if cash else 0,
        "max_share": cash.max_share if cash else 0,
        "cash_min": max(cash.min, 1) if cash else 1,
        "valid_us": None if rules.valid is None else rules.valid // _US,
        "tells_entries": tells is not None,
    }


def _rank(rules: PointRules) -> str:
    """SQL of ours: the tiers that `spend` and `orders` reach."""
    ladder = rules.ladder

    def reached(measure: str, steps: Iterable[int | None]) -> str:
        return " + ".join([f"({measure} >= {step:d})::int" for step in steps if step is not None] or ["0"])

    both = f"{reached('spend', ladder.spends)}, {reached('orders', ladder.orders)}"
    return f"{'greatest' if ladder.mode == 'any_of' else 'least'}({both})"


def _run(
    con: duckdb.DuckDBPyConnection,
    name: str,
    parameters: dict[str, object],
    *,
    rank: str = "",
    parts: frozenset[str] = frozenset(),
) -> None:
    for statement in with_parts(_SQL[name], parts).replace("/*rank*/", rank).split(";\n"):
        con.execute(statement, {key: value for key, value in parameters.items() if f"${key}" in statement})


def _figures(
    con: duckdb.DuckDBPyConnection, sql: str, moment: datetime | None = None
) -> Iterator[tuple[str, Fraction]]:
    rows = con.execute(sql, {"as_of": moment} if moment else {}).fetchall()
    return ((reason, Fraction(points)) for reason, points in rows if points)


def _waiting(con: duckdb.DuckDBPyConnection) -> tuple[Fraction, int]:
    waits = "credited_at is null and kept > 0"
    sql = f"select coalesce(sum(kept), 0), count(distinct member_id) from point_orders where {waits}"
    ((points, members),) = con.execute(sql).fetchall()
    return Fraction(points), members


def _differences(con: duckdb.DuckDBPyConnection) -> list[tuple[Difference, Fraction, int, int]]:
    sql = """
        select reason, sum(points), count(*), count(distinct member_id)
        from point_differences group by reason order by sum(abs(points)) desc, reason
    """
    rows = con.execute(sql).fetchall()
    return [(reason, Fraction(points), entries, members) for reason, points, entries, members in rows]


def _differing(con: duckdb.DuckDBPyConnection, most: int) -> list[tuple[str, Fraction, Fraction, list[str]]]:
    rows = con.execute(_SQL["points_differing"], {"most": most}).fetchall()
    return [(member, Fraction(ours), Fraction(theirs), reasons) for member, ours, theirs, reasons in rows]


def _wrong_validity(con: duckdb.DuckDBPyConnection, moment: datetime, rules: PointRules) -> int | None:
    if rules.valid is None:
        return None
    ((count,),) = con.execute(_SQL["points_validity"], {"as_of": moment, "valid_us": rules.valid // _US}).fetchall()
    return int(count)

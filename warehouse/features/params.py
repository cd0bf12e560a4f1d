"""The rules of a store and a calendar as what the feature models read: variables and small tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb

from campaign_calendars.model.programme import MOST_TIERS, Ladder, TierRules, ValueWeights, ladder_of_spends
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import define_once, sql_files
from warehouse.models.catalogue import macros_of
from warehouse.portable.spark_sql import Value

_SQL = sql_files(__package__)

_WINDOWS = (7, 30, 90, 365)
_VARIABLES = "select name, type, value from duckdb_variables()"
# They are shown as text: a word that reads NULL cannot be told from an empty one.
_DOUBTFUL = ("varchar", "NULL")


@dataclass(frozen=True)
class FeatureParams:
    """What the store and the calendar say about members; part of a snapshot's identity.

    `timezone` decides birthdays and ages. `lifecycle_days` are the inclusive upper bounds of core,
    potential, ordinary and dormant (A5). `tiers` are (id, spend in cents), lowest first, reached
    inclusively within `tier_window_days` (A6); `tier_rules` says more than spend: orders, and rules
    that have changed. `member_definition` is 1.0, 2.0 or 3.0 (A1). `join_threshold` is (cents, orders,
    whether one of them is enough), `value_weights` are those of the store, `category_bounds` are
    lifecycle days by favourite category.
    `phases` are (id, start, end) of phases and waves, the end exclusive. `bought_from` is when the sale begins; None:
    with the campaign. `balance_windows` are (from, until, balance from, until), untils exclusive and the first pairs
    disjoint: when the balance of an order placed then can be paid. All moments are aware.
    """

    timezone: str
    lifecycle_days: tuple[int, int, int, int]
    tier_window_days: int
    tiers: tuple[tuple[str, int], ...]
    member_definition: str = "2.0"
    campaign_from: datetime | None = None
    phases: tuple[tuple[str, datetime, datetime], ...] = ()
    tier_rules: TierRules | None = None
    join_threshold: tuple[int | None, int | None, bool] = (None, None, True)
    value_weights: tuple[tuple[str, int], ...] = tuple(ValueWeights().model_dump().items())
    category_bounds: tuple[tuple[str, tuple[int, int, int, int]], ...] = ()
    bought_from: datetime | None = None
    balance_windows: tuple[tuple[datetime, datetime, datetime, datetime], ...] = ()

    @property
    def sale_from(self) -> datetime | None:
        """From when on an order counts as bought in the campaign."""
        return self.bought_from or self.campaign_from

    @property
    def rules(self) -> TierRules:
        """The rules of the tiers; spend alone unless `tier_rules` says more."""
        return self.tier_rules or TierRules(ladder_of_spends([spend for _, spend in self.tiers]))

    def __post_init__(self) -> None:
        spends = [spend for _, spend in self.tiers]
        if self.tier_rules is None and any(high <= low for low, high in pairwise(spends)):
            raise ValueError("the spend of the tiers must strictly increase")
        if len(spends) > MOST_TIERS:
            raise ValueError(f"there are at most {MOST_TIERS} tiers")
        if self.member_definition not in {"1.0", "2.0", "3.0"}:
            raise ValueError(f"'{self.member_definition}' is not a member definition; it is 1.0, 2.0 or 3.0")
        if list(self.lifecycle_days) != sorted(self.lifecycle_days):
            raise ValueError("the lifecycle days must increase")


def set_moment(con: duckdb.DuckDBPyConnection, *, as_of: datetime, params: FeatureParams) -> None:
    """Say which moment and which rules the models mean: `params`, `phase_windows` and the variables."""
    define_once(con, "features", macros_of("features"))
    con.execute(_SQL["param_tables"])
    campaign_from = utc_naive(params.campaign_from) if params.campaign_from else None
    append_rows(con, "params", [(utc_naive(as_of), campaign_from)])
    append_rows(con, "phase_windows", params.phases)
    append_rows(con, "balance_windows", params.balance_windows)
    append_rows(con, "category_bounds", ((category, *days) for category, days in params.category_bounds))
    set_variables(con, variables(as_of, params))


def set_variables(con: duckdb.DuckDBPyConnection, values: Mapping[str, tuple[str, object]]) -> None:
    """Set what the models read with `getvariable`: name → (SQL type, value).

    From one moment to the next few of them change, and setting one costs as much as reading all. One that was never
    set reads as null.
    """
    known = {name: (kind.lower(), text) for name, kind, text in con.execute(_VARIABLES).fetchall()}
    for name, (kind, value) in values.items():
        if name not in known and value is None:
            continue
        if known.get(name) in {None, _DOUBTFUL} or known[name] != (kind, _shown(value)):
            con.execute(f"set variable {name} = $value::{kind}", {"value": value})


def _shown(value: object) -> str:
    """A value as DuckDB shows it; where it writes it otherwise, the value is set once more."""
    if value is None:
        return "NULL"
    return str(value).lower() if isinstance(value, bool) else str(value)


def variables(as_of: datetime, params: FeatureParams) -> dict[str, tuple[str, Value]]:
    """What the models read with `getvariable`: name → (SQL type, value)."""
    moment = utc_naive(as_of)
    core, potential, ordinary, lost = params.lifecycle_days
    tiers = [*params.tiers, *[(None, None)] * (MOST_TIERS - len(params.tiers))]
    campaign_from = utc_naive(params.campaign_from) if params.campaign_from else None
    return {
        **window_variables(moment, params),
        "as_of_on": ("date", as_of.astimezone(ZoneInfo(params.timezone)).date()),
        "campaign_from": ("timestamp", campaign_from),
        "bought_from": ("timestamp", utc_naive(params.sale_from) if params.sale_from else None),
        **{f"tier_id_{n}": ("varchar", tier) for n, (tier, _) in enumerate(tiers, 1)},
        **_tier_variables(moment, params),
        "join_amount": ("bigint", params.join_threshold[0]),
        "join_orders": ("bigint", params.join_threshold[1]),
        "join_any_of": ("boolean", params.join_threshold[2]),
        **{f"value_of_{name}": ("bigint", weight) for name, weight in params.value_weights},
        "bounds_by_category": ("boolean", bool(params.category_bounds)),
        "to_30d": ("timestamp", moment + timedelta(days=30)),
        "offset_us": ("bigint", _offset_us(as_of, params.timezone)),
        "member_definition": ("varchar", params.member_definition),
        "core_days": ("integer", core),
        "potential_days": ("integer", potential),
        "ordinary_days": ("integer", ordinary),
        "lost_days": ("integer", lost),
    }


def window_variables(moment: datetime, params: FeatureParams) -> dict[str, tuple[str, Value]]:
    """The moment (naive UTC) and where each window before it begins."""
    return {
        "as_of": ("timestamp", moment),
        **{f"from_{days}d": ("timestamp", moment - timedelta(days=days)) for days in _WINDOWS},
        "from_tier": ("timestamp", moment - timedelta(days=params.tier_window_days)),
    }


def _tier_variables(moment: datetime, params: FeatureParams) -> dict[str, tuple[str, Value]]:
    rules, window = params.rules, timedelta(days=params.tier_window_days)
    since = utc_naive(rules.since) if rules.since else None
    cut = min(moment, since) if since else moment
    steps: dict[str, tuple[str, Value]] = {}
    earlier = rules.earlier or Ladder((), ())
    for name, values in (
        ("tier_spend", rules.now.spends),
        ("tier_orders", rules.now.orders),
        ("earlier_spend", earlier.spends),
        ("earlier_orders", earlier.orders),
    ):
        filled = [*values, *[None] * (MOST_TIERS - len(values))]
        steps |= {f"{name}_{n}": ("bigint", value) for n, value in enumerate(filled, 1)}
    return steps | {
        "tier_mode": ("varchar", rules.now.mode),
        "tier_since": ("timestamp", since),
        "tier_cut": ("timestamp", cut),
        "from_tier_cut": ("timestamp", cut - window),
        "earlier_base": ("integer", earlier.rank(0, 0)),
    }


def _offset_us(as_of: datetime, timezone: str) -> int:
    offset = as_of.astimezone(ZoneInfo(timezone)).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)

"""`tier_upgrade` sees the tier that the field `tier` shows: it fires when, and only when, that one has risen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaign_calendars.deciding.briefs import TriggerBrief
from campaign_calendars.model.programme import Ladder, TierRules
from tests.drawing import drawn
from warehouse.decision import triggers
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import load_layer, macros_of

DAY = timedelta(days=1)
T0 = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 7
WINDOW = 3
TIERS = ("basic", "vip", "top")
NOW_RULES = Ladder((0, 500, 900), (0, None, 3))
EARLIER = Ladder((0, 300, None), (0, None, None))

days = st.integers(0, DAYS)
refunds = st.none() | st.tuples(days, st.sampled_from([200, 900]))
orders = st.lists(st.tuples(days, st.sampled_from([300, 500, 900]), refunds), max_size=5)
overrides = st.none() | st.tuples(days, st.none() | st.integers(1, 4), st.sampled_from(TIERS))
people = st.lists(st.tuples(orders, overrides), min_size=8, max_size=8)


def at(day: float) -> datetime:
    return T0 + day * DAY


def connect(everybody: list[Any]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 1})
    con.execute(macros_of("features"))
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    for number, (bought, override) in enumerate(everybody):
        member = f"m{number}"
        con.execute("insert into snap.stg_members (member_id) values (?)", [member])
        for place, (day, cents, refund) in enumerate(bought):
            moment = at(day).replace(tzinfo=None)
            given_back = (at(day + refund[0]).replace(tzinfo=None), min(refund[1], cents)) if refund else (None, 0)
            con.execute(
                "insert into snap.stg_orders (order_id, member_id, ordered_at, paid_at, succeeded_at, amount_cents,"
                " refunded_at, refunded_cents, items) values (?, ?, ?, ?, ?, ?, ?, ?, 1)",
                [f"{member}-{place}", member, moment - DAY / 8, moment - DAY / 9, moment, cents, *given_back],
            )
        if override:
            start, lasts, tier = override
            end = at(start + lasts) if lasts else None
            history.load_tier_overrides(con, [(member, tier, at(start), end)])
    return con


def ranks(con: duckdb.DuckDBPyConnection, moment: datetime, rules: TierRules) -> dict[str, int]:
    params = FeatureParams("UTC", (30, 90, 180, 365), WINDOW, tuple((tier, 0) for tier in TIERS), tier_rules=rules)
    build_features(con, as_of=moment, params=params, columns=["tier"])
    found = con.execute("select member_id, tier from member_features").fetchall()
    return {member: TIERS.index(tier) + 1 if tier else 0 for member, tier in found}


@given(everybody=people, since=st.none() | st.integers(1, DAYS), mode=st.sampled_from(["any_of", "all_of"]))
@drawn(6, suppress_health_check=[HealthCheck.too_slow])
def test_it_fires_when_and_only_when_the_field_rose(everybody: list[Any], since: int | None, mode: Any) -> None:
    now = Ladder(NOW_RULES.spends, NOW_RULES.orders if mode == "any_of" else (0, 1, 2), mode)
    earlier = Ladder(EARLIER.spends, EARLIER.orders if mode == "any_of" else (0, 1, None), mode)
    rules = TierRules(now) if since is None else TierRules(now, earlier, at(since))
    trigger = TriggerBrief(
        "tier_upgrade", timedelta(), DAY, "UTC", tier_window=WINDOW * DAY, tiers=rules, tier_ids=TIERS
    )
    with connect(everybody) as con:
        # All facts lie at midnights, where windows end as well; one midnight lies between two looks.
        before = ranks(con, at(-0.5), rules)
        for day in range(DAYS + 5):
            after = ranks(con, at(day + 0.5), rules)
            triggers.find_standing(con, trigger, at(day + 0.5), at(day + 0.5))
            fired = {row[0] for row in con.execute("select member_id from standing").fetchall()}
            assert fired == {member for member in after if after[member] > before[member]}, day
            before = after


def test_what_was_given_back_since_lifts_nobody_and_an_upgrade_by_hand_does() -> None:
    rules = TierRules(NOW_RULES)
    everybody = [([(0, 900, (2, 900))], None), ([(0, 900, None)], None), ([], (1, None, "vip")), ([], (1, 1, "basic"))]
    trigger = TriggerBrief(
        "tier_upgrade", timedelta(), 5 * DAY, "UTC", tier_window=30 * DAY, tiers=rules, tier_ids=TIERS
    )
    with connect(everybody) as con:
        found = []
        for now in (1.5, 3):
            triggers.find_standing(con, trigger, at(now), at(now))
            found.append(sorted(row[0] for row in con.execute("select member_id from standing").fetchall()))
        assert found == [["m0", "m1", "m2"], ["m1", "m2"]]

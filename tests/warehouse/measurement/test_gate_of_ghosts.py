"""Gate of benefits: what a benefit adds, measured against its ghosts, where the real allocator chose who gets what.

Who buys often anyway, and who is moved most, depends on the basket; so does the choice of the allocator. The whole
hold-out is another crowd than those who got a benefit: against it the same effects come out far off. The long run draws
more shops: python -m pytest -m slow tests/warehouse/measurement/test_gate_of_ghosts.py
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, HoldoutRule
from campaign_calendars.measuring.lift import Arm, contrast
from tests.warehouse.decision.cases import AT, connect
from tests.warehouse.decision.test_worths import GOLD, brief, expected
from warehouse.decision import engine
from warehouse.decision.outlook import Lookout
from warehouse.decision.planned import PlanAhead
from warehouse.engines.sql_files import sql_files
from warehouse.features.consent import define_consent

MEMBERS, HELD = 4_000, 3_000
"""Members of a shop, and the share that is held out, in basis points."""
FACES = {"c5": 500, "c10": 1_000, "c20": 2_000}
BENEFITS = (*FACES, "gift")
SEGMENTS = {"gold": 1.0, "regular": 0.5}
SQL = sql_files("warehouse.measurement")
Floats = NDArray[np.float64]


@dataclass
class Tally:
    """Sums over shops of a benefit's effect: as it is, against its ghosts, and against the whole hold-out."""

    true: float = 0.0
    ghosts: float = 0.0
    everybody: float = 0.0
    times: int = 0
    held: list[bool] = field(default_factory=list)
    """Whether the interval of each shop holds its truth."""


def shop(rng: np.random.Generator) -> tuple[duckdb.DuckDBPyConnection, NDArray[np.bool_], Floats]:
    """Members who may all get an SMS, whether they are gold, and their baskets in cents."""
    gold, basket = rng.random(MEMBERS) < 0.3, rng.lognormal(9.6, 0.9, MEMBERS).astype(np.int64)
    names = [f"m{n:06d}" for n in range(MEMBERS)]
    people = pa.table({"member_id": names, "tier": np.where(gold, "gold", "regular"), "avg_order": basket})
    con = connect([])
    con.register("people", people)
    con.execute("alter table member_features add column avg_order bigint")
    con.execute("insert into member_features select member_id, true, true, false, 30, tier, avg_order from people")
    con.execute("insert into snap.stg_members select member_id, timestamp '2026-01-01' from people")
    con.execute(
        "insert into snap.stg_contact_points (member_id, channel, consented_at, withdrawal_unread)"
        " select member_id, 'sms', timestamp '2026-01-01', false from people"
    )
    define_consent(con)
    return con, gold, basket.astype(float)


def ladder(salt: str) -> Brief:
    """Three coupons from one pool of money and few gifts, for a play with a hold-out."""
    told = [expected("gift", 3, cost=800)]
    for name, cost in FACES.items():
        reach = (cost / 100) ** 0.6
        told += [
            expected(name, 1 + 0.5 * reach, segment=GOLD, cost=cost),
            expected(name, 1 + 0.4 * reach, cost=cost),
        ]
    coupons = tuple(BenefitOption(name, cost, pool="coupons") for name, cost in FACES.items())
    return brief(
        *told,
        field="avg_order",
        benefits=(*coupons, BenefitOption("gift", 800, stock=MEMBERS // 8)),
        budget=BudgetLimits(None, {"coupons": MEMBERS * 300}),
        holdouts=(HoldoutRule("play", salt, HELD),),
        order_salt=salt,
    )


def rates(gold: NDArray[np.bool_], basket: Floats) -> tuple[Floats, dict[str, Floats]]:
    """Chance to buy without anything, and what each benefit adds to it: who spends much buys more often anyway, and
    is moved less by a coupon.
    """
    anyway = np.clip(0.05 * (basket / 15_000) ** 0.5, 0.005, 0.4)
    moved = np.where(gold, SEGMENTS["gold"], SEGMENTS["regular"])
    added = {name: 0.08 * moved * np.minimum(face / basket, 0.5) ** 0.3 for name, face in FACES.items()}
    return anyway, {**added, "gift": 0.03 * moved + np.zeros(len(basket))}


def given(con: duckdb.DuckDBPyConnection, one: Brief) -> dict[tuple[str, str], NDArray[np.int64]]:
    """(arm, benefit) → members, by the rule of the report; everybody held out under ("play_control", "")."""
    lookout = Lookout(con, [one])
    lookout.look(lookout.briefs)
    counts = engine.decide_play(con, one, PlanAhead.of(con, lookout.outlook(one.at), [one]))
    assert counts.allocation is not None, "the allocator chose"
    con.execute("drop table candidates")  # the engine's own
    con.execute("create temp view candidates as select *, member_id as account_id from decisions")
    con.execute("create or replace temp table persons_of_several (member_id varchar)")
    con.execute("create or replace temp table phase_windows as select 'burst' as phase, ?::timestamp as ends_at",
                [(AT + timedelta(days=5)).replace(tzinfo=None)])  # fmt: skip
    con.execute(SQL["first_assignments"], {"as_of": datetime(2026, 4, 1)})
    con.execute(SQL["first_offers"])
    con.execute("create or replace temp table arm_members as select phase, play, member_id, arm from first_assignments")
    con.execute(SQL["benefit_members"])
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for arm, benefit, member in con.execute("select arm, benefit, member_id from benefit_members").fetchall():
        found[arm, benefit].append(int(member[1:]))
    for arm, member in con.execute("select arm, member_id from arm_members where arm = 'play_control'").fetchall():
        found[arm, ""].append(int(member[1:]))
    # In an order of their own: chance is drawn for them one after the other.
    return {key: np.array(sorted(members)) for key, members in found.items()}


def measured(shops: int, seed: int) -> dict[str, Tally]:
    rng = np.random.default_rng(seed)
    tallies = {name: Tally() for name in BENEFITS}
    for number in range(shops):
        con, gold, basket = shop(rng)
        with con:
            members = given(con, ladder(f"shop-{seed}-{number}"))
        anyway, added = rates(gold, basket)
        everybody = anyway[members["play_control", ""]].mean()
        for name, tally in tallies.items():
            treated, ghosts = members["treated", name], members["play_control", name]
            with_it, without = anyway[treated] + added[name][treated], anyway[ghosts]
            true = float(added[name][treated].mean())
            tally.true += true
            tally.ghosts += float(with_it.mean() - without.mean())
            tally.everybody += float(with_it.mean() - everybody)
            tally.times += 1
            bought = [int((rng.random(len(chance)) < chance).sum()) for chance in (with_it, without)]
            interval = contrast(Arm(len(treated), bought[0]), Arm(len(ghosts), bought[1])).interval
            assert interval is not None
            tally.held.append(interval[0] <= true <= interval[1])
    return tallies


@pytest.mark.parametrize(
    ("shops", "within"), [(5, 0.08), pytest.param(120, 0.04, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_a_benefit_is_measured_against_its_ghosts(shops: int, within: float) -> None:
    """4 % in the long run; chances to buy stand in for purchases, so a few shops show a rule that is wrong."""
    found = measured(shops, seed=31)
    off = {name: tally.ghosts / tally.true - 1 for name, tally in found.items()}
    whole = {name: tally.everybody / tally.true - 1 for name, tally in found.items()}
    print({name: (round(off[name], 4), round(whole[name], 3)) for name in found})
    assert max(map(abs, off.values())) <= within
    assert max(map(abs, whole.values())) > 0.25, "against the whole hold-out it is another figure"
    held = [one for tally in found.values() for one in tally.held]
    assert sum(held) / len(held) >= (0.9 if shops < 100 else 0.93)

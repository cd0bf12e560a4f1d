"""One occurrence decided: the SQL engine against the same rules in plain pandas.

The engine also keeps the reason of every member it leaves out; pandas only counts.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pandas as pd

from benchmarks import harness
from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, ChannelOption, HoldoutRule
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.time.timeline import Span
from warehouse.decision import engine
from warehouse.features import history
from warehouse.features.consent import define_consent

AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
BRIEF = Brief(
    calendar="bench", phase="burst", play="recall", at=AT,
    day=Span(datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)),
    predicate="f.joined and f.recency_days > 30", columns=frozenset({"joined", "recency_days"}), order_salt="bench",
    channels=(
        ChannelOption("sms", consent_required=True, quiet=False),
        ChannelOption("push", consent_required=False, quiet=False),
    ),
    benefits=(BenefitOption("gift", 900, stock=5_000), BenefitOption("coupon", 300, pool="coupons")),
    holdouts=(HoldoutRule("campaign", "bench", 500), HoldoutRule("play", "bench:play", 1_000)),
    caps=(CapRule((), 2, timedelta(days=7)),),
    budget=BudgetLimits(None, {"coupons": 20_000_000}),
)  # fmt: skip


def connect(members: int) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set threads = 2")
    history.create_tables(con)
    con.execute(
        f"""
        create table member_features as
        select 'm' || i as member_id, i % 7 <> 0 as joined, i % 97 = 0 as has_left, (i * 31 % 60 + 14)::int as age,
            'regular' as tier, (i * 17 % 400)::int as recency_days
        from range({members}) as r(i);
        attach ':memory:' as snap;
        create table snap.stg_members as select member_id from member_features;
        create table snap.stg_contact_points as
        select 'm' || i as member_id, 'sms' as channel, null::varchar as address,
            case when i % 5 <> 0 then timestamp '2026-01-01' end as consented_at,
            case when i % 41 = 0 then timestamp '2026-02-01' end as withdrawn_at, false as withdrawal_unread
        from range({members}) as r(i) where i % 3 <> 0;
        create table snap.stg_consents (
            member_id varchar, channel varchar, purpose varchar, given_at timestamp, withdrawn_at timestamp,
            withdrawal_unread bool
        );
        insert into contacts
        select 'm' || (i * 13 % {members}), 'sms', 'bench', 'burst', 'other', timestamp '2026-03-03', null
        from range({members}) as r(i);
        """
    )
    define_consent(con)
    engine.prepare(con)
    return con


def with_pandas(features: pd.DataFrame, points: pd.DataFrame, contacts: pd.DataFrame) -> dict[str, int]:
    """The same rules, column by column, with Python's md5 for hold-outs and turns."""
    who = features[features.joined & (features.recency_days > 30)].copy()

    def bucket(salt: str) -> pd.Series:
        return who.member_id.map(lambda m: int(hashlib.md5(f"{salt}:{m}".encode()).hexdigest()[:8], 16) % 10_000)

    who["control"] = (bucket("bench") < 500) | (bucket("bench:play") < 1_000)
    sms = points.set_index("member_id")
    who = who.join(sms[["consented_at", "withdrawn_at"]], on="member_id")
    who["has_row"] = who.member_id.isin(sms.index)
    recent = contacts[contacts["at"] > pd.Timestamp(AT.replace(tzinfo=None)) - timedelta(days=7)]
    capped = recent.groupby("member_id").size()
    who["capped"] = who.member_id.map(capped).fillna(0) >= 2
    sms_ok = who.has_row & who.withdrawn_at.isna() & who.consented_at.notna() & ~who.capped
    free = ~who.has_left & ~(who.age < 18) & ~who.control
    who["channel"] = None
    who.loc[free & ~who.capped, "channel"] = "push"
    who.loc[free & sms_ok, "channel"] = "sms"
    reached = who[who.channel.notna()].copy()
    reached["turn"] = reached.member_id.map(lambda m: hashlib.md5(f"bench:{m}".encode()).hexdigest())
    reached = reached.sort_values(["turn", "member_id"])
    gifts = min(5_000, len(reached))
    coupons = min(20_000_000 // 300, len(reached) - gifts)
    return {"candidates": len(who), "chosen": gifts + coupons}


def prepare(members: int) -> Callable[[], dict[str, int]]:
    con = connect(members)

    def work() -> dict[str, int]:
        counts = engine.decide_play(con, BRIEF)
        return {"candidates": counts.candidates, "chosen": counts.chosen}

    return work


def prepare_pandas(members: int) -> Callable[[], dict[str, int]]:
    with connect(members) as con:
        frames = [
            con.execute(f"from {name}").df() for name in ("member_features", "snap.stg_contact_points", "contacts")
        ]
    return lambda: with_pandas(*frames)


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    both = harness.alternate(lambda: prepare(members), lambda: prepare_pandas(members), rounds=chosen.rounds)
    if both.result != both.expected:
        raise SystemExit(f"the engine found {both.result}, pandas {both.expected}")
    yield both.row("decide: one play, against pandas", members, harness.peak_mb(prepare, members))


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=100_000), rows)

"""One occurrence decided: the engine against the same rules in one statement of DuckDB, written by hand for this play.

Both end with a table of who gets what on which channel, the same to the row, which is checked. The engine also
knows every other kind of rule, keeps the arm and the reason of every member it leaves out, and remembers contacts
and grants for the next play; the statement does not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import duckdb

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
            case when i % 41 = 0 then timestamp '2026-02-01' end as withdrawn_at, false as withdrawal_unread,
            null::timestamp as bound_at, null::timestamp as unbound_at
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


BY_HAND = """
create table chosen as
with candidates as (
    select member_id, has_left, coalesce(age < 18, false) as under_age,
        ('0x' || substr(md5('bench:' || member_id), 1, 8))::bigint % 10000 < 500
        or ('0x' || substr(md5('bench:play:' || member_id), 1, 8))::bigint % 10000 < 1000 as control
    from member_features
    where joined and recency_days > 30
),
capped as (
    select member_id from contacts
    where "at" > timestamp '2026-02-26 10:00' and "at" <= timestamp '2026-03-05 10:00'
    group by member_id having count(*) >= 2
),
reached as (
    select member_id, case when p.consented_at is not null and p.withdrawn_at is null then 'sms' else 'push' end
        as channel, row_number() over (order by md5('bench:' || member_id), member_id) as turn
    from candidates
    anti join capped using (member_id)
    left join snap.stg_contact_points as p using (member_id)
    where not has_left and not under_age and not control
)
select member_id, channel, case when turn <= 5000 then 'gift' else 'coupon' end as benefit
from reached
where turn <= 5000 + 20000000 // 300
"""
OURS = "select member_id, channel, benefit from decisions where status = 'chosen'"
FOUND = "select count(*)::varchar, sum(hash(member_id, channel, benefit))::varchar from ({})"
Found = tuple[str, str]


def prepare(members: int) -> Callable[[], Found]:
    con = connect(members)

    def work() -> Found:
        engine.decide_play(con, BRIEF)
        return _found(con, OURS)

    return work


def prepare_by_hand(members: int) -> Callable[[], Found]:
    con = connect(members)

    def work() -> Found:
        con.execute(BY_HAND)
        return _found(con, "from chosen")

    return work


def _found(con: duckdb.DuckDBPyConnection, chosen: str) -> Found:
    count, digest = con.execute(FOUND.format(chosen)).fetchall()[0]
    con.close()
    return count, digest


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    both = harness.alternate(lambda: prepare(members), lambda: prepare_by_hand(members), rounds=chosen.rounds)
    if both.result != both.expected:
        raise SystemExit(f"the engine found {both.result}, the statement {both.expected}")
    reference = "one DuckDB statement written by hand for this play"
    yield both.row("decide: one play", members, "members", reference, peak_mb=harness.peak_mb(prepare, members))


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=1_000_000, short=100_000), rows)

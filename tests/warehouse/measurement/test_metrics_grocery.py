"""Sales, shares and repeats of a real year, beside the same figures reckoned in pandas from its baskets.

The data know no joining, leaving or refund. Here every household joins and may leave on a day of its own, and every
seventeenth basket comes back, in part or in full, so that moments matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import duckdb
import pandas as pd
import pytest

from campaign_calendars.measuring.metrics.metric import MemberRule
from campaign_calendars.model.programme import Ladder, TierRules, ladder_of_spends
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.measurement.metrics.session import MetricRules, MetricSession, Window
from warehouse.models.catalogue import load_layer
from warehouse.sample.grocery import prepare_grocery
from warehouse.shelf.manifest import BuildRecord, Input, Snapshot
from warehouse.snapshots.snapshot import open_snapshot

pytestmark = pytest.mark.grocery

AS_OF = datetime(2017, 9, 20, 12, tzinfo=UTC)
MONTHS = [
    Window(f"2017-{month:02}", datetime(2017, month, 1, tzinfo=UTC), datetime(2017, month + 1, 1, tzinfo=UTC))
    for month in range(2, 10)
]
PARAMS = FeatureParams(
    "UTC", (30, 90, 180, 365), 120, (("basic", 0), ("silver", 150_00), ("gold", 400_00), ("platinum", 900_00))
)
EARLIER = Ladder((0, 50_00, 100_00, None), (None, None, 12, 30))
CHANGED = replace(
    PARAMS, tier_rules=TierRules(ladder_of_spends([0, 150_00, 400_00, 900_00]), EARLIER, MONTHS[1].ends_at)
)
"""Rules that changed at the end of March hold for a member from his next successful order on."""
ORDERS = """
select
    order_id,
    member_id,
    ordered_at,
    ordered_at as paid_at,
    ordered_at + interval 3 days as succeeded_at,
    (amount * 100)::bigint as amount_cents,
    case hash(order_id) % 34 when 0 then amount_cents when 17 then amount_cents // 3 else 0 end as refunded_cents,
    case when hash(order_id) % 17 = 0 then ordered_at + to_days((hash(order_id) % 40)::integer) end as refunded_at
from read_parquet($file)
"""
MEMBERS = """
select
    member_id,
    timestamp '2016-11-01' + to_days((hash(member_id) % 300)::integer) as joined_at,
    case
        when hash(member_id) % 9 = 0 then timestamp '2017-03-01' + to_days((hash(member_id) % 90)::integer)
    end as left_at
from read_parquet($file)
"""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("grocery")
    prepare_grocery(folder / "data")
    path = folder / "year.duckdb"
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        for table, query in (("orders", ORDERS), ("members", MEMBERS)):
            file = str(folder / "data" / f"{table}-0001.parquet")
            con.execute(f"insert into stg_{table} by name {query}", {"file": file})
    inputs = tuple(Input(name, name, 1, None, "") for name in ("orders", "members"))
    return Snapshot("year", path, datetime(2018, 1, 1, tzinfo=UTC), {}, (), "f", build=BuildRecord(inputs=inputs))


@pytest.fixture(scope="module")
def frame(year: Snapshot) -> pd.DataFrame:
    """A basket a row, as known at the moment of measuring: what counts, by whom."""
    with duckdb.connect(str(year.path), read_only=True) as con:
        orders = con.execute("select * from stg_orders").df()
        members = con.execute("select member_id, joined_at, left_at from stg_members").df()
    now = pd.Timestamp(AS_OF).tz_localize(None)
    made = orders[orders.paid_at < now].merge(members, on="member_id", how="left")
    back = made.refunded_cents.where(made.refunded_at < now, 0)
    made["net"] = made.amount_cents - back
    made = made[(made.net > 0) | (made.amount_cents == 0)]
    gone = made.left_at.notna() & (made.left_at < now) & ~(made.joined_at > made.left_at)  # who joined again is back
    made["inside"] = ~(gone & (made.left_at <= made.paid_at))
    made["joined"] = (made.joined_at <= made.paid_at) & made.inside
    first = made.groupby("member_id").paid_at.transform("min")
    made["bought"] = (first < made.paid_at) & made.inside
    return made


def test_sales_shares_and_repeats_agree(year: Snapshot, frame: pd.DataFrame) -> None:
    names = (
        "gmv", "orders", "buyers", "member_share", "member_buyers", "repeat_rate", "store_repeat_rate",
        "store_repeat_rate_by_day", "buyback_rate", "order_repeat_rate", "new_customers",
    )  # fmt: skip
    found = told(year, names, "2.0")
    for window in MONTHS:
        ends_at = min(window.ends_at, AS_OF)  # and the window before is as long as what there is of this one
        start, end = (pd.Timestamp(one).tz_localize(None) for one in (window.starts_at, ends_at))
        mine = frame[(frame.paid_at >= start) & (frame.paid_at < end)]
        earlier = frame[(frame.paid_at >= start - (end - start)) & (frame.paid_at < start)]
        ours, times = mine[mine.joined], mine.groupby("member_id").size()
        own = ours.groupby("member_id").size()
        days = mine.groupby("member_id").paid_at.apply(lambda at: at.dt.date.nunique())
        before = set(earlier.member_id)
        firsts = frame.groupby("member_id").paid_at.min()
        wanted: dict[str, int | Fraction] = {
            "gmv": int(mine.net.sum()),
            "orders": len(mine),
            "buyers": mine.member_id.nunique(),
            "member_share": Fraction(int(ours.net.sum()), int(mine.net.sum())),
            "member_buyers": ours.member_id.nunique(),
            "repeat_rate": Fraction(int((own >= 2).sum()), len(own)),
            "store_repeat_rate": Fraction(int((times >= 2).sum()), len(times)),
            "store_repeat_rate_by_day": Fraction(int((days >= 2).sum()), len(days)),
            "buyback_rate": Fraction(len(before & set(mine.member_id)), len(before)),
            "order_repeat_rate": Fraction(len(mine) - len(times), len(mine)),
            "new_customers": int(((firsts >= start) & (firsts < end)).sum()),
        }
        assert {name: found[name, window.key] for name in names} == wanted


def test_members_who_had_bought_before(year: Snapshot, frame: pd.DataFrame) -> None:
    found = told(year, ("member_share", "member_buyers"), "1.0")
    for window in MONTHS:
        ends_at = min(window.ends_at, AS_OF)  # and the window before is as long as what there is of this one
        start, end = (pd.Timestamp(one).tz_localize(None) for one in (window.starts_at, ends_at))
        mine = frame[(frame.paid_at >= start) & (frame.paid_at < end)]
        ours = mine[mine.bought]
        assert found["member_share", window.key] == Fraction(int(ours.net.sum()), int(mine.net.sum()))
        assert found["member_buyers", window.key] == ours.member_id.nunique()


@pytest.mark.parametrize("params", [PARAMS, CHANGED])
def test_tiers_of_every_moment_are_those_of_the_features(year: Snapshot, params: FeatureParams) -> None:
    """The tiers of metrics are kept as changes; the features of audiences reckon each moment anew."""
    with session(year, "2.0", params) as metrics:
        told = metrics.compute(["tier_counts"], "month", MONTHS[:4])
    counted = {(one.key, *one.part): one.numerator for one in told}
    with open_snapshot(year) as con:
        from warehouse.features import history

        history.create_tables(con)
        for window in MONTHS[:4]:
            build_features(con, as_of=window.ends_at, params=params, columns=["tier", "joined"])
            rows = con.execute("select tier, count(*) from member_features where joined group by tier").fetchall()
            assert {tier: number for (key, tier), number in counted.items() if key == window.key} == dict(rows)


def test_the_last_month_ends_at_the_moment_of_measuring(year: Snapshot) -> None:
    with session(year, "2.0") as metrics:
        cut = Window("2017-09", MONTHS[-1].starts_at, AS_OF)
        names = ("gmv", "buyers", "members_total", "repeat_rate")
        assert metrics.compute(names, "month", MONTHS[-1:]) == metrics.compute(names, "month", [cut])
        later = Window("2017-10", MONTHS[-1].ends_at, MONTHS[-1].ends_at + timedelta(days=31))
        assert {one.lacks for one in metrics.compute(names, "month", [later])} == {"later"}


def session(year: Snapshot, members: MemberRule, params: FeatureParams = PARAMS) -> MetricSession:
    long_ago = datetime(2015, 1, 1, tzinfo=UTC)
    rules = MetricRules(params, members, MONTHS[0].starts_at, phases=(), history_from=long_ago)
    return MetricSession(year, rules=rules, as_of=AS_OF)


def told(year: Snapshot, names: tuple[str, ...], members: MemberRule) -> dict[tuple[str, str], Fraction | int | None]:
    with session(year, members) as metrics:
        return dict(_told(metrics, names))


def _told(metrics: MetricSession, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], Fraction | int | None]]:
    for one in metrics.compute(names, "month", MONTHS):
        assert one.state == "value"
        assert one.numerator is not None
        whole = one.denominator
        yield (one.metric, one.key), one.numerator if whole is None else Fraction(one.numerator, whole)

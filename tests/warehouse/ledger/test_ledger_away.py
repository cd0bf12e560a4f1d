"""A database that is locked, restarts or goes away: what is retryable is so by its type, and is done again."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from campaign_calendars.findings.errors import LedgerAwayError, LedgerError
from warehouse.ledger import engine as engines
from warehouse.ledger.engine import open_engine, patiently, reading, writing
from warehouse.ledger.records import Outcome
from warehouse.ledger.sql import SqlLedger

from .cases import RUN, T0, job, put

CUT = """
select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = 'postgres'
"""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PATIENCE", timedelta(seconds=0.2))


@pytest.fixture
def sqlite_ledger(sqlite_url: str) -> Iterator[SqlLedger]:
    ledger = SqlLedger(sqlite_url)
    put(ledger, [job("a"), job("b")])
    yield ledger
    ledger.close()


def test_opening_waits_for_no_writer(sqlite_url: str, sqlite_ledger: SqlLedger) -> None:
    with writing(sqlite_ledger._engine):
        began = time.monotonic()
        other = SqlLedger(sqlite_url)
        assert other.job_counts() == sqlite_ledger.job_counts()
        assert time.monotonic() - began < 5, "it would wait half a minute for the lock"
        other.close()


def test_opening_a_postgresql_ledger_waits_for_no_writer(postgres_url: str) -> None:
    first = SqlLedger(postgres_url)
    with writing(first._engine) as con:
        con.execute(text("lock table schema_version in row exclusive mode"))
        con.execute(text("select pg_advisory_xact_lock(7205911)"))
        SqlLedger(postgres_url).close()
    first.close()


def test_isolation_is_set_and_not_assumed(postgres_url: str) -> None:
    admin = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as con:
        con.execute(text("alter database postgres set default_transaction_isolation = 'serializable'"))
    engine = open_engine(postgres_url)
    level = text("show transaction_isolation")
    try:
        with writing(engine) as con:
            assert con.scalar(level) == "read committed"
        with reading(engine) as con:
            assert con.scalar(level) == "repeatable read", "one view, however many statements"
    finally:
        with admin.connect() as con:
            con.execute(text("alter database postgres reset default_transaction_isolation"))
        admin.dispose()
        engine.dispose()


def test_a_lock_that_ends_is_waited_for(
    sqlite_url: str, sqlite_ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_BUSY_TIMEOUT_MS", 20)
    other = SqlLedger(sqlite_url)
    holding = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), check_same_thread=False, isolation_level=None)
    holding.execute("begin immediate")
    free = threading.Timer(0.4, lambda: holding.execute("commit"))
    free.start()
    assert len(other.claim(None, "sms", 9, "w", T0)) == 2
    free.join()
    holding.close()
    other.close()


@pytest.mark.usefixtures("impatient")
def test_one_that_does_not_end_is_an_error_that_may_be_tried_again(
    sqlite_url: str, sqlite_ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_BUSY_TIMEOUT_MS", 20)
    other = SqlLedger(sqlite_url)
    with writing(sqlite_ledger._engine), pytest.raises(LedgerAwayError, match="locked") as caught:
        other.claim(None, "sms", 9, "w", T0)
    assert caught.value.retryable
    other.close()


def test_connections_that_are_cut_are_made_again(postgres_url: str) -> None:
    ledger = SqlLedger(postgres_url)
    put(ledger, [job("a"), job("b"), job("c")])
    killer = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")

    def cut() -> None:
        with killer.connect() as con:
            con.execute(text(CUT))

    cut()
    [first] = ledger.claim(None, "sms", 1, "w", T0)
    tries: list[int] = []

    def cut_once() -> int:
        with writing(ledger._engine) as con:
            if not tries:
                cut()
            tries.append(1)
            return int(con.scalar(text("select 7")) or 0)

    assert patiently(cut_once) == 7
    assert len(tries) == 2
    cut()
    assert ledger.hand_over({first.intent_key: 6}, "w", T0) == {first.intent_key}
    cut()
    assert ledger.record(iter([Outcome(first.intent_key, "sent")]), T0, worker="w") == 1
    killer.dispose()
    ledger.close()


def test_nobody_answering_is_away_and_a_refusal_is_not() -> None:
    with pytest.raises(LedgerAwayError):
        SqlLedger("postgresql://u:p@127.0.0.1:1/none")


def test_a_mistake_is_not_tried_again(sqlite_ledger: SqlLedger) -> None:
    tries = []

    def wrong() -> None:
        tries.append(1)
        with writing(sqlite_ledger._engine) as con:
            con.execute(text("select * from nowhere"))

    with pytest.raises(LedgerError) as caught:
        patiently(wrong)
    assert not caught.value.retryable
    assert len(tries) == 1


def test_a_full_disk_is_an_error_and_changes_nothing(sqlite_url: str) -> None:
    ledger = SqlLedger(sqlite_url)
    put(ledger, [job("a")])
    with ledger._engine.connect() as con:
        pages = con.exec_driver_sql("pragma page_count").scalar()
        con.exec_driver_sql(f"pragma max_page_count = {pages}")
        con.rollback()
    many = [job(f"m{n}") for n in range(5_000)]
    with pytest.raises(LedgerError, match="full") as caught:
        put(ledger, many)
    assert not caught.value.retryable
    assert "room" in caught.value.remedy
    assert [one.member_id for one in ledger.jobs()] == ["a"]
    assert ledger.position() == 1
    [claimed] = ledger.claim(None, "sms", 9, "w", T0)
    assert ledger.record([Outcome(claimed.intent_key, "sent")], T0, worker="w") == 1
    ledger.close()


@pytest.mark.parametrize(("free", "full"), [(0, True), (10**9, False)])
def test_a_log_that_cannot_be_made_for_want_of_room_is_no_broken_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, full: bool
) -> None:
    """SQLite says "disk I/O error" where a disk is so full that nothing can even be read."""
    usage, origin = shutil.disk_usage(tmp_path), sqlite3.OperationalError("disk I/O error")
    origin.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage._replace(free=free))
    error = OperationalError("select 1", None, origin)
    assert engines._is_full(make_url(f"sqlite:///{tmp_path / 'ledger.db'}"), error) is full


def test_a_ledger_copied_by_hand_keeps_its_promises(tmp_path: Path, sqlite_ledger: SqlLedger, sqlite_url: str) -> None:
    """A backup of the file taken with `.backup` of SQLite is a ledger of its own."""
    target = tmp_path / "copy.db"
    source = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    with sqlite3.connect(target) as con:
        source.backup(con)
    source.close()
    copy = SqlLedger(f"sqlite:///{target}")
    assert list(copy.jobs()) == list(sqlite_ledger.jobs())
    assert copy.run(RUN.run_id) == sqlite_ledger.run(RUN.run_id)
    copy.close()

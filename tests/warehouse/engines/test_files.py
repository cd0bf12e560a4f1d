"""Sessions for reading files do not see one another."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.engines.files import reading_files


def test_a_session_is_its_own_and_the_next_one_is_there_when_it_is_closed() -> None:
    with reading_files() as one, reading_files() as other:
        one.execute("create temp table mine as select 1")
        with pytest.raises(duckdb.CatalogException):
            other.execute("from mine")
    with reading_files() as later:
        assert later.execute("select 1").fetchone() == (1,)

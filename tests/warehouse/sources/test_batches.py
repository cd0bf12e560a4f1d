"""Batches are put together to the size DuckDB writes best, and fetched one ahead of whoever writes them."""

from __future__ import annotations

from collections.abc import Generator
from threading import get_ident

import pyarrow as pa
import pytest

from warehouse.sources import batches
from warehouse.sources.batches import at_most, gathered, one_ahead


class Source:
    """Gives numbers, and remembers what was asked of it, by which thread, and whether it was closed."""

    def __init__(self, breaks_at: int | None = None) -> None:
        self.breaks_at = breaks_at
        self.given: list[int] = []
        self.threads: set[int] = set()
        self.closed = False

    def batches(self) -> Generator[int, None, None]:
        try:
            for number in range(6):
                if number == self.breaks_at:
                    raise OSError("the server went away")
                self.threads.add(get_ident())
                self.given.append(number)
                yield number
        finally:
            self.closed = True


def test_all_of_them_in_order_from_another_thread() -> None:
    source = Source()
    assert list(one_ahead(source.batches())) == [0, 1, 2, 3, 4, 5]
    assert source.closed
    assert get_ident() not in source.threads


def test_never_more_than_one_ahead_and_closed_early() -> None:
    source = Source()
    taken = one_ahead(source.batches())
    assert [next(taken), next(taken)] == [0, 1]
    taken.close()
    assert source.given == [0, 1, 2]
    assert source.closed


def test_what_breaks_is_told_after_what_came_before() -> None:
    source = Source(breaks_at=2)
    taken = one_ahead(source.batches())
    assert [next(taken), next(taken)] == [0, 1]
    with pytest.raises(OSError, match="went away"):
        next(taken)
    assert source.closed


def numbers(*counts: int) -> list[pa.Table]:
    rows = iter(range(sum(counts)))
    return [pa.table({"c0": [str(next(rows)) for _ in range(count)]}) for count in counts]


def test_gathered_keeps_rows_and_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_ROWS", 5)
    found = list(gathered(numbers(2, 2, 2, 9, 1)))
    assert [part.num_rows for part in found] == [6, 9, 1]
    assert [cell for part in found for cell in part["c0"].to_pylist()] == [str(n) for n in range(16)]


def test_wide_rows_are_not_gathered_beyond_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_BYTES", 1)
    assert [part.num_rows for part in gathered(numbers(2, 3))] == [2, 3]


def test_batches_of_other_types_stay_apart() -> None:
    wide = pa.table({"c0": pa.array(["x"], pa.large_string())})
    found = list(gathered([*numbers(1, 1), wide]))
    assert [part.schema.field("c0").type for part in found] == [pa.string(), pa.large_string()]
    assert not list(gathered([]))


@pytest.mark.parametrize(("rows", "counts"), [(None, [2, 2, 2]), (3, [2, 1]), (4, [2, 2]), (0, [0]), (9, [2, 2, 2])])
def test_at_most_so_many_rows(rows: int | None, counts: list[int]) -> None:
    assert [part.num_rows for part in at_most(numbers(2, 2, 2), rows)] == counts

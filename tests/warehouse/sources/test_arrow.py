"""Batches of a database are fetched one ahead of whoever writes them."""

from __future__ import annotations

from collections.abc import Generator
from threading import get_ident

import pytest

from warehouse.sources.arrow import one_ahead


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

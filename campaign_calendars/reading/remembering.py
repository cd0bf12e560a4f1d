"""What was worked out for texts that come again and again, such as the parts of one that is being typed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Results of a pure function, kept while they are used: those of the last turns, of any number and size.

    A turn is one text. What none of the last `turns` (to twice as many) asked for is forgotten, so that memory
    follows the text and not what was typed on the way.
    """

    def __init__(self, work: Callable[[K], V], turns: int = 3) -> None:
        self._work = work
        self._turns = turns
        self._left = turns
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def turn(self) -> None:
        """Begin another text."""
        self._left -= 1
        if self._left <= 0:
            self._left = self._turns
            self._young, self._old = {}, self._young

    def forget(self) -> None:
        """Begin as if nothing had been asked."""
        self._young, self._old = {}, {}

    def __call__(self, key: K) -> V:
        try:
            return self._young[key]
        except KeyError:
            made = self._old[key] if key in self._old else self._work(key)
            self._young[key] = made
            return made

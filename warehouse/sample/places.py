"""Chinese names and cities with rough real-life weights, and telephone numbers nobody answers.

Weights are shares in no particular unit: `surnames.txt` after the published frequency order,
`cities.txt` after population and online shopping. Given names are put together from the
characters of `given_names.txt`: first of two, second of two, alone; the commoner ones first.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.sample.draws import Floats, Ints

_SINGLE_SHARE = 0.14

# 145 is a prefix of data cards, which take no calls, and libphonenumber knows no place to which
# a block of 1455 or 1456 was ever given, although its pattern for Chinese mobiles accepts them.
# So the numbers pass every syntax check and, as far as public data show, belong to nobody.
PHONE_FIRST = 14_550_000_000
PHONE_COUNT = 20_000_000
_PHONE_STRIDE = 7_368_787  # has no factor in common with 20,000,000: no two members share a number


class _Weighted:
    """Words drawn by weight from one uniform number each."""

    def __init__(self, words: list[str], weights: Floats) -> None:
        self._words = pa.array(words, pa.string())
        self._cumulative = np.cumsum(weights) / np.sum(weights)

    def indexes(self, uniform: Floats) -> Ints:
        found = np.searchsorted(self._cumulative, uniform, side="right").astype(np.int64)
        return np.minimum(found, len(self._words) - 1)

    def take(self, uniform: Floats) -> pa.Array:
        return self._words.take(pa.array(self.indexes(uniform)))


def _lines(name: str) -> list[str]:
    return files("warehouse.sample").joinpath(name).read_text(encoding="utf-8").splitlines()


@cache
def _surnames() -> _Weighted:
    rows = [line.split() for line in _lines("surnames.txt")]
    return _Weighted([word for word, _ in rows], np.array([float(weight) for _, weight in rows]))


@cache
def _given_names() -> tuple[_Weighted, _Weighted, _Weighted]:
    # Popularity falls slowly along each list, as it does among real given names.
    first, second, alone = (
        _Weighted(list(line), 1.0 / (8.0 + np.arange(len(line), dtype=np.float64)))
        for line in _lines("given_names.txt")
    )
    return first, second, alone


def full_names(rng: np.random.Generator, count: int) -> pa.Array:
    """`count` full names: surname and a given name of one or two characters."""
    surname = _surnames().take(rng.random(count))
    single = pa.array(rng.random(count) < _SINGLE_SHARE)
    first, second, alone = (words.take(rng.random(count)) for words in _given_names())
    given = pc.if_else(single, alone, pc.binary_join_element_wise(first, second, ""))
    return pc.binary_join_element_wise(surname, given, "")


def home_towns(rng: np.random.Generator, count: int) -> tuple[pa.Array, pa.Array]:
    """`count` cities and their provinces."""
    rows = [line.split() for line in _lines("cities.txt")]
    cities = _Weighted([row[1] for row in rows], np.array([float(row[2]) for row in rows]))
    chosen = pa.array(cities.indexes(rng.random(count)))
    provinces = pa.array([row[0] for row in rows], pa.string())
    return pa.array([row[1] for row in rows], pa.string()).take(chosen), provinces.take(chosen)


def phone_numbers(member_numbers: Ints) -> pa.Array:
    """One eleven-digit number per member number, never the same for two of the first 20,000,000."""
    return pa.array(PHONE_FIRST + (member_numbers * _PHONE_STRIDE) % PHONE_COUNT).cast(pa.string())

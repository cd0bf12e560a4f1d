"""Whether the arms of an experiment are of the sizes that were drawn: if not, their outcomes compare other members."""

from __future__ import annotations

from collections.abc import Mapping
from math import erfc, exp, fsum, gamma, lgamma, log, sqrt

LEAST_P = 0.001
"""Below it the sizes of the arms are no chance any more, and their rates compare other members."""
_FEW = 25
"""Members expected in the smaller of two arms below which chi-square would call one of fifty draws impossible."""


def as_drawn(p: float | None) -> bool:
    """Whether sizes of this likelihood may be chance; without members there is nothing to object to."""
    return p is None or p >= LEAST_P


def sample_ratio(members: Mapping[str, int], shares: Mapping[str, int]) -> float | None:
    """Pearson's chi-square test of the sizes against the shares. Known answer: 530 to 470 at 50:50 → 0.0578.

    Two arms of which one is to be small are tested exactly: 1 of 1 at 5 % is one draw in twenty, where chi-square says
    one in 77,000. None without members.
    """
    total, whole = sum(members.values()), sum(shares.values())
    if not total:
        return None
    expected = {name: total * share / whole for name, share in shares.items() if share}
    if len(expected) == 2 and set(members) <= set(expected):  # noqa: PLR2004 - two arms
        rare = min(expected, key=lambda name: expected[name])
        if expected[rare] < _FEW:
            return _exact(members.get(rare, 0), total, expected[rare] / total)
    statistic = sum((members.get(name, 0) - wanted) ** 2 / wanted for name, wanted in expected.items())
    return _above(statistic, len(expected) - 1)


def _exact(found: int, total: int, share: float) -> float:
    """Two-sided binomial test: twice the smaller tail, both with what was found."""

    def chance(count: int) -> float:
        ways = lgamma(total + 1) - lgamma(count + 1) - lgamma(total - count + 1)
        return exp(ways + count * log(share) + (total - count) * log(1 - share))

    below = fsum(chance(count) for count in range(found))
    return min(1.0, 2 * max(min(below + chance(found), 1 - below), 0.0))


def _above(statistic: float, freedom: int) -> float:
    """Chance of a chi-square value above `statistic`, in closed form (Abramowitz and Stegun 26.4.4, 26.4.5)."""
    half = statistic / 2
    if freedom % 2:
        rest = sum(sqrt(half) * half**n / gamma(n + 1.5) for n in range((freedom - 1) // 2))
        return min(1.0, erfc(sqrt(half)) + exp(-half) * rest)
    return min(1.0, exp(-half) * sum(half**n / gamma(n + 1) for n in range(freedom // 2))) if freedom else 1.0

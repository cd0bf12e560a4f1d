"""Whether the arms of an experiment are of the sizes that were drawn: if not, their outcomes compare other members."""

from __future__ import annotations

from collections.abc import Mapping
from math import erfc, exp, gamma, sqrt

LEAST_P = 0.001
"""Below it the sizes of the arms are no chance any more, and their rates compare other members."""


def as_drawn(p: float | None) -> bool:
    """Whether sizes of this likelihood may be chance; without members there is nothing to object to."""
    return p is None or p >= LEAST_P


def sample_ratio(members: Mapping[str, int], shares: Mapping[str, int]) -> float | None:
    """Pearson's chi-square test of the sizes against the shares. Known answer: 530 to 470 at 50:50 → 0.0578.

    None without members.
    """
    total, whole = sum(members.values()), sum(shares.values())
    if not total:
        return None
    expected = {name: total * share / whole for name, share in shares.items() if share}
    statistic = sum((members.get(name, 0) - wanted) ** 2 / wanted for name, wanted in expected.items())
    return _above(statistic, len(expected) - 1)


def _above(statistic: float, freedom: int) -> float:
    """Chance of a chi-square value above `statistic`, in closed form (Abramowitz and Stegun 26.4.4, 26.4.5)."""
    half = statistic / 2
    if freedom % 2:
        rest = sum(sqrt(half) * half**n / gamma(n + 1.5) for n in range((freedom - 1) // 2))
        return min(1.0, erfc(sqrt(half)) + exp(-half) * rest)
    return min(1.0, exp(-half) * sum(half**n / gamma(n + 1) for n in range(freedom // 2))) if freedom else 1.0

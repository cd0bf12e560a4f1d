"""Standard errors as intervals: Student's t of a difference, Fieller (1954) of a ratio."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from campaign_calendars.measuring.lift import ALPHA, Difference, Price


@dataclass(frozen=True, slots=True)
class StandardError:
    """Standard error and degrees of freedom of a difference of two means."""

    se: float
    df: float

    @classmethod
    def of(cls, first: float, n: int, second: float, m: int, *, pooled: bool) -> StandardError:
        if pooled:
            variance = ((n - 1) * first + (m - 1) * second) / (n + m - 2)
            return cls(sqrt(max(variance, 0.0) * (1 / n + 1 / m)), n + m - 2)
        a, b = first / n, second / m
        return cls(sqrt(max(a + b, 0.0)), (a + b) ** 2 / (a * a / (n - 1) + b * b / (m - 1)) if a + b > 0 else 1.0)

    def around(self, estimate: float) -> Difference:
        from scipy.special import stdtr

        if self.se == 0:
            return Difference(estimate, estimate, estimate, float(estimate == 0), 0.0)
        reach = self.reach()
        p = 2 * float(stdtr(self.df, -abs(estimate) / self.se))
        return Difference(estimate, estimate - reach, estimate + reach, p, self.se)

    def reach(self) -> float:
        from scipy.special import stdtrit

        return float(stdtrit(self.df, 1 - ALPHA / 2)) * self.se


def ratio(  # noqa: PLR0917 - two estimates and what they vary by
    cost: float, cost_variance: float, more: float, variance: float, shared: float, times: float
) -> Price | None:
    """`cost` for one `more`, with its interval; `shared` is their covariance, `times` the errors of an end.

    None where no more was spent than chance, or where no more than chance was seen: the ratio has no bounded interval
    then, and any number would only look right.
    """
    bounded = more * more - times * times * variance
    if more <= 0 or bounded <= 0 or cost <= times * sqrt(cost_variance):
        return None
    centre = cost * more - times * times * shared
    reach = sqrt(max(centre * centre - bounded * (cost * cost - times * times * cost_variance), 0.0))
    return Price(estimate=cost / more, low=(centre - reach) / bounded, high=(centre + reach) / bounded)

"""Two plans side by side: what each is worth, reaches, costs, and what its plays and scarce things come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.planning.planned import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """One plan in a comparison."""

    name: str
    """Its checksum, or the changes of a what-if."""
    value: float | None
    """Priority points; null where nothing is planned."""
    bound: float | None
    """Priority points that no plan of it can pass."""
    messages: int
    """Messages."""
    benefit_cost_cents: int
    """What its benefits reserve, in cents."""
    message_cost_cents: int
    """The most that its messages cost, in cents."""
    plays: Mapping[str, int]
    """`phase/play` → members who get its message, over all of its moments."""
    granted: Mapping[str, int]
    """Benefit → how many are given."""
    prices: Mapping[str, float]
    """Scarce thing → priority points that one unit more would add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """Plans beside each other; differences are those to the first."""

    calendar: str
    """Calendar id."""
    plans: tuple[PlanFigures, ...]
    """The plan, and what it is compared with."""


def compare(calendar: str, plans: Mapping[str, Plan]) -> PlanComparison:
    """The figures of plans by name, in the order given."""
    return PlanComparison(calendar=calendar, plans=tuple(_figures(name, plan) for name, plan in plans.items()))


def _figures(name: str, plan: Plan) -> PlanFigures:
    plays: Counter[str] = Counter()
    for row in plan.occurrences:
        plays[f"{row.phase}/{row.play}"] += row.chosen
    certificate = plan.certificate
    return PlanFigures(
        name=name,
        value=certificate.value if certificate else None,
        bound=certificate.bound if certificate else None,
        messages=plan.totals.chosen,
        benefit_cost_cents=plan.totals.benefit_cost_cents,
        message_cost_cents=plan.totals.message_cost_cents,
        plays=dict(plays),
        granted={benefit: row.granted for benefit, row in plan.benefits.items()},
        prices={row.name: row.price for row in certificate.rows if row.price} if certificate else {},
    )

"""Prices of the shared rows that make the members' best options fit: the least of the dual function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from warehouse.allocation.members import Floats, Members

PARTS = 8
"""Sub-samples whose prices tell how sure those of the sample are."""
SURE = 4.0
"""Half the width of the box, in standard errors."""
_STEPS = 150


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Prices, and how far from them the true ones are expected at most."""

    prices: Floats
    widths: Floats


def anywhere(units: Floats) -> Box:
    """Where prices may be at all: up to a thousand `units`, typical prices of the rows."""
    return Box(units / 4, units * 1000)


def dual_prices(members: Members, capacity: Floats, box: Box, *, tolerance: float) -> Floats:
    """Where in the box capacity times price plus every member's best score is least."""
    if not len(box.prices):
        return box.prices
    size = np.where(box.prices > 0, np.minimum(box.widths, box.prices), box.widths)
    scale = max(float(np.abs(capacity) @ box.prices), 1.0)

    def dual(scaled: Floats) -> tuple[float, Floats]:
        prices = box.prices + scaled * size
        best = members.best(prices)
        return (float(prices @ capacity) + best.total) / scale, (capacity - best.used) * size / scale

    low = np.maximum(box.prices - box.widths, 0)
    found = scipy.optimize.minimize(
        dual,
        np.zeros(len(size)),
        jac=True,
        method="L-BFGS-B",
        bounds=np.column_stack([(low - box.prices) / size, box.widths / size]),
        options={"maxiter": _STEPS, "maxfun": _STEPS, "ftol": tolerance, "gtol": 1e-10, "maxcor": 20, "maxls": 30},
    )
    return np.asarray(box.prices + found.x * size)


def sampled_box(sample: Members, capacity: Floats, units: Floats, within: Box | None = None) -> Box:
    """Prices of a sample (capacity scaled to it), and a box from the spread of those of its parts.

    `units` are typical prices of the rows; the prices are looked for in `within`, by default anywhere.
    """
    prices = dual_prices(sample, capacity, within or anywhere(units), tolerance=1e-9)
    near = Box(np.maximum(prices, units * 1e-2), units)
    apart = [
        dual_prices(sample.only(np.arange(part, len(sample), PARTS)), capacity / PARTS, near, tolerance=1e-7)
        for part in range(PARTS)
    ]
    errors = np.std(np.stack(apart), axis=0, ddof=1) / np.sqrt(PARTS)
    # A row that never has a price hardly gets a width: the scan finds out should it have one after all.
    least = np.where((prices > 0) | (errors > 0), units * 1e-3, units * 1e-5)
    return Box(prices, np.maximum(SURE * errors, least))

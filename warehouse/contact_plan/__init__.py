"""One plan for the whole calendar: which occurrences reach whom, at the largest total priority.

The mathematical core, numbers in and numbers out: occurrences, caps and shared rows as `Problem`,
members grouped to `Patterns`; `solve` gives columns, bound and prices. Only numpy, scipy and HiGHS; no SQL,
no files, no names of members. The caller makes patterns from members and joins the plan back.
"""

from __future__ import annotations

from warehouse.contact_plan.audit import PlanAuditError, audit
from warehouse.contact_plan.automaton import forget
from warehouse.contact_plan.baselines import Baseline, chunked, first_come, nightly
from warehouse.contact_plan.naming import Kept, kept_for, kept_slots
from warehouse.contact_plan.problem import (
    PRICE_SCALE,
    Choice,
    Columns,
    InfeasibleError,
    Limit,
    Past,
    Patterns,
    PlanTooLargeError,
    Problem,
    Relation,
    Row,
    RowUse,
    Slot,
    Solution,
)
from warehouse.contact_plan.reach import conflict
from warehouse.contact_plan.solving import solve, solve_within_reach

__all__ = [
    "PRICE_SCALE",
    "Baseline",
    "Choice",
    "Columns",
    "InfeasibleError",
    "Kept",
    "Limit",
    "Past",
    "Patterns",
    "PlanAuditError",
    "PlanTooLargeError",
    "Problem",
    "Relation",
    "Row",
    "RowUse",
    "Slot",
    "Solution",
    "audit",
    "chunked",
    "conflict",
    "first_come",
    "forget",
    "kept_for",
    "kept_slots",
    "nightly",
    "solve",
    "solve_within_reach",
]

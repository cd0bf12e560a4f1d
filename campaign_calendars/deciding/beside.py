"""Occurrences of another calendar of the store, as a plan sees them: they share caps and channels, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from campaign_calendars.deciding.briefs import BenefitOption, Brief, BudgetLimits, regions_of

_MARK = ":"
"""No id has it: `daily-2026:october` is a phase of another calendar."""


def beside(brief: Brief, own: Brief, weight: float, given: Mapping[str, int]) -> Brief:
    """The brief of another calendar in the plan of `own`: named by its calendar, worth `weight` times its priority.

    Of its benefits the stock counts, without what was `given` already; its money does not. Control groups are
    those of `own`, and so are rules about one member: they may name its plays, its own rules do not count here.
    """
    return replace(
        brief,
        calendar=own.calendar,
        phase=f"{brief.calendar}{_MARK}{brief.phase}",
        columns=brief.columns | regions_of(own.holdouts),
        order_salt=own.order_salt,
        benefits=tuple(_named(option, brief.calendar, given) for option in brief.benefits),
        holdouts=own.holdouts,
        budget=BudgetLimits(),
        limits=(),
        rules=own.rules,
        gates=(),
        priority=max(round(brief.priority * weight), 1),
    )


def calendar_and_phase(brief: Brief) -> tuple[str, str]:
    """Where an occurrence is from."""
    calendar, mark, phase = brief.phase.rpartition(_MARK)
    return (calendar if mark else brief.calendar), phase


def _named(option: BenefitOption, calendar: str, given: Mapping[str, int]) -> BenefitOption:
    stock = None if option.stock is None else max(option.stock - given.get(option.benefit, 0), 0)
    return replace(option, benefit=f"{calendar}{_MARK}{option.benefit}", stock=stock, pool=None)

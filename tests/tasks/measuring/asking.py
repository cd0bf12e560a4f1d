"""Ask the hand-made store for a metric, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from campaign_calendars.measuring.metrics.figures import Figure
from campaign_calendars.measuring.metrics.metric import Grain, MemberRule
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at


def figures(
    rt: Runtime,
    *names: str,
    by: Grain = "calendar",
    as_of: datetime = AS_OF,
    window: tuple[str, str] | None = None,
    members: MemberRule | None = None,
) -> Sequence[Figure]:
    """`window`: days as `tiny_store.at` reads them. A pair of articles is shown from its first order on."""
    since, until = (at(window[0]), at(window[1])) if window else (None, None)
    return compute_metrics(rt, CALENDAR, Asked(names, as_of, by, since, until, members, min_pair_orders=1)).figures


def told(found: Figure) -> Fraction | int | str:
    """A count as it is, a ratio as a fraction, else what it is instead."""
    if found.state != "value" or found.numerator is None:
        return found.lacks or found.state
    return found.numerator if found.denominator is None else Fraction(found.numerator, found.denominator)


def one(
    rt: Runtime,
    name: str,
    as_of: datetime = AS_OF,
    window: tuple[str, str] | None = None,
    members: MemberRule | None = None,
) -> Fraction | int | str:
    """The figure of the calendar or of a window."""
    [found] = figures(rt, name, as_of=as_of, window=window, members=members)
    return told(found)


def keyed(rt: Runtime, name: str, by: Grain) -> dict[str, Fraction | int | str]:
    """Window or part → the figure."""
    return {found.key: told(found) for found in figures(rt, name, by=by)}


def parted(rt: Runtime, name: str) -> dict[tuple[str, ...], Fraction | int | str]:
    """What its rows are told apart by → the figure of the calendar."""
    return {found.part: told(found) for found in figures(rt, name)}

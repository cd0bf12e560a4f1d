"""Waves of a calendar beside each other: rates of their members, and money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.measuring.figures import CostSum, WaveFunnel, WaveRepeats
from campaign_calendars.measuring.metrics.figures import Figure
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import PhaseResult, WaveMoney, WaveResult
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.measuring.rates import WAVE_RATES
from tasks.measuring.targets import USED, Targets
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession

_SOLD = ("gmv", "buyers", "member_gmv", "coupon_sales")
NOBODY: Mapping[str, int] = {"holders": 0, "redeemers": 0}
"""What no benefit was given in."""


def redemption_facts(figures: Iterable[Figure]) -> Mapping[str, Mapping[str, int]]:
    """Phase or wave → who holds and who used a benefit, each person once, as the metric of that name counts them."""
    return {
        one.key: {"holders": one.denominator or 0, "redeemers": one.numerator or 0}
        for one in figures
        if one.metric == USED
    }


def wave_results(
    rt: Runtime,
    loaded: LoadedCalendar,
    session: MeasurementSession,
    phases: Sequence[PhaseResult],
    *,
    costs: Sequence[CostSum],
    targets: Targets,
    as_of: datetime,
) -> tuple[WaveResult, ...]:
    """Phases of one wave together; a member counts once in it."""
    names = {wave.id: [row.phase for row in phases if row.wave == wave.id] for wave in loaded.calendar.waves}
    found = {row.wave: row for row in session.waves((wave, one) for wave, mine in names.items() for one in mine)}
    spans = loaded.timeline.waves
    repeats = {row.wave: row for row in session.wave_repeats((w, span.start, span.end) for w, span in spans.items())}
    told = compute_loaded(rt, loaded, Asked((*_SOLD, USED), as_of, "wave")).figures if names else ()
    sold, used = _sold(told), redemption_facts(told)
    rows = []
    for wave in loaded.calendar.waves:
        again = repeats.get(wave.id, WaveRepeats(wave.id, 0, 0))
        steps = found.get(wave.id, WaveFunnel(wave.id, 0, 0))
        facts = {
            "contacted": steps.contacted,
            "contacted_buyers": steps.buyers,
            "buyers_before": again.buyers_before,
            "buyers_again": again.buyers_again,
            **used.get(wave.id, NOBODY),
        }
        rows.append(
            WaveResult(
                wave=wave.id,
                title=wave.title,
                phases=len(names[wave.id]),
                rates={rate.name: rate.of(facts) for rate in WAVE_RATES},
                money=_money(sold, wave.id, [row for row in costs if row.phase in names[wave.id]]),
                targets=targets.get(wave.id, ()),
            )
        )
    return tuple(rows)


def _sold(figures: Iterable[Figure]) -> Mapping[tuple[str, str], int | None]:
    """(metric, wave) → its figure; None where it cannot be told."""
    return {(one.metric, one.key): one.numerator if one.state == "value" else None for one in figures}


def _money(sold: Mapping[tuple[str, str], int | None], wave: str, costs: Sequence[CostSum]) -> WaveMoney:
    spent = {
        kind: sum(row.spent_cents + row.late_cents for row in costs if row.kind == kind)
        for kind in ("benefit", "message")
    }
    return WaveMoney(
        sales_cents=sold[_SOLD[0], wave],
        buyers=sold[_SOLD[1], wave],
        member_sales_cents=sold[_SOLD[2], wave],
        coupon_sales_cents=sold[_SOLD[3], wave],
        benefit_cents=spent["benefit"],
        message_cents=spent["message"],
    )

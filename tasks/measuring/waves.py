"""Waves of a calendar beside each other: rates of their members, and money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.measuring.figures import CostSum, Redeemed, WaveFunnel, WaveRepeats
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import PhaseResult, WaveMoney, WaveResult
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.measuring.rates import WAVE_RATES
from tasks.measuring.targets import Targets
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession

_SOLD = ("gmv", "buyers", "member_gmv", "coupon_sales")


def redemption_facts(used: Iterable[Redeemed]) -> dict[str, int]:
    """Who holds and who redeemed a benefit, as rates take it."""
    rows = list(used)
    return {"holders": sum(row.holders for row in rows), "redeemers": sum(row.redeemers for row in rows)}


def wave_results(
    rt: Runtime,
    loaded: LoadedCalendar,
    session: MeasurementSession,
    phases: Sequence[PhaseResult],
    redeemed: Sequence[Redeemed],
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
    sold = _sold(rt, loaded, as_of) if names else {}
    rows = []
    for wave in loaded.calendar.waves:
        again = repeats.get(wave.id, WaveRepeats(wave.id, 0, 0))
        steps = found.get(wave.id, WaveFunnel(wave.id, 0, 0))
        facts = {
            "contacted": steps.contacted,
            "contacted_buyers": steps.buyers,
            "buyers_before": again.buyers_before,
            "buyers_again": again.buyers_again,
            **redemption_facts(row for row in redeemed if row.phase in names[wave.id]),
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


def _sold(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> Mapping[tuple[str, str], int | None]:
    """(metric, wave) → its figure; None where it cannot be told."""
    table = compute_loaded(rt, loaded, Asked(_SOLD, as_of, "wave"))
    return {(one.metric, one.key): one.numerator if one.state == "value" else None for one in table.figures}


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

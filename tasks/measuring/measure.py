"""What a calendar was worth: figures of phases, plays and arms, each with what it is made of.

Every rate carries numerator, denominator and definition (domain A7); every difference its
interval, its arm sizes and a verdict that may be "cannot conclude".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.arms import shares_of
from campaign_calendars.deciding.expecting import values_of
from campaign_calendars.findings.problem import SaidProblem
from campaign_calendars.measuring.figures import DayFigures, Excluded, Funnel, PhaseSales, Redeemed
from campaign_calendars.measuring.lift import Arm, of_all_plays, withheld
from campaign_calendars.measuring.splits import SplitResult
from campaign_calendars.measuring.texts import TextTest, compare_texts
from campaign_calendars.model.calendar import Phase, Play
from campaign_calendars.providers.of_channel import is_priced
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.scalars import FULL_SHARE
from tasks.accounting.accounts import accounts
from tasks.accounting.books import keep_books
from tasks.accounting.then import sums_then
from tasks.data.online import days_with_benefits
from tasks.measuring.contrasts import against, elapsed_of, left_of, of_play, of_regions, of_splits, with_benefits
from tasks.measuring.following import following
from tasks.measuring.learning import archive
from tasks.measuring.measurement import (
    BenefitResult,
    Measurement,
    PhaseResult,
    PlayResult,
    ProgrammeResult,
    TargetReached,
)
from tasks.measuring.opening import measuring, runs_before
from tasks.measuring.peers import peers_beside
from tasks.measuring.presale import presale_result
from tasks.measuring.rates import BENEFIT_RATE, RATES
from tasks.measuring.results import keep_results
from tasks.measuring.scoring import ForecastScores, forecast_scores
from tasks.measuring.targets import targets_reached
from tasks.measuring.truth import world_truth
from tasks.measuring.waves import NOBODY, redemption_facts, wave_results
from tasks.outreach.text_answers import answers_of
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from tasks.outreach.counting import JobCounts
    from warehouse.ledger.records import Run
    from warehouse.measurement import MeasurementSession
    from warehouse.snapshots.snapshot import Snapshot

_MOMENT = timedelta(microseconds=1)


def measure(rt: Runtime, calendar_id: str, as_of: datetime) -> Measurement:
    """Measure the calendar on the current snapshot as of a moment; after its end its outcomes are kept."""
    loaded = rt.load_calendar(calendar_id)
    snapshot = rt.current_snapshot()
    keep_books(rt, loaded, snapshot)
    runs = runs_before(rt, loaded, as_of)
    with measuring(rt, loaded, snapshot, as_of, runs) as session:
        archive(rt, loaded, session, as_of)
        results = keep_results(rt, loaded, session, as_of)
        scores = forecast_scores(rt, loaded, results, as_of=as_of, known_at=session.known_at)
        return _measured(rt, loaded, session, scores, as_of=as_of, snapshot=snapshot, runs=runs)


@dataclass(frozen=True, slots=True)
class Effects:
    """What treated members did beside those held out."""

    plays: tuple[PlayResult, ...]
    programme: ProgrammeResult
    splits: tuple[SplitResult, ...]


def effects_of(rt: Runtime, loaded: LoadedCalendar, session: MeasurementSession, jobs: JobCounts) -> Effects:
    """The contrasts of a calendar as of the moment of its session, before which `jobs` are counted. Writes nothing."""
    arms = session.arms()
    plays = _plays(rt, loaded, session, arms, jobs, exclusions=session.exclusions())
    splits = of_splits(loaded, session.split_arms(), plays, _known(session))
    sent = sum(left_of(row.jobs) for row in plays)
    return Effects(plays, _programme(loaded, session, arms.get(("", ""), {}), sent=sent), splits)


def _known(session: MeasurementSession) -> datetime:
    """Up to when outcomes are known: what is measured after the end from older orders has not been seen to its end."""
    return min(session.as_of, session.known_at)


def _assumed(runs: Iterable[Run]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for run in runs:
        for play in run.summary.plays:
            found.update(play.assumed)
    return dict(found)


def _unpriced(loaded: LoadedCalendar, counts: JobCounts) -> tuple[str, ...]:
    used = {channel for (_, _, channel, status), count in counts.items() if count and status in ("sent", "unknown")}
    channels = loaded.store.channels
    return tuple(sorted(name for name in used if name in channels and not is_priced(channels[name])))


def _measured(
    rt: Runtime,
    loaded: LoadedCalendar,
    session: MeasurementSession,
    scores: ForecastScores,
    *,
    as_of: datetime,
    snapshot: Snapshot,
    runs: Sequence[Run],
) -> Measurement:
    redeemed, targets, costs = session.redeemed(), targets_reached(rt, loaded, as_of), session.costs()
    phases = _phases(loaded, session, redemption_facts(targets.used), targets.phases)
    jobs = rt.ledger.job_counts(calendar=loaded.calendar.calendar, before=as_of)
    effects = effects_of(rt, loaded, session, jobs)
    shown = [(row.phase, row.play, row.contrast) for row in effects.plays]
    campaign = loaded.timeline.campaign
    return Measurement(
        calendar=loaded.calendar.calendar,
        as_of=as_of,
        currency=loaded.store.currency,
        running_days=max((as_of - campaign.start).days, 0) if as_of < campaign.end else None,
        days_left=(campaign.end - max(as_of, campaign.start)).days if as_of < campaign.end else None,
        snapshot_id=snapshot.snapshot_id,
        runs=len(runs),
        assumed=_assumed(runs),
        unpriced=_unpriced(loaded, jobs),
        phases=phases,
        targets=targets.calendar,
        peers=peers_beside(rt, loaded, as_of),
        waves=wave_results(rt, loaded, session, phases, costs=costs, targets=targets.waves, as_of=as_of),
        plays=effects.plays,
        splits=effects.splits,
        programme=effects.programme,
        exclusions=_by_reason(session.exclusions()),
        stopped=rt.ledger.stopped(calendar=loaded.calendar.calendar, before=as_of),
        presale=presale_result(loaded, session),
        benefits=_benefits(loaded, redeemed),
        costs=tuple(costs),
        accounts=tuple(accounts(loaded.calendar, sums_then(rt, loaded, snapshot, as_of))),
        following=following(loaded, session, effects.programme.contrast, as_of, jobs),
        known_at=session.known_at,
        days=_days(loaded, session),
        redemption_problems=_redemption_problems(loaded, session),
        forecasts=scores,
        benefit_days=days_with_benefits(loaded, snapshot, min(as_of, campaign.end - _MOMENT)),
        truth=world_truth(rt.settings, session, shown, effects.programme.contrast),
        simulated=rt.simulated,
    )


def _redemption_problems(loaded: LoadedCalendar, session: MeasurementSession) -> tuple[SaidProblem, ...]:
    """What is wrong with uses of benefits, in sentences."""
    off_days = session.audit_off_days(loaded.calendar, loaded.timeline)
    return tuple(problem.said() for problem in (*session.audit_redemptions(), *off_days))


def _phases(
    loaded: LoadedCalendar,
    session: MeasurementSession,
    used: Mapping[str, Mapping[str, int]],
    targets: Mapping[str, tuple[TargetReached, ...]],
) -> tuple[PhaseResult, ...]:
    phases = {phase.id: phase for phase in loaded.calendar.phases}
    sold = {row.phase: row for row in session.phase_sales()}
    return tuple(
        _phase(
            phases[steps.phase], steps, sold[steps.phase], used.get(steps.phase, NOBODY), targets.get(steps.phase, ())
        )
        for steps in session.funnel()
    )


def _phase(
    phase: Phase,
    steps: Funnel,
    sales: PhaseSales,
    used: Mapping[str, int],
    targets: tuple[TargetReached, ...],
) -> PhaseResult:
    facts = {
        "buyers": sales.buyers,
        "orders": sales.orders,
        "gmv_cents": sales.gmv_cents,
        "member_gmv_cents": sales.member_gmv_cents,
        "joins": sales.joins,
        "repeat_buyers": sales.repeat_buyers,
        "contacted": steps.contacted,
        "contacted_buyers": steps.buyers,
        **used,
    }
    rates = {rate.name: rate.of(facts) for rate in RATES}
    return PhaseResult(
        phase=phase.id,
        kind=phase.kind,
        title=phase.title,
        wave=phase.wave,
        funnel=steps,
        sales=sales,
        rates=rates,
        targets=targets,
    )


def _plays(
    rt: Runtime,
    loaded: LoadedCalendar,
    session: MeasurementSession,
    arms: Mapping[tuple[str, str], Mapping[str, Arm]],
    counted: JobCounts,
    *,
    exclusions: Iterable[Excluded],
) -> tuple[PlayResult, ...]:
    jobs: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (phase_id, play_id, _, status), count in counted.items():
        jobs[phase_id, play_id][status] += count
    exposed = _exposed(rt, loaded, session.as_of)
    reasons: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in exclusions:
        reasons[row.phase, row.play][row.reason] = row.times
    rows = []
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            key = (phase.id, play.id)
            mine = arms.get(key, {})
            rows.append(
                PlayResult(
                    phase=phase.id,
                    play=play.id,
                    title=play.title,
                    audience=play.audience,
                    jobs=dict(sorted(jobs[key].items())),
                    exposed=exposed[key] if play.post else None,
                    excluded=reasons.get(key, {}),
                    arms=dict(sorted(mine.items())),
                    contrast=of_play(
                        mine,
                        play.holdout,
                        sent=left_of(jobs[key]),
                        elapsed=elapsed_of(loaded.timeline.phases[phase.id], _known(session)),
                    )
                    if play.holdout
                    else None,
                    texts=_texts(rt, loaded, session, phase.id, play) if play.texts else None,
                    benefits={},
                )
            )
    together = of_all_plays([row.contrast for row in rows])
    told = [replace(row, contrast=one) for row, one in zip(rows, together, strict=True)]
    return with_benefits(told, session.benefit_arms(), loaded, _known(session))


def _exposed(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> Counter[tuple[str, str]]:
    """(phase, play) → members in the groups of its posts that left, once for each post."""
    found: Counter[tuple[str, str]] = Counter()
    for run in rt.ledger.runs(loaded.calendar.calendar):
        shown = {play.play: play.exposed for play in run.summary.plays if play.exposed}
        if not shown or run.as_of >= as_of:
            continue
        counted = rt.ledger.job_counts(run.run_id, before=as_of)
        sent = {(phase, play) for (phase, play, _, status) in counted if status == "sent"}
        found.update({key: shown[key[1]] for key in sent if key[1] in shown})
    return found


def _texts(rt: Runtime, loaded: LoadedCalendar, session: MeasurementSession, phase: str, play: Play) -> TextTest:
    asked = play.split.by if play.split is not None else None
    from warehouse.measurement.money import compare_money

    answers = answers_of(rt.ledger, loaded, session, phase, play)
    elapsed = elapsed_of(loaded.timeline.phases[phase], _known(session))
    return compare_texts(asked, shares_of(play), answers, money=compare_money, elapsed=elapsed)


def _programme(
    loaded: LoadedCalendar, session: MeasurementSession, arms: Mapping[str, Arm], *, sent: int
) -> ProgrammeResult:
    """The whole programme's effect: the only contrast money may be claimed from. Before any message left (`sent`)
    nobody was treated otherwise than those held out, whatever they bought.
    """
    holdout = loaded.calendar.holdout
    if holdout is None or not holdout.campaign:
        return ProgrammeResult(arms, None)
    margin = values_of(loaded.calendar, loaded.store).margin
    share = None if margin is None else margin / FULL_SHARE
    elapsed = elapsed_of(loaded.timeline.campaign, _known(session))
    if holdout.by != "member":
        found = of_regions(session, holdout.by, elapsed, margin=share)
    else:
        found = against(arms, "campaign_control", holdout.campaign, elapsed, margin=share)
    return ProgrammeResult(arms, found if sent else withheld(found, "nothing sent"))


def _by_reason(exclusions: Iterable[Excluded]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for row in exclusions:
        totals[row.reason] += row.times
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def _benefits(loaded: LoadedCalendar, redeemed: Sequence[Redeemed]) -> tuple[BenefitResult, ...]:
    rows = []
    for name, benefit in loaded.calendar.benefits.items():
        used = [row for row in redeemed if row.benefit == name]
        rows.append(
            BenefitResult(
                benefit=name,
                kind=benefit.kind,
                title=benefit.title,
                stock=benefit.stock,
                granted=sum(row.granted for row in used),
                redemptions=sum(row.redemptions for row in used),
                reserved_cents=sum(row.reserved_cents for row in used),
                redemption_rate=BENEFIT_RATE.of(_holders(used)),
            )
        )
    return tuple(rows)


def _holders(used: Sequence[Redeemed]) -> Mapping[str, int]:
    return {"holders": sum(row.holders for row in used), "redeemers": sum(row.redeemers for row in used)}


def _days(loaded: LoadedCalendar, session: MeasurementSession) -> tuple[DayFigures, ...]:
    zone, campaign = loaded.timeline.timezone, loaded.timeline.campaign
    last = campaign.end.astimezone(zone) - timedelta(seconds=1)
    return tuple(session.days(str(zone), campaign.start.astimezone(zone).date(), last.date()))

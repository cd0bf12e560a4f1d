"""What a calendar was worth: figures of phases, plays and arms, each with what it is made of.

Every rate carries numerator, denominator and definition (domain A7); every difference its
interval, its arm sizes and a verdict that may be "cannot conclude".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_calendars.deciding.briefing import budget_limits
from campaign_calendars.measuring.lift import Arm, contrast
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.rates import RATES, Rate
from tasks.runtime import Runtime


def measure(rt: Runtime, calendar_id: str, as_of: datetime) -> dict[str, Any]:
    """Measure the calendar on the current snapshot as of a moment."""
    from warehouse.measurement import MeasurementSession, PhaseWindow

    loaded = rt.load_calendar(calendar_id)
    name, timeline = loaded.calendar.calendar, loaded.timeline
    snapshot = rt.current_snapshot()
    windows = [PhaseWindow(phase, span.start, span.end) for phase, span in timeline.phases.items()]
    runs = [run for run in rt.ledger.runs(name) if run.as_of < as_of]
    pools = {key: benefit.pool for key, benefit in loaded.calendar.benefits.items()}
    warehouse = rt.settings.warehouse
    with MeasurementSession(
        snapshot,
        calendar=name,
        windows=windows,
        as_of=as_of,
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
    ) as session:
        session.load(rt.ledger, _decision_files(rt, [run.run_id for run in runs]), pools=pools)
        redeemed = session.redeemed()
        exclusions = session.exclusions()
        phases = _phases(loaded, session.funnel(), session.phase_sales(), redeemed)
        return {
            "calendar": name,
            "as_of": as_of.isoformat(),
            "snapshot_id": snapshot.snapshot_id,
            "runs": len(runs),
            "phases": phases,
            "waves": _waves(loaded, phases, redeemed),
            "plays": _plays(rt, loaded, session.play_arms(), exclusions),
            "programme": _programme(loaded, session.campaign_arms()),
            "exclusions": _by_reason(exclusions),
            "stopped": rt.ledger.stopped(calendar=name),
            "benefits": _benefits(loaded, redeemed),
            "budget": _budget(loaded, redeemed),
            "days": [
                {"day": day.isoformat(), "messages": messages, "orders": orders, "gmv_cents": gmv}
                for day, messages, orders, gmv in session.days(
                    str(timeline.timezone),
                    timeline.campaign.start.astimezone(timeline.timezone).date(),
                    (timeline.campaign.end.astimezone(timeline.timezone) - timedelta(seconds=1)).date(),
                )
            ],
            "redemption_problems": [problem.as_dict() for problem in session.audit_redemptions()],
        }


def _decision_files(rt: Runtime, runs: Iterable[str]) -> list[Path]:
    return [path for run in runs if (path := rt.decisions_dir / f"{run}.parquet").is_file()]


def _phases(
    loaded: LoadedCalendar,
    funnel: list[dict[str, Any]],
    sales: list[dict[str, Any]],
    redeemed: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    by_phase = {row["phase"]: row for row in sales}
    rows = []
    for steps in funnel:
        phase = next(p for p in loaded.calendar.phases if p.id == steps["phase"])
        used = [row for row in redeemed if row["phase"] == phase.id]
        facts = {**by_phase[phase.id], **steps, "buyers": by_phase[phase.id]["buyers"]}
        facts["contacted_buyers"] = steps["buyers"]
        facts["holders"] = sum(row["holders"] for row in used)
        facts["redeemers"] = sum(row["redeemers"] for row in used)
        rates = {rate.name: rate.of(facts) for rate in RATES}
        rows.append(
            {
                "phase": phase.id,
                "kind": phase.kind,
                "title": phase.title.model_dump(),
                "wave": phase.wave,
                "funnel": steps,
                "sales": by_phase[phase.id],
                "rates": rates,
                "targets": _targets(phase.targets, facts, rates),
            }
        )
    return rows


def _targets(targets: dict[Any, float], facts: dict[str, Any], rates: dict[str, Any]) -> list[dict[str, Any]]:
    """Actual against target for each figure the operator set."""
    direct = {
        "buyers": facts["buyers"],
        "orders": facts["orders"],
        "gmv": facts["gmv_cents"] / 100,
        "joins": facts["joins"],
        "reach": facts["contacted"],
    }
    rows = []
    for metric, target in targets.items():
        actual = direct[metric] if metric in direct else rates[metric]["value"]
        reached = None if actual is None or not target else actual / target
        rows.append({"metric": metric, "target": target, "actual": actual, "reached": reached})
    return rows


def _waves(
    loaded: LoadedCalendar, phases: list[dict[str, Any]], redeemed: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Phases of one wave together; a member counts once in each phase, not once in the wave."""
    rows = []
    for wave in loaded.calendar.waves:
        mine = [row for row in phases if row["wave"] == wave.id]
        names = {row["phase"] for row in mine}
        used = [row for row in redeemed if row["phase"] in names]
        facts = {
            "contacted": sum(row["funnel"]["contacted"] for row in mine),
            "contacted_buyers": sum(row["funnel"]["buyers"] for row in mine),
            "holders": sum(row["holders"] for row in used),
            "redeemers": sum(row["redeemers"] for row in used),
        }
        rows.append(
            {
                "wave": wave.id,
                "title": wave.title.model_dump(),
                "phases": len(mine),
                "rates": {rate.name: rate.of(facts) for rate in RATES if rate.denominator in facts},
            }
        )
    return rows


def _plays(
    rt: Runtime,
    loaded: LoadedCalendar,
    arms: list[dict[str, Any]],
    exclusions: list[tuple[str, str, str, int]],
) -> list[dict[str, Any]]:
    table: dict[tuple[str, str], dict[str, Arm]] = defaultdict(dict)
    for row in arms:
        table[row["phase"], row["play"]][row["arm"]] = Arm(row["members"], row["buyers"], row["spend_cents"])
    jobs: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (phase_id, play_id, _, status), count in rt.ledger.job_counts(calendar=loaded.calendar.calendar).items():
        jobs[phase_id, play_id][status] += count
    reasons: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for phase_id, play_id, reason, count in exclusions:
        reasons[phase_id, play_id][reason] = count
    rows = []
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            key = (phase.id, play.id)
            mine = table.get(key, {})
            rows.append(
                {
                    "phase": phase.id,
                    "play": play.id,
                    "title": play.title.model_dump(),
                    "audience": play.audience,
                    "jobs": dict(sorted(jobs[key].items())),
                    "excluded": reasons.get(key, {}),
                    "arms": {
                        name: {"members": arm.members, "buyers": arm.buyers} for name, arm in sorted(mine.items())
                    },
                    "contrast": _contrast(mine, "play_control") if play.holdout else None,
                }
            )
    return rows


def _contrast(arms: dict[str, Arm], control: str) -> dict[str, object]:
    """Treated against the named control group; an arm nobody fell into is empty."""
    return contrast(arms.get("treated", Arm(0, 0)), arms.get(control, Arm(0, 0))).as_dict()


def _programme(loaded: LoadedCalendar, arms: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole programme's effect: the only contrast money may be claimed from."""
    table = {row["arm"]: Arm(row["members"], row["buyers"], row["spend_cents"]) for row in arms}
    has_control = loaded.calendar.holdout is not None and loaded.calendar.holdout.campaign > 0
    return {
        "arms": {
            name: {"members": arm.members, "buyers": arm.buyers, "spend_cents": arm.spend_cents}
            for name, arm in table.items()
        },
        "contrast": _contrast(table, "campaign_control") if has_control else None,
    }


def _by_reason(exclusions: list[tuple[str, str, str, int]]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for _, _, reason, count in exclusions:
        totals[reason] += count
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def _benefits(loaded: LoadedCalendar, redeemed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for name, benefit in loaded.calendar.benefits.items():
        used = [row for row in redeemed if row["benefit"] == name]
        facts = {"holders": sum(r["holders"] for r in used), "redeemers": sum(r["redeemers"] for r in used)}
        rows.append(
            {
                "benefit": name,
                "kind": benefit.kind,
                "title": benefit.title.model_dump(),
                "stock": benefit.stock,
                "granted": sum(row["granted"] for row in used),
                "redemptions": sum(row["redemptions"] for row in used),
                "reserved_cents": sum(row["reserved_cents"] for row in used),
                "redemption_rate": Rate.named("redemption_rate").of(facts),
            }
        )
    return rows


def _budget(loaded: LoadedCalendar, redeemed: list[dict[str, Any]]) -> dict[str, Any]:
    limits = budget_limits(loaded.calendar)
    spent: dict[str, int] = defaultdict(int)
    for row in redeemed:
        pool = loaded.calendar.benefits[row["benefit"]].pool
        if pool:
            spent[pool] += row["reserved_cents"]
    return {
        "total_cents": limits.total_cents,
        "reserved_cents": sum(row["reserved_cents"] for row in redeemed),
        "pools": {name: {"limit_cents": limit, "reserved_cents": spent[name]} for name, limit in limits.pools.items()},
    }

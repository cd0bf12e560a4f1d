"""Figures for Prometheus: what `promocal status` tells, as a page of metrics.

Prometheus, and not OpenTelemetry: `prometheus_client` comes with Prefect anyway, a text file needs no process that
stays, and nothing leaves the machine unless it is fetched. Labels are ids of calendars, phases, channels and states.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.operations.overview import CalendarState, ProjectOverview
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_PREFIX = "promocal_"


def page(rt: Runtime, seen: ProjectOverview) -> bytes:
    """The figures in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    now = rt.clock()
    _of_project(registry, seen, now)
    _of_calendars(registry, seen.calendars, now)
    _of_messages(registry, rt)
    _of_server(registry, seen)
    return generate_latest(registry)


def write_page(text: bytes, target: Path) -> None:
    """The page as a file that appears whole, for the textfile collector of node_exporter."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}-{os.getpid()}")
    partial.write_bytes(text)
    partial.chmod(0o644)  # ids and counts: the collector runs under another account
    partial.replace(target)


def _gauge(registry: CollectorRegistry, name: str, meaning: str, rows: Mapping[Any, float], *labels: str) -> None:
    from prometheus_client import Gauge

    gauge = Gauge(_PREFIX + name, meaning, labels, registry=registry)
    for values, figure in rows.items():
        (gauge.labels(*values) if labels else gauge).set(figure)


def _of_project(registry: CollectorRegistry, seen: ProjectOverview, now: datetime) -> None:
    _gauge(registry, "up_to_timestamp_seconds", "When these figures were made.", {(): now.timestamp()})
    if seen.snapshot is not None:
        age = (now - seen.snapshot.as_of).total_seconds()
        _gauge(registry, "snapshot_age_seconds", "Age of the published snapshot.", {(): age})


def _of_calendars(registry: CollectorRegistry, calendars: tuple[CalendarState, ...], now: datetime) -> None:
    runs = {
        (one.calendar, state): float(number)
        for one in calendars
        for state, number in {
            "running": len(one.running),
            "waiting": len(one.waiting),
            "failed": len(one.failed),
            "finished": one.finished,
            "missed": len(one.missed),
            "due": len(one.due),
        }.items()
    }
    _gauge(registry, "runs", "Runs by where they stand.", runs, "calendar", "state")
    readable = {(one.calendar,): float(one.stands != "unreadable") for one in calendars}
    _gauge(registry, "calendar_readable", "Whether a calendar has no errors.", readable, "calendar")
    ahead = {(one.calendar,): (one.next[0].at - now).total_seconds() for one in calendars if one.next}
    _gauge(registry, "next_run_seconds", "How long until the next run.", ahead, "calendar")
    paused = {(one.calendar,): float(len(one.paused)) for one in calendars}
    _gauge(registry, "paused_deployments", "Deployments that somebody paused.", paused, "calendar")


def _of_messages(registry: CollectorRegistry, rt: Runtime) -> None:
    rows: Counter[tuple[str, ...]] = Counter()
    for name in {run.calendar for run in rt.ledger.runs()}:
        for (_, _, channel, state), count in rt.ledger.job_counts(calendar=name).items():
            rows[name, channel, state] += count
    figures = {key: float(count) for key, count in sorted(rows.items())}
    _gauge(registry, "messages", "Messages by state.", figures, "calendar", "channel", "state")


def _of_server(registry: CollectorRegistry, seen: ProjectOverview) -> None:
    if (server := seen.server) is None:
        return
    _gauge(registry, "server_up", "Whether the Prefect server answers.", {(): float(server.answers)})
    if not server.answers:
        return
    alive = sum(worker.alive for worker in server.workers)
    _gauge(registry, "workers_alive", "Workers the server has heard from lately.", {(): float(alive)})
    for name, meaning in {
        "ahead": "Runs the scheduler has made that have yet to come.",
        "late": "Runs that no worker took in time.",
        "running": "Flow runs under way.",
        "failed": "Flow runs of the last seven days that failed or crashed.",
    }.items():
        rows = {(one.calendar, one.phase): float(getattr(one, name)) for one in server.deployments}
        _gauge(registry, f"flow_runs_{name}", meaning, rows, "calendar", "phase")

"""How old the newest facts are, against what the store allows: a warning, or a gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaign_calendars.findings.errors import StaleDataError
from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.model.store import Store
from campaign_calendars.values.scalars import duration_in_words, format_duration
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.shelf.manifest import DatasetCounts, Snapshot

READ_BY_RECENCY = ("orders", "events")
"""Datasets that recency and triggers read: these are judged unless the store says otherwise."""
DEFAULT = timedelta(days=2)


def limits_of(store: Store) -> dict[str, timedelta]:
    """Dataset → how old its newest fact may be: two days, or `data_every` where that is longer, or what is written."""
    usual = max(DEFAULT, store.contact_policy.data_every)
    written: Mapping[str, timedelta] = {str(name): limit for name, limit in store.freshness.limits.items()}
    return {**dict.fromkeys(READ_BY_RECENCY, usual), **written}


def stale_facts(
    counts: Mapping[str, DatasetCounts], store: Store, as_of: datetime, timezone: ZoneInfo
) -> Iterator[Problem]:
    """A warning for each dataset whose newest fact is too old at `as_of`; datasets without one say nothing."""
    for dataset, limit in limits_of(store).items():
        newest = counts[dataset].newest if dataset in counts else None
        if newest is None or as_of - newest <= limit:
            continue
        moment = f"{as_of.astimezone(timezone):%Y-%m-%d %H:%M}"
        day, age, allowed = (
            f"{newest.astimezone(timezone):%Y-%m-%d %H:%M}",
            _age(newest.astimezone(timezone), as_of.astimezone(timezone)),
            (format_duration(limit), duration_in_words(limit, "zh")),
        )
        yield Problem(
            "S139",
            "warning",
            f"{dataset}: the newest fact is of {day}, {age[0]} before {moment}; {allowed[0]} are allowed",
            "export it again and refresh; or state another limit in `freshness` of the store",
            Location(f"sources.{dataset}"),
            f"{dataset}：最新一条为 {day}，距 {moment} 已 {age[1]}；最多容许 {allowed[1]}",
            "请重新导出并刷新；或在店铺的 freshness 中写明其他期限",
        )


def stale_now(loaded: LoadedCalendar, snapshot: Snapshot, as_of: datetime | None = None) -> list[Problem]:
    """`stale_facts` of a snapshot at its own moment, or at another."""
    moment = as_of or snapshot.as_of
    return list(stale_facts(snapshot.counts, loaded.store, moment, loaded.timeline.timezone))


def require_fresh(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, as_of: datetime) -> None:
    """Say what is too old before a run decides on it. Raises StaleDataError where the store says `on_stale: stop`."""
    problems = stale_now(loaded, snapshot, as_of)
    if problems and loaded.store.freshness.on_stale == "stop":
        raise StaleDataError(
            problems,
            ("the data is too old for a run; nothing was decided", "数据过旧，未作任何决策"),
        )
    for problem in problems:
        rt.progress((f"warning {problem.code} {problem.message}", f"警告 {problem.code} {problem.zh}"))


def _age(newest: datetime, as_of: datetime) -> tuple[str, str]:
    """As a person counts: days of the calendar, and hours within one."""
    days, hours = (as_of.date() - newest.date()).days, (as_of - newest) // timedelta(hours=1)
    return (f"{days} days", f"{days} 天") if days else (f"{hours} hours", f"{hours} 小时")

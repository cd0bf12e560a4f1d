"""What plans that were applied said their phases would bring; whoever measures them holds it against what they did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from threading import RLock
from typing import Protocol

from sqlalchemy import Column, Engine, ForeignKey, Table, Text, select

from campaign_calendars.measuring.forecasting import Forecast
from campaign_calendars.measuring.scoring import KeptForecast
from campaign_calendars.values.json import from_json, to_json
from warehouse.ledger import rules
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.outbox import insert_new
from warehouse.ledger.plan_records import PlanRecord
from warehouse.ledger.schema import UtcMoment, metadata, plans

forecasts = Table(
    "forecasts",
    metadata,
    Column("checksum", Text, ForeignKey("plans.checksum"), primary_key=True),
    Column("phase", Text, primary_key=True),
    Column("play", Text, primary_key=True),  # '' stands for the whole phase
    Column("calendar", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("kept_at", UtcMoment, nullable=False),
    Column("body", Text, nullable=False),
)


class Forecasts(Protocol):
    """The part of the ledger that keeps forecasts."""

    def keep_forecasts(self, checksum: str, store: str, found: Iterable[Forecast], at: datetime) -> None:
        """Keep what a plan said; a forecast of the plan that is kept already stays as it is.

        Raises LedgerError if the plan was never recorded.
        """

    def forecasts(self, calendar: str | None = None) -> list[KeptForecast]:
        """Those of a calendar, or all, in the order in which they were kept, then by plan, phase and play."""


class SqlForecasts:
    """`Forecasts` on SQLite and PostgreSQL."""

    _engine: Engine

    def keep_forecasts(self, checksum: str, store: str, found: Iterable[Forecast], at: datetime) -> None:
        with writing(self._engine) as con:
            calendar = con.scalars(select(plans.c.calendar).where(plans.c.checksum == checksum)).one_or_none()
            if calendar is None:
                raise rules.unknown_plan(checksum)
            same = {"checksum": checksum, "calendar": calendar, "store": store, "kept_at": at}
            rows = [same | {"phase": one.phase, "play": one.play, "body": to_json(one)} for one in found]
            if rows:
                con.execute(insert_new(con, forecasts), rows)

    def forecasts(self, calendar: str | None = None) -> list[KeptForecast]:
        c = forecasts.c
        asked = select(c.checksum, c.calendar, c.store, c.kept_at, c.body)
        if calendar is not None:
            asked = asked.where(c.calendar == calendar)
        with reading(self._engine) as con:
            rows = con.execute(asked.order_by(c.kept_at, c.checksum, c.phase, c.play)).all()
        return [
            KeptForecast(
                checksum=row.checksum,
                calendar=row.calendar,
                store=row.store,
                kept_at=row.kept_at,
                forecast=from_json(Forecast, row.body),
            )
            for row in rows
        ]


class MemoryForecasts:
    """`Forecasts` that forgets with the process."""

    _lock: RLock
    _plans: dict[str, PlanRecord]

    def __init__(self) -> None:
        self._forecasts: dict[tuple[str, str, str], KeptForecast] = {}

    def keep_forecasts(self, checksum: str, store: str, found: Iterable[Forecast], at: datetime) -> None:
        with self._lock:
            plan = self._plans.get(checksum)
            if plan is None:
                raise rules.unknown_plan(checksum)
            for one in found:
                kept = KeptForecast(checksum=checksum, calendar=plan.calendar, store=store, kept_at=at, forecast=one)
                self._forecasts.setdefault((checksum, one.phase, one.play), kept)

    def forecasts(self, calendar: str | None = None) -> list[KeptForecast]:
        found = [one for one in self._forecasts.values() if calendar in (None, one.calendar)]
        return sorted(found, key=lambda one: (one.kept_at, one.checksum, one.forecast.phase, one.forecast.play))

"""Forecasts of applied plans, on every ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign_calendars.findings.errors import LedgerError
from campaign_calendars.measuring.forecasting import EarlierPhase, Forecast, ForecastFigure
from warehouse.ledger.port import Ledger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)


def forecast(play: str, low: int) -> Forecast:
    figure = ForecastFigure(figure="reach", low=low, median=9, high=12, planned=10, earlier=3, widened=1.5)
    earlier = (EarlierPhase(calendar="old", phase="burst", starts_at=T0 - timedelta(days=365)),)
    return Forecast(phase="burst", play=play, kind="burst", figures=(figure,), earlier=earlier)


def test_what_a_plan_said_is_kept_once(ledger: Ledger) -> None:
    for checksum, calendar in (("aaa", "spring"), ("bbb", "autumn")):
        ledger.record_plan(checksum, calendar, "{}", T0)
    ledger.keep_forecasts("bbb", "shop", [forecast("", 1)], T0 + timedelta(hours=1))
    ledger.keep_forecasts("aaa", "shop", [forecast("recall", 7), forecast("", 8)], T0)
    ledger.keep_forecasts("aaa", "shop", [forecast("", 5)], T0 + timedelta(hours=2))
    ledger.keep_forecasts("aaa", "shop", [], T0)
    found = ledger.forecasts()
    assert [(one.calendar, one.forecast) for one in found] == [
        ("spring", forecast("", 8)), ("spring", forecast("recall", 7)), ("autumn", forecast("", 1)),
    ]  # fmt: skip
    assert (found[0].checksum, found[0].store, found[0].kept_at) == ("aaa", "shop", T0)
    assert ledger.forecasts("autumn") == found[2:]
    assert ledger.forecasts("none") == []


def test_a_plan_nobody_made_has_no_forecast(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="plan ccc is not in the ledger"):
        ledger.keep_forecasts("ccc", "shop", [forecast("", 1)], T0)


def test_a_plan_is_told_as_it_was_made_last_until_somebody_agrees_to_it(ledger: Ledger) -> None:
    for hour, body in enumerate(("first", "second")):
        ledger.record_plan("aaa", "spring", body, T0 + timedelta(hours=hour))
    found = ledger.plan("aaa")
    assert found is not None
    assert (found.body, found.planned_at) == ("second", T0)
    ledger.begin_apply("aaa", "Li", T0, forced="", written="")
    ledger.record_plan("aaa", "spring", "third", T0)
    agreed = ledger.plan("aaa")
    assert agreed is not None
    assert agreed.body == "second"

"""Which earlier phases speak for a forecast, and how that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign_calendars.measuring.forecasting import (
    Forecast,
    PastResult,
    PlannedUnit,
    basis_in_words,
    phases_of,
    results_before,
)

START = datetime(2025, 3, 5, tzinfo=UTC)
PAST = PastResult(
    calendar="spring", store="shop", phase="burst", play="", kind="burst", starts_at=START,
    ends_at=START + timedelta(days=4), contacted=300, buyers=18, sales_cents=540_000, granted=240, redemptions=60,
    worst_cents=240_000, benefit_cents=48_000, message_cents=1_200,
)  # fmt: skip
UNIT = PlannedUnit(
    phase="burst", play="", kind="burst", members=200, grants=100, with_order=0, worst_cents=100_000, message_cents=800
)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"store": "other"}, "another store"),
        ({"calendar": "now"}, "the calendar itself"),
        ({"kind": "presale"}, "another kind of phase"),
        ({"ends_at": START + timedelta(days=31)}, "not over when the plan is made"),
        ({"play": "recall"}, "a play, for a whole phase"),
        ({"contacted": 0}, "nobody was contacted"),
        ({"currency": "USD"}, "another currency"),
    ],
)
def test_what_does_not_speak_for_a_phase(other: dict[str, object], why: str) -> None:
    before = START + timedelta(days=30)
    found = results_before(
        [replace(PAST, **other), PAST],  # type: ignore[arg-type]
        UNIT,
        calendar="now",
        store="shop",
        before=before,
        currency="CNY",
    )
    assert found == (PAST,), why


def test_three_plays_of_the_same_id_speak_for_it_before_all_plays_of_the_kind() -> None:
    unit = replace(UNIT, play="recall")
    rows = [
        replace(PAST, calendar=f"c{n}", play="recall" if n < 3 else "other", starts_at=START - timedelta(days=n))
        for n in range(4)
    ]
    asked = {"calendar": "now", "store": "shop", "before": START + timedelta(days=30)}
    assert [one.calendar for one in results_before(rows, unit, **asked)] == ["c2", "c1", "c0"]  # type: ignore[arg-type]
    assert len(results_before(rows[1:], unit, **asked)) == 3  # type: ignore[arg-type]  # two of its own: all plays


def test_the_actual_of_each_figure() -> None:
    names = ("reach", "buyers", "redemptions", "cost", "sales")
    assert [PAST.actual(name) for name in names] == [300, 18, 60, 49_200, 540_000]
    assert [UNIT.planned(name) for name in names] == [200, None, None, 100_800, None]


def test_the_basis_is_named_by_campaign_and_date_or_said_to_be_too_small() -> None:
    known = [replace(PAST, calendar=f"c{n}", starts_at=START + timedelta(days=30 * n)) for n in range(6)]

    def said(count: int) -> tuple[str, str]:
        rows = [one for each in known[:count] for one in (each, replace(each, play="twice"))]
        return basis_in_words(Forecast(phase="b", play="", kind="burst", figures=(), earlier=phases_of(rows)))

    assert said(0) == (
        "fewer than three earlier campaigns with a phase of kind burst (0): a wide default, not experience",
        "没有同类阶段的历史（不足三个活动）：采用宽泛的默认区间，并非经验值",
    )
    assert "(2)" in said(2)[0]
    assert "同类阶段（爆发）只有 2 个活动的历史" in said(2)[1]
    assert said(3)[0] == "from 3 earlier phases: c0/burst 2025-03-05, c1/burst 2025-04-04, c2/burst 2025-05-04"
    waves = [PAST, replace(PAST, phase="burst-2"), replace(PAST, phase="burst-3")]
    one = Forecast(phase="b", play="", kind="burst", figures=(), earlier=phases_of(waves))
    assert "fewer than three earlier campaigns" in basis_in_words(one)[0], "three phases of one campaign share its luck"
    assert said(6)[0].endswith("c5/burst 2025-08-02 and 2 before")
    assert said(6)[1].endswith("以及更早的 2 个")

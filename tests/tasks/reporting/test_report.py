from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tasks.outreach.counting import DispatchCounts
from tasks.reporting.labels import LABELS, words
from tasks.reporting.report import report
from tasks.running.phase import finish, finish_again
from tasks.running.replay import replay, replay_runtime
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"


@pytest.fixture
def replayed(shop: Runtime) -> Runtime:
    rt = replay_runtime(shop, CALENDAR)
    replay(rt, CALENDAR, until=rt.load_calendar(CALENDAR).timeline.phases["presale"].end)
    return rt


def test_the_page_is_complete_in_itself_in_both_languages(replayed: Runtime, tmp_path: Path) -> None:
    loaded = replayed.load_calendar(CALENDAR)
    for lang in ("en", "zh"):
        target = tmp_path / f"{lang}.html"
        report(replayed, CALENDAR, replayed.clock(), target, lang=lang)
        page = unescape(target.read_text("utf-8"))
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(|<script""", page)
        assert page.count("<svg") >= 2
        for phase in loaded.calendar.phases:
            assert phase.title.get(lang) in page
            assert all(duty.text.get(lang) in page for duty in phase.duties)
        assert words(lang)["programme"] in page
        assert loaded.calendar.source in page


def test_the_page_shows_what_was_measured(replayed: Runtime, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    measurement = report(replayed, CALENDAR, replayed.clock(), target)
    page = target.read_text("utf-8")
    presale = next(phase for phase in measurement.phases if phase.phase == "presale")
    assert presale.funnel.contacted > 50
    assert f"{presale.funnel.contacted:,}" in page
    rate = presale.rates["conversion_rate"]
    assert rate.denominator == presale.funnel.contacted
    assert f"{rate.numerator:,} / {rate.denominator:,}" in page
    assert measurement.truth is None
    assert words("en")["truth"] not in page
    assert set(measurement.exclusions) & {"cap", "benefit_stock", "no_contact_point", "already_reached"}


def test_it_says_how_each_run_ran(replayed: Runtime, tmp_path: Path) -> None:
    runs = replayed.ledger.runs(CALENDAR)
    first = runs[0]
    finish(replayed, first.run_id, first.summary.plays, DispatchCounts(), via="prefect")
    finish_again(replayed, first.run_id, DispatchCounts())
    target = tmp_path / "page.html"
    report(replayed, CALENDAR, replayed.clock(), target)
    page = target.read_text("utf-8")
    assert page.count(LABELS["prefect"][0]) == 1
    assert page.count(LABELS["direct"][0]) == len(runs) - 1


def test_every_word_exists_in_both_languages() -> None:
    assert all(english and chinese for english, chinese in LABELS.values())

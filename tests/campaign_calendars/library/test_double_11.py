"""The shipped Double 11 calendar holds every block of A10 with the official windows of B5."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from itertools import combinations

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from campaign_calendars.time.sale import bought_since

LIBRARY = files("campaign_calendars") / "library"


@pytest.fixture(scope="module")
def loaded() -> LoadedCalendar:
    calendar = load_calendar((LIBRARY / "double-11-2021.yaml").read_text("utf-8"), "double-11-2021.yaml")
    store = load_store((LIBRARY / "stores" / "demo-beauty.yaml").read_text("utf-8"), "demo-beauty.yaml").model
    assert calendar.problems == []
    assert store is not None
    return bind(calendar, store)


# phase: first second, last second, wave, titles of plays the source names
A10 = {
    "reservoir-1": ("09-01 00:00:00", "09-30 23:59:59", None,
                    {"0.01 锁定礼", "小程序互动", "首页 live card", "订阅、直播粉丝转会员"}),
    "reservoir-2": ("10-01 00:00:00", "10-20 23:59:59", None,
                    {"老会员促活", "会员预售加赠预告", "生日礼", "会员券提前锁定"}),
    "deposit-1": ("10-21 00:00:00", "10-31 21:59:59", "wave-1", {"会员预售加赠"}),
    "warm-up-1": ("10-29 00:00:00", "10-31 23:59:59", "wave-1", set()),
    "balance-1": ("11-01 00:30:00", "11-03 23:59:59", "wave-1", set()),
    "in-stock-1": ("11-01 00:00:00", "11-03 23:59:59", "wave-1", {"现货加赠", "早鸟价（11.1–11.3）", "未购会员召回"}),
    "deposit-2": ("11-04 00:00:00", "11-10 21:59:59", "wave-2", {"回购礼"}),
    "warm-up-2": ("11-06 00:00:00", "11-10 23:59:59", "wave-2", set()),
    "balance-2": ("11-11 00:30:00", "11-11 23:59:59", "wave-2", set()),
    "in-stock-2": ("11-11 00:00:00", "11-11 23:59:59", "wave-2", {"早鸟价（11.11）", "会员挑战计划"}),
}  # fmt: skip


@pytest.mark.parametrize("name", A10)
def test_block_of_the_source_is_there_to_the_second(loaded: LoadedCalendar, name: str) -> None:
    first, last, wave, plays = A10[name]
    span = loaded.timeline.phases[name]
    assert (f"{span.start:%m-%d %H:%M:%S}", f"{span.last:%m-%d %H:%M:%S}") == (first, last)
    phase = next(phase for phase in loaded.calendar.phases if phase.id == name)
    assert phase.wave == wave
    assert plays <= {play.title.get("zh") for play in phase.plays}


def test_no_block_is_made_up(loaded: LoadedCalendar) -> None:
    assert set(loaded.timeline.phases) == set(A10)


def test_exactly_the_announced_windows_overlap(loaded: LoadedCalendar) -> None:
    spans = loaded.timeline.phases
    overlapping = {
        pair for pair in combinations(sorted(spans), 2) if spans[pair[0]].overlap(spans[pair[1]]) > timedelta()
    }
    assert overlapping == {
        ("deposit-1", "warm-up-1"),
        ("deposit-2", "warm-up-2"),
        ("balance-1", "in-stock-1"),
        ("balance-2", "in-stock-2"),
    }


def test_only_the_overlaps_are_mentioned(loaded: LoadedCalendar) -> None:
    found = [(p.code, p.severity) for p in check(loaded)]
    assert found.count(("C108", "info")) == 4
    assert {severity for _, severity in found} == {"info"}


def test_group_plays_of_the_reservoir_are_named(loaded: LoadedCalendar) -> None:
    posts = [p.title.get("zh") for phase in loaded.calendar.phases[:2] for p in phase.plays if p.post == "broadcast"]
    assert all(any(play in title for title in posts) for play in ("红包喷泉", "拼手气", "限时抢", "倒计时"))


def test_each_kind_of_group_has_a_post(loaded: LoadedCalendar) -> None:
    posts = {c for phase in loaded.calendar.phases for p in phase.plays if p.post == "broadcast" for c in p.channels}
    kinds = {group.kind for name in posts if (group := loaded.store.channels[name].group)}
    assert kinds == {"ordinary", "flash", "member", "live"}


def test_early_bird_is_exempt_on_its_four_days_only(loaded: LoadedCalendar) -> None:
    benefit = loaded.calendar.benefits["early-bird"]
    assert benefit.kind == "early_bird_price"
    assert [day.text for day in benefit.days] == ["2021-11-01", "2021-11-02", "2021-11-03", "2021-11-11"]
    assert benefit.rate <= 9_500
    assert not benefit.is_counted


def test_second_wave_is_measured_on_the_buyers_of_the_first(loaded: LoadedCalendar) -> None:
    assert loaded.calendar.audiences["wave-1-buyers"].where == "joined and bought_in_wave('wave-1')"
    assert {wave.id for wave in loaded.calendar.waves} == {"wave-1", "wave-2"}


def test_the_balance_reminder_goes_to_whoever_owes_one(loaded: LoadedCalendar) -> None:
    """Orders of each deposit window are paid in the balance window of their wave, to the second (A10, B5)."""
    windows = [
        tuple(f"{at:%m-%d %H:%M:%S}" for at in (w.placed.start, w.placed.last, w.due.start, w.due.last))
        for w in loaded.timeline.balances
    ]
    assert windows == [
        ("10-21 00:00:00", "10-31 21:59:59", "11-01 00:30:00", "11-03 23:59:59"),
        ("11-04 00:00:00", "11-10 21:59:59", "11-11 00:30:00", "11-11 23:59:59"),
    ]
    reminders = [p for phase in loaded.calendar.phases for p in phase.plays if p.id.startswith("balance-reminder")]
    assert [loaded.calendar.audiences[play.audience].where for play in reminders] == ["joined and balance_due"] * 2


def test_not_bought_counts_from_the_presale(loaded: LoadedCalendar) -> None:
    assert f"{bought_since(loaded.calendar, loaded.timeline):%m-%d %H:%M:%S}" == "10-21 00:00:00"

"""Holds, breakers, throttles and canaries: what every ledger keeps of them, alike."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.warehouse.ledger.cases import HOUR, T0
from warehouse.ledger import audit
from warehouse.ledger.guarding import Breaker, Bucket, Hold, HoldScope, Moment, Taken, Throttle, stands, take, taken
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.port import Ledger
from warehouse.ledger.sql import SqlLedger

MINUTE = timedelta(minutes=1)


def hold(scope: HoldScope = "channel", name: str = "sms", *, at: datetime = T0, final: bool = False) -> Hold:
    return Hold(scope=scope, name=name, reason="wrong price", by="lin", since=at, final=final)


def put(ledger: Ledger, one: Hold) -> bool:
    return ledger.hold(one, audit.halted(one.scope, one.name, one.reason, one.by, one.since))


def moment(us: int = 0, day: str = "2026-03-08") -> Moment:
    return Moment(us=us, day=day, month=day[:7])


# -- holds ----------------------------------------------------------------------------------------
def test_a_hold_is_kept_with_who_and_why_until_it_is_lifted(ledger: Ledger) -> None:
    assert put(ledger, hold("all", "", at=T0 + HOUR))
    assert put(ledger, hold())
    assert not put(ledger, hold())
    assert ledger.holds() == [hold(), hold("all", "", at=T0 + HOUR)]
    lift = audit.resumed("channel", "sms", "mended", "lin", T0)
    assert ledger.lift("channel", "sms", lift)
    assert not ledger.lift("channel", "sms", lift)
    assert [one.scope for one in ledger.holds()] == ["all"]
    assert [(entry.action, entry.subject) for entry in ledger.audit()] == [
        ("halt", "all"),
        ("resume", "sms"),
        ("halt", "sms"),
    ]


def test_what_is_final_takes_the_place_of_a_halt_and_stays(ledger: Ledger) -> None:
    put(ledger, hold("run", "r"))
    assert put(ledger, hold("run", "r", final=True))
    assert not put(ledger, hold("run", "r", final=True))
    assert not ledger.lift("run", "r", audit.resumed("run", "r", "", "lin", T0))
    assert [one.final for one in ledger.holds()] == [True]


def test_a_hold_stands_where_its_place_is_named() -> None:
    held = [hold("run", "r@sms"), hold("store", "a")]
    assert stands(held, ("run", "r"), ("channel", "sms")) is None
    assert stands(held, ("run", "r"), ("run", "r@sms")) == held[0]
    everything = [*held, hold("all", "")]
    assert stands(everything) == everything[2]
    assert stands([hold("run", "r"), hold("run", "r", final=True)], ("run", "r")) == hold("run", "r", final=True)


def test_holds_survive_a_restart(sql_url: str) -> None:
    first = SqlLedger(sql_url)
    put(first, hold())
    first.close()
    second = SqlLedger(sql_url)
    assert second.holds() == [hold()]
    second.close()


# -- breakers -------------------------------------------------------------------------------------
def open_sms(ledger: Ledger, at: datetime) -> Breaker:
    return ledger.open_breaker("sms", "no answer", at, MINUTE, 4 * MINUTE)


def test_a_breaker_waits_twice_as_long_after_every_strike(ledger: Ledger) -> None:
    assert ledger.ask_breaker("sms", "a", T0, HOUR) == "closed"
    at, waits = T0, []
    for _ in range(4):
        breaker = open_sms(ledger, at)
        waits.append((breaker.until - at) // MINUTE)
        at = breaker.until
    assert waits == [1, 2, 4, 4]
    assert ledger.breakers() == [
        Breaker(channel="sms", reason="no answer", strikes=4, opened_at=T0, until=T0 + 11 * MINUTE)
    ]
    assert ledger.close_breaker("sms")
    assert not ledger.close_breaker("sms")
    assert ledger.ask_breaker("sms", "a", T0, HOUR) == "closed"


def test_workers_in_the_same_outage_are_one_strike(ledger: Ledger) -> None:
    first = open_sms(ledger, T0)
    assert open_sms(ledger, T0 + MINUTE / 2) == first


def test_one_worker_probes_and_the_others_wait_until_it_is_gone(ledger: Ledger) -> None:
    open_sms(ledger, T0)
    later = T0 + MINUTE
    assert ledger.ask_breaker("sms", "a", T0 + MINUTE / 2, HOUR) == "open"
    assert ledger.ask_breaker("sms", "a", later, HOUR) == "probe"
    assert ledger.ask_breaker("sms", "b", later, HOUR) == "open"
    assert ledger.ask_breaker("sms", "a", later, HOUR) == "probe"
    assert ledger.ask_breaker("sms", "b", later + HOUR, HOUR) == "probe"
    assert ledger.ask_breaker("sms", "a", later + HOUR, HOUR) == "open"


# -- throttles ------------------------------------------------------------------------------------
TEN = Throttle(provider="cloud", interval_us=100_000, burst=10)


def test_a_burst_then_the_rate(ledger: Ledger) -> None:
    assert ledger.take(TEN, 8, moment(10_000_000)) == Taken(granted=8)
    assert ledger.take(TEN, 8, moment(10_000_000)) == Taken(granted=0, wait=timedelta(microseconds=300_000))
    assert ledger.take(TEN, 1, moment(10_000_000)).granted == 1
    assert ledger.take(TEN, 8, moment(10_400_000)).granted == 5
    assert ledger.take(TEN, 99, moment(20_000_000)).granted == 10


def test_what_was_not_used_comes_back(ledger: Ledger) -> None:
    capped = Throttle(provider="cloud", interval_us=100_000, burst=10, daily=10)
    ledger.take(capped, 10, moment(10_000_000))
    ledger.give_back(capped, 4)
    assert ledger.take(capped, 10, moment(10_000_000)) == Taken(granted=0, wait=timedelta(microseconds=100_000))
    assert ledger.take(capped, 4, moment(10_000_000)).granted == 4


def test_days_and_months_are_counted_on_the_providers_calendar(ledger: Ledger) -> None:
    capped = Throttle(provider="cloud", daily=3, monthly=5)
    assert ledger.take(capped, 9, moment()).granted == 3
    assert ledger.take(capped, 9, moment()) == Taken(granted=0, used_up="daily")
    assert ledger.take(capped, 9, moment(day="2026-03-09")).granted == 2
    assert ledger.take(capped, 9, moment(day="2026-03-09")) == Taken(granted=0, used_up="monthly")
    assert ledger.take(capped, 9, moment(day="2026-04-01")).granted == 3


def test_a_clock_that_goes_back_gives_no_day_twice(ledger: Ledger) -> None:
    capped = Throttle(provider="cloud", daily=3)
    ledger.take(capped, 3, moment(day="2026-03-09"))
    assert ledger.take(capped, 3, moment(day="2026-03-08")) == Taken(granted=0, used_up="daily")


def test_a_clock_that_was_a_day_ahead_costs_at_most_a_burst(ledger: Ledger) -> None:
    day = 86_400_000_000
    ledger.take(TEN, 10, moment(2 * day))
    assert ledger.take(TEN, 10, moment(day)).wait <= timedelta(seconds=1)


def test_two_providers_do_not_share(ledger: Ledger) -> None:
    assert ledger.take(TEN, 10, moment(1)).granted == 10
    assert ledger.take(Throttle(provider="other", interval_us=100_000, burst=10), 10, moment(1)).granted == 10


def test_every_ledger_gives_what_the_rule_says(ledger: Ledger) -> None:
    chance, bucket, us = Random(7), Bucket(), 1_790_000_000_000_000
    throttle = Throttle(provider="cloud", interval_us=33_334, burst=30, daily=200, monthly=500)
    for _ in range(60):
        us += chance.choice((0, 10_000, 400_000, 9_000_000, 20_000_000_000))
        at = datetime.fromtimestamp(us / 1e6, UTC)
        now = Moment(us=us, day=f"{at:%Y-%m-%d}", month=f"{at:%Y-%m}")
        asked = chance.randint(1, 60)
        bucket = take(bucket, throttle, asked, now)
        assert ledger.take(throttle, asked, now) == taken(bucket, throttle, asked, now)


def test_workers_at_once_never_get_more_than_there_is(sql_url: str) -> None:
    throttle = Throttle(provider="cloud", interval_us=1_000_000, burst=100, daily=70)
    opened = [SqlLedger(sql_url) for _ in range(4)]
    got: list[int] = []

    def work(ledger: SqlLedger) -> None:
        got.extend(ledger.take(throttle, 7, moment(5_000_000)).granted for _ in range(10))

    threads = [threading.Thread(target=work, args=(one,)) for one in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in opened:
        one.close()
    assert sum(got) == 70


# -- canaries -------------------------------------------------------------------------------------
def test_the_first_go_then_nobody_until_the_look(ledger: Ledger) -> None:
    assert ledger.try_canary("r", "sms", 10, 7) == 7
    assert ledger.try_canary("r", "sms", 10, 7) == 3
    assert ledger.try_canary("r", "sms", 10, 7) == 0
    ledger.canary_untaken("r", "sms", 2)
    assert ledger.try_canary("r", "sms", 10, 7) == 2
    assert ledger.look_at_canary("r", "sms", "trying", T0)
    assert not ledger.look_at_canary("r", "sms", "trying", T0 + HOUR)
    found = ledger.canary("r", "sms")
    assert found is not None
    assert (found.taken, found.looked_at) == (10, T0)
    assert ledger.look_at_canary("r", "sms", "passed", T0 + HOUR)
    assert not ledger.look_at_canary("r", "sms", "passed", T0 + HOUR)
    assert ledger.try_canary("r", "sms", 10, 7) is None
    assert ledger.try_canary("r", "push", 10, 7) == 7
    assert ledger.canary("r2", "sms") is None


def test_a_stopped_canary_lets_nothing_go_until_a_person_says_so(ledger: Ledger) -> None:
    ledger.try_canary("r", "sms", 10, 10)
    assert ledger.look_at_canary("r", "sms", "stopped", T0)
    assert ledger.try_canary("r", "sms", 10, 7) == 0
    assert ledger.look_at_canary("r", "sms", "passed", T0)
    assert ledger.try_canary("r", "sms", 10, 7) is None


@pytest.mark.parametrize("asked", [0, 1, 10**9])
def test_no_rate_and_no_cap_give_everything(asked: int) -> None:
    assert MemoryLedger().take(Throttle(provider="free"), asked, moment()).granted == asked

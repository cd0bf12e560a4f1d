"""What a provider takes to one recipient, at the send gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.store import Store
from tasks.channels.http import KIND, HttpChannel
from tasks.channels.limits import limits_of
from tasks.channels.registry import open_channel
from tasks.outreach.provider_limits import held_by_provider, refuse_other_providers
from tasks.outreach.quiet import quiet_hours_of
from tasks.settings import Settings
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 2, 27, 15, 59, tzinfo=UTC)  # 27 February, 23:59 there


def store(**channels: object) -> Store:
    return Store.model_validate(
        {"store": "shop", "tiers": {"window": "365d", "levels": [{"id": "basic"}]}, "channels": channels}
    )


def job(number: int, member: str = "ann", channel: str = "wecom") -> Job:
    return Job(f"{member}-{channel}-{number}", "r", "c", "p", "play", AT, member, channel)


def sent(ledger: MemoryLedger, jobs: list[Job], at: datetime) -> None:
    if ledger.run("r") is None:
        ledger.begin_run(Run("r", "c", "p", AT, "s", "d", "started", RunSummary(), AT))
    ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=at)
    for channel in {one.channel for one in jobs}:
        ledger.claim("r", channel, 100, "w", at)
    ledger.record([Outcome(one.intent_key, "sent") for one in jobs], at)


WECOM = {"kind": "wecom", "consent": "implied"}
SMS = {"kind": "sms", "consent": "required", "provider": "alibaba"}


def test_who_had_what_the_provider_takes_in_a_month_waits_for_the_next() -> None:
    ledger = MemoryLedger()
    sent(ledger, [job(n) for n in range(27)], AT - timedelta(days=5))
    sent(ledger, [job(n) for n in range(100, 109)], AT - timedelta(days=40))  # of January, they do not count
    held = held_by_provider(ledger, store(wecom=WECOM, sms=SMS), SHANGHAI)
    assert held([job(50)], AT) == {}
    found = held([job(50), job(51), job(50, "ben")], AT)  # the first of two is the 28th of the month
    assert list(found) == ["ann-wecom-51"]
    why, wait = found["ann-wecom-51"]
    assert why == "the provider takes 28 messages to one recipient in a month"
    assert AT + wait == datetime(2026, 3, 1, tzinfo=SHANGHAI)
    (short,) = held([job(50), replace(job(51), expires_at=AT + timedelta(hours=2))], AT).values()
    assert short[1] == timedelta(hours=2)


def test_who_had_fifty_sms_in_24_hours_waits_until_the_first_of_them_is_a_day_old() -> None:
    ledger = MemoryLedger()
    sent(ledger, [job(n, channel="sms") for n in range(10)], AT - timedelta(hours=30))
    sent(ledger, [job(n, channel="sms") for n in range(100, 150)], AT - timedelta(hours=3))
    held = held_by_provider(ledger, store(sms=SMS, mail={"kind": "mail", "consent": "required"}), SHANGHAI)
    (found,) = held([job(200, channel="sms"), job(1, channel="mail")], AT).values()
    assert found == ("the provider takes 50 messages to one recipient in 24 hours", timedelta(hours=21))
    assert held([job(200, "ben", "sms")], AT) == {}


def test_quiet_hours_of_the_provider_end_when_those_of_the_store_do_if_they_end_later() -> None:
    shop = store(sms={**SMS, "quiet_hours": {"from": "07:00", "to": "09:30"}}, other={**SMS, "provider": "huawei"})
    quiet = quiet_hours_of(shop, SHANGHAI)
    assert quiet("sms", datetime(2026, 3, 7, 21, tzinfo=SHANGHAI)) == datetime(2026, 3, 8, 9, 30, tzinfo=SHANGHAI)
    assert quiet("sms", datetime(2026, 3, 8, 10, tzinfo=SHANGHAI)) is None
    assert quiet("other", datetime(2026, 3, 7, 20, 30, tzinfo=SHANGHAI)) is None


def test_the_rate_of_the_provider_holds_unless_the_settings_say_another() -> None:
    tables = {
        "named": {"kind": "http", "url": "https://x", "profile": "tencent"},
        "slower": {"kind": "http", "url": "https://x", "profile": "tencent", "limits": {"rate": "20/min"}},
        "nobody": {"kind": "http", "url": "https://x"},
        "sdk": {"kind": "aliyun_sms"},
    }
    found = {name: limits.throttle(name) for name, limits in limits_of(Settings(root=Path(), channels=tables)).items()}
    assert {name: one.interval_us if one else None for name, one in found.items()} == {
        "named": 334, "slower": 3_000_000, "nobody": None, "sdk": 200,
    }  # fmt: skip


def test_a_gateway_gets_no_larger_requests_than_its_provider_takes() -> None:
    for profile, batch in (("tencent", 200), ("alibaba", 100)):
        keys = {"url": "https://x", "profile": profile, "batch": 1_000}
        channel = open_channel(KIND, "sms", keys, Path(), str)
        assert isinstance(channel, HttpChannel)
        assert channel.batch == batch


def test_texts_checked_for_one_provider_do_not_leave_through_another() -> None:
    shop = store(sms=SMS, wecom=WECOM)
    refuse_other_providers(shop, {"sms": {"kind": "aliyun_sms"}, "wecom": {"kind": "wecom"}, "other": {"kind": "smtp"}})
    refuse_other_providers(shop, {"sms": {"kind": "file"}})
    with pytest.raises(UsageError, match=r"channels\.sms sends through tencent, and the store says provider: alibaba"):
        refuse_other_providers(shop, {"sms": {"kind": "http", "profile": "tencent"}})

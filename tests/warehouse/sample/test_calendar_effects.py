"""What a world reads from a calendar: which plays remind, invite and ask to sign in, and how strongly benefits pull."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.reading.loading import LoadedCalendar
from tasks.calendars.checking import read_calendar
from tasks.calendars.lookup import LIBRARY
from warehouse.sample.calendar_effects import benefit_effect, world_params
from warehouse.sample.population import to_aware, to_local
from warehouse.sample.response import BenefitEffect

ZONE = ZoneInfo("Asia/Shanghai")


def loaded(name: str) -> LoadedCalendar:
    path = Path(str(LIBRARY)) / f"{name}.yaml"
    found, _ = read_calendar(path, stores=path.parent / "stores")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("calendar", "wish", "plays"),
    [
        (
            "double-11-2021",
            "reminds",
            {
                ("balance-1", "balance-reminder-1"),
                ("balance-1", "balance-closing-1"),
                ("balance-2", "balance-reminder-2"),
            },
        ),
        ("queens-day-2020", "invites", {("presale", "invite-friends")}),
        ("queens-day-2020", "signs_in", {("warm-up", "sign-in-tasks")}),
    ],
)
def test_what_plays_ask_for(calendar: str, wish: str, plays: set[tuple[str, str]]) -> None:
    params = world_params(loaded(calendar))
    assert {play for play, effect in params.plays.items() if getattr(effect, wish)} == plays
    assert params.calendar == calendar


def test_benefits_are_used_while_the_calendar_lets_them() -> None:
    """A window from D-3 to D+0, two benefits that last so long after the grant, and one without any time of its own."""
    params = world_params(loaded("queens-day-2020"))
    assert params.grant_ends is not None
    granted = to_local(at("2020-02-10 11:00"))

    def ends(benefit: str) -> str | None:
        found = params.grant_ends and params.grant_ends(benefit, granted, "reservoir")
        return found and f"{to_aware(found).astimezone(ZONE):%m-%d %H:%M}"

    [(start, end)] = params.benefit("member-coupon-30").spans
    assert (to_aware(start), to_aware(end)) == (at("2020-03-05 00:00"), at("2020-03-09 00:00"))
    assert not params.benefit("member-coupon-30").usable(start - 1)
    assert params.benefit("new-member-coupon").spans == ()
    assert ends("member-coupon-30") == "03-09 00:00"
    assert ends("new-member-coupon") == "02-18 00:00", "the seventh day after that of the grant"
    assert ends("one-cent-sample") == "02-12 00:00"
    assert ends("extra-gift") == "03-17 00:00", "the calendar's end"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_coupons_pull_by_the_share_they_take_off() -> None:
    calendar = loaded("queens-day-2020").calendar
    effects = {name: benefit_effect(benefit) for name, benefit in calendar.benefits.items()}
    coupons = [effect for effect in effects.values() if effect.value_cents and effect.threshold_cents >= 5_800]
    by_share = sorted(coupons, key=lambda effect: effect.value_cents / effect.threshold_cents)
    assert len(by_share) >= 2
    assert [effect.pull for effect in by_share] == sorted(effect.pull for effect in by_share)
    assert all(1.0 < effect.pull <= 3.0 for effect in effects.values())
    assert effects["sign-in-points"] == BenefitEffect(pull=1.2)

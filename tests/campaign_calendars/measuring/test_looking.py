"""What may be read every day: known answers, and a campaign that does nothing, read on 14 days."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from campaign_calendars.measuring.lift import Arm, Difference, Growth, MoneyContrast, Return, contrast, withheld
from campaign_calendars.measuring.looking import half_width, so_far
from campaign_calendars.measuring.worth import worth_in_words

MONEY = MoneyContrast(
    method="pooled t interval, 95 %",
    difference=Difference(230, 53.6, 406.4, 0.01, 90),
    growth=Growth(0.4, 0.1, 0.9),
    adjusted=None,
    explained=None,
    order_value=None,
    returned=Return(margin=0.4, cost_cents=10, profit=Difference(82, 12, 152, 0.02, 35), per_cost=None),
    verdict="higher",
)


def test_known_answers() -> None:
    found = [half_width(error, 1.2) for error in (0.6, 0.9, 1.2)]
    assert found == pytest.approx([1.958576, 2.761141, 3.642251], abs=5e-7)


def test_at_the_second_look_the_ordinary_interval_would_have_called_it() -> None:
    found = contrast(Arm(9_000, 1_014), Arm(1_000, 73))
    early = so_far(replace(found, money=MONEY), (0.9 / 1.2) ** 2)
    assert early.money is not None
    assert early.money.while_running == pytest.approx((-46.1141, 506.1141), abs=5e-4)
    assert (early.money.verdict, early.money.growth, early.money.returned) == ("cannot conclude", None, None)
    assert early.while_running is not None
    assert found.interval is not None
    assert early.while_running[0] < found.interval[0] < found.interval[1] < early.while_running[1]
    said = [one[0] for one in worth_in_words(early, "CNY", days=8)]
    assert "between -0.46 and 5.06: cannot conclude" in said[0]
    assert said[-1].startswith("Not all of it is known yet")


def test_nothing_to_say_stays_so() -> None:
    few = contrast(Arm(20, 3), Arm(20, 2))
    assert so_far(few, 0.5) == few
    same = so_far(contrast(Arm(100, 0), Arm(100, 0)), 0.5)
    assert same.while_running is None


def test_what_is_withheld_shows_no_interval_of_today_either() -> None:
    early = so_far(replace(contrast(Arm(9_000, 1_014), Arm(1_000, 73)), money=MONEY), 0.5)
    quiet = withheld(early, "nothing sent")
    assert quiet.money is not None
    assert (quiet.interval, quiet.while_running, quiet.money.while_running) == (None, None, None)


def test_a_campaign_that_does_nothing_read_daily_is_hardly_ever_a_success() -> None:
    """300 campaigns of 14 days, 900 against 300 members: ordinary intervals claim far more than 5 %, these do not."""
    rng = random.Random(3)
    ordinary = always = 0
    for _ in range(300):
        buyers = [[0, 900], [0, 300]]
        claims = [False, False]
        for day in range(1, 15):
            for arm in buyers:
                arm[0] += sum(rng.random() < 0.02 for _ in range(arm[1] - arm[0]))
            found = contrast(Arm(900, buyers[0][0]), Arm(300, buyers[1][0]))
            claims[0] |= found.verdict in ("higher", "lower")
            claims[1] |= day < 14 and so_far(found, day / 14).verdict in ("higher", "lower")
        ordinary += claims[0]
        always += claims[1]
    assert ordinary > 0.1 * 300
    assert always <= 0.05 * 300


def test_a_hold_out_without_buyers_proves_nothing_halfway() -> None:
    """23 of 1,000 against 0 of 100 at 2 % is chance in one of eight campaigns: no interval may exclude zero."""
    early = so_far(contrast(Arm(1_000, 23), Arm(100, 0)), 0.5)
    assert early.verdict == "cannot conclude"
    assert early.interval is not None
    assert early.while_running is not None
    assert early.while_running[0] < early.interval[0]


def test_rare_buyers_and_a_small_hold_out_read_daily_claim_nothing() -> None:
    """100 campaigns of 1,000 against 100 members, 1 % buyers: with variances apart 20 are claimed at one look alone."""
    rng = random.Random(5)
    claimed = 0
    for _ in range(100):
        days = [[rng.randrange(14) if rng.random() < 0.01 else 14 for _ in range(size)] for size in (1_000, 100)]
        read = (
            contrast(*(Arm(len(arm), sum(bought < day for bought in arm)) for arm in days)) for day in (3, 7, 10, 13)
        )
        claimed += any(
            so_far(found, day / 14).verdict in ("higher", "lower")
            for found, day in zip(read, (3, 7, 10, 13), strict=True)
        )
    assert claimed <= 5

"""What plays take from each other: said where it must come, and not where something else may change it."""

from __future__ import annotations

import pytest

from .examples import problems_of

CAP = "contact_policy: {caps: [{max: 1, per: 20h}]}\n"


def codes(patch: str) -> dict[str, str]:
    return {problem.code: problem.message for problem in problems_of(patch) if problem.code[1] == "1"}


def burst(*plays: str, more: str = CAP) -> str:
    written = "".join(f"      - {{audience: everybody, channels: [push], message: m.txt, {play}}}\n" for play in plays)
    return f"{more}phases:\n  - id: burst\n    kind: burst\n    window: {{from: D-3, to: D}}\n    plays:\n{written}"


def test_the_play_of_higher_priority_takes_the_audience() -> None:
    said = codes(burst("id: low, at: D-1 10:00", "id: high, at: D-1 20:00, priority: 100"))
    assert said["C177"].startswith("low has nobody left: high at 03-07 20:00")


@pytest.mark.parametrize(
    "plays",
    [
        ("id: low, at: D-1 10:00", "id: high, at: D 06:00, priority: 100"),  # 20 hours on the dot are allowed
        ("id: low, at: [D-2 10:00, D-1 10:00]", "id: high, at: D-1 20:00, priority: 100"),  # one moment stays free
        ("id: low, at: D-1 10:00", "id: high, at: D-1 20:00, priority: 100, benefits: [c]"),  # it may run out
        ("id: low, at: D-1 10:00", "id: also, at: D-2 20:00", "id: high, at: D-1 15:00, priority: 130"),
    ],
)  # fmt: skip
def test_nothing_is_said_where_the_play_may_reach_somebody(plays: tuple[str, ...]) -> None:
    assert "C177" not in codes(burst(*plays))


def test_other_people_are_no_rivals() -> None:
    text = burst("id: low, at: D-1 10:00", "id: high, at: D-1 20:00, priority: 100")
    assert "C177" in codes(text)
    other = text.replace("everybody, channels: [push], message: m.txt, id: high", "some, channels: [push], id: high")
    assert "C177" not in codes("audiences: {everybody: joined, some: joined and age > 30}\n" + other)


def test_rivals_that_are_worth_more_together_are_not_called_starved() -> None:
    said = codes(burst("id: a, at: D-2 10:00, priority: 60", "id: b, at: D-1 06:00, priority: 60",
                       "id: high, at: D-2 20:00, priority: 100"))  # fmt: skip
    assert "C177" not in said


def test_first_come_starves_the_later_one() -> None:
    plays = ("id: low, at: D-1 10:00", "id: high, at: D-1 20:00, priority: 100")
    said = codes("plan: first_come\n" + burst(*plays))
    assert said["C177"].startswith("high has nobody left: low at 03-07 10:00 takes its audience (it comes first)")


def test_a_cap_of_none_is_said_of_every_play_it_shuts() -> None:
    said = codes(burst("id: p, at: D 10:00", more="contact_policy: {caps: [{max: 0, per: 7d}]}\n"))
    assert said["C176"] == "a member can get p 0 of 1 times: the caps allow 0/7d"
    open_channel = "contact_policy: {caps: [{channels: [sms], max: 0, per: 7d}]}\n"
    assert "C176" not in codes(burst("id: p, at: D 10:00", more=open_channel))


def test_repeats_that_a_cap_only_thins_out_are_left_alone() -> None:
    daily = "id: p, at: daily 10:00, repeat_after: 1d"
    assert "C176" not in codes(burst(daily, more="contact_policy: {caps: [{max: 2, per: 7d}]}\n"))
    assert "C176" in codes(burst(daily, more="contact_policy: {caps: [{max: 1, per: 4d}]}\n"))


def test_days_of_several_plays_count_once() -> None:
    given = "benefits: {c: {kind: member_coupon, value: 3, stock: 61, daily_cap: 30}}\n"
    plays = ("id: a, at: D-1 10:00, benefits: [c]", "id: b, at: D-1 20:00, benefits: [c]")
    assert "at most 30 of 61 c" in codes(given + burst(*plays))["C145"]
    more = (*plays, "id: d, at: [D 10:00, D-2 10:00], benefits: [c]")
    assert "C145" not in codes(given + burst(*more))


def test_a_trigger_gives_on_every_day_of_its_phase() -> None:
    given = "benefits: {c: {kind: member_coupon, value: 3, stock: 120, daily_cap: 30}}\n"
    assert "C145" not in codes(given + burst("id: a, trigger: {event: join}, benefits: [c]"))
    assert "C145" in codes(given.replace("120", "121") + burst("id: a, trigger: {event: join}, benefits: [c]"))

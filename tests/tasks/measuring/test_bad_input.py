"""Campaigns that teach little, through the whole path: a verdict and a reason, never a number that looks right.

One shop, several calendars: without a hold-out, with one nobody fell into, one whose share was changed meanwhile, one
where all paid the same, one with a single buyer, one that goes on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.measuring.worth import worth_in_words
from promocal.cli.tables import print_measurement
from tasks.analysis.contrasting import contrast_rows
from tasks.data.refresh import refresh
from tasks.measuring.measure import Effects, measure
from tasks.measuring.measurement import Measurement
from tasks.reporting.report import report
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE
from warehouse.analysis.tables import tables

MEMBERS, DAY = 900, timedelta(days=1)
START = datetime(2026, 3, 8, 10, tzinfo=ZONE)
END = START + 12 * DAY
TOML = "".join(
    f'[sources.{name}]\nkind = "csv"\npath = "data/{name}*.csv"\ntimezone = "Asia/Shanghai"\n\n'
    for name in ("members", "orders", "contact_points")
)
STORE = """
store: corner
title: {en: Corner shop, zh: 街角小店}
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
values: {margin: 0.4}
channels:
  sms: {title: {en: SMS, zh: 短信}, kind: sms, consent: required}
  push: {title: {en: App push, zh: 推送}, kind: push, consent: implied}
"""
CALENDAR = """
calendar: {name}
title: {{en: {name}, zh: 试}}
store: corner
timezone: Asia/Shanghai
holdout: {{campaign: {campaign}, salt: {name}}}
audiences:
  halves-1:
    where: joined and random_split('halves', 2) = 1
  halves-2:
    where: joined and random_split('halves', 2) = 2
benefits:
  coupon: {{kind: member_coupon, threshold: 50.00, value: 10.00}}
phases:
  - id: burst
    kind: burst
    title: {{en: Burst, zh: 爆发}}
    window: {{from: {start}, to: {end}}}
    plays:
      - {{id: coupons, audience: halves-1, benefits: [coupon], channels: [sms], at: "{at}", message: messages/hello.txt, holdout: {play}}}
      - {{id: words, audience: halves-2, channels: [push], at: "{at}", message: messages/hello.txt, holdout: {play}}}
"""  # noqa: E501
CALENDARS = {  # name: (campaign's hold-out, of plays, day it begins)
    "usual": ("25%", "25%", 0),
    "without": ("0%", "0%", 0),
    "nobody": ("0.01%", "0.01%", 0),
    "changed": ("25%", "25%", 0),
    "same": ("25%", "25%", 2),
    "single": ("25%", "25%", 4),
    "goes-on": ("25%", "25%", 6),
}


def member(number: int) -> str:
    return f"m{number:04d}"


def write_calendar(root: Path, name: str, campaign: str, play: str, day: int) -> None:
    at = START + day * DAY
    end = at + (20 if name == "goes-on" else 1) * DAY
    walls = {
        key: f"{one:%Y-%m-%d %H:%M:%S}" for key, one in (("start", at), ("at", at + timedelta(hours=1)), ("end", end))
    }
    text = CALENDAR.format(name=name, campaign=campaign, play=play, **walls)
    (root / "calendars" / f"{name}.yaml").write_text(text, "utf-8")


def orders() -> Iterator[str]:
    """Skewed amounts on the first days, 60.00 by every second member on the third, one buyer on the fifth."""
    rng = random.Random(8)
    for n in range(MEMBERS):
        bought = [(0, rng.lognormvariate(4.4, 0.7))] if rng.random() < 0.3 else []
        bought += [(2, 60.0)] if n % 2 else []
        bought += [(4, 75.0)] if n == 17 else []
        bought += [(7, rng.lognormvariate(4.4, 0.7))] if rng.random() < 0.3 else []
        for day, paid in bought:
            at = f"{START + day * DAY + timedelta(hours=6, minutes=n % 50):%Y-%m-%d %H:%M:%S}"
            yield f"o-{n}-{day},{member(n)},{at},{at},{paid:.2f}"


def write_csv(root: Path, name: str, header: str, rows: list[str]) -> None:
    (root / "data").mkdir(exist_ok=True)
    (root / "data" / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")


@pytest.fixture(scope="module")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    root = tmp_path_factory.mktemp("corner")
    for folder in ("calendars", "stores", "messages"):
        (root / folder).mkdir()
    channels = "".join(f'\n[channels.{name}]\nkind = "file"\n' for name in ("sms", "push"))
    (root / "promocal.toml").write_text(TOML + channels, "utf-8")
    (root / "stores" / "corner.yaml").write_text(STORE, "utf-8")
    (root / "messages" / "hello.txt").write_text("你好", "utf-8")
    for name, (campaign, play, day) in CALENDARS.items():
        write_calendar(root, name, campaign, play, day)
    people = [f"{member(n)},13{n:09d},2024-01-01 08:00:00,2024-02-01 09:00:00" for n in range(MEMBERS)]
    write_csv(root, "members", "member_id,phone,created_at,joined_at", people)
    points = [f"{member(n)},{name},13{n:09d},2024-02-01 09:00:00" for n in range(MEMBERS) for name in ("sms", "push")]
    write_csv(root, "contact_points", "member_id,channel,address,consented_at", points)
    before = [f"b-{n},{member(n)},2025-06-01 10:00:00,2025-06-01 10:05:00,80.00" for n in range(0, MEMBERS, 3)]
    head = "order_id,member_id,ordered_at,paid_at,amount"
    write_csv(root, "orders", head, before)
    clock = [START]
    with open_runtime(root, clock=lambda: clock[0]) as opened:
        refresh(opened, "usual", START)
        for name, (_, _, day) in sorted(CALENDARS.items(), key=lambda one: one[1][2]):
            clock[0] = START + day * DAY + timedelta(hours=1)
            run_phase(opened, name, "burst", clock[0])
        write_csv(root, "orders", head, [*before, *orders()])
        clock[0] = END
        refresh(opened, "usual", END)
        write_calendar(root, "changed", "60%", "60%", 0)
        yield opened


@pytest.fixture(scope="module")
def found(rt: Runtime) -> dict[str, Measurement]:
    return {name: measure(rt, name, END) for name in CALENDARS}


def pages(rt: Runtime, one: Measurement, capsys: pytest.CaptureFixture[str]) -> str:
    """What the page says, and what the command prints, on one line."""
    page = rt.settings.root / f"{one.calendar}.html"
    report(rt, one.calendar, END, page, lang="en", measurement=one)
    print_measurement(one, "en")
    return " ".join((page.read_text("utf-8") + capsys.readouterr().out).split())


def test_without_a_hold_out_nothing_is_claimed(
    rt: Runtime, found: dict[str, Measurement], capsys: pytest.CaptureFixture[str]
) -> None:
    one = found["without"]
    assert one.programme.contrast is None
    assert all(play.contrast is None and not play.benefits for play in one.plays)
    said = pages(rt, one, capsys)
    assert said.lower().count("no hold-out, so no effect can be stated") >= 2, "on the page and in the terminal"
    assert "Sold" not in said


def test_an_arm_nobody_fell_into_says_so(
    rt: Runtime, found: dict[str, Measurement], capsys: pytest.CaptureFixture[str]
) -> None:
    one = found["nobody"].programme.contrast
    assert one is not None
    assert one.control.members < 5
    assert (one.verdict, one.difference, one.money and one.money.difference) == ("too few members", None, None)
    said = pages(rt, found["nobody"], capsys)
    assert f"too few members ({one.treated.members:,} treated, {one.control.members:,} held out)" in said


def test_a_share_that_was_changed_midway_shows_no_difference(
    rt: Runtime, found: dict[str, Measurement], capsys: pytest.CaptureFixture[str]
) -> None:
    measured = found["changed"]
    contrasts = [measured.programme.contrast, *(play.contrast for play in measured.plays)]
    for one in contrasts:
        assert one is not None
        assert (one.verdict, one.difference, one.interval, one.p) == ("not as drawn", None, None, None)
        assert one.money is not None
        assert (one.money.verdict, one.money.difference, one.money.returned) == ("not as drawn", None, None)
    assert "not as they were drawn" in pages(rt, measured, capsys)


def test_where_all_paid_the_same_chance_cannot_be_told(found: dict[str, Measurement]) -> None:
    """Every order is of 60.00: the average order has no spread, and what a member paid has one by who bought at all."""
    one = found["same"].programme.contrast
    assert one is not None
    assert one.money is not None
    assert one.money.order_value is None
    assert one.verdict == "cannot conclude"


def test_one_buyer_is_no_money(found: dict[str, Measurement]) -> None:
    measured = found["single"]
    one = measured.programme.contrast
    assert one is not None
    assert one.treated.buyers + one.control.buyers == 1
    assert one.verdict == "cannot conclude"
    assert one.money is not None
    assert (one.money.verdict, one.money.difference, one.money.growth) == ("too few buyers", None, None)
    assert one.growth is None
    assert "buyers in the group with fewer of them" in worth_in_words(one, "CNY")[0][0]


def test_a_campaign_that_goes_on_is_read_by_wide_intervals(
    rt: Runtime, found: dict[str, Measurement], capsys: pytest.CaptureFixture[str]
) -> None:
    measured = found["goes-on"]
    one = measured.programme.contrast
    assert one is not None
    assert one.interval is not None
    assert one.while_running is not None
    assert one.while_running[0] < one.interval[0] < one.interval[1] < one.while_running[1]
    assert one.money is not None
    assert (one.money.returned, one.money.growth) == (None, None)
    assert measured.days_left == 14
    for split in measured.splits:
        assert all(part.while_running for part in split.contrasts.values())
    assert "The campaign is not over yet" in pages(rt, measured, capsys)


def test_after_the_end_older_orders_are_read_by_wide_intervals(rt: Runtime, found: dict[str, Measurement]) -> None:
    """The campaign ends on the 26th day, its orders are known to the 12th: it was not seen to its end."""
    late = measure(rt, "goes-on", START + 30 * DAY)
    assert late.running_days is None
    one, early = late.programme.contrast, found["goes-on"].programme.contrast
    assert one is not None
    assert early is not None
    assert one.while_running is not None
    assert one.while_running == early.while_running
    assert one.money is not None
    assert one.money.returned is None
    assert "Not all of it is known yet" in worth_in_words(one, "CNY")[-1][0]


def test_costs_nobody_states_are_said_to_be_none(
    rt: Runtime, found: dict[str, Measurement], capsys: pytest.CaptureFixture[str]
) -> None:
    measured = found["usual"]
    assert measured.unpriced == ("push", "sms")
    effect = measured.programme.contrast
    assert effect is not None
    assert effect.money is not None
    assert effect.money.returned is not None
    assert "Messages over App push, SMS count as free" in pages(rt, measured, capsys)


def test_parts_of_a_split_are_held_against_each_other(
    rt: Runtime, found: dict[str, Measurement], capsys: pytest.CaptureFixture[str]
) -> None:
    """Everybody in the audience counts, those held out too; the figures are those of the people by hand."""
    (split,) = found["usual"].splits
    assert (split.split, [part.plays for part in split.parts]) == ("halves", [("coupons",), ("words",)])
    assert sum(part.members.members for part in split.parts) == MEMBERS
    assert [part.held_out for part in split.parts] == [(0.25,), (0.25,)], "alike, so nothing is said of them"
    one = split.contrasts[2]
    assert one.treated.members == split.parts[1].members.members
    assert one.interval is not None
    assert one.interval[0] < 0 < one.interval[1]
    assert one.verdict == "cannot conclude", "neither does anything"
    assert one.money is not None
    assert one.money.difference is not None
    smallest = split.detectable[2]
    assert smallest is not None
    assert 0.05 < smallest < 0.12
    assert split.sample_ratio_p is not None
    assert split.sample_ratio_p > 0.001
    said = pages(rt, found["usual"], capsys)
    assert "Parts drawn by lot, against each other" in said
    assert "hold out different shares" not in said
    uneven = replace(split, parts=(replace(split.parts[0], held_out=(0.0,)), split.parts[1]))
    assert "hold out different shares" in pages(rt, replace(found["usual"], splits=(uneven,)), capsys)


def test_the_table_of_contrasts_has_parts_of_splits(found: dict[str, Measurement]) -> None:
    one = found["usual"]
    names = [column.name for column in tables()["contrasts"].columns]
    rows = [dict(zip(names, row, strict=True)) for row in contrast_rows("usual", effects(one))]
    parts = {row["outcome"]: row for row in rows if row["contrast"] == "split"}
    assert set(parts) == {"conversion", "spend_cents"}
    assert (parts["conversion"]["arm"], parts["conversion"]["play"]) == ("halves/2", "words")
    assert parts["conversion"]["difference"] == one.splits[0].contrasts[2].difference
    assert all(row["arm"] is None for row in rows if row["contrast"] != "split")


def effects(one: Measurement) -> Effects:
    return Effects(one.plays, one.programme, one.splits)

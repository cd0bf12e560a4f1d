"""The whole-calendar contact plan on made-up members: 40 occurrences in five phases over 15 days.

Caps 1 per 20 h, 3 per 7 days, 8 per campaign, every play once per member; first without shared rows, then with
stocks, money pools, daily caps and a capacity of each channel and day. Ours is one `solve`, from patterns to
columns with bound; members were grouped before. The references decide the same members in other ways, and each
name says what its plan is worth as a share of ours. Chunks (random, of 1,000 members, capacities divided evenly,
each solved by itself) are left out above 100,000 members: it would take many minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial

import numpy as np

from benchmarks import harness
from warehouse.contact_plan import (
    Baseline,
    Choice,
    Limit,
    Past,
    Patterns,
    Problem,
    Row,
    Slot,
    Solution,
    audit,
    chunked,
    first_come,
    forget,
    nightly,
    solve,
)

MOST_CHUNKED = 100_000
Way = Callable[[Problem, Patterns], Baseline]
SHANGHAI = timezone(timedelta(hours=8))
START = datetime(2026, 2, 25, tzinfo=SHANGHAI)
PHASES = (("reservoir", 30, 4), ("presale", 60, 3), ("warm_up", 50, 3), ("burst", 100, 3), ("maintenance", 40, 2))
"""Kind, priority in points, days."""
HOURS = (9, 12, 19)
CHANNELS = ("dedicated_service", "group", "sms")
AUDIENCES = 14
COUPONS = (
    ("coupon-10", 1000),
    ("coupon-30", 3000),
    ("points-500", 500),
    ("cashback-5", 800),
    ("gift-a", 4000),
    ("gift-b", 6000),
)
HISTORY = (None, None, None, -30, -12, -6)
"""Hours before the start of a contact a member may have had."""


@dataclass(frozen=True, slots=True)
class Play:
    at: datetime
    key: str
    points: int
    audience: int
    benefit: int | None


def plays() -> list[Play]:
    """Every play recurs on the days of its phase; each third day is a short one."""
    told, day = [], 0
    for kind, (phase, points, days) in enumerate(PHASES):
        for _ in range(days):
            for place, hour in enumerate(HOURS[: 3 if day % 3 else 2]):
                name = f"{phase}/play-{place}"
                at = START + timedelta(days=day, hours=hour)
                benefit = (kind * 2 + place) % len(COUPONS) if place < 2 else None
                told.append(
                    Play(
                        at,
                        f"{name}@{at:%m-%dT%H:%M}",
                        points + (11 * kind + 7 * place) % 17,
                        (kind * 3 + place) % AUDIENCES,
                        benefit,
                    )
                )
            day += 1
    return told


def problem(members: int, *, rows: bool) -> Problem:
    """The calendar; with rows a choice is a channel, without only whether."""
    all_plays = plays()
    names = sorted({play.key.split("@")[0] for play in all_plays})
    limits = [Limit("1/20h", 1, timedelta(hours=20)), Limit("3/7d", 3, timedelta(days=7)), Limit("8/campaign", 8)]
    limits += [Limit(f"once/{name}", 1) for name in names]
    days = sorted({play.at.date().isoformat() for play in all_plays})
    shared = _rows(members, days) if rows else []
    number = {row.name: place for place, row in enumerate(shared)}
    choices = []
    for slot, play in enumerate(all_plays):
        counts = (0, 1, 2, 3 + names.index(play.key.split("@")[0]))
        for channel in CHANNELS if rows else ("any",):
            benefit = None if play.benefit is None else COUPONS[play.benefit][0]
            uses = _uses(number, play, channel) if rows else ()
            choices.append(Choice(slot, channel, benefit, play.points * 1000, counts, uses))
    slots = tuple(Slot(play.at, play.key, play.at.date().isoformat()) for play in all_plays)
    return Problem(slots, tuple(choices), tuple(limits), tuple(shared))


def _rows(members: int, days: list[str]) -> list[Row]:
    stocks = [
        Row(f"stock/{name}", int(members * share))
        for (name, _), share in zip(COUPONS, (0.12, 0.06, 0.2, 0.15, 0.02, 0.01), strict=True)
    ]
    pools = [Row("pool/coupons", members * 200), Row("pool/gifts", members * 100)]
    daily = [
        Row(f"daily/{COUPONS[0][0]}@{days[1]}", int(members * 0.02)),
        Row(f"daily/{COUPONS[1][0]}@{days[-4]}", int(members * 0.03)),
    ]
    shares = {"dedicated_service": 0.02, "group": 0.06, "sms": 0.08}
    return (
        stocks
        + pools
        + daily
        + [Row(f"{channel}@{day}", int(members * shares[channel])) for day in days for channel in CHANNELS]
    )


def _uses(number: dict[str, int], play: Play, channel: str) -> tuple[tuple[int, int], ...]:
    day = play.at.date().isoformat()
    uses = [(number[f"{channel}@{day}"], 1)]
    if play.benefit is not None:
        name, cents = COUPONS[play.benefit]
        uses += [
            (number[f"stock/{name}"], 1),
            (number["pool/gifts" if name.startswith("gift") else "pool/coupons"], cents),
        ]
        if f"daily/{name}@{day}" in number:
            uses.append((number[f"daily/{name}@{day}"], 1))
    return tuple(uses)


def patterns(told: Problem, members: int, seed: int = 1) -> Patterns:
    """Members drawn by habits that audiences ask about, grouped as the caller would group them."""
    rng = np.random.default_rng(seed)
    keen = rng.beta(1.2, 2.5, members)
    habits = [
        (keen * 6).astype(np.int8),  # visits
        np.minimum(rng.poisson(keen * 2), 3).astype(np.int8),  # carts
        rng.integers(0, 5, members, dtype=np.int8),  # favourite category
        np.minimum(rng.geometric(0.55, members) - 1, 3).astype(np.int8),  # tier
        (rng.random(members) < keen).astype(np.int8),  # bought
        (rng.random(members) < 0.3).astype(np.int8),  # holds coupons
    ]
    audience = np.zeros((members, AUDIENCES), np.bool_)
    chosen = np.random.default_rng(7)
    for number in range(AUDIENCES):
        first, second = chosen.choice(len(habits), 2, replace=False)
        either = [
            habits[habit] >= chosen.integers(1, max(int(habits[habit].max()), 1) + 1) for habit in (first, second)
        ]
        audience[:, number] = either[0] | either[1] if number % 3 else either[0] & either[1]
    consent = rng.random((members, len(CHANNELS))) < np.array([0.25, 0.55, 0.8])
    past = rng.integers(0, len(HISTORY), members)
    if "any" in {choice.channel for choice in told.choices}:
        audience &= consent.any(axis=1)[:, None]
        consent = consent[:, :0]
    bits = np.packbits(np.concatenate([audience, consent], axis=1), axis=1)
    keys = np.concatenate([bits, past[:, None].astype(np.uint8)], axis=1)
    word = np.zeros(members, np.int64)
    for byte in keys.T:
        word = word * 256 + byte
    _, index, treated = np.unique(word, return_index=True, return_counts=True)
    flags = np.zeros((len(index), len(told.choices)), np.bool_)
    all_plays = plays()
    for number, choice in enumerate(told.choices):
        flags[:, number] = audience[index, all_plays[choice.slot].audience]
        if choice.channel != "any":
            flags[:, number] &= consent[index, CHANNELS.index(choice.channel)]
    pasts = tuple(
        Past(() if hours is None else tuple((limit, START + timedelta(hours=hours)) for limit in (0, 1)))
        for hours in HISTORY
    )
    return Patterns(flags, past[index], treated.astype(np.int64), pasts)


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    """Without and with shared rows, against each other way."""
    for shared in (False, True):
        told = problem(chosen.members, rows=shared)
        grouped = patterns(told, chosen.members)
        ways: list[tuple[str, Way, int]] = [
            ("first come", first_come, chosen.rounds),
            ("the best of each day", nightly, chosen.rounds),
        ]
        if shared and chosen.members <= MOST_CHUNKED:
            ways.append(("chunks of 1,000 members", chunked, 1))
        for name, way, rounds in ways:
            yield compared(told, grouped, name, way, rounds)


def compared(told: Problem, grouped: Patterns, name: str, way: Way, rounds: int) -> harness.Row:
    both = harness.alternate(
        lambda: partial(fresh_solve, told, grouped), lambda: partial(way, told, grouped), rounds=rounds
    )
    plan = both.result
    audit(told, grouped, plan)
    share = both.expected.value / plan.value
    title = f"contact_plan: {len(told.rows)} shared rows, {name} is worth {share:.1%}"
    unit = f"members ({len(grouped.treated):,} patterns, gap to the bound {plan.gap:.1e})"
    return both.row(title, int(grouped.treated.sum()), unit, f"the plan of {name}")


def fresh_solve(told: Problem, grouped: Patterns) -> Solution:
    """A solve that has to build its automaton, as the first one of a process does."""
    forget()
    return solve(told, grouped)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=4_000, rounds=3), rows)

"""Two sides beside each other: figures reckoned by hand, and random ones against plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.measuring.sides import OneSided, Pair, Persons
from tests.warehouse.measurement.tiny_store import at, tiny_snapshot
from warehouse.decision import engine
from warehouse.ledger.records import ContactRow, GivenRow, GrantState
from warehouse.measurement.sides.comparing import SideRows, compared

START, END = at("03-01 00:00"), at("03-11 00:00")
PLAY = ("burst", "hello")


@dataclass
class Books:
    """The two questions a side asks its ledger."""

    contacts: list[ContactRow] = field(default_factory=list)
    grants: list[GivenRow] = field(default_factory=list)

    def contact_rows(self, until: datetime | None, **_: Any) -> Iterator[ContactRow]:
        yield from (row for row in self.contacts if until is None or row.at <= until)

    def given_rows(self, calendar: str, **_: Any) -> Iterator[GivenRow]:
        yield from (row for row in self.grants if row.calendar == calendar)


def sent(member: str, moment: str, channel: str = "sms", play: str = "hello", benefit: str | None = None) -> ContactRow:
    return ContactRow(member, channel, "c", "burst", play, at(moment), benefit)


def given(member: str, moment: str, cents: int, benefit: str = "coupon", left: str | None = "") -> GivenRow:
    """`left`: when its message did, if not at once; None: it waits."""
    sent_at = None if left is None else at(left or moment)
    state = GrantState(f"{member} {moment}", cents)
    known = (None, cents, state, left is not None, sent_at)
    return GivenRow(member, benefit, at(moment), *known, calendar="c", phase="burst", play="hello")


def decided(folder: Path, name: str, rows: Sequence[tuple[str, str, str, str | None]]) -> Path:
    """A decision file of the play: member, moment, status, reason."""
    target = folder / f"{name}.parquet"
    with duckdb.connect() as con:
        engine.prepare(con)
        for member, moment, status, reason in rows:
            con.execute(
                "insert into decisions by name select 'c' as calendar, 'burst' as phase, 'hello' as play,"
                " ?::timestamp as occurrence_at, ? as member_id, ? as status, ? as reason, '' as chain,"
                " 0 as cost_cents, false as explored, 1 as propensity",
                [at(moment).replace(tzinfo=None), member, status, reason],
            )
        con.execute(f"copy decisions to '{target}' (format parquet)")
    return target


def side(books: Books, **more: Any) -> SideRows:
    known: dict[str, Any] = {"message_costs": {"sms": 5, "wecom": 0}, "plays": frozenset({PLAY})}
    return SideRows(ledger=books, calendar="c", since=START, until=END, **{**known, **more})  # type: ignore[arg-type]


def test_persons_messages_money_and_load_by_hand(tmp_path: Path) -> None:
    a = Books(
        [
            sent("M01", "03-04 08:00"),
            sent("M01", "03-04 20:00"),
            sent("M03", "03-04 08:00"),
            sent("M02", "03-05 00:30", "wecom"),
            sent("group-1", "03-05 10:00", play="post"),
            sent("M05", "03-11 00:00"),  # at the end: no longer in it
        ],
        [
            given("M01", "03-04 08:00", 20_00),
            given("M02", "03-05 00:30", 30_00, "gift"),
            given("M04", "03-04 08:00", 20_00, left=None),  # its message waits for an approval
            given("M05", "03-10 23:00", 20_00, left="03-11 09:00"),  # approved after the end
        ],
    )
    b = Books(
        [sent("M13", "03-04 08:00"), sent("M04", "03-04 08:00"), sent("M02", "03-05 00:30")],
        [given("M04", "03-04 08:00", 20_00)],
    )
    plays = frozenset({PLAY, ("burst", "post")})
    found = compared(
        tiny_snapshot(tmp_path),
        side(a, plays=plays, posts=frozenset({("burst", "post")})),
        side(b, plays=plays),
        zone="Asia/Shanghai",
    )
    totals = found.totals
    # M13 is an account of M03: one person, reached by both.
    assert totals.persons == Persons(both=2, only_a=1, only_b=1)
    assert (totals.persons.a, totals.persons.b) == (3, 3)
    assert totals.messages == Pair(a=4, b=3)
    assert totals.posts == Pair(a=1, b=0)
    assert totals.message_cents == Pair(a=20, b=15)
    assert (totals.granted, totals.benefit_cents) == (Pair(a=2, b=1), Pair(a=50_00, b=20_00))
    hello, post = found.plays
    assert (hello.play, hello.persons, hello.messages) == ("hello", Persons(both=2, only_a=1, only_b=1), Pair(a=4, b=3))
    assert (hello.benefit_cents, hello.message_cents) == (Pair(a=50_00, b=20_00), Pair(a=15, b=15))
    assert (post.play, post.persons, post.messages) == ("post", Persons(both=0, only_a=0, only_b=0), Pair(a=1, b=0))
    sms, wecom = found.channels
    assert (sms.messages, sms.busiest) == (Pair(a=4, b=3), Pair(a=3, b=2))
    assert (sms.busiest_on_a, sms.busiest_on_b) == (at("03-04").date(), at("03-04").date())
    assert (wecom.persons, wecom.busiest_on_b) == (Persons(both=0, only_a=1, only_b=0), None)
    # 00:30 in Shanghai is the day before in UTC.
    assert [(str(one.day), one.channel, one.messages) for one in found.days] == [
        ("2026-03-04", "sms", Pair(a=3, b=2)),
        ("2026-03-05", "sms", Pair(a=1, b=1)),
        ("2026-03-05", "wecom", Pair(a=1, b=0)),
    ]
    assert [(one.benefit, one.granted, one.benefit_cents) for one in found.benefits] == [
        ("coupon", Pair(a=1, b=1), Pair(a=20_00, b=20_00)),
        ("gift", Pair(a=1, b=0), Pair(a=30_00, b=0)),
    ]
    assert [(one.on, one.member, one.messages, one.at) for one in found.samples] == [
        ("a", "***", 2, at("03-04 08:00")),
        ("b", "***", 1, at("03-04 08:00")),
    ]


def test_the_other_side_says_why(tmp_path: Path) -> None:
    """Its last word about the person counts; without its files it is not known, without the play there is none."""
    a = Books([sent(one, "03-04 08:00") for one in ("M01", "M02", "M04", "M05", "M07")])
    b = Books([sent("M08", "03-04 08:00"), sent("M09", "03-04 08:00", play="other")])
    files = [
        decided(
            tmp_path,
            "b",
            [
                ("M01", "03-04 08:00", "excluded", "frequency_cap"),
                ("M01", "03-05 08:00", "excluded", "no_consent"),
                ("M02", "03-04 08:00", "held_out", None),
                ("M04", "03-04 08:00", "chosen", None),
                ("M05", "03-12 08:00", "held_out", None),  # after the end
            ],
        )
    ]
    kept = side(b, decisions=files, plays=frozenset({PLAY, ("burst", "other")}))
    snapshot = tiny_snapshot(tmp_path)
    found = compared(snapshot, side(a), kept, zone="UTC").one_sided
    expected = {
        ("hello", "a", "no_consent"): 1,
        ("hello", "a", "held_out"): 1,
        ("hello", "a", "not_sent"): 1,
        ("hello", "a", "not in the audience"): 2,
        ("hello", "b", "not in the audience"): 1,
        ("other", "b", "no such play"): 1,
    }
    assert {(one.play, one.on, one.reason): one.persons for one in found} == expected
    gone = compared(snapshot, side(a), side(b, complete=False), zone="UTC").one_sided
    assert OneSided(phase="burst", play="hello", on="a", reason="not known", persons=5) in gone


def test_nothing_on_both_sides_is_nothing(tmp_path: Path) -> None:
    found = compared(tiny_snapshot(tmp_path), side(Books()), side(Books()), zone="UTC")
    assert found.totals.persons == Persons(both=0, only_a=0, only_b=0)
    assert found.totals.benefit_cents == Pair(a=0, b=0)
    assert (found.plays, found.channels, found.days, found.benefits, found.one_sided, found.samples) == ((),) * 6


@pytest.mark.parametrize("seed", range(3))
def test_random_sides_as_plain_python_counts_them(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    members = [f"P{n:03}" for n in range(40)]

    def books() -> Books:
        rows = [
            ContactRow(
                draw.choice(members),
                draw.choice(["sms", "wecom", "push"]),
                draw.choice(["c", "c", "elsewhere"]),
                draw.choice(["p1", "p2"]),
                draw.choice(["x", "y"]),
                START + timedelta(minutes=draw.randrange(11 * 24 * 60)),
                None,
            )
            for _ in range(400)
        ]
        granted = [
            GivenRow(
                draw.choice(members),
                draw.choice("kl"),
                row.at,
                None,
                cents := draw.randrange(9_999),
                GrantState(f"{number}", cents),
                sent=True,
                sent_at=row.at,
                calendar=row.calendar,
                phase="p1",
                play="x",
            )
            for number, row in enumerate(rows[:100])
        ]
        return Books(rows, granted)

    a, b = books(), books()
    found = compared(tiny_snapshot(tmp_path), side(a), side(b), zone="UTC")
    kept = {name: [r for r in one.contacts if r.calendar == "c" and r.at < END] for name, one in (("a", a), ("b", b))}
    who = {name: {row.member_id for row in rows} for name, rows in kept.items()}
    assert found.totals.persons == Persons(
        both=len(who["a"] & who["b"]), only_a=len(who["a"] - who["b"]), only_b=len(who["b"] - who["a"])
    )
    by_play: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: {"a": set(), "b": set()})
    for name, rows in kept.items():
        for row in rows:
            by_play[row.phase, row.play][name].add(row.member_id)
    for one in found.plays:
        sides = by_play[one.phase, one.play]
        assert one.persons.both == len(sides["a"] & sides["b"])
        assert one.persons.only_b == len(sides["b"] - sides["a"])
    assert sum(one.messages.a for one in found.channels) == len(kept["a"]) == found.totals.messages.a
    assert sum(one.messages.b for one in found.days) == len(kept["b"])
    cents = sum(row.cost_cents for row in a.grants if row.calendar == "c" and row.granted_at < END)
    assert found.totals.benefit_cents.a == cents == sum(one.benefit_cents.a for one in found.benefits)
    assert found.totals.message_cents.a == 5 * sum(row.channel == "sms" for row in kept["a"])

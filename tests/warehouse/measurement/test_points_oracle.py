"""Random histories of orders, refunds, plays, friends and exchanges, against a plain account kept event by event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor

import hypothesis.strategies as st
from hypothesis import HealthCheck, given

from campaign_calendars.measuring.points import DoubleDays, EarnRule, ReferralTerm
from tests.drawing import drawn

from .point_cases import DAY, T0, Programme, rules

MEMBERS = "abc"
JOINED = {"a": T0 - 400 * DAY, "b": T0 + 15 * DAY, "c": T0 - 400 * DAY}
"""b joins in the middle: his first points wait."""
VALID = 40 * DAY
WINDOW = 60 * DAY
AT = T0 + 120 * DAY
SHANGHAI = timedelta(hours=8)
STEPS = [0, 100_000, 300_000, 1_000_000, 3_000_000]
FACTORS = [Fraction(1), Fraction(3, 2), Fraction(2), Fraction(5, 2), Fraction(3)]
DOUBLES = (
    DoubleDays(T0 + 5 * DAY, T0 + 6 * DAY, 2),
    DoubleDays(T0 + 5 * DAY, T0 + 30 * DAY, 3, frozenset({2, 3})),
)
SIGN = EarnRule("spring", "sign", "sign_in", 5, T0, AT, "day", streak=((3, 10),), month_cap=40)
GIVEN = rules(
    window=WINDOW, valid=VALID, doubles=DOUBLES, earning=(SIGN,), referrals=(ReferralTerm(None),), value_cents=1
)
DAYS = st.integers(0, 110)
ORDERS = st.tuples(
    st.just("order"), st.sampled_from(MEMBERS), DAYS, st.sampled_from([50, 9_990, 60_000, 250_000]),
    st.integers(0, 6), st.sampled_from([None, None, 1, 20]), st.booleans(),
)  # fmt: skip
STORY = st.lists(
    st.one_of(
        ORDERS,
        ORDERS,
        st.tuples(st.just("sign"), st.sampled_from(MEMBERS), DAYS, st.integers(0, 23)),
        st.tuples(st.just("redeem"), st.sampled_from(MEMBERS), DAYS, st.integers(1, 400)),
    ),
    max_size=30,
)


@dataclass
class Lot:
    end: datetime
    left: Fraction


@dataclass
class Account:
    """One member's points: lots by their end; what is taken goes to the oldest, and what lacks is owed."""

    lots: list[Lot] = field(default_factory=list)
    owed: Fraction = Fraction(0)

    def move(self, points: Fraction, at: datetime) -> None:
        if points > 0:
            paid = min(points, self.owed)
            self.owed -= paid
            self.lots.append(Lot(at + VALID, points - paid))
            return
        self.owed -= points
        for lot in self.lots:
            if lot.end > at:
                paid = min(lot.left, self.owed)
                lot.left, self.owed = lot.left - paid, self.owed - paid

    def balance(self, at: datetime) -> Fraction:
        return sum((lot.left for lot in self.lots if lot.end > at), Fraction(0)) - self.owed


Order = tuple[str, datetime, datetime, int, datetime | None, int]
Move = tuple[datetime, int, str, Fraction]


def moves_of(orders: list[Order], signs: list[tuple[str, datetime]]) -> list[Move]:
    """Everything that comes and goes by the rules: moment, turn, member, points."""
    found: list[Move] = []
    first: dict[str, Order] = {}
    for order in sorted(orders, key=lambda order: order[2]):
        member, paid, done, cents, back_at, back = order
        if done >= AT:
            continue
        back = back if back_at is not None and back_at < AT else 0
        before = [o for o in orders if o[0] == member and done - WINDOW <= o[2] < done]
        nets = [o[3] - (o[5] if o[4] is not None and o[4] < AT else 0) for o in before]
        rank = sum(1 for step in STEPS if sum(nets) >= step)
        factor, times = FACTORS[rank - 1], Fraction(1)
        for double in DOUBLES:
            if double.start <= paid < double.end and (not double.ranks or rank in double.ranks):
                times = max(times, Fraction(str(double.multiplier)))
        if paid < JOINED[member]:
            factor = times = Fraction(1)
        credited = max(done, JOINED[member])
        earned, kept = (floor((cents - taken) // 100 * factor * times) for taken in (0, back))
        found.append((credited, 1, member, Fraction(earned)))
        if earned > kept:
            assert back_at is not None
            found.append((max(back_at, credited), 1, member, Fraction(kept - earned)))
        if member == "c" and member not in first:
            first[member] = order
            for friend in ("a", "c"):
                found.append((max(done, JOINED[friend]), 1, friend, Fraction(cents // 100)))
                found.append((max(done, JOINED[friend]), 1, friend, Fraction((cents - back) // 100 - cents // 100)))
    return [*found, *signed(signs)]


def signed(signs: list[tuple[str, datetime]]) -> list[Move]:
    found: list[Move] = []
    for member in MEMBERS:
        row, last = 0, date.min
        months, days = dict[tuple[int, int], int](), dict[date, datetime]()
        for _, at in sorted(one for one in signs if one[0] == member and one[1] >= JOINED[member]):
            days.setdefault((at + SHANGHAI).date(), at)
        for day, at in days.items():
            row = row + 1 if (day - last).days == 1 else 1
            last = day
            worth = 5 + (10 if row % 3 == 0 else 0)
            month = (day.year, day.month)
            given = min(worth, 40 - months.get(month, 0))
            months[month] = months.get(month, 0) + given
            found.append((at, 1, member, Fraction(given)))
    return found


@drawn(60, suppress_health_check=[HealthCheck.too_slow])
@given(STORY)
def test_balances_are_those_of_an_account_kept_by_hand(story: list[tuple[object, ...]]) -> None:
    shop, orders, signs, moves = Programme(), list[Order](), list[tuple[str, datetime]](), list[Move]()
    for member in MEMBERS:
        shop.member(member, JOINED[member])
    shop.refer("a", "c")
    for number, step in enumerate(story):
        kind, member, day, *more = step
        # No two things happen in the same second.
        at = T0 + int(str(day)) * DAY + timedelta(seconds=number)
        if kind == "order":
            cents, wait, returned, whole = more
            done = at + int(str(wait)) * DAY
            back_at = None if returned is None else at + int(str(returned)) * DAY + timedelta(seconds=100)
            back = int(str(cents)) if whole else int(str(cents)) // 3
            order = (str(member), at, done, int(str(cents)), back_at, back if back_at else 0)
            orders.append(order)
            shop.order(order[0], order[3], at, done=done, back=(back_at, order[5]))
        elif kind == "sign":
            moment = at + int(str(more[0])) * timedelta(hours=1)
            signs.append((str(member), moment))
            shop.event(str(member), "sign_in", moment)
        elif at < AT:
            moves.append((at, 1, str(member), -Fraction(int(str(more[0])))))
            shop.entry(str(member), "redeem", -int(str(more[0])), at)
    accounts = {member: Account() for member in MEMBERS}
    for at, _, member, points in sorted([*moves, *moves_of(orders, signs)], key=lambda one: (one[0], one[3] < 0)):
        if at < AT:
            accounts[member].move(points, at)
    found = shop.balances(GIVEN, AT)
    assert {member: found.get(member, 0) for member in MEMBERS} == {
        member: account.balance(AT) for member, account in accounts.items()
    }

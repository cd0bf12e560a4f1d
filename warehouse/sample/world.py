"""A simulated population that lives on after the extract, with a known response to every message.

`World(directory, seed, params).advance(from, to, contacts)` writes what happened in [from, to) into
the sample's source files: purchases that would have come anyway, those a message brought about,
behaviour, joins, redemptions, unsubscribes. Facts depend on (seed, member, day) and on the messages,
never on the size of the steps. `truth()` says what each play really added, and files beside the data keep it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from campaign_calendars.findings.errors import UsageError
from warehouse.sample.asking import invited, signed_in
from warehouse.sample.behaviour import EVENT_KINDS
from warehouse.sample.coupons import Purse
from warehouse.sample.draws import Ints, uniforms
from warehouse.sample.files import later_files
from warehouse.sample.generate import Manifest
from warehouse.sample.habits import Day, OrderFacts, day_uplift, live_day, look_before, place_orders
from warehouse.sample.journal import Journal, order_ids
from warehouse.sample.messages import NO_BENEFIT, Contact, Mailbox
from warehouse.sample.population import NEVER, Population, draw_blocks, to_aware, to_local
from warehouse.sample.presale import staged_windows
from warehouse.sample.profiles import REACH
from warehouse.sample.reminders import Reminders
from warehouse.sample.response import Contacts, Effects, PlayEffect, WorldParams, answer, displaced_buys
from warehouse.sample.seasons import DAY
from warehouse.sample.truth import PlayTruth, play_truth
from warehouse.sample.truth_files import TruthBook

_JOINS_WITH_ORDER, _AGREES, _ADDS_TO_CART = 70, 80, 90
_GUEST_JOINS = 0.08
_CART_SHARE = 0.3
_VISIT, _CART_ADD, _SIGN_IN = (EVENT_KINDS.index(kind) for kind in ("visit", "cart_add", "sign_in"))
_OF_THEIR_OWN = -1
"""A join nobody invited to, or that no message brought about."""


@dataclass(frozen=True, slots=True)
class WorldDelta:
    """How much a step wrote; `contacts` are the messages it answered."""

    contacts: int = 0
    orders: int = 0
    events: int = 0
    joins: int = 0
    redemptions: int = 0
    withdrawals: int = 0
    referrals: int = 0

    def __add__(self, other: WorldDelta) -> WorldDelta:
        return WorldDelta(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


class _Pending:
    """Facts that are settled but lie ahead: rows of integers, the first one the local second."""

    def __init__(self, width: int) -> None:
        self._rows = np.empty((width, 0), dtype=np.int64)

    def add(self, at: Ints, *columns: Ints) -> None:
        self._rows = np.hstack((self._rows, np.vstack((at, *columns)).astype(np.int64)))

    def take_until(self, end: int) -> Ints:
        """Rows before `end` in a stable order, and forget them."""
        due = self._rows[0] < end
        taken, self._rows = self._rows[:, due], self._rows[:, ~due]
        return taken[:, np.lexsort(taken[::-1])]


class World:
    """The population of one generated sample; advances from the extract's `as_of`, step by step."""

    def __init__(self, directory: Path | str, seed: int, params: WorldParams | None = None) -> None:
        """UsageError: no sample in the directory, or one that has lived on already."""
        self._directory, self._seed = Path(directory), seed
        self.params = params or WorldParams()
        manifest = Manifest.read(self._directory)
        if later_files(self._directory, manifest.format):
            raise UsageError(
                (f"the sample in {directory} has been advanced already", f"{directory} 中的样例已经向前推进过"),
                ("a world starts from a fresh sample: generate it again", "模拟须从全新的样例开始：请重新生成"),
            )
        self._now = to_local(manifest.moment)
        self._people = _join_blocks(list(draw_blocks(manifest.members, manifest.seed, self._now)))
        self._joined = self._people.joined.copy()
        self._journal = Journal(self._directory, manifest, seed)
        self._mailbox = Mailbox(manifest.members)
        self._purse = Purse(self.params, seed)
        self._book = TruthBook(self._directory, self.params.calendar)
        self._displaced: dict[int, list[OrderFacts]] = {}
        self._orders = OrderFacts.empty()
        self._discounts = np.empty((2, 0), dtype=np.int64)
        self._bought, self._looked, self._joining, self._withdrawing = (_Pending(width) for width in (3, 3, 4, 3))
        self._reminders = Reminders()
        self._days: dict[int, Day] = {}

    @property
    def now(self) -> datetime:
        """Up to where the world has been lived, aware UTC."""
        return to_aware(self._now)

    def advance(self, start: datetime, end: datetime, contacts: Iterable[Contact] = ()) -> WorldDelta:
        """Live through [start, end) and write its facts; `start` is where the last step ended.

        `contacts` are (member_id, channel, play, phase, benefit or None, at) of messages that
        reached members, each passed once, `at` not before `start`; later ones than `end` wait.
        UsageError: steps that overlap or leave a gap, messages from the past.
        """
        first, last = to_local(start), to_local(end)
        if first != self._now or last < first:
            raise UsageError(
                (
                    f"the world stands at {self.now.isoformat()}; the step {start} to {end} does not follow",
                    f"模拟停在 {self.now.isoformat()}；步骤 {start} 至 {end} 与之不相接",
                )
            )
        self._now = last
        answered = self._answer(contacts, first, last)
        self._live(first, last)
        delta = self._write(first, last)
        return WorldDelta(contacts=answered) + delta

    def truth(self) -> tuple[PlayTruth, ...]:
        """What each play with messages so far really added, up to its phase's end."""
        found = []
        for code, (phase, play) in sorted(self._mailbox.plays.items(), key=lambda item: item[1]):
            ends = [to_local(effect.end) for effect in self.params.phases if effect.phase == phase]
            window = min(self._now, *ends) if ends else self._now, self._now
            displaced = OrderFacts.concat([OrderFacts.empty(), *self._displaced.get(code, ())])
            figures = play_truth(
                code, self._mailbox.sent(code), window, self._orders, self._discounts, displaced=displaced
            )
            found.append(PlayTruth(phase, play, **figures))
        return tuple(truth for truth in found if truth.contacts)

    def _answer(self, contacts: Iterable[Contact], start: int, end: int) -> int:
        batch = self._mailbox.collect(contacts, start, end)
        if not len(batch):
            return 0
        self._purse.grant(batch, self._mailbox)
        effects = self._mailbox.effects(batch, self.params)
        answers = answer(self._seed, self._people, batch, effects, self.params)
        self._tell_sent(batch, effects)
        who, at = answers.buys
        self._bought.add(at, batch.member[who], batch.code[who])
        looked = np.maximum(look_before(self._seed, batch.member[who], at), batch.at[who] + 1)
        self._looked.add(looked, batch.member[who], np.full(len(who), _VISIT))
        who, at = answers.visits
        adds = uniforms(self._seed, _ADDS_TO_CART, batch.member[who], at) < _CART_SHARE
        self._looked.add(at, batch.member[who], np.full(len(who), _VISIT))
        self._looked.add(at[adds] + 45, batch.member[who][adds], np.full(int(adds.sum()), _CART_ADD))
        who, at = answers.joins
        self._joining.add(at, batch.member[who], np.full(len(who), _OF_THEIR_OWN), batch.code[who])
        who, at = answers.withdrawals
        self._withdrawing.add(at, batch.member[who], self._mailbox.reach_positions(batch.channel[who]))
        self._answer_more(batch)
        return len(batch)

    def _answer_more(self, batch: Contacts) -> None:
        """What plays ask for beside an order: friends, sign-ins, balances."""
        asks = {code: self.params.plays.get(play, PlayEffect()) for code, play in self._mailbox.plays.items()}

        def asked(wish: str) -> Ints:
            return np.flatnonzero(np.isin(batch.code, [code for code, effect in asks.items() if getattr(effect, wish)]))

        came = invited(self._seed, self._people, batch, asked("invites"), self.params)
        code = batch.code[came.message]
        self._joining.add(came.at, came.friend, batch.member[came.message], code)
        buys = came.orders != NEVER
        self._bought.add(came.orders[buys], came.friend[buys], code[buys])
        who, at = signed_in(self._seed, self._people, batch, asked("signs_in"), self.params)
        self._looked.add(at, batch.member[who], np.full(len(who), _SIGN_IN))
        for code_of, play in sorted(self._mailbox.plays.items()):
            mine = batch.code[who] == code_of
            self._book.followed(play, "sign_in", batch.member[who][mine], at[mine])
        if len(reminded := asked("reminds")):
            self._reminders.add(batch.member[reminded], batch.at[reminded], batch.code[reminded])
            self._tell_saved(*self._journal.remind(self._reminders))
            self._tell_saved(*self._settle(self._orders))

    def _settle(self, orders: OrderFacts) -> tuple[pa.Array, Ints, Ints]:
        """Pay the balances of the world's own orders that were reminded in time: ids, payments, plays."""
        owing = np.flatnonzero((orders.deposited != NEVER) & (orders.paid == NEVER))
        member, ordered = orders.member[owing], orders.ordered[owing]
        paid, code = self._reminders.settle(member, ordered, staged_windows(member, ordered))
        saved = paid != NEVER
        mine = owing[saved]
        orders.paid[mine], orders.closed[mine] = paid[saved], NEVER
        ids = order_ids(self._seed, orders.member[mine], orders.ordered[mine], orders.cause[mine])
        return ids, paid[saved], code[saved]

    def _tell_saved(self, ids: pa.Array, paid: Ints, code: Ints) -> None:
        for number, play in sorted(self._mailbox.plays.items()):
            self._book.caused(play, "balance", ids.filter(pa.array(code == number)), paid[code == number])

    def _tell_sent(self, batch: Contacts, effects: Effects) -> None:
        """Into the truth: messages of each play, and the orders its messages cost others by wearing members out."""
        for code, count in zip(*np.unique(batch.code, return_counts=True), strict=True):
            self._book.sent(self._mailbox.plays[int(code)], int(count))
        for code, fewer in self._mailbox.fewer(batch):
            who, at = displaced_buys(self._seed, self._people, batch, effects, self.params, fewer=fewer)
            placed = place_orders(self._seed, self._people, batch.member[who], at, batch.code[who])
            given = [None if b == NO_BENEFIT else self._mailbox.benefit_name(b) for b in batch.benefit[who].tolist()]
            placed = self._purse.prompted(placed, given)
            self._displaced.setdefault(code, []).append(placed)
            self._book.displaced(self._mailbox.plays[code], placed)

    def _tell_orders(self, orders: OrderFacts, ids: pa.Array, discounts: Ints) -> None:
        """Into the truth: which orders a play brought about, and what its coupons took off."""
        for code, play in sorted(self._mailbox.plays.items()):
            own = orders.cause == code
            self._book.caused(play, "order", ids.filter(pa.array(own)), orders.paid[own])
            used = discounts[1] == code
            self._book.used(play, ids.filter(pa.array(used)), discounts[0][used])

    def _live(self, start: int, end: int) -> None:
        """Add what happens of its own accord in [start, end)."""
        for day in range(start // DAY, (end - 1) // DAY + 1):
            if day not in self._days:
                uplift = day_uplift(self.params.phases, day)
                self._days = {day: live_day(self._seed, self._people, day, uplift, self.params.joins_per_day)}
            lived = self._days[day]
            who, at = _within(lived.orders, start, end)
            self._bought.add(at, who, np.full(len(who), -1))
            who, at, kind = _within(lived.events, start, end)
            self._looked.add(at, who, kind)
            who, at = _within(lived.joins, start, end)
            self._joining.add(at, who, *np.full((2, len(who)), _OF_THEIR_OWN))

    def _write(self, start: int, end: int) -> WorldDelta:
        self._journal.next_step()
        self._journal.close_open(start, end)
        self._journal.write_boards(start, end)
        orders, redeemed = self._write_orders(end)
        at, who, kind = self._looked.take_until(end)
        self._journal.write_events(who, at, kind)
        events = len(kind)
        joins, referrals = self._write_joins(end)
        at, who, channel = self._withdrawing.take_until(end)
        known = channel >= 0
        withdrawals = self._journal.withdraw(who[known], channel[known], at[known])
        self._journal.flush()
        self._book.flush(self._journal.step)
        return WorldDelta(0, orders, events, joins, redeemed, withdrawals, referrals)

    def _write_orders(self, end: int) -> tuple[int, int]:
        at, who, cause = self._bought.take_until(end)
        placed = place_orders(self._seed, self._people, who, at, cause)
        ids = order_ids(self._seed, who, at, cause)
        placed, redemptions, discounts = self._purse.spend(placed, ids)
        self._tell_orders(placed, ids, discounts)
        self._tell_saved(*self._settle(placed))
        self._orders = OrderFacts.concat((self._orders, placed))
        self._discounts = np.hstack((self._discounts, discounts))
        if len(self._orders):
            all_ids = order_ids(self._seed, self._orders.member, self._orders.ordered, self._orders.cause)
            self._journal.write_orders(self._orders, all_ids, end)
        self._journal.write_redemptions(redemptions)
        self._join_with_orders(placed)
        return len(placed), len(redemptions)

    def _join_with_orders(self, placed: OrderFacts) -> None:
        """Some who buy without a card take one at the till."""
        draws = uniforms(self._seed, _JOINS_WITH_ORDER, placed.member, placed.ordered)
        guests = (self._people.joined[placed.member] == NEVER) & (draws < _GUEST_JOINS)
        self._joining.add(
            placed.ordered[guests] + 1, placed.member[guests], *np.full((2, int(guests.sum())), _OF_THEIR_OWN)
        )

    def _write_joins(self, end: int) -> tuple[int, int]:
        """Joins and, of them, those that somebody was invited to."""
        joining = self._joining.take_until(end)
        joining = joining[:, np.sort(np.unique(joining[1], return_index=True)[1])]
        at, who, referrer, code = joining[:, self._joined[joining[1]] == NEVER]
        self._joined[who] = at
        brought = referrer != _OF_THEIR_OWN
        self._journal.write_referrals(referrer[brought], who[brought], at[brought])
        for number, play in sorted(self._mailbox.plays.items()):
            for fact, rows in (("join", (code == number) & ~brought), ("referral", (code == number) & brought)):
                self._book.followed(play, fact, who[rows], at[rows])
        agrees = np.zeros(len(who), dtype=np.int64)
        for channel, reach in enumerate(REACH):
            given = uniforms(self._seed, _AGREES + channel, who) < reach.among_members * reach.consent
            agrees |= given.astype(np.int64) << channel
        self._journal.join(who, at, agrees)
        return len(who), int(brought.sum())


def _within(facts: tuple[Ints, ...], start: int, end: int) -> tuple[Ints, ...]:
    """Facts are (member, second, ...): those in [start, end)."""
    inside = (facts[1] >= start) & (facts[1] < end)
    return tuple(column[inside] for column in facts)


def _join_blocks(blocks: list[Population]) -> Population:
    names = [field.name for field in fields(Population) if field.name != "first"]
    return Population(0, *(np.concatenate([getattr(block, name) for block in blocks]) for name in names))

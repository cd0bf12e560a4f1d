"""How simulated members respond: every probability of the world, in one place.

The numbers are invented, within what the trade reports (a few percent of those reached buy), and
known exactly: that is what makes a measured lift checkable. A message adds purchases on top of
what the member would have done anyway; it never takes one away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from warehouse.sample.draws import Floats, Ints, uniforms
from warehouse.sample.population import NEVER, Population
from warehouse.sample.seasons import DAY

# Streams of luck: one number per purpose, so that no two decisions share a draw.
SUSCEPTIBILITY, BUYS, BUY_DELAY, VISITS, VISIT_DELAY, JOINS, JOIN_DELAY, WITHDRAWS, WITHDRAW_DELAY = range(100, 109)

_MOST_SUSCEPTIBLE = 4.0
_HIGHEST = 0.8
_NOT_JOINED, _LEFT, _LAPSED = 0.3, 0.1, 0.6


@dataclass(frozen=True, slots=True)
class ChannelEffect:
    """Probabilities after one message without a benefit, for a member of average susceptibility."""

    buy: float
    visit: float
    join: float
    withdraw: float


CHANNEL_EFFECTS: dict[str, ChannelEffect] = {
    "sms": ChannelEffect(buy=0.016, visit=0.06, join=0.010, withdraw=0.004),
    "push": ChannelEffect(buy=0.010, visit=0.07, join=0.008, withdraw=0.002),
    "group": ChannelEffect(buy=0.014, visit=0.09, join=0.020, withdraw=0.001),
    "dedicated_service": ChannelEffect(buy=0.026, visit=0.11, join=0.035, withdraw=0.001),
    "wecom": ChannelEffect(buy=0.020, visit=0.09, join=0.020, withdraw=0.002),
}
OTHER_CHANNEL = ChannelEffect(buy=0.010, visit=0.05, join=0.010, withdraw=0.001)


@dataclass(frozen=True, slots=True)
class BenefitEffect:
    """A benefit multiplies the chance to buy by `pull`; a coupon needs `threshold_cents` of basket.

    `value_cents` comes off the order that redeems it. `spans`: local seconds [from, until) in which alone it can be
    used; none: at any time.
    """

    pull: float = 1.8
    threshold_cents: int = 0
    value_cents: int = 0
    spans: tuple[tuple[int, int], ...] = ()

    def usable(self, at: int) -> bool:
        """Whether it can be used at a local second."""
        return not self.spans or any(start <= at < end for start, end in self.spans)


GrantEnd = Callable[[str, int, str], int | None]
"""(benefit, local second of the grant, its phase) → the first local second at which it is void; None: never."""


@dataclass(frozen=True, slots=True)
class PlayEffect:
    """What a play asks for beside buying: to pay a balance, to bring a friend, to sign in day by day."""

    reminds: bool = False
    invites: bool = False
    signs_in: bool = False


@dataclass(frozen=True, slots=True)
class PhaseEffect:
    """What the event itself does to everybody between `start` and `end`, messages or not."""

    phase: str
    start: datetime
    end: datetime
    uplift: float = 1.0


@dataclass(frozen=True)
class WorldParams:
    """What the world assumes; `calendar` names the calendar whose benefits are redeemed."""

    calendar: str = "sample"
    phases: tuple[PhaseEffect, ...] = ()
    benefits: Mapping[str, BenefitEffect] = field(default_factory=dict)
    plays: Mapping[tuple[str, str], PlayEffect] = field(default_factory=dict)
    """Phase and play → what it asks for."""
    channels: Mapping[str, ChannelEffect] = field(default_factory=lambda: CHANNEL_EFFECTS)
    buy_within_hours: float = 8.0
    saturation: float = 0.92
    """What every message of the week before leaves of the effect of the next one."""
    fatigue: float = 0.5
    redeem_if_prompted: float = 0.85
    redeem_anyway: float = 0.35
    redeem_within_days: int = 15
    grant_ends: GrantEnd | None = None
    """Until when a grant can be used by its calendar; nobody uses it later, nor `redeem_within_days` after."""
    joins_per_day: float = 0.0015
    brings_friend: float = 0.03
    """Messages of an invite play after which a member of average susceptibility brings somebody."""
    friend_buys: float = 0.4
    signs_in: float = 0.12
    """Messages of a sign-in play after which a member begins to sign in day by day."""
    public_claims: float = 0.0
    """Orders of anybody with a coupon of the calendar that was claimed in public, without a grant."""

    def benefit(self, name: str) -> BenefitEffect:
        return self.benefits.get(name, BenefitEffect())

    def channel(self, name: str) -> ChannelEffect:
        return self.channels.get(name, OTHER_CHANNEL)


@dataclass(frozen=True)
class Contacts:
    """Messages as arrays of one element each, times in local seconds.

    `code` stands for phase and play, `key` for phase, play and channel, both stable; `channel` and
    `benefit` are the mailbox's numbers of names; `recent` counts the messages of the week before.
    """

    member: Ints
    at: Ints
    code: Ints
    channel: Ints
    benefit: Ints
    key: Ints
    recent: Ints

    def __len__(self) -> int:
        return len(self.member)


@dataclass(frozen=True)
class Answers:
    """What a batch of messages leads to: positions in the batch and the local second of each answer."""

    buys: tuple[Ints, Ints]
    visits: tuple[Ints, Ints]
    joins: tuple[Ints, Ints]
    withdrawals: tuple[Ints, Ints]


@dataclass(frozen=True)
class Effects:
    """The probabilities of one message for an average member, per element of a batch."""

    buy: Floats
    visit: Floats
    join: Floats
    withdraw: Floats


def susceptibility(seed: int, members: Ints) -> Floats:
    """How much more or less than average a member listens: exponential, about 1 on average, at most 4."""
    return np.minimum(-np.log1p(-uniforms(seed, SUSCEPTIBILITY, members)), _MOST_SUSCEPTIBLE)


def buy_probability(
    seed: int, people: Population, contacts: Contacts, effects: Effects, params: WorldParams, *, recent: Ints
) -> Floats:
    """The added probability of an order after each message: the truth behind every lift.

    `recent` are the messages of the week before; the twin that never had a play has fewer of them.
    """
    who = contacts.member
    state = np.ones(len(contacts))
    state[people.active_until[who] < contacts.at] = _LAPSED
    state[(people.joined[who] == NEVER) | (people.joined[who] > contacts.at)] = _NOT_JOINED
    state[people.left[who] != NEVER] = _LEFT
    worn = params.saturation ** recent.astype(np.float64)
    return np.minimum(effects.buy * susceptibility(seed, who) * state * worn, _HIGHEST)


def displaced_buys(
    seed: int, people: Population, contacts: Contacts, effects: Effects, params: WorldParams, *, fewer: Ints
) -> tuple[Ints, Ints]:
    """Orders the same draws would have brought had each member got `fewer` messages in the week before.

    Positions in the batch and local seconds, without the orders that happened all the same.
    """
    draw = uniforms(seed, BUYS, contacts.member, contacts.key, contacts.at)
    happened = draw < buy_probability(seed, people, contacts, effects, params, recent=contacts.recent)
    rested = draw < buy_probability(seed, people, contacts, effects, params, recent=contacts.recent - fewer)
    chosen = np.flatnonzero(rested & ~happened)
    return chosen, _after(seed, BUY_DELAY, contacts, chosen, mean=params.buy_within_hours * 3_600, longest=3 * DAY)


def _after(seed: int, stream: int, contacts: Contacts, chosen: Ints, *, mean: float, longest: float) -> Ints:
    draw = uniforms(seed, stream, contacts.member[chosen], contacts.key[chosen], contacts.at[chosen])
    seconds = np.minimum(-np.log1p(-draw) * mean, longest)
    later: Ints = contacts.at[chosen] + 60 + seconds.astype(np.int64)
    return later


def answer(seed: int, people: Population, contacts: Contacts, effects: Effects, params: WorldParams) -> Answers:
    """Everything that follows from the messages; each draw depends on member, play, channel and moment only."""

    def happens(stream: int, probability: Floats) -> Ints:
        draw = uniforms(seed, stream, contacts.member, contacts.key, contacts.at)
        return np.flatnonzero(draw < probability)

    def after(stream: int, chosen: Ints, mean: float, longest: float) -> Ints:
        return _after(seed, stream, contacts, chosen, mean=mean, longest=longest)

    listens = susceptibility(seed, contacts.member)
    buys = happens(BUYS, buy_probability(seed, people, contacts, effects, params, recent=contacts.recent))
    visits = happens(VISITS, np.minimum(effects.visit * listens, _HIGHEST))
    outside = people.joined[contacts.member] == NEVER
    joins = happens(JOINS, np.where(outside, np.minimum(effects.join * listens, _HIGHEST), 0.0))
    withdrawals = happens(WITHDRAWS, np.minimum(effects.withdraw * (1.0 + params.fatigue * contacts.recent), _HIGHEST))
    return Answers(
        buys=(buys, after(BUY_DELAY, buys, params.buy_within_hours * 3_600, 3 * DAY)),
        visits=(visits, after(VISIT_DELAY, visits, 7_200, DAY)),
        joins=(joins, after(JOIN_DELAY, joins, 3_600, DAY)),
        withdrawals=(withdrawals, after(WITHDRAW_DELAY, withdrawals, 1_200, 7_200)),
    )

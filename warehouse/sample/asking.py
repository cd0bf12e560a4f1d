"""What members do when a play asks for more than an order: they bring friends, they sign in day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.draws import Floats, Ints, hashes, uniforms
from warehouse.sample.population import NEVER, Population
from warehouse.sample.response import Contacts, WorldParams, susceptibility
from warehouse.sample.seasons import DAY

(_BRINGS, _WHOM, _WHEN, _BUYS, _BUYS_WHEN, _BEGINS, _BEGINS_WHEN, _GOES_ON, _HOUR) = range(110, 119)
_MOST = 0.8
_SIGN_INS = 7
"""A streak that a message began has at most so many days."""
_GOES_ON_SHARE = 0.7


@dataclass(frozen=True)
class Invited:
    """Friends that messages brought: positions in the batch, who comes when, and when they order (NEVER: not)."""

    message: Ints
    friend: Ints
    at: Ints
    orders: Ints


def invited(seed: int, people: Population, contacts: Contacts, asked: Ints, params: WorldParams) -> Invited:
    """Who of those outside comes, for the messages at positions `asked`; only members invite."""
    outside = np.flatnonzero((people.joined == NEVER) & (people.left == NEVER))
    member = people.joined[contacts.member[asked]] != NEVER
    asked = asked[member & (len(outside) > 0)]

    def draw(stream: int) -> Floats:
        return uniforms(seed, stream, contacts.member[asked], contacts.key[asked], contacts.at[asked])

    brings = draw(_BRINGS) < np.minimum(params.brings_friend * susceptibility(seed, contacts.member[asked]), _MOST)
    asked = asked[brings]
    drawn = hashes(seed, _WHOM, contacts.member[asked], contacts.key[asked], contacts.at[asked])
    friend = outside[(drawn % np.uint64(max(len(outside), 1))).astype(np.int64)] if len(outside) else asked
    at = contacts.at[asked] + 900 + (draw(_WHEN) * 2 * DAY).astype(np.int64)
    orders = at + 600 + (draw(_BUYS_WHEN) * DAY).astype(np.int64)
    return Invited(asked, friend, at, np.where(draw(_BUYS) < params.friend_buys, orders, NEVER))


def signed_in(seed: int, people: Population, contacts: Contacts, asked: Ints, params: WorldParams) -> tuple[Ints, Ints]:
    """Positions in the batch and seconds of the sign-ins that messages at positions `asked` brought about."""
    asked = asked[people.joined[contacts.member[asked]] != NEVER]

    def draw(stream: int, chosen: Ints) -> Floats:
        return uniforms(seed, stream, contacts.member[chosen], contacts.key[chosen], contacts.at[chosen])

    begins = draw(_BEGINS, asked) < np.minimum(params.signs_in * susceptibility(seed, contacts.member[asked]), _MOST)
    begun = asked[begins]
    first = contacts.at[begun] + 60 + (draw(_BEGINS_WHEN, begun) * 7_200).astype(np.int64)
    # The length of the streak is geometric, so that one number draws it.
    luck = np.log(np.maximum(draw(_GOES_ON, begun), 1e-12)) / np.log(_GOES_ON_SHARE)
    days = np.minimum(1 + luck.astype(np.int64), _SIGN_INS)
    who = np.repeat(begun, days)
    number = np.arange(len(who)) - np.repeat(np.cumsum(days) - days, days)
    later = uniforms(seed, _HOUR, contacts.member[who], contacts.at[who], number) * 3_600
    return who, np.repeat(first, days) + number * DAY + np.where(number > 0, later, 0).astype(np.int64)

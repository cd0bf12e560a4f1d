"""Invitations: the ones that brought a friend, and those nobody answered."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from warehouse.sample.draws import Ints, uniforms
from warehouse.sample.files import table, times
from warehouse.sample.population import NEVER, Population, member_ids
from warehouse.sample.profiles import brought_by
from warehouse.sample.seasons import DAY
from warehouse.sample.shares import Shares

_BEFORE, _ASKS, _WHEN, _SOON = range(170, 174)
_LATELY, _LONGEST = 120, 6
_IN_VAIN = 0.04
"""Of the members one in so many invited somebody of late who never came."""


def invitation_table(seed: int, people: Population, shares: Shares, as_of: int) -> pa.Table:
    """Invitations up to the extract: up to six days before a friend joined, or in vain in the last 120 days."""
    by, who = brought_by(seed, people, shares)
    joined = people.joined[who]
    earliest = np.maximum(people.joined[by], joined - _LONGEST * DAY)
    asked = earliest + ((joined - earliest) * uniforms(seed, _BEFORE, people.numbers[who])).astype(np.int64)
    numbers = people.numbers
    member = (people.joined != NEVER) & (people.left == NEVER) & (shares.referrals > 0)
    alone = np.flatnonzero(member & (uniforms(seed, _ASKS, numbers) < _IN_VAIN))
    since = np.maximum(people.joined[alone], as_of - _LATELY * DAY)
    in_vain = since + ((as_of - since) * uniforms(seed, _WHEN, numbers[alone])).astype(np.int64)
    friends = member_ids(people.numbers[who])
    return table(
        "invitations",
        member_ids(numbers[np.concatenate((by, alone))]),
        times(np.concatenate((asked, in_vain))),
        pa.concat_arrays([friends, pa.nulls(len(alone), pa.string())]),
    )


def asked_before(seed: int, inviter: Ints, friend: Ints, joined: Ints) -> pa.Table:
    """The invitations of friends who joined in a world: at most an hour before."""
    asked = joined - 60 - (uniforms(seed, _SOON, friend) * 3_540).astype(np.int64)
    return table("invitations", member_ids(inviter), times(asked), member_ids(friend))

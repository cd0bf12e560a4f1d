"""What the shop knows about a block of members: profile, ways to reach them, tags.

Gaps are part of it: members without a birthday, without a city, without a consent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from warehouse.sample import places
from warehouse.sample.draws import Bools, Floats, Ints, hashes, uniforms
from warehouse.sample.files import empty_where, pick, table, times
from warehouse.sample.population import NEVER, Population, member_ids, prefixed
from warehouse.sample.seasons import DAY
from warehouse.sample.shares import Shares

_NO_BIRTHDAY, _NO_CITY, _NO_PHONE = 0.16, 0.03, 0.03
_YOUNGEST, _OLDEST = 14, 75
_TYPICAL_AGE, _AGE_SPREAD = 33.0, 0.34


@dataclass(frozen=True)
class Reach:
    """How common a channel is: among members and others, how many agreed, how many took it back.

    A `bound` one is a group or an assistant: members are there from a moment on, and leave it again. Of groups there
    are `groups`.
    """

    channel: str
    prefix: str
    among_members: float
    among_others: float
    consent: float
    withdrawn: float
    bound: bool = False
    groups: int = 0


REACH = (
    Reach("sms", "", 0.95, 0.0, 0.84, 0.05),
    Reach("push", "device-", 0.55, 0.15, 0.90, 0.06),
    Reach("group", "nick-", 0.38, 0.25, 1.00, 0.03, bound=True, groups=10),
    Reach("dedicated_service", "nick-", 0.62, 0.40, 1.00, 0.02, bound=True),
    Reach("wecom", "wm", 0.26, 0.08, 0.95, 0.03, bound=True),
    Reach("mini_program", "openid-", 0.42, 0.12, 0.70, 0.05),
    Reach("phone", "", 0.95, 0.0, 0.45, 0.04),
)

# tag, family (A1#17), share of members, whether it fades after 60 days
_TAGS = (
    ("taste-spicy", "need", 0.16, False),
    ("taste-sweet", "need", 0.18, False),
    ("tea-lover", "need", 0.09, False),
    ("low-sugar", "need", 0.07, False),
    ("family-with-children", "attribute", 0.15, False),
    ("office-worker", "attribute", 0.22, False),
    ("price-sensitive", "purchase", 0.20, False),
    ("gift-buyer", "purchase", 0.08, False),
    ("looking-at-gifts", "dynamic", 0.06, True),
    ("seasonal-fruit", "dynamic", 0.10, True),
)
_FADES_AFTER = 60 * DAY
_NICK, _PHONE_HASH, _GENDER, _JOIN_SOURCE, _GUIDE, _GROUP = 80, 81, 82, 83, 84, 85
_SECOND, _OTHER_ACCOUNT, _OFFICE, _BROUGHT, _BY_WHOM = range(150, 155)
_WITHIN, _OFFICE_SIZE = 40, 8
_GENDERS = ("female",) * 6 + ("male",) * 3 + ("",)
"""One in ten does not say."""
JOIN_SOURCES = ("shop-home",) * 4 + ("after-order",) * 3 + ("live",) * 2 + ("parcel-card",)
GUIDES = ("chen", "li", "sun", "wang", "zhao")
_GUIDE_SHARES = 7
"""Of so many parts each guide has one; the rest belongs to nobody."""


def member_table(rng: np.random.Generator, people: Population, ids: pa.Array, as_of: int) -> pa.Table:
    """Rows of the members file; people who never gave an address have no phone."""
    size = people.size
    gave_phone = (people.joined != NEVER) | (people.rate > 0.0)
    cities, provinces = places.home_towns(rng, size)
    no_city = rng.random(size) < _NO_CITY
    return table(
        "members",
        ids,
        places.full_names(rng, size),
        empty_where(places.phone_numbers(people.numbers), ~gave_phone | (rng.random(size) < _NO_PHONE)),
        empty_where(cities, no_city),
        empty_where(provinces, no_city),
        _drawn(_GENDERS, _GENDER, people.numbers),
        _birthdays(rng, size, as_of),
        times(people.created),
        times(people.joined),
        empty_where(pick(JOIN_SOURCES, join_sources(people.numbers)), people.joined == NEVER),
        times(people.left),
    )


def join_sources(members: Ints) -> Ints:
    """Where each member joined or would have: positions in JOIN_SOURCES."""
    return (hashes(0, _JOIN_SOURCE, members) % np.uint64(len(JOIN_SOURCES))).astype(np.int64)


def _drawn(words: tuple[str, ...], stream: int, members: Ints) -> pa.Array:
    """One of the words for each member, by a hash of his own; an empty one is not known."""
    at = (hashes(0, stream, members) % np.uint64(len(words))).astype(np.int64)
    drawn = pick(words, at)
    return empty_where(drawn, np.array([not word for word in words])[at])


def _birthdays(rng: np.random.Generator, size: int, as_of: int) -> pa.Array:
    """Ages 14 to 75, most around 33; about one member in twenty-five is under 18."""
    age = _TYPICAL_AGE * np.exp(rng.normal(0.0, _AGE_SPREAD, size))
    days = np.clip(age, _YOUNGEST + 0.01, _OLDEST + 0.99) * 365.25
    born = (as_of // DAY - days).astype(np.int32)
    return pa.array(born, pa.int32(), mask=rng.random(size) < _NO_BIRTHDAY).cast(pa.date32())


def contact_point_table(rng: np.random.Generator, people: Population, ids: pa.Array, as_of: int) -> pa.Table:
    """Rows of the contact points file: channel by channel, some without consent, some withdrawn."""
    member = people.joined != NEVER
    since = np.where(member, people.joined, people.created)
    blocks = []
    for reach in REACH:
        share = np.where(member, reach.among_members, reach.among_others)
        who = np.flatnonzero(rng.random(people.size) < share)
        consented = since[who] + rng.integers(1, 300, len(who))
        known = (rng.random(len(who)) < reach.consent) & (consented < as_of)
        taken_back = (rng.random(len(who)) < reach.withdrawn) & known
        withdrawn = consented + (rng.random(len(who)) * (as_of - consented)).astype(np.int64)
        blocks.append(
            table(
                "contact_points",
                ids.take(pa.array(who)),
                pa.array([reach.channel] * len(who), pa.string()),
                addresses(reach, people.first + who),
                *standing(
                    np.full(len(who), reach.bound),
                    np.where(known, consented, NEVER),
                    np.where(taken_back, withdrawn, NEVER),
                    np.where(consented < as_of, consented, NEVER),
                    groups_of(reach, people.first + who),
                ),
            )
        )
    return pa.concat_tables(blocks)


def standing(bound: Bools, consented: Ints, withdrawn: Ints, since: Ints, groups: pa.Array) -> tuple[pa.Array, ...]:
    """Consent given and taken back, the group, and from when to when a member is there; local seconds.

    Who takes back a consent to a group or an assistant leaves it.
    """
    return (
        times(consented),
        times(np.where(bound, NEVER, withdrawn)),
        groups,
        times(np.where(bound, since, NEVER)),
        times(np.where(bound, withdrawn, NEVER)),
    )


def groups_of(reach: Reach, member_numbers: Ints) -> pa.Array:
    """Which of the groups of a channel each member is in."""
    if not reach.groups:
        return pa.nulls(len(member_numbers), pa.string())
    drawn = hashes(0, _GROUP, member_numbers) % np.uint64(reach.groups)
    return pick(tuple(f"g{number + 1:02d}" for number in range(reach.groups)), drawn.astype(np.int64))


def addresses(reach: Reach, member_numbers: Ints) -> pa.Array:
    """Where a channel finds a member: the phone, or a made-up account name."""
    if not reach.prefix:
        return places.phone_numbers(member_numbers)
    return prefixed(reach.prefix, member_numbers, 8)


def tag_table(rng: np.random.Generator, people: Population, ids: pa.Array, as_of: int) -> pa.Table:
    """Rows of the tags file; dynamic tags fade, so that a tag can be over."""
    blocks = []
    for tag, family, share, fades in _TAGS:
        who = np.flatnonzero(rng.random(people.size) < share)
        at = _since(rng.random(len(who)), people.created[who], as_of)
        until = at + _FADES_AFTER if fades else np.full(len(who), NEVER)
        strength = pick(("low", "middle", "high"), rng.integers(0, 3, len(who)))
        blocks.append(
            table(
                "tags",
                ids.take(pa.array(who)),
                pa.array([tag] * len(who), pa.string()),
                pa.array([family] * len(who), pa.string()),
                strength,
                times(at),
                times(until),
            )
        )
    return pa.concat_tables([*blocks, *_guides(people, ids)])


def _guides(people: Population, ids: pa.Array) -> Iterator[pa.Table]:
    """Whose members are whose (专属导购): most who joined belong to one of a handful of guides, from then on."""
    drawn = (hashes(0, _GUIDE, people.first + np.arange(people.size)) % np.uint64(_GUIDE_SHARES)).astype(np.int64)
    for number, guide in enumerate(GUIDES):
        who = np.flatnonzero((drawn == number) & (people.joined != NEVER))
        if len(who):
            names = [pa.array([text] * len(who), pa.string()) for text in (f"guide-{guide}", "attribute")]
            open_end = times(np.full(len(who), NEVER))
            strength = pa.nulls(len(who), pa.string())
            yield table("tags", ids.take(pa.array(who)), *names, strength, times(people.joined[who]), open_end)


def _since(uniform: Floats, created: Ints, as_of: int) -> Ints:
    """A moment between being seen first and the extract, the recent half-year preferred."""
    earliest = np.maximum(created, as_of - 180 * DAY)
    moment: Ints = earliest + (uniform * (as_of - 1 - earliest)).astype(np.int64)
    return moment


def identity_table(people: Population, ids: pa.Array, shares: Shares) -> pa.Table:
    """Rows of the identities file: everybody has a nick, who gave a phone also its keyed hash."""
    gave_phone = np.flatnonzero((people.joined != NEVER) | (people.rate > 0.0))
    owners = number_owners(people, shares)
    blocks = []
    for kind, prefix, stream, who, numbers in (
        ("nick", "tb", _NICK, np.arange(people.size), people.numbers),
        ("phone_hash", "h", _PHONE_HASH, gave_phone, owners[gave_phone]),
    ):
        values = (hashes(0, stream, numbers) >> np.uint64(1)).astype(np.int64)
        blocks.append(
            table(
                "identities",
                ids.take(pa.array(who)),
                pa.array([kind] * len(who), pa.string()),
                prefixed(prefix, values, 19),
                times(people.created[who]),
            )
        )
    return pa.concat_tables(blocks)


def number_owners(people: Population, shares: Shares) -> Ints:
    """Under whose telephone number each account is known: its own, that of the person's other account, an office's."""
    numbers = people.numbers
    before = 1 + (hashes(0, _OTHER_ACCOUNT, numbers) % np.uint64(_WITHIN)).astype(np.int64)
    second = uniforms(0, _SECOND, numbers) < shares.second_accounts
    other = np.maximum(numbers - before, people.first)
    # Nobody's second account is that of a second account: two of them are one person, three are not.
    second &= ~(uniforms(0, _SECOND, other) < shares.second_accounts)
    office = uniforms(0, _OFFICE, numbers // _OFFICE_SIZE) < shares.shared_numbers
    owners: Ints = np.where(office, numbers // _OFFICE_SIZE * _OFFICE_SIZE, np.where(second, other, numbers))
    return owners


def referral_table(seed: int, people: Population, shares: Shares) -> pa.Table:
    """Who brought whom: of those who joined a share came through somebody who had joined before them."""
    by, who = brought_by(seed, people, shares)
    return table(
        "referrals", member_ids(people.numbers[by]), member_ids(people.numbers[who]), times(people.joined[who])
    )


def brought_by(seed: int, people: Population, shares: Shares) -> tuple[Ints, Ints]:
    """Positions in the block of those who brought somebody, and of whom they brought."""
    order = np.flatnonzero(people.joined != NEVER)
    order = order[np.argsort(people.joined[order], kind="stable")]
    rank = np.arange(len(order))
    brought = np.flatnonzero((uniforms(seed, _BROUGHT, people.numbers[order]) < shares.referrals) & (rank > 0))
    by = order[(uniforms(seed, _BY_WHOM, people.numbers[order[brought]]) * brought).astype(np.int64)]
    who = order[brought]
    there = (people.joined[by] < people.joined[who]) & (
        (people.left[by] == NEVER) | (people.left[by] > people.joined[who])
    )
    return by[there], who[there]

"""Who is one person, decided over numbers: examples, and what holds for any links in any order."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from warehouse.identity.rules import Links, Pairs, decide

KINDS = ("crm_id", "unionid", "open_uid", "phone_hash", "nick")
STRONG = KINDS[:3]
Row = tuple[str, ...]


def pairs(rows: Sequence[tuple[int, str]]) -> Pairs:
    values = {value: number for number, value in enumerate(dict.fromkeys(value for _, value in rows))}
    who = np.array([account for account, _ in rows], dtype=np.int64)
    return Pairs(who, np.array([values[value] for _, value in rows], dtype=np.int64))


def persons(rows: Sequence[Row]) -> dict[str, frozenset[str]]:
    """Account → the accounts of its person."""
    names = list(dict.fromkeys(account for account, _, _ in rows))
    number = {name: place for place, name in enumerate(names)}

    def of(*kinds: str) -> Pairs:
        return pairs([(number[account], f"{kind}:{value}") for account, kind, value in rows if kind in kinds])

    links = Links(len(names), of(*STRONG), of("phone_hash", "nick"), (of("crm_id"), of("unionid")))
    found = decide(links).person
    groups = defaultdict(set)
    for name, person in zip(names, found.tolist(), strict=True):
        groups[person].add(name)
    return {name: frozenset(groups[int(found[number[name]])]) for name in names}


def joined(*rows: str) -> set[str]:
    """`a crm_id 1` rows → the persons of several accounts, each as its sorted accounts."""
    found = persons([tuple(row.split()) for row in rows])
    return {" ".join(sorted(group)) for group in found.values() if len(group) > 1}


def test_strong_and_weak_links_join() -> None:
    assert joined("a unionid u", "b unionid u", "b open_uid o", "c open_uid o", "d nick x") == {"a b c"}
    assert joined("a crm_id 1", "b crm_id 1", "b phone_hash h", "c phone_hash h", "c nick n", "d nick n") == {"a b c d"}


def test_two_crm_ids_in_one_strong_component_keep_all_but_the_same_crm_id_apart() -> None:
    torn = ("a crm_id 1", "a unionid u", "b unionid u", "b crm_id 2", "c crm_id 2", "d unionid u")
    assert joined(*torn) == {"b c"}
    assert joined(*torn, "d phone_hash h", "e phone_hash h") == {"b c"}


def test_the_same_crm_id_with_two_unionids_joins_nobody() -> None:
    assert joined("a crm_id 1", "b crm_id 1", "a unionid u", "b unionid v") == set()
    assert joined("a crm_id 1", "a crm_id 2", "b crm_id 1") == set()


def test_weak_links_between_two_crm_ids_join_nothing_but_strong_ones_stand() -> None:
    rows = ("a crm_id 1", "b crm_id 1", "b nick n", "c nick n", "c phone_hash h", "d phone_hash h", "d crm_id 2")
    assert joined(*rows) == {"a b"}
    assert joined(*rows[:-1]) == {"a b c d"}


def test_conflicts_are_told_apart() -> None:
    rows = [(0, "1"), (1, "2"), (2, "3"), (3, "4")]
    found = decide(Links(5, pairs([(0, "u"), (1, "u")]), pairs([(2, "n"), (3, "n")]), (pairs(rows), pairs([]))))
    assert (found.strong_conflict >= 0).tolist() == [True, True, False, False, False]
    assert (found.weak_conflict >= 0).tolist() == [False, False, True, True, False]
    assert len(set(found.person.tolist())) == 5


def test_no_account_is_no_person() -> None:
    nothing = pairs([])
    assert decide(Links(0, nothing, nothing, (nothing, nothing))).person.tolist() == []


ROWS = st.lists(
    st.tuples(st.sampled_from([f"a{n}" for n in range(8)]), st.sampled_from(KINDS), st.sampled_from("123")),
    min_size=1,
    max_size=24,
    unique=True,
)


@given(ROWS, st.integers(0, 2**32))
def test_what_holds_for_any_links(rows: list[Row], seed: int) -> None:
    found = persons(rows)
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    assert persons(shuffled) == found
    for name, group in found.items():
        assert name in group
        assert all(found[other] == group for other in group)
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for account, kind, value in rows:
        told[account, kind] |= {value}
    for group in set(found.values()):
        if len(group) > 1:
            for kind in ("crm_id", "unionid"):
                assert len(set().union(*(told[account, kind] for account in group))) <= 1
    stranger = [("z", kind, "9") for kind in KINDS]
    assert persons([*rows, *stranger]) == found | {"z": frozenset("z")}


@given(ROWS)
def test_without_contradictions_every_link_joins(rows: list[Row]) -> None:
    harmless = [(account, "open_uid" if kind in STRONG else kind, value) for account, kind, value in rows]
    found = persons(harmless)
    for one, other in combinations(harmless, 2):
        if one[1:] == other[1:]:
            assert found[one[0]] == found[other[0]]

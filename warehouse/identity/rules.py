"""Which accounts are one person, decided for whole components of links, so that no order of rows matters.

Accounts and identifiers are numbers here: ten million members have as many identifiers, and only
those that two accounts share ever come this far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
NONE = -1


@dataclass(frozen=True)
class Pairs:
    """Who (an account or a group, counted from 0) has which identifier (counted from 0); one row a pair."""

    who: Ints
    value: Ints

    def of(self, labels: Ints, only: NDArray[np.bool_]) -> Pairs:
        """The pairs of the accounts in `only`, with the label of each in its place."""
        kept = only[self.who]
        return Pairs(labels[self.who[kept]], self.value[kept])


@dataclass(frozen=True)
class Links:
    """What links `accounts` accounts. `unique` are identifiers of which a person has one: crm_ids, unionids.

    The first of `unique` are the crm_ids. They are all those of the accounts, shared or not.
    """

    accounts: int
    strong: Pairs
    weak: Pairs
    unique: tuple[Pairs, ...]


@dataclass(frozen=True)
class Persons:
    """For each account: its person, and the component that was in conflict, if any (else NONE).

    Accounts of one person have the same number there, and nobody else has it.
    """

    person: Ints
    strong_conflict: Ints
    weak_conflict: Ints


def decide(links: Links) -> Persons:
    """Strong links first, weak links between what they joined; what contradicts itself is kept apart.

    A component of strong links with two crm_ids or two unionids joins only accounts of the very same
    crm_id, and nothing if even those have two unionids; its accounts take part in no weak link. Weak
    links that would bring two crm_ids or two unionids together join nothing in their whole component.
    """
    everybody = np.ones(links.accounts, dtype=np.bool_)
    labels = _components(links.accounts, links.strong)
    torn = _contradicted(labels, everybody, links)[labels]
    groups = _apart(labels, torn, links)
    weak = links.weak.of(groups, ~torn)
    components = _components(int(groups.max(initial=NONE)) + 1, weak)[groups]
    vague = _contradicted(components, ~torn, links)[components] & ~torn
    person = np.where(torn | vague, groups, components + links.accounts)
    return Persons(
        person=np.unique(person, return_inverse=True)[1].astype(np.int64),
        strong_conflict=np.where(torn, labels, NONE),
        weak_conflict=np.where(vague, components, NONE),
    )


def _apart(labels: Ints, torn: NDArray[np.bool_], links: Links) -> Ints:
    """Groups of strong links, the contradictory ones taken to pieces: accounts of one crm_id, and single ones."""
    crm = links.unique[0]
    alone = np.arange(links.accounts) + links.accounts
    if not torn.any():
        return labels
    ids = np.bincount(crm.who, minlength=links.accounts)
    by_crm = alone.copy()
    by_crm[crm.who] = crm.value + 2 * links.accounts
    named = np.where(ids == 1, by_crm, alone)
    pieces = np.unique(np.where(torn, named, labels), return_inverse=True)[1].astype(np.int64)
    still = _contradicted(pieces, torn, links)[pieces]
    return np.unique(np.where(still, alone, pieces), return_inverse=True)[1].astype(np.int64)


def _contradicted(labels: Ints, only: NDArray[np.bool_], links: Links) -> NDArray[np.bool_]:
    """For every label: whether its accounts among `only` have two values of an identifier of which there is one."""
    size = int(labels.max(initial=NONE)) + 1
    found = np.zeros(size, dtype=np.bool_)
    for pairs in links.unique:
        mine = pairs.of(labels, only)
        values = int(mine.value.max(initial=NONE)) + 1
        members = np.unique(mine.who * values + mine.value) // max(values, 1)
        found |= np.bincount(members, minlength=size) > 1
    return found


def _components(nodes: int, pairs: Pairs) -> Ints:
    """The component of every node; nodes with the same value are linked."""
    # Heavy, and most snapshots have no link at all.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = nodes + int(pairs.value.max(initial=NONE)) + 1
    ones = np.ones(len(pairs.who), dtype=np.bool_)
    graph = coo_array((ones, (pairs.who, pairs.value + nodes)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    found: Ints = labels[:nodes].astype(np.int64)
    return found

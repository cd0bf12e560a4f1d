"""Balances that a reminder saves: of the deposits that would be forfeited, a stated share is settled instead."""

from __future__ import annotations

import numpy as np

from warehouse.sample.draws import Ints, uniforms
from warehouse.sample.population import NEVER
from warehouse.sample.presale import forfeit_draws

SAVED = 0.6
"""Of the deposits that would be forfeited, by a reminder before the window ends."""
_WAITS = 79
_AT_LEAST, _USUALLY = 300, 7_200.0


class Reminders:
    """Messages that reminded members of a balance, by member and time; the first one after an order saves it."""

    def __init__(self) -> None:
        self._member, self._at, self._code = (np.empty(0, dtype=np.int64) for _ in range(3))

    def add(self, member: Ints, at: Ints, code: Ints) -> None:
        member, at, code = (
            np.concatenate(pair) for pair in ((self._member, member), (self._at, at), (self._code, code))
        )
        order = np.lexsort((code, at, member))
        self._member, self._at, self._code = member[order], at[order], code[order]

    def settle(self, member: Ints, ordered: Ints, windows: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
        """When orders that would be forfeited are paid after all (NEVER: they are not), and the play's code (-1).

        `windows` are first and last second in which the balance can be paid.
        """
        opens, ends = windows
        paid, code = np.full(len(member), NEVER, dtype=np.int64), np.full(len(member), -1, dtype=np.int64)
        willing = np.flatnonzero(forfeit_draws(member, ordered) >= 1.0 - SAVED)
        low = np.searchsorted(self._member, member[willing], side="left")
        high = np.searchsorted(self._member, member[willing], side="right")
        for order, start, stop in zip(willing.tolist(), low.tolist(), high.tolist(), strict=True):
            first = start + int(np.searchsorted(self._at[start:stop], ordered[order], side="right"))
            if first < stop and self._at[first] < ends[order]:
                paid[order], code[order] = max(int(self._at[first]), int(opens[order])), self._code[first]
        saved = paid != NEVER
        waits = _AT_LEAST - np.log1p(-uniforms(0, _WAITS, member, ordered)) * _USUALLY
        return np.where(saved, np.minimum(paid + waits.astype(np.int64), ends - 1), NEVER), code

"""Presale orders of Double 11: a deposit first, the balance in its window, and some who never pay it.

From 2020 on, when the festival got its two waves (B5), a share of the orders placed while deposits are
taken is paid in stages. Every draw is a hash of the order, so the extract and the world that lives on
from it agree on when a balance is paid. The truth: `STAGED` of those orders, a deposit of a fifth in
whole yuan, `FORFEITED` of the deposits are lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from warehouse.sample.draws import Floats, Ints, uniforms
from warehouse.sample.files import empty_where, money, pick, times
from warehouse.sample.population import NEVER
from warehouse.sample.seasons import DAY, EPOCH

STAGED = 0.35
"""Of the orders placed while deposits are taken."""
FORFEITED = 0.08
"""Of the deposits that were paid."""
STAGES = ("deposit_unpaid", "deposit_paid", "balance_paid")
_UNPAID, _DEPOSIT, _BALANCE = range(3)
_NONE = -1
_IS_STAGED, _FORFEITS, _SETTLES = range(76, 79)
_FIRST_YEAR = 2020
_HALF_PAST = 1_800
_USUALLY_WITHIN = 6 * 3_600.0
# Month and day: deposits from midnight of the first to 21:59:59 of the second, the balance from 00:30 of the third
# to the end of the fourth.
_WAVES = (((10, 21), (10, 31), (11, 1), (11, 3)), ((11, 4), (11, 10), (11, 11), (11, 11)))
_DEPOSITS_END = 22 * 3_600


@dataclass(frozen=True)
class Stages:
    """Of each order its stage as a position in STAGES (-1: paid at once), its deposit and its balance window.

    Cents and local seconds; NEVER where there is none. The window ends with the second `balance_until`.
    """

    stage: Ints
    deposit: Ints
    deposit_paid: Ints
    balance_from: Ints
    balance_until: Ints

    def columns(self) -> tuple[pa.Array, ...]:
        """The last columns of the orders file."""
        missing = self.stage == _NONE
        return (
            empty_where(pick(STAGES, np.maximum(self.stage, 0)), missing),
            empty_where(money(self.deposit), missing),
            times(self.deposit_paid),
            times(self.balance_from),
            times(self.balance_until),
        )


def pay_in_stages(  # noqa: PLR0917 - an order as arrays, column by column
    member: Ints, ordered: Ints, paid: Ints, closed: Ints, cents: Ints, as_of: int
) -> tuple[Ints, Ints, Stages]:
    """Payments and closings at `as_of` where some orders are paid in stages, and what those stages are.

    `paid` and `closed` are those of orders paid at once: what is paid then is the deposit.
    """
    opens, ends = staged_windows(member, ordered)
    staged = opens != NEVER
    deposit_paid = np.where(staged, paid, NEVER)
    kept = deposit_paid != NEVER
    settled = settles(member, ordered, opens, ends)
    balance = np.where(kept & (settled < as_of), settled, NEVER)
    lost = kept & (settled == NEVER) & (ends < as_of - 1)
    return (
        np.where(staged, balance, paid),
        np.where(lost, ends + 1, closed),
        stages_of((opens, ends), deposit_paid, balance, cents),
    )


def staged_windows(member: Ints, ordered: Ints) -> tuple[Ints, Ints]:
    """First and last second in which the balance of an order can be paid; NEVER for orders that are paid at once."""
    opens, ends = _windows(ordered)
    staged = (opens != NEVER) & (uniforms(0, _IS_STAGED, member, ordered) < STAGED)
    return np.where(staged, opens, NEVER), np.where(staged, ends, NEVER)


def stages_of(windows: tuple[Ints, Ints], deposited: Ints, paid: Ints, cents: Ints) -> Stages:
    """The stages of orders with these windows as they stand after these payments of deposit and balance."""
    opens, ends = windows
    stage = np.where(paid != NEVER, _BALANCE, np.where(deposited != NEVER, _DEPOSIT, _UNPAID))
    deposit = np.where(opens != NEVER, np.maximum(cents // 5 // 100, 1) * 100, 0)
    staged = opens != NEVER
    return Stages(np.where(staged, stage, _NONE), deposit, np.where(staged, deposited, NEVER), opens, ends)


def forfeit_draws(member: Ints, ordered: Ints) -> Floats:
    """Of orders that would be forfeited: how near they are to being paid, 0 to 1; above 1 they are paid anyway."""
    draws: Floats = uniforms(0, _FORFEITS, member, ordered) / FORFEITED
    return draws


def settles(member: Ints, ordered: Ints, opens: Ints, ends: Ints) -> Ints:
    """When the balance of an order is paid: most of them in the first hours of its window; NEVER: forfeited."""
    waits = np.minimum(-np.log1p(-uniforms(0, _SETTLES, member, ordered)) * _USUALLY_WITHIN, 1.0 * DAY)
    at = np.minimum(opens + 60 + waits.astype(np.int64), ends - 1)
    keeps = (opens != NEVER) & (uniforms(0, _FORFEITS, member, ordered) >= FORFEITED)
    return np.where(keeps, at, NEVER)


def _windows(ordered: Ints) -> tuple[Ints, Ints]:
    """The window of the balance of orders placed in one of deposits: its first and last second, else NEVER."""
    opens, ends = np.full(len(ordered), NEVER, dtype=np.int64), np.full(len(ordered), NEVER, dtype=np.int64)
    if len(ordered):
        for first, end, balance_from, balance_until in _waves(int(ordered.min()), int(ordered.max())):
            inside: NDArray[np.bool_] = (ordered >= first) & (ordered < end)
            opens[inside], ends[inside] = balance_from, balance_until
    return opens, ends


def _waves(first: int, last: int) -> Iterator[tuple[int, int, int, int]]:
    """Deposit windows that may hold a moment from `first` to `last`, each with the window of its balance."""
    years = [(np.datetime64(EPOCH) + np.timedelta64(at // DAY, "D")).item().year for at in (first, last)]
    for year in range(max(years[0], _FIRST_YEAR), years[1] + 1):
        for days in _WAVES:
            starts = [(date(year, *day) - EPOCH).days * DAY for day in days]
            yield starts[0], starts[1] + _DEPOSITS_END, starts[2] + _HALF_PAST, starts[3] + DAY - 1


def member_numbers(ids: pa.Array) -> Ints:
    """Numbers of generated member ids."""
    return np.asarray(pc.utf8_slice_codeunits(ids, 1).cast(pa.int64()), dtype=np.int64)

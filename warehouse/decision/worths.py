"""What contacts are worth to whom: priority of the play, or money by segment, benefit and basket of the member.

With money a member carries the segments he is in (bits) and the class of his basket; a choice of the plan
is open only to the members whose first fitting response it is. Worth nothing or less: never taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
from numpy.typing import NDArray

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from campaign_calendars.deciding.expecting import MILLS, PPM, Expectation, Objective
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.scalars import FULL_SHARE

CLASSES = 8
"""So many classes of baskets at most."""
MOST_SEGMENTS = 62
POINT = 1000
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Door:
    """Who may go through a choice: in the segments `inside` (bits), in none of `outside`, of a class of baskets."""

    inside: int = 0
    outside: int = 0
    basket: int | None = None

    def open_to(self, segments: Ints, baskets: Ints) -> Flags:
        """By pattern."""
        found = (segments & self.inside == self.inside) & (segments & self.outside == 0)
        return np.asarray(found if self.basket is None else found & (baskets == self.basket))


@dataclass(frozen=True, slots=True)
class Offer:
    """A value in 1/1000 points or currency units, whom it is for, and where the figure is from.

    `slope` is what a larger basket adds, in any unit that is one for all.
    """

    value: int
    door: Door = Door()
    source: str = "priority"
    slope: float = 0.0


@dataclass(slots=True)
class Worths:
    """The values of all that is to come; `see` has to be called with the members at hand before values are asked."""

    briefs: tuple[Brief, ...]
    _segments: list[str] = field(default_factory=list)
    _baskets: tuple[int, ...] | None = None
    """Upper bounds in cents of all classes but the last."""
    _middles: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        told = (one.segment for b in self.briefs if b.expectation for one in b.expectation.responses)
        self._segments = list(dict.fromkeys(segment for segment in told if segment is not None))
        if len(self._segments) > MOST_SEGMENTS:
            raise UsageError(
                (
                    f"expected responses name {len(self._segments)} segments",
                    f"预期响应涉及 {len(self._segments)} 个人群",
                ),
                (f"Use at most {MOST_SEGMENTS}.", f"最多 {MOST_SEGMENTS} 个。"),
            )  # fmt: skip

    @property
    def objective(self) -> Objective:
        """Money where every occurrence has figures."""
        return "money" if self.briefs and all(brief.expectation for brief in self.briefs) else "priority"

    @property
    def _basket_field(self) -> str | None:
        fields = (brief.expectation.basket_field for brief in self.briefs if brief.expectation)
        return next(fields, None) if self.objective == "money" else None

    def see(self, con: duckdb.DuckDBPyConnection) -> None:
        """Divide the baskets of the members at hand into classes of equally many, once."""
        if self._basket_field is None or self._baskets is not None:
            return
        # The name is one of the fields that `check` knows, never text from outside.
        basket = f"{self._basket_field}::bigint"
        steps = [step / CLASSES for step in range(1, CLASSES)]
        (bounds,) = _row(con, f"select quantile_disc({basket}, {steps}) from member_features where {basket} > 0")
        self._baskets = tuple(sorted(set(bounds or ())))
        middles = con.execute(
            f"select {self._class_of(basket)} as class, quantile_disc({basket}, 0.5) from member_features as f"
            f" where {basket} > 0 group by class order by class"
        ).fetchall()
        known = dict(middles)
        self._middles = tuple(known.get(number, 0) for number in range(len(self._baskets) + 1))

    @property
    def own_basket(self) -> str:
        """SQL over `member_features as f`: the member's own basket; null where one is for everybody."""
        return f"f.{self._basket_field}::bigint" if self._basket_field else "null::bigint"

    def flags(self, looked_at: Sequence[Brief]) -> tuple[str, str]:
        """SQL over `member_features as f`: segments as bits, and the class of the basket, as these occurrences ask."""
        if self.objective == "priority":
            return "0::bigint", "0"
        asked = {one.segment for b in looked_at if b.expectation for one in b.expectation.responses}
        bits = [
            f"case when {segment} then {1 << number}::bigint else 0::bigint end"
            for number, segment in enumerate(self._segments)
            if segment in asked
        ]
        basket = f"f.{self._basket_field}::bigint" if self._basket_field else None
        return " | ".join(bits) or "0::bigint", self._class_of(basket) if basket else "0"

    def _class_of(self, basket: str) -> str:
        bounds = self._baskets or ()
        cases = " ".join(f"when {basket} <= {bound:d} then {number:d}" for number, bound in enumerate(bounds))
        unknown = len(bounds) + 1
        return f"case when coalesce({basket}, 0) <= 0 then {unknown:d} {cases} else {len(bounds):d} end"

    def offers(
        self, brief: Brief, channel: ChannelOption, benefit: BenefitOption | None, stays: float
    ) -> Iterator[Offer]:
        """What one contact is worth, to each kind of member, as likely as it comes about; below zero too."""
        expectation = brief.expectation
        if self.objective == "priority" or expectation is None:
            yield Offer(round(brief.priority * POINT * stays))
            return
        name, before = benefit.benefit if benefit else None, 0
        for one in expectation.responses:
            if one.benefit != name:
                continue
            own = 0 if one.segment is None else 1 << self._segments.index(one.segment)
            for number, basket in self._classes(expectation.basket_cents):
                value = expectation.value(one, basket, channel.message_cost_cents)
                slope, _ = expectation.terms(one, channel.message_cost_cents)
                yield Offer(int(value * stays), Door(own, before, number), one.source, slope * stays)
            before |= own

    def _classes(self, otherwise: int) -> list[tuple[int | None, int]]:
        """Number and cents of each class of baskets; one without a number where all are alike."""
        if self._basket_field is None:
            return [(None, otherwise)]
        return [*enumerate(self._middles), (len(self._middles), otherwise)]


def member_value(expectation: Expectation, benefit: str | None, message_cents: int) -> str:
    """SQL over `member_features as f`: the value of the first fitting response, for the member's own basket."""
    basket = f"{expectation.basket_cents:d}"
    if (field := expectation.basket_field) is not None:
        # The name is one of the fields that `check` knows, never text from outside.
        basket = f"case when f.{field}::bigint > 0 then f.{field}::bigint else {basket} end"
    cases, otherwise = "", "null"
    for one in expectation.responses:
        if one.benefit != benefit:
            continue
        factor, constant = expectation.terms(one, message_cents)
        value = f"({factor:d}::hugeint * ({basket}) - {constant:d}::hugeint) * {MILLS} // {PPM * FULL_SHARE}"
        if one.segment is None:
            otherwise = value
            break
        cases += f" when {one.segment} then {value}"
    return f"(case{cases} else {otherwise} end)::bigint" if cases else f"({otherwise})::bigint"


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[int] | None]:
    row = con.execute(sql).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return (row[0],)

"""What a contact is expected to bring in, in money: from calendar and store to one occurrence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from campaign_calendars.audiences.language import AudienceExpr, analyse, to_predicate
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.model.calendar import Calendar, Phase, Play
from campaign_calendars.model.expected import Provenance, Response, Values
from campaign_calendars.model.store import Store
from campaign_calendars.values.scalars import FULL_SHARE

Objective = Literal["priority", "money"]
PPM = 1_000_000
MILLS = 10
"""Thousandths of the currency in a cent: contacts are worth little, and values are whole numbers."""
_OVERRIDDEN = ("margin", "basket", "basket_field", "baseline", "explore")


@dataclass(frozen=True, slots=True)
class Expected:
    """What one benefit (None: a message alone) is expected to do for one segment at an occurrence.

    `segment` is a predicate over `member_features as f` that reads `columns` (None: everybody left); responses
    are parts of a million, `cost_cents` what the benefit costs who responds.
    """

    benefit: str | None
    segment: str | None
    columns: frozenset[str]
    response_ppm: int
    without_ppm: int
    cost_cents: int
    source: Provenance = "assumed"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an occurrence may expect: `responses` of every benefit, first fitting one first, the last for everybody.

    A buyer spends `basket_cents`, or what `basket_field` says (cents; where the member has it).
    """

    margin_bp: int
    basket_cents: int
    basket_field: str | None
    responses: tuple[Expected, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Fields it reads of a member."""
        own = {self.basket_field} if self.basket_field else set()
        return frozenset().union(own, *(one.columns for one in self.responses))

    def value(self, expected: Expected, basket_cents: int, message_cents: int) -> int:
        """What one contact is worth, in 1/1000 of the currency, rounded down; below zero: it costs more than it brings.

        (response - without) x basket x margin - response x cost of the benefit - cost of the message.
        """
        factor, constant = self.terms(expected, message_cents)
        return (factor * basket_cents - constant) * MILLS // (PPM * FULL_SHARE)

    def terms(self, expected: Expected, message_cents: int) -> tuple[int, int]:
        """The same as factor and constant: (factor x basket - constant) is the value in cents, times `PPM` x 10,000."""
        factor = (expected.response_ppm - expected.without_ppm) * self.margin_bp
        given = expected.response_ppm * expected.cost_cents * FULL_SHARE
        return factor, given + message_cents * PPM * FULL_SHARE


def values_of(calendar: Calendar, store: Store) -> Values:
    """What calendar and store say together: figures of the calendar stand over those of the store."""
    own, theirs = calendar.values or Values(), store.values or Values()
    over = {key: getattr(theirs, key) for key in _OVERRIDDEN if getattr(own, key) is None}
    responses = [*own.responses, *theirs.responses]
    return own.model_copy(update={**over, "responses": responses, "learned": own.learned or theirs.learned})


def objective_of(calendar: Calendar, store: Store) -> Objective:
    """Money where every play that the clock brings has figures for all its benefits, else priority."""
    timed = any(True for _ in _timed(calendar))
    return "money" if timed and next(without_figures(calendar, store), None) is None else "priority"


def without_figures(calendar: Calendar, store: Store) -> Iterator[tuple[Phase, Play, str | None]]:
    """Plays that the clock brings, with a benefit (None: the message alone) that has no figures for everybody."""
    values = values_of(calendar, store)
    whole = values.margin is not None and values.basket is not None
    for phase, play in _timed(calendar):
        for benefit in play.benefits or (None,):
            if not whole or not any(
                one.segment is None and _is_known(values, one) for one in responses_to(values, phase, benefit)
            ):
                yield phase, play, benefit


def expectation_of(
    calendar: Calendar, store: Store, phase: Phase, play: Play, names: AudienceNames
) -> Expectation | None:
    """The figures of one play; None where the plan maximises priority. The calendar must have passed `check`."""
    if objective_of(calendar, store) == "priority":
        return None
    values = values_of(calendar, store)
    found = []
    for benefit in play.benefits or (None,):
        cost = calendar.benefits[benefit].cost_cents if benefit is not None else 0
        for one in responses_to(values, phase, benefit):
            if not _is_known(values, one):
                continue
            segment = segment_of(calendar, one, names)
            found.append(
                Expected(
                    benefit,
                    to_predicate(segment) if segment else None,
                    segment.fields if segment else frozenset(),
                    one.response * (PPM // FULL_SHARE),
                    (one.without if one.without is not None else values.baseline or 0) * (PPM // FULL_SHARE),
                    cost,
                    one.source,
                )
            )
            if one.segment is None:
                break
    return Expectation(values.margin or 0, values.basket or 0, values.basket_field, tuple(found))


def responses_to(values: Values, phase: Phase, benefit: str | None) -> list[Response]:
    """What is written for a benefit in a phase, by its id or its kind, in order."""
    return [one for one in values.responses if one.benefit == benefit and one.phase in (None, phase.id, phase.kind)]


def segment_of(calendar: Calendar, response: Response, names: AudienceNames) -> AudienceExpr | None:
    """The members a response is about; None: everybody. A segment that cannot be read is about nobody it could name."""
    if response.segment is None:
        return None
    named = calendar.audiences.get(response.segment)
    return analyse(named.where if named else response.segment, names)[0]


def _is_known(values: Values, response: Response) -> bool:
    return response.without is not None or values.baseline is not None


def _timed(calendar: Calendar) -> Iterator[tuple[Phase, Play]]:
    for phase in calendar.phases:
        for play in phase.plays:
            if play.at is not None and play.channels:
                yield phase, play

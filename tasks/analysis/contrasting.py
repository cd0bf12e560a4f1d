"""The contrasts of a calendar as rows of the table `contrasts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign_calendars.measuring.lift import Contrast, Difference, Growth, MoneyContrast

if TYPE_CHECKING:
    from tasks.measuring.measure import Effects

_Ends = tuple[float | None, float | None]
_NONE: _Ends = (None, None)


@dataclass(frozen=True, slots=True)
class _Of:
    """What a contrast is of."""

    calendar: str
    contrast: str
    phase: str | None = None
    play: str | None = None
    benefit: str | None = None
    arm: str | None = None

    def cells(self, outcome: str, found: Contrast) -> tuple[object, ...]:
        treated, control = found.treated, found.control
        sizes = (treated.members, control.members, treated.buyers, control.buyers)
        return (self.calendar, self.contrast, self.phase, self.play, self.benefit, self.arm, outcome, *sizes)


def contrast_rows(calendar: str, effects: Effects) -> Iterator[tuple[object, ...]]:
    """Rows in the order of the table's columns: the programme, then plays, each followed by its benefits and
    texts, then parts of random splits.
    """
    if (whole := effects.programme.contrast) is not None:
        yield from _rows(_Of(calendar, "programme"), whole)
    for row in effects.plays:
        if row.contrast is not None:
            yield from _rows(_Of(calendar, "play", row.phase, row.play), row.contrast)
        for benefit, found in row.benefits.items():
            yield from _rows(_Of(calendar, "benefit", row.phase, row.play, benefit), found)
        for text, found in (row.texts.contrasts if row.texts else {}).items():
            outcome = "clicks" if row.texts and row.texts.measured_by == "clicks" else "conversion"
            yield from _rows(_Of(calendar, "text", row.phase, row.play, arm=text), found, outcome)
    for split in effects.splits:
        plays = {one.part: one.plays[0] for one in split.parts}  # one split may be drawn for two audiences
        for part, found in split.contrasts.items():
            yield from _rows(_Of(calendar, "split", split.phase, plays[part], arm=f"{split.split}/{part}"), found)


def _rows(of: _Of, found: Contrast, outcome: str = "conversion") -> Iterator[tuple[object, ...]]:
    yield (
        *of.cells(outcome, found),
        *(found.treated.rate, found.control.rate, found.difference, *(found.interval or _NONE)),
        *(*(found.while_running or _NONE), found.p, found.p_of_all, *_growth(found.growth), *_adjusted(None)),
        *(None, found.sample_ratio_p, found.method, found.verdict, *_drawn(found, money=False)),
    )
    if (money := found.money) is None:
        return
    yield (
        *of.cells("spend_cents", found),
        *(_mean(found.treated.spend_cents, found.treated.members),),
        *(_mean(found.control.spend_cents, found.control.members), *_difference(money.difference)),
        *(*(money.while_running or _NONE), _p(money.difference), money.p_of_all, *_growth(money.growth)),
        *(*_adjusted(money), money.explained, found.sample_ratio_p, money.method, money.verdict),
        *_drawn(found, money=True),
    )
    if (returned := money.returned) is not None:
        yield (
            *of.cells("profit_cents", found),
            *(None, None, *_difference(returned.profit), *_NONE, returned.profit.p, None, *_growth(None)),
            *(*_adjusted(None), None, found.sample_ratio_p, money.method, money.verdict),
            *_drawn(found, money=True),
        )


def _drawn(found: Contrast, *, money: bool) -> tuple[str, int | None, int | None, float | None]:
    units = found.regions
    if units is None:
        return "member", None, None, None
    return units.by, units.treated, units.held_out, units.money_freedom if money else units.freedom


def _mean(cents: int, members: int) -> float | None:
    return cents / members if members else None


def _difference(found: Difference | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.estimate, found.low, found.high)


def _p(found: Difference | None) -> float | None:
    return None if found is None else found.p


def _growth(found: Growth | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.estimate, found.low, found.high)


def _adjusted(money: MoneyContrast | None) -> tuple[float | None, float | None, float | None]:
    return _difference(money.adjusted if money is not None else None)

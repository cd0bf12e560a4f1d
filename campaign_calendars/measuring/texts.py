"""Tests of texts: what each of them came to, whether members were drawn as the calendar says, and which did best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from campaign_calendars.measuring.drawn import as_drawn, sample_ratio
from campaign_calendars.measuring.lift import (
    Arm,
    Contrast,
    MoneyContrast,
    checked,
    contrast,
    of_all_plays,
    wilson,
)
from campaign_calendars.measuring.looking import so_far
from campaign_calendars.values.units import Ratio

MeasuredBy = Literal["clicks", "conversion"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Members who were to get one text, and of them those who clicked and those who bought afterwards."""

    members: int
    clicked: int
    buyers: int
    sums: Arm | None = None
    """What they paid; None where it is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextArm:
    """One text of a test, by assignment."""

    text: str
    """Name of the text."""
    share: Ratio
    """Share of the members who were to get it."""
    members: int
    """Members who were to get it."""
    clicked: int | None
    """Of them, those with a click after their message was decided; null: there are no data of clicks."""
    buyers: int
    """Of them, those who bought after that and before the phase ended."""
    rate: Ratio | None
    """Clicks or conversion, as the test is measured by; null for an arm without members."""
    interval: tuple[Ratio, Ratio] | None
    """Lower and upper end of the rate (Wilson, 95 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTest:
    """A test of texts of one play."""

    measured_by: MeasuredBy
    """What the rates are of; conversion where there are no data of clicks."""
    arms: tuple[TextArm, ...]
    """Its texts, in written order."""
    contrasts: Mapping[str, Contrast]
    """Text → its rate minus that of the first text, with the interval; `treated` is the text, `control` the first."""
    sample_ratio_p: Ratio | None
    """How likely sizes as uneven as these are, were the members drawn as written; null for a test without members."""
    as_drawn: bool
    """Whether the sizes may be chance; if not, something treats the arms otherwise, and no rate may be compared."""


def measured_by(asked: MeasuredBy | None, answers: Mapping[str, Answers]) -> MeasuredBy:
    """What a test is measured by: clicks only where there are some."""
    has_clicks = any(one.clicked for one in answers.values())
    return "clicks" if has_clicks and asked != "conversion" else "conversion"


def best_text(asked: MeasuredBy | None, names: Sequence[str], answers: Mapping[str, Answers]) -> str:
    """The text with the highest rate, of equals the first that is written."""
    by = measured_by(asked, answers)
    return max(names, key=lambda name: (_arm(by, answers.get(name)).rate or 0, -list(names).index(name)))


def compare_texts(
    asked: MeasuredBy | None,
    shares: Mapping[str, int],
    answers: Mapping[str, Answers],
    *,
    money: Callable[[Arm, Arm], MoneyContrast] | None = None,
    elapsed: float = 1.0,
) -> TextTest:
    """`shares`: text → basis points of the members, in written order; `money` compares what two arms paid.

    Several texts are asked at once (Holm); before the end (`elapsed` below 1) the intervals are those that may be read
    every day; sizes that cannot be chance show no difference.
    """
    by = measured_by(asked, answers)
    arms = {name: _arm(by, answers.get(name)) for name in shares}
    p = sample_ratio({name: arm.members for name, arm in arms.items()}, shares)
    return TextTest(
        measured_by=by,
        arms=tuple(
            TextArm(
                text=name,
                share=shares[name] / 10_000,
                members=arm.members,
                clicked=answers[name].clicked if by == "clicks" and name in answers else None,
                buyers=answers[name].buyers if name in answers else 0,
                rate=arm.rate,
                interval=wilson(arm.buyers, arm.members) if arm.members else None,
            )
            for name, arm in arms.items()
        ),
        contrasts=_against_the_first(arms, answers, p, money=money, elapsed=elapsed),
        sample_ratio_p=p,
        as_drawn=as_drawn(p),
    )


def _against_the_first(
    arms: Mapping[str, Arm],
    answers: Mapping[str, Answers],
    sizes_p: float | None,
    *,
    money: Callable[[Arm, Arm], MoneyContrast] | None,
    elapsed: float,
) -> dict[str, Contrast]:
    first, *others = arms
    found: list[Contrast | None] = []
    for name in others:
        one = contrast(arms[name], arms[first])
        paid = [answer.sums for text in (name, first) if (answer := answers.get(text)) is not None]
        if money is not None and len(paid) == 2 and paid[0] is not None and paid[1] is not None:  # noqa: PLR2004 - a pair
            one = replace(one, money=money(paid[0], paid[1]))
        one = checked(one, sizes_p)
        found.append(so_far(one, elapsed) if 0 < elapsed < 1 else one)
    told = of_all_plays(found) if len(found) > 1 else found
    return {name: one for name, one in zip(others, told, strict=True) if one is not None}


def _arm(by: MeasuredBy, answers: Answers | None) -> Arm:
    if answers is None:
        return Arm(0, 0)
    return Arm(answers.members, answers.clicked if by == "clicks" else answers.buyers)

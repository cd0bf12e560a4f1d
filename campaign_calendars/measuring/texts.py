"""Tests of texts: what each of them came to, whether members were drawn as the calendar says, and which did best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from campaign_calendars.measuring.drawn import as_drawn, sample_ratio
from campaign_calendars.measuring.lift import Arm, Contrast, contrast, wilson
from campaign_calendars.values.units import Ratio

MeasuredBy = Literal["clicks", "conversion"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Members who were to get one text, and of them those who clicked and those who bought afterwards."""

    members: int
    clicked: int
    buyers: int


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


def compare_texts(asked: MeasuredBy | None, shares: Mapping[str, int], answers: Mapping[str, Answers]) -> TextTest:
    """`shares`: text → basis points of the members, in written order."""
    by = measured_by(asked, answers)
    arms = {name: _arm(by, answers.get(name)) for name in shares}
    first = next(iter(arms.values()))
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
        contrasts={name: contrast(arm, first) for name, arm in list(arms.items())[1:]},
        sample_ratio_p=p,
        as_drawn=as_drawn(p),
    )


def _arm(by: MeasuredBy, answers: Answers | None) -> Arm:
    if answers is None:
        return Arm(0, 0)
    return Arm(answers.members, answers.clicked if by == "clicks" else answers.buyers)

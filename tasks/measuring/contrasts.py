"""Contrasts of a calendar: an arm against the control group it was drawn with, benefits against
their ghosts, and parts of random splits against each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.splits import SplitPlan, splits_of
from campaign_calendars.measuring.detectable import detectable
from campaign_calendars.measuring.drawn import sample_ratio
from campaign_calendars.measuring.lift import Arm, Contrast, checked, contrast, of_all_plays, withheld
from campaign_calendars.measuring.looking import so_far
from campaign_calendars.measuring.splits import SplitPart, SplitResult
from campaign_calendars.model.calendar import Unit
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from campaign_calendars.values.scalars import FULL_SHARE
from tasks.measuring.measurement import PlayResult

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession

ByBenefit = Mapping[str, Mapping[str, Arm]]
"""Benefit → name of the arm → its sums."""


def left_of(jobs: Mapping[str, int]) -> int:
    """Messages that went out, or may have."""
    return jobs.get("sent", 0) + jobs.get("unknown", 0)


def of_play(arms: Mapping[str, Arm], share: int, *, sent: int, elapsed: float) -> Contrast:
    found = against(arms, "play_control", share, elapsed)
    return found if sent else withheld(found, "nothing sent")


def elapsed_of(span: Span, as_of: datetime) -> float:
    """Which part of a span is over, 0 to 1."""
    return min(max((as_of - span.start) / (span.end - span.start), 0.0), 1.0)


def against(
    arms: Mapping[str, Arm], control: str, share: int, elapsed: float, *, margin: float | None = None
) -> Contrast:
    """Treated against the named control group, drawn with `share` basis points; an arm nobody fell into is empty.

    Before the end (`elapsed` below 1) the intervals are those that may be read every day.
    """
    from warehouse.measurement.money import compare_money

    treated, held = arms.get("treated", Arm(0, 0)), arms.get(control, Arm(0, 0))
    drawn = {control: share, "treated": FULL_SHARE - share}
    sizes = {control: held.members, "treated": treated.members}
    joined = {control: held.joined, "treated": treated.joined}
    likely = [p for of in (sizes, joined) if (p := sample_ratio(of, drawn)) is not None]
    found = replace(contrast(treated, held), money=compare_money(treated, held, margin=margin))
    told = checked(found, min(likely, default=None))
    return so_far(told, elapsed) if 0 < elapsed < 1 else told


def of_regions(session: MeasurementSession, by: Unit, elapsed: float, *, margin: float | None = None) -> Contrast:
    """The programme's regions that were drawn `by` lot against those held out; before the end as `against`."""
    from warehouse.measurement.regions import compare_regions

    rows, without = session.regions()
    told = compare_regions(rows, by=by, without=without, margin=margin)
    return so_far(told, elapsed) if 0 < elapsed < 1 else told


def with_benefits(
    plays: Sequence[PlayResult], arms: Mapping[tuple[str, str], ByBenefit], loaded: LoadedCalendar, as_of: datetime
) -> tuple[PlayResult, ...]:
    """The plays with a contrast for each of their benefits; all of them are asked at once (Holm)."""
    shares = {(phase.id, play.id): play.holdout for phase in loaded.calendar.phases for play in phase.plays}
    asked: list[tuple[int, str, Contrast]] = []
    for number, row in enumerate(plays):
        if not (share := shares[row.phase, row.play]):
            continue
        elapsed = elapsed_of(loaded.timeline.phases[row.phase], as_of)
        sent = left_of(row.jobs)
        for benefit, mine in sorted(arms.get((row.phase, row.play), {}).items()):
            asked.append((number, benefit, of_play(mine, share, sent=sent, elapsed=elapsed)))
    found: list[dict[str, Contrast]] = [{} for _ in plays]
    for (number, benefit, _), one in zip(asked, of_all_plays([one for *_, one in asked]), strict=True):
        if one is not None:
            found[number][benefit] = one
    return tuple(replace(row, benefits=mine) for row, mine in zip(plays, found, strict=True))


def of_splits(
    loaded: LoadedCalendar,
    arms: Mapping[tuple[str, str], Mapping[str, Arm]],
    plays: Sequence[PlayResult],
    as_of: datetime,
) -> tuple[SplitResult, ...]:
    """Parts of the random splits of a calendar, each against the first of its split; all are asked at once (Holm)."""
    sent = {(row.phase, row.play): left_of(row.jobs) for row in plays}
    held = {(phase.id, play.id): play.holdout for phase in loaded.calendar.phases for play in phase.plays}
    made = [
        _split(
            plan,
            arms.get((plan.phase, plan.key), {}),
            elapsed_of(loaded.timeline.phases[plan.phase], as_of),
            sent={part: sum(sent.get((plan.phase, one), 0) for one in mine) for part, mine in plan.parts.items()},
            shares={part: {held[plan.phase, one] for one in mine} for part, mine in plan.parts.items()},
        )
        for plan in splits_of(loaded.calendar)
    ]
    asked = [(number, part, one) for number, row in enumerate(made) for part, one in row.contrasts.items()]
    together = of_all_plays([one for *_, one in asked]) if len(asked) > 1 else [one for *_, one in asked]
    found: list[dict[int, Contrast]] = [{} for _ in made]
    for (number, part, _), one in zip(asked, together, strict=True):
        if one is not None:
            found[number][part] = one
    return tuple(replace(row, contrasts=mine) for row, mine in zip(made, found, strict=True))


def _split(
    plan: SplitPlan,
    arms: Mapping[str, Arm],
    elapsed: float,
    *,
    sent: Mapping[int, int],
    shares: Mapping[int, Collection[int]],
) -> SplitResult:
    """`sent`: part → messages that left; where none did of two parts, both were treated alike. `shares`: part → those
    that its plays hold out, in basis points.
    """
    from warehouse.measurement.money import compare_money

    sums = {part: arms.get(f"{part}", Arm(0, 0)) for part in plan.parts}
    alike = {f"{part}": 1 for part in sums}
    counts = ({f"{n}": arm.members for n, arm in sums.items()}, {f"{n}": arm.joined for n, arm in sums.items()})
    p = min((one for of in counts if (one := sample_ratio(of, alike)) is not None), default=None)
    (first, held), *others = sums.items()
    contrasts, smallest = {}, {}
    for part, arm in others:
        told = checked(replace(contrast(arm, held), money=compare_money(arm, held)), p)
        told = told if sent[first] or sent[part] else withheld(told, "nothing sent")
        contrasts[part] = so_far(told, elapsed) if 0 < elapsed < 1 else told
        both = arm.members + held.members
        smallest[part] = detectable(held.members, arm.members, (arm.buyers + held.buyers) / both if both else 0.0)
    return SplitResult(
        phase=plan.phase,
        split=plan.split,
        parts=tuple(
            SplitPart(
                part=part,
                plays=plan.parts[part],
                members=arm,
                held_out=tuple(one / FULL_SHARE for one in sorted(shares[part])),
            )
            for part, arm in sums.items()
        ),
        contrasts=contrasts,
        detectable=smallest,
        sample_ratio_p=p,
    )

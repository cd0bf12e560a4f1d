"""Contrasts of a calendar: an arm against the control group it was drawn with, and benefits against their ghosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from campaign_calendars.measuring.drawn import sample_ratio
from campaign_calendars.measuring.lift import Arm, Contrast, checked, contrast, of_all_plays, withheld
from campaign_calendars.measuring.looking import so_far
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from campaign_calendars.values.scalars import FULL_SHARE
from tasks.measuring.measurement import PlayResult

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

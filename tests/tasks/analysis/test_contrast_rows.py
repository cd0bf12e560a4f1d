"""Rows of contrasts: none is called like another."""

from __future__ import annotations

from campaign_calendars.measuring.lift import Arm, contrast
from campaign_calendars.measuring.splits import SplitPart, SplitResult
from tasks.analysis.contrasting import contrast_rows
from tasks.measuring.measure import Effects
from tasks.measuring.measurement import ProgrammeResult


def split(first: str, second: str) -> SplitResult:
    arms = {1: Arm(100, 10), 2: Arm(100, 20)}
    return SplitResult(
        phase="burst",
        split="halves",
        parts=tuple(
            SplitPart(part=n, plays=(play, f"{play}-again"), members=arms[n]) for n, play in ((1, first), (2, second))
        ),
        contrasts={2: contrast(arms[2], arms[1])},
        detectable={2: None},
        sample_ratio_p=1.0,
    )


def test_one_split_drawn_for_two_audiences_is_told_apart_by_its_plays() -> None:
    whole = ProgrammeResult(arms={}, contrast=None)
    effects = Effects(plays=(), programme=whole, splits=(split("coupon", "words"), split("gift", "silence")))
    rows = list(contrast_rows("c", effects))
    assert [row[1:7] for row in rows] == [
        ("split", "burst", "words", None, "halves/2", "conversion"),
        ("split", "burst", "silence", None, "halves/2", "conversion"),
    ]

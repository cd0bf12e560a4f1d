"""Parts of a random split whose hold-outs differ are told so: each thins the difference of its own part."""

from __future__ import annotations

import pytest

from campaign_calendars.measuring.lift import Arm
from campaign_calendars.measuring.splits import SplitPart, SplitResult, told_of_split

Shares = tuple[float, ...]


def result(*held_out: Shares) -> SplitResult:
    parts = tuple(
        SplitPart(part=number, plays=(f"p{number}",), members=Arm(100, 10), held_out=shares)
        for number, shares in enumerate(held_out, 1)
    )
    return SplitResult(phase="burst", split="halves", parts=parts, contrasts={}, detectable={}, sample_ratio_p=1.0)


@pytest.mark.parametrize("held_out", [((0.0,), (0.0,)), ((0.1,), (0.1,)), ((0.1, 0.2), (0.1, 0.2)), ()])
def test_equal_shares_thin_both_alike(held_out: tuple[Shares, ...]) -> None:
    assert told_of_split(result(*held_out)) is None


def test_different_shares_are_told_by_part() -> None:
    found = told_of_split(result((0.0,), (0.1,), (0.1, 0.2)))
    assert found is not None
    english, chinese = found
    assert "0% of part 1, 10% of part 2, 10% / 20% of part 3" in english
    assert "第 1 组 0%、第 2 组 10%、第 3 组 10% / 20%" in chinese

"""Parts of a random split held against each other: which benefit, channel or message is the better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.lift import Arm, Contrast
from campaign_calendars.values.units import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPart:
    """One part of a random split, by assignment."""

    part: int
    """Its number."""
    plays: tuple[str, ...]
    """Ids of the plays it gets."""
    members: Arm
    """Everybody in the audience, from the first moment of the plays to the end of the phase."""
    held_out: tuple[Ratio, ...] = ()
    """Shares of it that its plays hold out, each once; such members count in the part, and get nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitResult:
    """Parts of a random split against the first of them."""

    phase: str
    """Id of the phase."""
    split: str
    """Name of the split."""
    parts: tuple[SplitPart, ...]
    """Its parts that get a play, in order."""
    contrasts: Mapping[int, Contrast]
    """Part → it minus the first part; `treated` is the part, `control` the first."""
    detectable: Mapping[int, Ratio | None]
    """Part → the smallest difference in conversion that it shows with 80 % power at 5 %; null: too few members."""
    sample_ratio_p: Ratio | None
    """How likely sizes as uneven as these are, as parts are drawn alike; null without members."""


def told_of_split(found: SplitResult) -> Said | None:
    """That hold-outs thin the difference of the parts, which they do one more than another; None: they do not."""
    shares = [part.held_out for part in found.parts]
    if len(set(shares)) <= 1:
        return None
    named = [(part.part, " / ".join(f"{one:.0%}" for one in part.held_out or (0.0,))) for part in found.parts]
    english = ", ".join(f"{share} of part {number}" for number, share in named)
    chinese = "、".join(f"第 {number} 组 {share}" for number, share in named)
    return (
        (
            f"Parts of {found.split} hold out different shares ({english}): held-out members get nothing and count in"
            " their part, so its effect looks smaller the more it holds out. Hold out the same share in every part."
        ),
        (
            f"拆分 {found.split} 各组的对照比例不同（{chinese}）：对照会员不触达但仍计入该组，"
            "对照比例越高，该组效果看起来越小。请让各组使用相同的对照比例。"
        ),
    )

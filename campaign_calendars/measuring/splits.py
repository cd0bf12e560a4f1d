"""Parts of a random split held against each other: which benefit, channel or message is the better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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

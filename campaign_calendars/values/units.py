"""Units of figures in records, for what is generated from them. They change no value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Unit:
    """In what a number is counted."""

    name: str


Ratio = Annotated[float, Unit("share")]
"""A share, 0 to 1; of differences -1 to 1, and above 1 where something may be exceeded."""

"""One construct of the domain: what says it in the language, or why nothing does."""

from __future__ import annotations

from dataclasses import dataclass

from campaign_calendars.findings.said import UNSAID, Said


@dataclass(frozen=True, slots=True)
class Row:
    """`mark`: A3 or A1#16. Either `where` (names in code type: keys, kinds, fields, checks, commands) or `left_out`."""

    mark: str
    construct: Said
    where: Said = UNSAID
    left_out: Said = UNSAID

    def __post_init__(self) -> None:
        if bool(self.where[0]) == bool(self.left_out[0]):
            raise ValueError(f"{self.mark}: either where it stands, or why it is left out")

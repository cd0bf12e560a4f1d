"""Keys of phases, their plays, triggers, displays and duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PHASES: Final[Mapping[str, Honoured]] = {
    "Play.announces": Honoured(
        "dispatch, plan",
        ("Everybody reached is told of it, nothing is granted.", "告知所有触达者，不发放。"),
        "A3",
        "tasks/outreach/test_announcing.py::test_everybody_reached_is_told_and_nothing_is_granted",
    ),
}

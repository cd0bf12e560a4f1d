"""Keys of phases, their plays, triggers, displays and duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PHASES: Final[Mapping[str, Honoured]] = {}

"""Keys of the member programme: tiers, points, lifecycle, joining, value, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PROGRAMME: Final[Mapping[str, Honoured]] = {}

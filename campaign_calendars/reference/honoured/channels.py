"""Keys of channels, groups, assistants and positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

CHANNELS: Final[Mapping[str, Honoured]] = {}

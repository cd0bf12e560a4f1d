"""Keys of the store, its contact policy, freshness and measures of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

STORE: Final[Mapping[str, Honoured]] = {}

"""Keys that every benefit has, and those of their parts: validity, coupons, tier windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

BENEFITS: Final[Mapping[str, Honoured]] = {}

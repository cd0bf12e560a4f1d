"""Kinds of benefit and the keys that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

KINDS_OF_BENEFITS: Final[Mapping[str, Honoured]] = {}

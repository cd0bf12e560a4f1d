"""Tests of texts: which member gets which text of a play (A11#13).

Drawn by the hash that draws control groups, with a salt of its own, so a text says nothing about who is held out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from campaign_calendars.deciding.briefing import play_salt
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.values.scalars import FULL_SHARE

Shares = Mapping[str, int]
"""Text → basis points of the members."""


def bucket(salt: str, member: str) -> int:
    """0 to 9,999: the first 8 hex digits of md5(salt:member). Known answer: `camp1`, `42` → 2895."""
    digest = hashlib.md5(f"{salt}:{member}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % FULL_SHARE


def shares_of(play: Play) -> dict[str, int]:
    """Text → share; equal parts of all members where none are written, the odd basis points to the first."""
    if play.split is not None and play.split.shares:
        return {name: play.split.shares.get(name, 0) for name in play.texts}
    count = len(play.texts)
    return {name: FULL_SHARE // count + (n < FULL_SHARE % count) for n, name in enumerate(play.texts)}


def arm_of(salt: str, member: str, shares: Shares) -> str | None:
    """The text of a member; None: he is in no share."""
    place = bucket(salt, member)
    for name, share in shares.items():
        if place < share:
            return name
        place -= share
    return None


def text_salt(calendar: Calendar, phase: str, play: Play) -> str:
    """What draws the texts of a play: another salt than that of its control group."""
    return f"{play_salt(calendar, phase, play)}:ab"

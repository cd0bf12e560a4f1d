"""What an expression of one calendar may name, and the tags a store makes itself (A1#20)."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaign_calendars.model.store import Store


@dataclass(frozen=True, slots=True)
class MadeTag:
    """A tag with its rule, or with the imported tags it stands for."""

    name: str
    where: str | None = None
    merge: tuple[str, ...] = ()


def made_tags(store: Store) -> tuple[MadeTag, ...]:
    """The tags of a store as expressions see them."""
    return tuple(MadeTag(name, rule.where, tuple(rule.merge)) for name, rule in store.tags.items())


@dataclass(frozen=True, slots=True)
class AudienceNames:
    """What an expression of one calendar may name; tiers lowest first, None when not known yet.

    `timezone` is the zone in which moments such as `'2026-03-01 10:00'` are meant; without it an
    expression cannot compare a time with a literal.
    """

    calendar: str = ""
    """Whose plays and benefits are meant where no other calendar is named."""
    phases: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    tiers: tuple[str, ...] | None = ()
    timezone: ZoneInfo | None = None
    tags: tuple[MadeTag, ...] = ()

    def __hash__(self) -> int:
        """Cheap, as names are looked up for every expression: the counts, not a thousand names."""
        return hash((len(self.phases), len(self.plays), len(self.benefits), self.tiers, self.timezone))

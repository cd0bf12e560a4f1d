"""What an expression of one calendar may name, and the tags a store makes itself (A1#20)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store

OF_STORE = "store/"
"""Before the name of an audience of the store: `audience('store/vip')`."""


@dataclass(frozen=True, slots=True)
class MadeTag:
    """A tag with its rule, or with the imported tags it stands for."""

    name: str
    where: str | None = None
    merge: tuple[str, ...] = ()
    family: str = ""


def made_tags(store: Store) -> tuple[MadeTag, ...]:
    """The tags of a store as expressions see them."""
    return tuple(MadeTag(name, rule.where, tuple(rule.merge), rule.family) for name, rule in store.tags.items())


@dataclass(frozen=True, slots=True)
class NamedAudience:
    """An audience that others may name."""

    name: str
    where: str


def audiences_of(place: Calendar | Store) -> tuple[NamedAudience, ...]:
    """The audiences of a calendar or a store, in its order."""
    return tuple(NamedAudience(name, audience.where) for name, audience in place.audiences.items())


@dataclass(frozen=True, slots=True)
class AudienceNames:
    """What an expression of one calendar may name; tiers lowest first, None when not known yet.

    `timezone` is the zone in which moments such as `'2026-03-01 10:00'` are meant; without it an
    expression cannot compare a time with a literal.
    """

    calendar: str = ""
    """Whose plays and benefits are meant where no other calendar is named."""
    phases: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    tiers: tuple[str, ...] | None = ()
    timezone: ZoneInfo | None = None
    tags: tuple[MadeTag, ...] = ()
    audiences: tuple[NamedAudience, ...] = ()
    """Those of the calendar itself."""
    of_store: tuple[NamedAudience, ...] | None = ()
    """Those of the store; None when the store is not known yet."""
    is_of_store: bool = False
    """Whether a rule of the store is read, where no calendar's names are known."""

    @classmethod
    def of(cls, calendar: Calendar, store: Store | None) -> AudienceNames:
        """What the expressions of a calendar may name; without a store its tiers and audiences are not known."""
        return cls(
            calendar=calendar.calendar,
            phases=tuple(phase.id for phase in calendar.phases),
            waves=tuple(wave.id for wave in calendar.waves),
            plays=tuple(play.id for phase in calendar.phases for play in phase.plays),
            benefits=tuple(calendar.benefits),
            tiers=_tiers(store) if store is not None else None,
            timezone=calendar.timezone,
            tags=made_tags(store) if store is not None else (),
            audiences=audiences_of(calendar),
            of_store=audiences_of(store) if store is not None else None,
        )

    @classmethod
    def of_the_store(cls, store: Store) -> AudienceNames:
        """What the expressions of a store may name: nothing of any one calendar, and no moments of its zone."""
        return cls(tiers=_tiers(store), tags=made_tags(store), audiences=audiences_of(store), is_of_store=True)

    def inside(self, name: str) -> AudienceNames:
        """What the rule of one of these audiences may name: those of the store are read as the store's."""
        return self.for_store() if name.startswith(OF_STORE) and self.named(name) not in self.audiences else self

    def for_store(self) -> AudienceNames:
        """What a rule of the store may name where it is read for a calendar."""
        if self.is_of_store:
            return self
        nothing: tuple[str, ...] = ()
        return replace(
            self,
            calendar="",
            phases=nothing,
            waves=nothing,
            plays=nothing,
            benefits=nothing,
            audiences=self.of_store or (),
            of_store=(),
            is_of_store=True,
        )

    def named(self, name: str) -> NamedAudience | None:
        """The audience of this name, of the calendar or after `store/` of the store."""
        own = (audience for audience in self.audiences if audience.name == name)
        stored = (audience for audience in self.of_store or () if OF_STORE + audience.name == name)
        return next(own, None) or next(stored, None)

    def __hash__(self) -> int:
        """Cheap, as names are looked up for every expression: the counts, not a thousand names."""
        return hash((len(self.phases), len(self.plays), len(self.benefits), self.tiers, self.timezone))


def _tiers(store: Store) -> tuple[str, ...]:
    return tuple(level.id for level in store.tiers.levels)

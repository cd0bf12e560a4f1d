"""Tags the store makes itself: by a rule over the fields, or by merging imported ones (A1#20)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from campaign_calendars.segment_types import TEMPLATES, quoted

if TYPE_CHECKING:
    from campaign_calendars.segments import AudienceNames
    from campaign_calendars.store import Store


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
class Meaning:
    """What `has_tag` of a made tag comes to."""

    sql: str
    fields: frozenset[str] = frozenset()
    functions: frozenset[tuple[str, str]] = frozenset()


def made_tag(name: str, names: AudienceNames) -> Meaning | None:
    """The meaning of a tag the store makes; None when it is an imported one.

    Inside of its own rule a tag is the imported one of that name. A rule that is wrong holds for
    nobody; the store's check finds it.
    """
    from campaign_calendars.segments import analyse

    tag = next((tag for tag in names.tags if tag.name == name), None)
    if tag is None:
        return None
    if tag.where is None:
        carried = [TEMPLATES["has_tag"].format(quoted(one)) for one in (tag.name, *tag.merge)]
        return Meaning(f"({' or '.join(carried)})")
    others = tuple(other for other in names.tags if other.name != tag.name)
    rule = analyse(tag.where, replace(names, tags=others))[0]
    return Meaning(f"coalesce({rule.sql}, false)", rule.fields, rule.functions) if rule else Meaning("false")

"""Tags the store makes itself: by a rule over the fields, or by merging imported ones (A1#20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from campaign_calendars.audiences.functions import TEMPLATES
from campaign_calendars.audiences.names import AudienceNames, MadeTag
from campaign_calendars.audiences.types import quoted


@dataclass(frozen=True, slots=True)
class Meaning:
    """What `has_tag` of a made tag comes to."""

    sql: str
    fields: frozenset[str] = frozenset()
    functions: frozenset[tuple[str, str]] = frozenset()


Analyse = Callable[[str, AudienceNames], Meaning | None]
"""The rule of a tag → what it comes to; None when it is wrong."""


def meaning_of(name: str, names: AudienceNames, analyse: Analyse) -> Meaning | None:
    """The meaning of a tag the store makes by a rule; None when it is an imported one. `analyse` reads its rule.

    Inside of its own rule a tag is the imported one of that name. A rule that is wrong holds for
    nobody; the store's check finds it.
    """
    tag = next((tag for tag in names.tags if tag.name == name), None)
    if tag is None or tag.where is None:
        return None
    others = tuple(other for other in names.tags if other.name != tag.name)
    rule = analyse(tag.where, replace(names.for_store(), tags=others))
    return Meaning(f"coalesce({rule.sql}, false)", rule.fields, rule.functions) if rule else Meaning("false")


def family_of_tags(family: str, names: AudienceNames, analyse: Analyse) -> Meaning:
    """Carrying any tag of a family: one that says so itself, or one of the store's that is put there."""
    made = [tag for tag in names.tags if tag.family == family]
    found = [Meaning(TEMPLATES["has_tag_family"].format(quoted(family)))]
    for tag in made:
        imported = Meaning(TEMPLATES["has_tag"].format(carried_as(tag.name, names.tags)))
        found.append(meaning_of(tag.name, names, analyse) or imported)
    return Meaning(
        f"({' or '.join(each.sql for each in found)})" if made else found[0].sql,
        frozenset().union(*(each.fields for each in found)),
        frozenset().union(*(each.functions for each in found)),
    )


def carried_as(name: str, tags: tuple[MadeTag, ...]) -> str:
    """The imported tags, as a list of SQL literals, that carrying this one comes to: itself and those it merges."""
    merged = next((tag.merge for tag in tags if tag.name == name), ())
    return ", ".join(quoted(each) for each in (name, *merged))

"""Tags the store makes itself: by a rule over the fields, or by merging imported ones (A1#20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.types import TEMPLATES, quoted


@dataclass(frozen=True, slots=True)
class Meaning:
    """What `has_tag` of a made tag comes to."""

    sql: str
    fields: frozenset[str] = frozenset()
    functions: frozenset[tuple[str, str]] = frozenset()


Analyse = Callable[[str, AudienceNames], Meaning | None]
"""The rule of a tag → what it comes to; None when it is wrong."""


def meaning_of(name: str, names: AudienceNames, analyse: Analyse) -> Meaning | None:
    """The meaning of a tag the store makes; None when it is an imported one. `analyse` reads its rule.

    Inside of its own rule a tag is the imported one of that name. A rule that is wrong holds for
    nobody; the store's check finds it.
    """
    tag = next((tag for tag in names.tags if tag.name == name), None)
    if tag is None:
        return None
    if tag.where is None:
        carried = [TEMPLATES["has_tag"].format(quoted(one)) for one in (tag.name, *tag.merge)]
        return Meaning(f"({' or '.join(carried)})")
    others = tuple(other for other in names.tags if other.name != tag.name)
    rule = analyse(tag.where, replace(names, tags=others))
    return Meaning(f"coalesce({rule.sql}, false)", rule.fields, rule.functions) if rule else Meaning("false")

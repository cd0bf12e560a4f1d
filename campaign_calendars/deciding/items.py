"""What is sold out: goods lists are sent without it, and benefits of nothing else are given to nobody (A9)."""

from __future__ import annotations

from collections.abc import Mapping

from campaign_calendars.model.calendar import Calendar


def without_sold_out(calendar: Calendar, there: Mapping[str, bool]) -> Calendar:
    """The calendar, its goods lists with what may be had; `there`: item or article → whether it may be."""
    kept = {
        name: listed.model_copy(update={"items": [one for one in listed.items if there.get(one.item, True)]})
        for name, listed in calendar.lists.items()
    }
    if all(len(kept[name].items) == len(listed.items) for name, listed in calendar.lists.items()):
        return calendar
    return calendar.model_copy(update={"lists": kept})


def sold_out_benefits(calendar: Calendar, there: Mapping[str, bool]) -> frozenset[str]:
    """Benefits that name goods, none of which may be had."""
    return frozenset(
        name
        for name, benefit in calendar.benefits.items()
        if benefit.articles and not any(there.get(article, True) for article in benefit.articles)
    )

"""What members of the shipped calendars would read: no staff words, nothing said twice, a way to refuse each SMS."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
import pytest

from campaign_calendars.messages.limits import finished
from campaign_calendars.messages.templates import list_in_words, messages_of, names_of
from campaign_calendars.model.store import Store
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.loading import load_calendar, load_document
from campaign_calendars.time.resolving import resolve
from tasks.calendars.lookup import LIBRARY, shipped_calendars

STAFF = re.compile("主券|疲软|召回|唤醒|购买力|备战|运营|蓄水期|流失|未购|低门槛|人群")
"""Words of plans, which no shop says to those it is about."""
TWICE = re.compile(r"([\w一-鿿]{3,})[：:（]\1|(每日限量|会员专享|限时).*\2")
RELATIVE = re.compile(r"\bD[+-]?\d")


def texts(name: str) -> Iterator[tuple[str, str, str]]:
    """Play, channel and text of every message of a shipped calendar, with each benefit it may be about."""
    calendar = load_calendar((LIBRARY / f"{name}.yaml").read_text("utf-8")).model
    assert calendar is not None
    store = load_document(Store, (LIBRARY / "stores" / f"{calendar.store}.yaml").read_text("utf-8")).model
    assert store is not None
    calendar = unfold(calendar)
    names = names_of(calendar, store, timeline=resolve(calendar))
    for phase in calendar.phases:
        for play in phase.plays:
            listed = calendar.lists.get(play.list_ or "")
            for templates in messages_of(play).values():
                for channel in play.channels:
                    template = (LIBRARY / (templates.of(channel) or "")).read_text("utf-8")
                    for benefit in play.benefits or play.announces or [""]:
                        text = jinja2.Template(template).render(
                            member={"name": "王芳"}, benefit={**names.benefits.get(benefit, {}), "code": "A1"},
                            phase=names.phases[phase.id], calendar=names.calendar, store=names.store, link=names.links,
                            list=list_in_words(listed, listed.items) if listed is not None else {},
                        )  # fmt: skip
                        yield play.id, channel, finished(text.strip(), store.channels[channel])


@pytest.mark.parametrize("name", shipped_calendars())
def test_members_read_nothing_of_the_staff_and_nothing_twice(name: str) -> None:
    for play, channel, text in texts(name):
        if not text.partition("，")[2].startswith("工单"):  # work orders are for the staff
            assert not STAFF.search(text), (play, text)
        assert not TWICE.search(text), (play, text)
        assert not RELATIVE.search(text), (play, text)
        if channel == "sms":
            assert text.endswith("拒收请回复R"), (play, text)


def test_days_that_are_written_from_day_zero_on_are_days_of_the_wall_for_members() -> None:
    text = (LIBRARY / "double-11-2021.yaml").read_text("utf-8")
    days = "days: [2021-11-01, 2021-11-02, 2021-11-03, 2021-11-11]"
    assert days in text
    calendar = load_calendar(text.replace(days, "days: [D-10, D-9, D-8, D]")).model
    assert calendar is not None
    store = load_document(Store, (LIBRARY / "stores" / f"{calendar.store}.yaml").read_text("utf-8")).model
    assert store is not None
    told = {
        lang: names_of(calendar, store, lang, resolve(unfold(calendar))).benefits["early-bird"]["text"]
        for lang in ("zh", "en")
    }
    assert told["zh"] == "早鸟95折，限11月1日、11月2日、11月3日、11月11日"
    assert told["en"].endswith("on 2021-11-01, 2021-11-02, 2021-11-03, 2021-11-11")

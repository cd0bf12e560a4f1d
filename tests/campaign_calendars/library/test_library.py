"""Every shipped store and calendar loads, has no errors, and its messages are there."""

from __future__ import annotations

from importlib.resources import files

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.messages.templates import templates_of
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.writing.layout import format_text

LIBRARY = files("campaign_calendars") / "library"
CALENDARS = sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml"))
STORES = sorted(e.name for e in (LIBRARY / "stores").iterdir())


@pytest.mark.parametrize("name", STORES)
def test_shipped_store_is_clean(name: str) -> None:
    loaded = load_store((LIBRARY / "stores" / name).read_text("utf-8"), name)
    assert loaded.problems == []
    assert loaded.model is not None
    assert loaded.model.store == name.removesuffix(".yaml")


@pytest.mark.parametrize("name", CALENDARS)
def test_shipped_calendar_has_no_warnings_and_says_what_it_was_made_from(name: str) -> None:
    loaded = load_calendar((LIBRARY / name).read_text("utf-8"), name)
    assert loaded.problems == []
    assert loaded.model is not None
    assert loaded.model.calendar == name.removesuffix(".yaml")
    assert loaded.model.source
    store = load_store((LIBRARY / "stores" / f"{loaded.model.store}.yaml").read_text("utf-8")).model
    assert store is not None
    assert {problem.severity for problem in check(bind(loaded, store))} <= {"info"}
    for phase in loaded.model.phases:
        for play in phase.plays:
            for template in templates_of(play):
                assert (LIBRARY / template).is_file(), template


@pytest.mark.parametrize("name", [*CALENDARS, *(f"stores/{store}" for store in STORES)])
def test_shipped_file_is_in_the_canonical_layout(name: str) -> None:
    text = (LIBRARY / name).read_text("utf-8")
    assert format_text(text, name, model=Store if name.startswith("stores/") else Calendar) == text


def test_no_shipped_message_is_orphaned() -> None:
    text = "".join((LIBRARY / name).read_text("utf-8") for name in CALENDARS)
    for message in (LIBRARY / "messages").iterdir():
        assert message.name in text

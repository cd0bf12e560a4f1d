"""What shops copy from the shipped calendars may be said to members: no superlative, no promise that does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import yaml

from campaign_calendars.messages.templates import templates_of
from campaign_calendars.model.calendar import Play
from campaign_calendars.reading.loading import load_calendar

LIBRARY = files("campaign_calendars") / "library"
CALENDARS = sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml"))
FILES = [*CALENDARS, *sorted(f"stores/{e.name}" for e in (LIBRARY / "stores").iterdir())]
MESSAGES = sorted(e.name for e in (LIBRARY / "messages").iterdir())

# Article 9 of the Advertising Law: no superlatives (国家级, 最高级, 最佳); what platforms take down beside them.
SUPERLATIVES = re.compile(
    r"国家级|极致|极品|顶级|顶尖|至尊|唯一|独家|首选|冠军|王牌|绝对|万能|永久|史上|全网|100%|第一(?!波|次|步|阶段)"
    r"|最(?!后|近|晚|早|多|少|低|长|短)"
)
# What no shop would write: a thing "of" its day, selling back for buying again, long-standing members called old.
NOBODY_SAYS = re.compile(
    r"\b(buy-back|old members|of the day|of the slump|signing in|by luck|not joined)\b", re.IGNORECASE
)
NEVER_BOUGHT = re.compile(r"orders_total = 0")
AGAIN = re.compile(r"再次|再来|回购|复购|老朋友")


def texts(document: Any, lang: str) -> Iterator[str]:
    """Every text of a YAML file in one language."""
    if isinstance(document, dict):
        if isinstance(document.get(lang), str):
            yield document[lang]
        for value in document.values():
            yield from texts(value, lang)
    elif isinstance(document, list):
        for value in document:
            yield from texts(value, lang)


def plays(name: str) -> Iterator[tuple[Play, str]]:
    """Plays with the condition of their audience."""
    calendar = load_calendar((LIBRARY / name).read_text("utf-8"), name).model
    assert calendar is not None
    for phase in calendar.phases:
        for play in phase.plays:
            yield play, str(calendar.audiences[play.audience].where)


@pytest.mark.parametrize("name", FILES)
def test_no_title_is_a_superlative(name: str) -> None:
    document = yaml.safe_load((LIBRARY / name).read_text("utf-8"))
    assert [text for text in texts(document, "zh") if SUPERLATIVES.search(text)] == []


@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_is_a_superlative(name: str) -> None:
    assert not SUPERLATIVES.search((LIBRARY / "messages" / name).read_text("utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_english_titles_are_english(name: str) -> None:
    document = yaml.safe_load((LIBRARY / name).read_text("utf-8"))
    assert [text for text in texts(document, "en") if NOBODY_SAYS.search(text)] == []


@pytest.mark.parametrize("name", CALENDARS)
def test_who_never_bought_is_not_thanked_for_buying_again(name: str) -> None:
    for play, where in plays(name):
        for template in templates_of(play):
            if NEVER_BOUGHT.search(where):
                assert not AGAIN.search((LIBRARY / template).read_text("utf-8")), play.id


@pytest.mark.parametrize("name", CALENDARS)
def test_what_people_do_is_a_work_order_and_what_members_read_is_none(name: str) -> None:
    for play, _ in plays(name):
        for template in templates_of(play):
            assert ("工单：" in (LIBRARY / template).read_text("utf-8")) == (play.lane == "human"), play.id


def test_a_coupon_of_two_days_does_not_promise_tomorrow_on_the_second() -> None:
    slump = next(play for play, _ in plays("queens-day-2020.yaml") if play.id == "slump-large-coupon")
    for template in templates_of(slump):
        assert "今明" not in (LIBRARY / template).read_text("utf-8")

"""Who may approve when a store asks for four eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.approving.answering import answer
from tests.tasks.approving.waiting import HOUR, RUN, YES, Shop


def test_with_four_eyes_the_author_of_a_calendar_does_not_approve_it(shop: Callable[..., Shop]) -> None:
    """The calendar's `author`, however the name is written."""
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    waiting = small.run()
    for name in ("Chen Yu", "chen yu", " CHEN  YU ", "ＣＨＥＮ ＹＵ", "chenyu"):
        with pytest.raises(UsageError, match="somebody else has to approve"):
            answer(small.rt, RUN, replace(YES, by=name))
    assert small.states() == {"awaiting_approval": waiting.chosen}
    assert answer(small.rt, RUN, YES).released == waiting.chosen


def test_with_four_eyes_who_applied_the_plan_does_not_approve_but_may_reject(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    small.apply_plan(by="Li Wei")
    waiting = small.run()
    with pytest.raises(UsageError, match="somebody else has to approve"):
        answer(small.rt, RUN, YES)
    assert answer(small.rt, RUN, replace(YES, answer="reject")).stopped == waiting.chosen


def test_with_four_eyes_an_apply_that_was_repeated_hides_nobody(shop: Callable[..., Shop]) -> None:
    """`serve` puts a plan that was applied back on its server: it is still of the person who applied it."""
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    checksum = small.apply_plan(by="Li Wei")
    small.rt.ledger.mark_applied(checksum, "promocal serve", small.now + HOUR)
    small.run()
    with pytest.raises(UsageError, match="somebody else has to approve"):
        answer(small.rt, RUN, YES)
    assert answer(small.rt, RUN, replace(YES, by="Zhao Min")).released


def test_with_four_eyes_an_author_who_takes_his_name_out_is_still_the_author(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    checksum = small.apply_plan(by="Li Wei")
    written = (small.root / "calendars" / "small-sale.yaml").read_text("utf-8")
    small.rt.ledger.begin_apply(checksum, "Li Wei", small.now, forced="", written=written)
    small.run()
    small.change("calendars/small-sale.yaml", ("author: Chen Yu", "author: Somebody Else"))
    with pytest.raises(UsageError, match="somebody else has to approve"):
        answer(small.rt, RUN, replace(YES, by="Chen Yu"))


def test_without_four_eyes_the_author_may_approve(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Li Wei"))
    waiting = small.run()
    assert answer(small.rt, RUN, YES).released == waiting.chosen

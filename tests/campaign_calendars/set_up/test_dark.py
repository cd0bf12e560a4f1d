"""Days on which a position shows nothing: counted day by day from what is online (R8)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.duties.states import Tick
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.set_up.dark import DarkDay, dark_days
from campaign_calendars.set_up.places import PlaceRow, place_rows
from campaign_calendars.time.resolving import resolve

CALENDAR = """\
calendar: sale
store: shop
timezone: Asia/Shanghai
audiences: {all: joined}
benefits:
  before: {kind: member_extra_gift, items: 2, item: bag, unit_cost: 3, stock: 9, offered: {from: 2026-10-20, to: 2026-10-31 21:59:59}}
  after: {kind: member_extra_gift, items: 2, item: bag, unit_cost: 3, stock: 9, offered: {from: 2026-11-02, to: 2026-11-04}}
phases:
  - id: sale
    kind: presale
    window: {from: 2026-10-20, to: 2026-11-03}
    plays:
      - {id: p, audience: all, benefits: [before, after], positions: [subscription],
         displays: {subscription: {copy: 会员好礼}}}
"""  # noqa: E501
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}]}
channels: {push: {consent: implied}}
positions: {subscription: {needs: [member_extra_gift]}}
"""
FIRST = date(2026, 11, 1)
TICK = Tick("sale/subscription", "Li", datetime(2026, 10, 20, 10, tzinfo=UTC))


def found(calendar: str = CALENDAR, store: str = STORE, **known: object) -> tuple[DarkDay, ...]:
    loaded, shop = load_calendar(calendar, "c.yaml"), load_store(store)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    assert shop.model is not None, [str(problem) for problem in shop.problems]
    return dark_days(loaded.model, shop.model, resolve(loaded.model), **known)  # type: ignore[arg-type]


def test_between_two_gifts_the_subscription_is_dark() -> None:
    """The gift of the pre-sale ends 10-31 21:59:59, the one in stock starts 11-02: dark on 11-01."""
    assert found() == (DarkDay(position="subscription", day=FIRST, missing=("member_extra_gift",), source="planned"),)
    assert found(store=STORE.replace("needs: [member_extra_gift]", "")) == ()


def test_what_was_online_by_fact_counts_until_today() -> None:
    days = [date(2026, 10, day) for day in range(20, 31)]
    dark = found(known={"before": days}, today=date(2026, 10, 31))
    assert [(one.day, one.source) for one in dark] == [(date(2026, 10, 31), "facts"), (FIRST, "planned")]


def test_content_has_to_be_pushed_and_other_positions_in_use() -> None:
    content = STORE.replace("needs: [member_extra_gift]", "needs_content: true")
    assert found(store=content) == ()
    without = CALENDAR.replace("copy: 会员好礼", "picture: 702x110")
    assert {one.missing for one in found(without, content)} == {("content",)}
    assert len(found(without, content)) == 15
    tab = STORE.replace("needs: [member_extra_gift]}", "needs: [tab]}, tab: {}")
    assert len(found(store=tab)) == 15
    assert found(CALENDAR.replace("positions: [subscription]", "positions: [subscription, tab]"), tab) == ()


def rows(store: str, **standing: object) -> PlaceRow:
    loaded, shop = load_calendar(CALENDAR, "c.yaml"), load_store(store)
    assert loaded.model is not None
    assert shop.model is not None
    return next(iter(place_rows(loaded.model, shop.model, resolve(loaded.model), **standing)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "seen"), [("member_extra_gift", "others: nothing"), ("new_member_gift", "this invitation")]
)
def test_the_member_module_says_who_sees_it(kind: str, seen: str) -> None:
    loaded = load_calendar(CALENDAR.replace("kind: member_extra_gift, items: 2,", f"kind: {kind}, "
                           f"{'items: 2,' if kind == 'member_extra_gift' else ''}"), "c.yaml")  # fmt: skip
    shop = load_store(STORE.replace("needs: [member_extra_gift]", "member_module: true"))
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    assert shop.model is not None
    (row,) = place_rows(loaded.model, shop.model, resolve(loaded.model))
    assert seen in row.seen_by[0]
    assert rows(STORE).seen_by == ("", "")


def test_a_row_of_a_position_has_its_owner_and_is_done_once_its_task_is() -> None:
    owned = STORE.replace("{needs:", "{owner: Li, needs:")
    assert rows(owned).owner.get() == "Li" != rows(STORE).owner.get()
    assert (rows(owned).done, rows(owned, up={"sale/subscription": TICK}).done) == (False, True)
    up = rows(owned, up={"sale/subscription": TICK})
    assert (up.done_by, f"{up.done_at:%d %H:%M}") == ("Li", "20 18:00"), "on the calendar's clock"
    assert rows(owned, dark=found()).dark == (FIRST,)

"""Keys of the calendar, its money, waves, audiences and rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

CALENDAR: Final[Mapping[str, Honoured]] = {
    "Calendar.bought_from": Honoured(
        "decide",
        ("From when on an order counts as bought in the campaign.", "订单自何时起算作活动期购买。"),
        "A5",
        "campaign_calendars/time/test_sale.py::test_the_sale_begins",
    ),
}

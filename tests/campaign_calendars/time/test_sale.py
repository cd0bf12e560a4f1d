"""When a sale begins, and which balance phase belongs to which deposit phase."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.sale import bought_since

ZONE = ZoneInfo("Asia/Shanghai")


def phase(name: str, kind: str, start: str, to: str, **more: str) -> dict[str, object]:
    return {"id": name, "kind": kind, "window": {"from": start, "to": to}, **more}


RESERVOIR = phase("reservoir", "reservoir", "2021-09-01", "2021-10-20")
DEPOSIT_1 = phase("deposit-1", "presale", "2021-10-21 00:00", "2021-10-31 21:59:59", stage="deposit", wave="one")
BALANCE_1 = phase("balance-1", "presale", "2021-11-01 00:30", "2021-11-03 23:59:59", stage="balance", wave="one")
DEPOSIT_2 = phase("deposit-2", "presale", "2021-10-25 00:00", "2021-11-10 21:59:59", stage="deposit", wave="two")
BALANCE_2 = phase("balance-2", "presale", "2021-11-11 00:30", "2021-11-11 23:59:59", stage="balance", wave="two")
BURST = phase("burst", "burst", "2021-11-01", "2021-11-11")


def calendar(*phases: dict[str, object], **keys: object) -> Calendar:
    waves = [{"id": name, "window": {"from": "2021-10-01", "to": "2021-11-30"}} for name in ("one", "two")]
    document = {"calendar": "sale", "store": "shop", "timezone": "Asia/Shanghai", "waves": waves, **keys}
    return Calendar.model_validate({**document, "phases": list(phases)})


def at(day: int, month: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2021, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("phases", "bought_from", "since"),
    [
        ((RESERVOIR, BURST, BALANCE_1, DEPOSIT_1), {}, at(21, 10)),
        ((RESERVOIR, BURST), {}, at(1, 11)),
        ((RESERVOIR,), {}, at(1, 9)),
        ((RESERVOIR, BURST, DEPOSIT_1), {"bought_from": "calendar_start"}, at(1, 9)),
        ((RESERVOIR, BURST, DEPOSIT_1), {"bought_from": "burst"}, at(1, 11)),
    ],
    ids=["presale", "burst", "calendar", "said: calendar", "said: a phase"],
)
def test_the_sale_begins(phases: tuple[dict[str, object], ...], bought_from: dict[str, str], since: datetime) -> None:
    made = calendar(*phases, **bought_from)
    assert bought_since(made, resolve(made)) == since


def test_a_balance_phase_belongs_to_the_deposit_phase_of_its_wave() -> None:
    """Deposit phases that overlap share no order: where both last, the earlier one counts."""
    made = calendar(RESERVOIR, DEPOSIT_2, BALANCE_2, BALANCE_1, DEPOSIT_1, BURST)
    found = [
        (window.placed.start, window.placed.end, window.due.start, window.due.end, window.phase)
        for window in resolve(made).balances
    ]
    assert found == [
        (at(21, 10), at(31, 10, 22), at(1, 11, 0, 30), at(4, 11), "balance-1"),
        (at(31, 10, 22), at(10, 11, 22), at(11, 11, 0, 30), at(12, 11), "balance-2"),
    ]


def test_a_deposit_phase_without_a_balance_phase_gives_no_window() -> None:
    made = calendar(DEPOSIT_1, BALANCE_2)
    assert resolve(made).balances == ()

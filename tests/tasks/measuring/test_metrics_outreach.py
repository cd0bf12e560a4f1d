"""Metrics of the hand-made store: presale, waves, contacts and benefits, every answer reckoned by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from tasks.accounting.then import set_aside_then
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.runtime import Runtime
from tests.tasks.measuring.asking import figures, keyed, one, parted, told
from tests.warehouse.measurement.tiny_store import AS_OF, at
from warehouse.ledger.memory import MemoryLedger
from warehouse.measurement.metrics.outbox import SetAside

F = Fraction


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("presale_orders", 3), ("presale_deposits", 100_00), ("presale_member_share", F(300, 500)),
        ("presale_member_share_settled", 1), ("presale_member_share_deposit", F(50, 100)),
        ("presale_member_share_buyers", F(1, 3)), ("balance_payment_rate", F(2, 3)), ("deposits_forfeited", 20_00),
        ("wave_repeat_rate", F(2, 4)),
        ("contacted", 8), ("messages", 12), ("natural_conversion", F(2, 3)),
        ("candidates", 10), ("eligible", 10), ("held_out", 3),
        ("granted", 6), ("coupon_use_rate", F(3, 6)), ("redeemer_rate", F(3, 5)),
        ("coupon_sales", 325_50), ("sales_to_cost", F(325_50, 60_00)), ("cost_rate", F(60_00, 325_50)),
        ("benefit_money_reserved", 140_00), ("uses_unmatched", 1), ("uses_surplus", 0),
        ("open_benefits", 3), ("points_liability", 850), ("non_price_share", 0),
    ],
)  # fmt: skip
def test_of_the_whole_calendar(tiny: Runtime, name: str, answer: object) -> None:
    assert one(tiny, name) == answer


def test_presale_before_an_order_is_closed(tiny: Runtime) -> None:
    assert one(tiny, "presale_member_share", as_of=at("03-03 12:00")) == F(300, 600)


def test_of_the_wave_before(tiny: Runtime) -> None:
    assert keyed(tiny, "wave_repeat_rate", "wave") == {"wave-1": "waves", "wave-2": F(2, 4)}
    assert one(tiny, "wave_repeat_rate", as_of=at("03-10 00:00")) == F(2, 5)  # O14 is not given back yet


def test_contacts_by_phase_are_persons_of_their_own(tiny: Runtime) -> None:
    assert keyed(tiny, "contacted", "phase") == {"reservoir": 6, "burst-1": 3, "burst-2": 3}
    assert keyed(tiny, "contacted", "wave") == {"wave-1": 3, "wave-2": 3}
    assert keyed(tiny, "messages", "channel") == {"sms": 12}
    days = keyed(tiny, "messages", "day")
    assert (days["2026-03-01"], days["2026-03-04"], days["2026-03-05"]) == (6, 3, 0)
    early = [told(found) for found in figures(tiny, "contacted", by="phase", as_of=at("03-05 00:00"))]
    assert early == [6, 3, "later"]


def test_conversion_counts_orders_after_the_message(tiny: Runtime) -> None:
    """M01 and M08 had bought in the night before; O20 came a moment after the end."""
    assert keyed(tiny, "conversion_rate", "phase") == {"reservoir": 0, "burst-1": F(1, 3), "burst-2": F(1, 3)}
    assert keyed(tiny, "conversion_rate", "play")["hello-burst-1"] == F(1, 3)
    assert keyed(tiny, "participation_rate", "phase")["reservoir"] == F(2, 6)  # M01 and M05 signed in


def test_one_order_counts_for_the_last_message_before_it(tiny: Runtime) -> None:
    assert keyed(tiny, "channel_conversion", "phase") == {"reservoir": 0, "burst-1": F(1, 3), "burst-2": F(1, 3)}


def test_a_use_belongs_to_the_phase_of_its_grant(tiny: Runtime) -> None:
    """M01 used in burst-2 what burst-1 gave; what M08 used was not given yet; M05 used hers after the moment."""
    assert keyed(tiny, "coupon_use_rate", "phase") == {
        "reservoir": "empty", "burst-1": F(2, 3), "burst-2": F(1, 3),
    }  # fmt: skip
    assert keyed(tiny, "granted", "day")["2026-03-08"] == 3  # one of them may have arrived: the member may hold it
    assert keyed(tiny, "granted", "tier") == {"normal": 6, "silver": 0, "gold": 0}


def test_money_by_what_became_of_it(tiny: Runtime) -> None:
    assert parted(tiny, "benefit_money") == {
        ("waiting",): 20_00, ("open",): 40_00, ("spent",): 60_00, ("released",): 20_00,
    }  # fmt: skip
    assert one(tiny, "open_liability", window=("03-01 00:00", "03-10 12:00")) == 80_00
    assert one(tiny, "open_liability", window=("03-01 00:00", "03-16 00:00")) == 40_00


def test_what_is_still_to_be_used_of_what_is_open(tiny: Runtime) -> None:
    """On 03-16 three are over, of which two were used within five days; the two open ones are seven days old."""
    ended = ("03-01 00:00", "03-16 00:00")
    assert one(tiny, "use_rate_of_over", window=ended) == F(2, 3)
    assert one(tiny, "open_liability_expected", window=ended) == 0
    assert one(tiny, "open_liability_expected") == "grants.over", "on 03-11 nothing was over yet"


def test_what_is_planned_is_that_of_the_plan_in_force_then(tiny: Runtime) -> None:
    """Two plans were applied one after the other; a look back counts what was planned at that time."""
    ledger = MemoryLedger()
    for name, applied, cents in (("first", "03-02 00:00", 50_00), ("second", "03-05 00:00", 30_00)):
        row = {"phase": "burst-2", "play": "hello-burst-2", "at": at("03-08 09:00").isoformat()}
        body = {"occurrences": [{**row, "benefit_cost_cents": cents, "benefits": {"c20": {"granted": 3}}}]}
        ledger.record_plan(name, "tiny", json.dumps(body), at(applied))
        ledger.mark_applied(name, "li", at(applied))
    rt, loaded = replace(tiny), tiny.load_calendar("tiny")
    rt.__dict__["ledger"] = ledger
    planned = {
        moment: [one.cents for one in set_aside_then(rt, loaded, tiny.current_snapshot(), at(moment))]
        for moment in ("03-01 12:00", "03-03 00:00", "03-06 00:00", "03-09 00:00")
    }
    assert planned == {"03-01 12:00": [], "03-03 00:00": [50_00], "03-06 00:00": [30_00], "03-09 00:00": []}


def test_what_applies_itself_and_what_is_planned_stand_in_the_money(tiny: Runtime) -> None:
    """Of 5 pieces set aside 2 are used; of the applied plan 30.00 are still to be given."""
    aside = [
        SetAside("burst-1", "hello-burst-1", "open", at("03-04 00:00"), 3, 30_00),
        SetAside("burst-1", "hello-burst-1", "spent", at("03-04 00:00"), 2, 18_00),
        SetAside("burst-2", "hello-burst-2", "planned", None, 3, 30_00),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.measuring.metrics.set_aside_then", lambda *_: aside)
        loaded = tiny.load_calendar("tiny")
        names = ("benefit_money", "benefit_money_reserved")
        found = compute_loaded(tiny, loaded, Asked(names, AS_OF)).figures
        waves = compute_loaded(tiny, loaded, Asked(names[1:], AS_OF, "wave")).figures
    money = {(row.metric, *row.part): row.numerator for row in found}
    assert money == {
        ("benefit_money", "waiting"): 20_00, ("benefit_money", "open"): 70_00, ("benefit_money", "spent"): 78_00,
        ("benefit_money", "released"): 20_00, ("benefit_money", "planned"): 30_00,
        ("benefit_money_reserved",): 188_00,
    }  # fmt: skip
    assert {row.key: row.numerator for row in waves} == {"wave-1": 128_00, "wave-2": 60_00}


def test_absent_is_never_zero(tiny: Runtime) -> None:
    assert one(tiny, "delivered") == "receipts"
    assert one(tiny, "claimed") == "events.benefit"
    assert one(tiny, "group_members") == "contact_points"

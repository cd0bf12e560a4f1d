"""Who may have a benefit and when: real decisions over facts, each line of the rules by its own figures (A3)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml

from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from warehouse.snapshots.snapshot import Snapshot

from .giving import bound, build, decide, moment

MEMBERS = """\
member_id,joined_at,left_at,birth_on,join_source
gift-day,2021-10-15 09:00,,1990-10-15,
no-order,2021-10-15 09:00,,1990-10-02,
unborn,2021-10-15 09:00,,,
leap,2020-01-01 09:00,,1992-02-29,
old,2019-05-01 09:00,,1990-05-05,
late,2021-11-02 00:00,,1990-05-05,
last-second,2021-10-31 23:59:59,,1990-05-05,
stranger,,,1990-05-05,
undated,,,1990-05-05,live room
again,2019-01-01 09:00,,1990-05-05,
september,2019-01-01 09:00,,1990-05-05,
owing,2019-01-01 09:00,,1990-05-05,
rich,2019-01-01 09:00,,1990-05-05,
nearly,2019-01-01 09:00,,1990-05-05,
gave-back,2019-01-01 09:00,,1990-05-05,
two-days,2019-01-01 09:00,,1990-05-05,
back,2021-10-20 09:00,2021-10-10 09:00,1990-05-05,
"""
ORDERS = """\
order_id,member_id,ordered_at,paid_at,amount,refunded,refunded_at,deposit,deposit_paid_at,balance_from,balance_until
o1,gift-day,2021-09-05 10:00,2021-09-05 10:00,100,,,,,,
o2,september,2021-09-05 10:00,2021-09-05 10:00,100,,,,,,
o3,again,2021-11-02 10:00,2021-11-02 10:00,100,,,,,,
o4,owing,2021-10-22 10:00,,300,,,50,2021-10-22 10:00,2021-11-01 00:30,2021-11-03 23:59:59
o5,rich,2021-11-01 10:00,2021-11-01 10:00,800,,,,,,
o6,rich,2021-11-02 10:00,2021-11-02 10:00,400,,,,,,
o7,nearly,2021-11-01 10:00,2021-11-01 10:00,800,,,,,,
o8,nearly,2021-11-02 10:00,2021-11-02 10:00,399.99,,,,,,
o9,gave-back,2021-11-01 10:00,2021-11-01 10:00,1250,100,2021-11-02 10:00,,,,
o10,two-days,2021-11-10 10:00,2021-11-10 10:00,700,,,,,,
o11,two-days,2021-11-11 08:00,2021-11-11 08:00,600,,,,,,
o12,stranger,2021-11-02 10:00,2021-11-02 10:00,100,,,,,,
"""
CONTACT_POINTS = """\
member_id,channel,address,consented_at,group_id,bound_at,unbound_at
stranger,mail,a@example.com,2019-01-01 00:00,,,
undated,mail,b@example.com,2019-01-01 00:00,,,
late,mail,c@example.com,2019-01-01 00:00,,,
old,fans,,,g1,2021-01-01 00:00,
rich,fans,,,g1,2021-01-01 00:00,2021-10-17 10:00
again,fans,,,g1,2021-10-17 10:01,
leap,others,,,g9,2021-01-01 00:00,
"""
TABLES = {"members": MEMBERS, "orders": ORDERS, "contact_points": CONTACT_POINTS}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return build(tmp_path_factory.mktemp("shop"), TABLES)


def reached(snapshot: Snapshot, loaded: LoadedCalendar, at: str, *members: str) -> set[str]:
    told = decide(snapshot, loaded, at)
    return {member for member in members or told if told[member][0] == "chosen"}


GIFT = {"item": "cake"}


def test_a_birthday_gift_asks_for_the_month_and_an_order(snapshot: Snapshot) -> None:
    told = decide(snapshot, bound({"kind": "birthday_gift", **GIFT}), "2021-10-17 10:00")
    assert told["gift-day"][0] == "chosen"
    assert told["no-order"][1:3] == ("benefit_condition", "it:benefit_condition:orders")
    assert told["unborn"][1:3] == ("benefit_unknown", "it:benefit_unknown:birth_on")
    assert told["old"][1:3] == ("benefit_condition", "it:benefit_condition:birthday")
    assert told["stranger"][1:3] == ("benefit_condition", "it:benefit_condition:joined")
    free = bound({"kind": "birthday_gift", **GIFT, "needs_order": False})
    assert reached(snapshot, free, "2021-10-17 10:00") == {"gift-day", "no-order"}


def test_who_was_born_on_29_february_has_it_in_february(snapshot: Snapshot) -> None:
    loaded = bound({"kind": "birthday_gift", **GIFT, "needs_order": False})
    assert reached(snapshot, loaded, "2021-10-17 10:00", "leap") == set()
    told = decide(snapshot, with_phase(loaded, {"early": ("2021-02-01", "2021-02-28")}), "2021-02-28 10:00")
    assert told["leap"][0] == "chosen"


def with_phase(loaded: LoadedCalendar, moved: Mapping[str, tuple[str, str]]) -> LoadedCalendar:
    """The same benefit with other windows of the phases."""
    written = yaml.safe_load(loaded.text)
    for phase in written["phases"]:
        if phase["id"] in moved:
            phase["window"] = dict(zip(("from", "to"), moved[phase["id"]], strict=True))
    calendar = load_calendar(yaml.safe_dump(written), "cal.yaml")
    assert calendar.model is not None
    return bind(calendar, loaded.store)


def test_a_buy_back_gift_follows_orders_since_the_sale_began(snapshot: Snapshot) -> None:
    loaded = bound({"kind": "buyback_gift", **GIFT})
    told = decide(snapshot, loaded, "2021-11-05 10:00")
    assert told["september"][1:3] == ("benefit_condition", "it:benefit_condition:after_orders")
    assert told["again"][0] == "chosen"
    assert told["owing"][2] == "it:benefit_condition:after_orders", "a deposit is no order yet"
    assert reached(snapshot, loaded, "2021-11-02 09:00", "again") == set(), "before its order"
    since = bound({"kind": "buyback_gift", **GIFT, "since": "2021-09-01"})
    assert reached(snapshot, since, "2021-11-05 10:00", "again", "september") == {"again", "september"}
    twice = bound({"kind": "buyback_gift", **GIFT, "after_orders": 2})
    assert reached(snapshot, twice, "2021-11-05 10:00", "again", "rich") == {"rich"}


def test_a_challenge_is_for_those_who_have_not_reached_it(snapshot: Snapshot) -> None:
    loaded = bound({"kind": "challenge", **GIFT, "spend": 1_200})
    told = decide(snapshot, loaded, "2021-11-05 10:00")
    assert told["rich"][1:3] == ("benefit_condition", "it:benefit_condition:reached")
    assert told["nearly"][0] == "chosen", "1,199.99"
    assert told["gave-back"][0] == "chosen", "1,250.00 less 100.00"
    assert reached(snapshot, loaded, "2021-11-01 23:00", "gave-back") == set(), "before the refund"
    assert reached(snapshot, loaded, "2021-11-12 10:00", "two-days") == set(), "1,300.00 in all"
    daily = bound({"kind": "challenge", **GIFT, "spend": 1_200, "period": "day"})
    assert reached(snapshot, daily, "2021-11-11 20:00", "two-days") == {"two-days"}, "700.00 and 600.00 on two days"
    later = bound({"kind": "challenge", **GIFT, "spend": 1_200, "from": "2021-11-02"})
    assert reached(snapshot, later, "2021-11-05 10:00", "rich") == {"rich"}, "400.00 since then"


def test_a_store_that_is_not_admitted_invites_nobody_to_a_challenge(snapshot: Snapshot) -> None:
    loaded = bound({"kind": "challenge", **GIFT, "spend": 1_200}, {"admitted_to": []})
    assert {row[1] for row in decide(snapshot, loaded, "2021-11-05 10:00").values()} == {"not_admitted"}


NEW = {"kind": "new_member_coupon", "value": 10, "offered": {"from": "2021-10-01", "to": "2021-10-31"}}


def test_new_members_joined_while_it_was_on_offer_or_may_still_join(snapshot: Snapshot) -> None:
    told = decide(snapshot, bound({**NEW, "offered": {"from": "2021-10-01", "to": "2021-11-01"}}), "2021-11-01 10:00")
    assert told["last-second"][0] == "chosen"
    assert told["gift-day"][0] == "chosen"
    assert told["old"][1:3] == ("benefit_condition", "it:benefit_condition:joined")
    assert told["undated"][1:3] == ("benefit_unknown", "it:benefit_unknown:joined_at")
    assert told["stranger"][0] == "chosen", "invited to join"
    assert told["late"][0] == "chosen", "joins tomorrow, nobody knows that today"
    after = bound({**NEW, "offered": {"from": "2021-10-01", "to": "2021-11-01"}})
    assert {row[1] for row in decide(snapshot, after, "2021-11-02 10:00").values()} == {"benefit_window"}
    joined_late = bound({**NEW, "offered": {"from": "2021-10-01", "to": "2021-11-12"}})
    assert reached(snapshot, joined_late, "2021-11-03 10:00", "late", "last-second") == {"late", "last-second"}


@pytest.mark.parametrize(
    "kind",
    [
        {"kind": "new_member_coupon", "value": 10},
        {"kind": "new_member_gift", "item": "tea"},
        {"kind": "new_member_pack", "coupons": [{"value": 5}]},
    ],
)
def test_a_new_member_benefit_is_had_within_a_time_of_joining(snapshot: Snapshot, kind: Mapping[str, object]) -> None:
    wide = {**kind, "offered": {"from": "2021-10-01", "to": "2021-11-12"}}
    told = decide(snapshot, bound({**wide, "within": "7d"}), "2021-11-05 10:00")
    assert told["gift-day"][2] == "it:benefit_condition:within"
    assert told["late"][0] == "chosen"
    assert reached(snapshot, bound(wide), "2021-11-05 10:00", "gift-day", "late") == {"gift-day", "late"}


def test_a_threshold_of_the_store_says_who_is_invited(snapshot: Snapshot) -> None:
    wide = {**NEW, "offered": {"from": "2021-10-01", "to": "2021-11-12"}}
    loaded = bound(wide, {"join_threshold": {"orders": 1}})
    assert reached(snapshot, loaded, "2021-11-01 10:00", "stranger") == set()
    assert reached(snapshot, loaded, "2021-11-05 10:00", "stranger") == {"stranger"}, "has bought since"


@pytest.mark.parametrize("definition", ["1.0", "2.0", "3.0"])
def test_member_benefits_want_members_whatever_the_definition(snapshot: Snapshot, definition: str) -> None:
    loaded = bound({"kind": "member_coupon", "value": 5}, {"member_definition": definition})
    told = decide(snapshot, loaded, "2021-11-05 10:00")
    assert told["stranger"][1:3] == ("benefit_condition", "it:benefit_condition:joined"), "bought, and never joined"
    assert told["september"][0] == "chosen"
    service = bound({"kind": "service", "offers": "after_sales"}, {"member_definition": definition})
    assert reached(snapshot, service, "2021-11-05 10:00", "stranger") == {"stranger"}


def test_a_balance_coupon_asks_for_a_deposit(snapshot: Snapshot) -> None:
    kind = {"kind": "points_final_payment_coupon", "value": 5, "points": 1}
    told = decide(snapshot, bound(kind), "2021-10-25 10:00")
    assert told["owing"][0] == "chosen"
    assert told["old"][1:3] == ("benefit_condition", "it:benefit_condition:deposit")
    assert reached(snapshot, bound(kind), "2021-10-21 10:00", "owing") == set(), "before the deposit"
    assert reached(snapshot, bound(kind), "2021-11-05 10:00", "owing") == set(), "forfeited"
    assert reached(snapshot, bound({**kind, "before_deposit": True}), "2021-10-21 10:00", "owing", "old") == {
        "owing",
        "old",
    }


EARLY_BIRD = {
    "kind": "early_bird_price",
    "rate": 0.9,
    "days": ["2021-11-01", "2021-11-02", "2021-11-03", "2021-11-11"],
}


@pytest.mark.parametrize(
    ("at", "given"),
    [
        ("2021-10-31 21:00", False),
        ("2021-11-01 00:00", True),
        ("2021-11-03 23:59:59", True),
        ("2021-11-04 00:00", False),
        ("2021-11-11 10:00", True),
    ],
)
def test_an_early_bird_is_given_on_its_days(snapshot: Snapshot, at: str, given: bool) -> None:
    told = decide(snapshot, bound(EARLY_BIRD), at)["old"]
    assert (told[0] == "chosen", told[1]) == (given, None if given else "benefit_window")


def test_an_early_bird_on_offer_earlier_is_given_from_then_on(snapshot: Snapshot) -> None:
    loaded = bound({**EARLY_BIRD, "offered": {"from": "2021-10-25"}})
    assert reached(snapshot, loaded, "2021-10-24 10:00", "old") == set()
    assert reached(snapshot, loaded, "2021-10-25 00:00", "old") == {"old"}
    assert reached(snapshot, loaded, "2021-11-04 10:00", "old") == {"old"}


def test_nothing_is_given_outside_its_window_or_after_its_validity(snapshot: Snapshot) -> None:
    loaded = bound({"kind": "member_coupon", "value": 5, "offered": {"from": "2021-10-05", "to": "2021-10-10 12:00"}})
    for at, expected in (
        ("2021-10-04 23:59:59", "benefit_window"), ("2021-10-05 00:00", None), ("2021-10-10 12:00", None),
        ("2021-10-10 12:00:01", "benefit_window"),
    ):  # fmt: skip
        assert decide(snapshot, loaded, at)["old"][1] == expected, at
    over = bound({"kind": "member_coupon", "value": 5, "valid": {"from": "2021-10-01", "to": "2021-10-10"}})
    assert decide(snapshot, over, "2021-10-10 23:59:59")["old"][0] == "chosen"
    assert decide(snapshot, over, "2021-10-11 00:00")["old"][1] == "benefit_window"


def test_priority_purchase_is_for_tiers_with_a_window_until_it_closes(snapshot: Snapshot) -> None:
    right = {
        "kind": "member_presale_right",
        "item": "tea",
        "windows": [{"tier": "gold", "opens_at": "2021-11-06"}],
        "closes_at": "2021-11-08 10:00",
    }
    told = decide(snapshot, bound(right), "2021-11-05 10:00")
    assert told["rich"][0] == "chosen", "spent 1,200.00: gold; told before it opens"
    assert told["old"][1:3] == ("benefit_tier", "it:benefit_tier")
    assert decide(snapshot, bound(right), "2021-11-08 09:59:59")["rich"][0] == "chosen"
    assert decide(snapshot, bound(right), "2021-11-08 10:00")["rich"][1] == "benefit_window"


def test_a_presale_gift_is_given_in_a_presale_only(snapshot: Snapshot) -> None:
    gift = {"kind": "member_extra_gift", **GIFT, "amount": 300, "stock": 50}
    presale = bound({**gift, "sale": "presale"})
    assert decide(snapshot, presale, "2021-10-10 10:00")["old"][1] == "benefit_window"
    assert decide(snapshot, presale, "2021-10-25 10:00")["old"][1] is None
    assert decide(snapshot, presale, "2021-11-02 10:00")["old"][1] == "benefit_window"
    assert reached(snapshot, bound(gift), "2021-11-02 10:00", "old") == {"old"}


OFFER = {
    "kind": "timed_offer", "item": "tea", "price": 9, "unit_cost": 1, "stock": 99, "delivery": "claim",
    "offered": {"from": "2021-10-17 10:00", "to": "2021-10-17 10:59:59"},
}  # fmt: skip


def test_a_play_of_a_group_is_for_those_who_are_in_it(snapshot: Snapshot, poor: Snapshot) -> None:
    fans = bound({**OFFER, "group": "fans"})
    told = decide(snapshot, fans, "2021-10-17 10:00")
    assert {member for member in told if told[member][0] == "chosen"} == {"old"}
    assert told["rich"][1:3] == ("benefit_condition", "it:benefit_condition:group"), "left at that second"
    assert told["again"][1:3] == told["leap"][1:3] == told["rich"][1:3]
    assert "leap" in reached(snapshot, bound(OFFER), "2021-10-17 10:00"), "for every member"
    assert reached(snapshot, fans, "2021-10-17 11:00") == set(), "over"
    assert reached(poor, fans, "2021-10-17 10:00"), "left to the platform where no source knows"


def test_conditions_lie_before_the_hold_out(snapshot: Snapshot) -> None:
    """Nobody is held out, or counts as treated, whom a fact keeps from every benefit of the play."""
    loaded = bound({"kind": "buyback_gift", **GIFT}, holdout="50%")
    told = decide(snapshot, loaded, "2021-11-05 10:00")
    fit = {"again", "rich", "nearly", "gave-back"}
    assert {member for member, row in told.items() if row[3] is not None} == fit
    assert {row[0] for member, row in told.items() if member not in fit} == {"excluded"}


def test_a_second_benefit_is_given_to_whom_the_first_one_is_not_for(snapshot: Snapshot) -> None:
    written = yaml.safe_load(bound({"kind": "buyback_gift", **GIFT}).text)
    written["benefits"]["other"] = {"kind": "member_coupon", "value": 5}
    for phase in written["phases"]:
        phase["plays"][0]["benefits"] = ["it", "other"]
    calendar = load_calendar(yaml.safe_dump(written), "cal.yaml")
    loaded = bind(calendar, bound({"kind": "service", "offers": "other"}).store)
    told = decide(snapshot, loaded, "2021-11-05 10:00")
    assert told["september"][0] == told["again"][0] == "chosen"
    assert told["september"][2] == "it:benefit_condition:after_orders"
    assert told["stranger"][1:3] == (
        "benefit_condition",
        "it:benefit_condition:joined > other:benefit_condition:joined",
    )


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A source that knows who buys and when, and neither when they joined nor when they were born."""
    buyers = "member_id\nann\nben\n"
    orders = "order_id,member_id,ordered_at,paid_at,amount\no1,ann,2021-11-02 10:00,2021-11-02 10:00,100\n"
    points = "member_id,channel,address,consented_at\n"
    points += "".join(f"{name},mail,{name}@example.com,2019-01-01 00:00\n" for name in ("ann", "ben"))
    return build(tmp_path_factory.mktemp("poor"), {"members": buyers, "orders": orders, "contact_points": points})


def test_what_the_platform_keeps_is_left_to_it_where_no_source_knows(poor: Snapshot) -> None:
    assert reached(poor, bound({"kind": "member_coupon", "value": 5}), "2021-11-05 10:00") == {"ann", "ben"}
    balance = bound({"kind": "points_final_payment_coupon", "value": 5, "points": 1})
    assert reached(poor, balance, "2021-10-25 10:00") == {"ann", "ben"}
    buyback = bound({"kind": "buyback_gift", **GIFT})
    assert reached(poor, buyback, "2021-11-05 10:00") == {"ann"}, "what is known is asked about"


def test_what_nobody_else_keeps_is_given_to_nobody(poor: Snapshot) -> None:
    told = decide(poor, bound({"kind": "birthday_gift", **GIFT, "needs_order": False}), "2021-10-17 10:00")
    assert {row[:2] for row in told.values()} == {("excluded", "benefit_condition")}


def test_who_left_and_joined_again_is_a_member_and_no_new_one(snapshot: Snapshot) -> None:
    wide = {**NEW, "offered": {"from": "2021-10-01", "to": "2021-11-12"}}
    told = decide(snapshot, bound(wide), "2021-11-05 10:00")
    assert told["back"][1:3] == ("benefit_condition", "it:benefit_condition:first_time")
    assert reached(snapshot, bound({**wide, "rejoin": True}), "2021-11-05 10:00", "back", "gift-day") == {
        "back",
        "gift-day",
    }
    coupon = bound({"kind": "member_coupon", "value": 5})
    assert decide(snapshot, coupon, "2021-11-05 10:00")["back"][0] == "chosen"
    assert decide(snapshot, coupon, "2021-10-15 10:00")["back"][1] == "left", "away from 10 to 20 October"


@pytest.mark.parametrize(
    "kind",
    [
        {"kind": "new_member_gift", "item": "tea"},
        {"kind": "new_member_pack", "coupons": [{"value": 5}]},
    ],
)
def test_each_kind_for_new_members_may_let_in_who_comes_back(snapshot: Snapshot, kind: Mapping[str, object]) -> None:
    wide = {**kind, "offered": {"from": "2021-10-01", "to": "2021-11-12"}}
    assert reached(snapshot, bound(wide), "2021-11-05 10:00", "back") == set()
    assert reached(snapshot, bound({**wide, "rejoin": True}), "2021-11-05 10:00", "back") == {"back"}


@pytest.mark.parametrize("kind", [NEW, {"kind": "member_gift_001", "item": "tea", "stock": 99, "daily_cap": 99}])
def test_the_official_edition_recruits_buyers_only(snapshot: Snapshot, kind: Mapping[str, object]) -> None:
    wide = {**kind, "offered": {"from": "2021-10-01", "to": "2021-11-12"}}
    official = bound(wide, {"crm_edition": "official"})
    told = decide(snapshot, official, "2021-11-01 10:00")
    assert told["stranger"][1:3] == ("benefit_condition", "it:benefit_condition:buyer"), "buys tomorrow"
    assert told["gift-day"][0] == "chosen"
    assert reached(snapshot, official, "2021-11-05 10:00", "stranger") == {"stranger"}
    assert reached(snapshot, bound(wide), "2021-11-01 10:00", "stranger") == {"stranger"}


def test_a_person_has_one_birthday_gift_in_a_calendar_year(snapshot: Snapshot) -> None:
    loaded = bound({"kind": "birthday_gift", **GIFT})
    for given, reason in (
        ("2021-01-01 00:00", "benefit_limit"),
        ("2021-10-16 10:00", "benefit_limit"),
        ("2020-12-31 23:59", None),
        ("2022-01-01 00:00", None),
    ):
        told = decide(snapshot, loaded, "2021-10-17 10:00", birthdays=[("gift-day", moment(given))])
        assert told["gift-day"][1] == reason, given
    coupon = bound({"kind": "member_coupon", "value": 5})
    told = decide(snapshot, coupon, "2021-10-17 10:00", birthdays=[("gift-day", moment("2021-10-16"))])
    assert told["gift-day"][0] == "chosen"

"""A referral: who was given it uses its own coupon, whoever he brings the friend's; each at its cost (A3, R1)."""

from __future__ import annotations

from datetime import timedelta

from campaign_calendars.deciding.uses import UseRule
from warehouse.ledger.audit import platform_ids_read
from warehouse.ledger.records import PlatformId

from .cases import DAY, HOUR, T0, Shop

OWN, FRIEND, MOST = 1000, 800, 5
COSTS = (OWN, *[FRIEND] * MOST)
REFERRAL = UseRule("invite", "redemptions", COSTS, comes_back=True, off_basket=True, children=MOST)
WORST = sum(COSTS)


def shop_with(*parents: str) -> Shop:
    shop = Shop()
    for parent in parents:
        shop.grant(parent, "invite", WORST, costs=COSTS, valid=30 * DAY)
    return shop


def look(shop: Shop, at: timedelta = 10 * DAY) -> dict[tuple[str, str], tuple[int, int]]:
    shop.look(T0 + at, rules=[REFERRAL])
    return shop.sums()


def strays(shop: Shop) -> int:
    found = shop.look(T0 + 10 * DAY, rules=[REFERRAL]).strays
    return sum(one.pieces for one in found.values())


def test_the_known_answer_of_a_hundred_parents() -> None:
    """37 parents use their coupon, 30 friends theirs: 370.00 + 240.00."""
    shop = shop_with(*(f"p{n}" for n in range(100)))
    for n in range(37):
        shop.redeem(f"p{n}", "invite", T0 + DAY)
    for n in range(30):
        shop.bring(f"p{n * 3}", f"f{n}", T0 + HOUR)
        shop.redeem(f"f{n}", "invite", T0 + 2 * DAY)
    look(shop)
    spent = sum(cents for (_, state), (_, cents) in look(shop).items() if state == "spent")
    assert spent == 37 * OWN + 30 * FRIEND == 61_000
    assert strays(shop) == 0


def test_no_more_friends_than_one_grant_may_bring() -> None:
    """`max_children`: what is used beyond it is charged to no grant."""
    shop = shop_with("p")
    for n in range(MOST + 2):
        shop.bring("p", f"f{n}", T0 + HOUR)
        shop.redeem(f"f{n}", "invite", T0 + DAY + n * HOUR)
    assert look(shop)["invite", "spent"][1] == MOST * FRIEND
    assert strays(shop) == 2
    shop.redeem("p", "invite", T0 + 3 * DAY)
    assert look(shop)["invite", "spent"] == (1, WORST), "the parent's own coupon is still there"


def test_a_friend_had_not_joined_and_is_somebody_else() -> None:
    shop = shop_with("p")
    shop.bring("p", "old", T0 + HOUR, joined=T0 - DAY)
    shop.bring("p", "p", T0 + HOUR)
    shop.bring("stranger", "of-a-stranger", T0 + HOUR)
    shop.bring("p", "before-the-grant", T0 - HOUR)
    shop.bring("p", "new", T0 + HOUR, joined=T0 + 2 * HOUR)
    for member in ("old", "of-a-stranger", "before-the-grant", "new", "nobody-brought-him"):
        shop.redeem(member, "invite", T0 + DAY)
    assert look(shop)["invite", "spent"][1] == FRIEND
    assert strays(shop) == 4


def test_the_id_of_the_platform_tells_the_role() -> None:
    shop = shop_with("p", "q")
    ids = [PlatformId("c", "invite", part, f"id-{part}", T0) for part in ("parent", "child")]
    shop.ledger.set_platform_ids(ids, platform_ids_read("c", "ids.xlsx", 2, "li", T0))
    shop.bring("p", "q", T0 + HOUR)
    shop.redeem("q", "id-child", T0 + DAY)
    assert look(shop)["invite", "spent"][1] == FRIEND, "q has a coupon of his own, and uses the one p passed on"
    shop.redeem("q", "id-parent", T0 + DAY)
    assert look(shop)["invite", "spent"][1] == FRIEND + OWN
    shop.redeem("p", "id-child", T0 + DAY)
    assert strays(shop) == 1, "nobody passed one on to p"


def test_what_friends_left_comes_back_with_the_end() -> None:
    shop = shop_with("p")
    shop.bring("p", "f", T0 + HOUR)
    shop.redeem("f", "invite", T0 + DAY)
    assert look(shop)["invite", "open"][1] == WORST - FRIEND
    assert ("invite", "open") not in look(shop, 40 * DAY)
    assert look(shop, 40 * DAY)["invite", "spent"][1] == FRIEND

"""Keys that decide what is refused or warned of before anything runs: with one value it is found, with another not."""

from __future__ import annotations

import pytest

from .examples import CALENDAR, STORE, problems_of

TEA = "prices: {{tea: {{history: [{history}], planned: [{planned}]}}}}\n"
PAST, NOW = "on: 2026-03-01, list: 99, after_coupon: 89", "phase: burst, list: 99, after_coupon: 95"
GROUP = "channels: {{sms: {{consent: required}}, push: {{kind: group, consent: implied, group: {{{}}}}}}}\n"
TAGS = "channels: {{sms: {{{}consent: required}}, push: {{consent: implied}}}}\naudiences: {{everybody: {}}}\n"
TWO_TAGS = "has_tag('tea') or has_tag('wine')"
COUPONS = (
    "benefits:\n  shop: {{kind: store_coupon, threshold: 199, value: 20}}\n"
    "  c: {{kind: member_coupon, threshold: 299, value: 40{}}}\n"
)
PLAY = (
    "phases:\n  - id: burst\n    kind: burst\n    window: {{from: D-3, to: D}}\n    plays:\n"
    "      - {{id: p, audience: everybody, {}}}\n"
)
GOODS = "lists: {{d: {{{}, items: [{{item: '1', title: 龙井, link: 'https://shop.cn/1'{}}}]}}}}\n"
CART = PLAY.format("channels: [push], trigger: {event: fitting}, message: m.txt")
SHOWN = PLAY.format("positions: [home_page], displays: {home_page: {copy: 入会领券, picture: 702x110}}")


def priced(history: str = PAST, planned: str = NOW, more: str = "") -> str:
    return TEA.format(history="{" + history + "}", planned="{" + planned + "}") + more


def codes(patch: str) -> set[str]:
    return {problem.code for problem in problems_of(patch)}


ADMITTED = """\
admitted_to: [{{plan: challenge, from: {}}}]
benefits: {{c: {{kind: challenge, item: box, spend: 500, unit_cost: 30}}}}
"""
BOUGHT = """\
crm_edition: official
crm_edition_from: {{{}: custom}}
benefits: {{c: {{kind: referral, threshold: 79, value: 8, child_value: 8}}}}
"""


@pytest.mark.parametrize(
    ("key", "code", "found", "passed"),
    [
        ("prices", "C196", priced(), ""),
        ("look_back", "C196", priced(), priced(more="price_rule: {look_back: 2d}\n")),
        ("price_rule", "C196", priced(), priced(more="price_rule: {look_back: 2d}\n")),
        ("below", "C196", priced(planned="phase: burst, list: 95", more="price_rule: {below: 10%}\n"),
         priced(planned="phase: burst, list: 95")),
        ("history", "C197", "prices: {tea: {planned: [{phase: burst, list: 99}]}}\n", priced()),
        ("planned", "C196", priced(), priced(planned="phase: burst, list: 90")),
        ("on", "C196", priced(), priced(history="on: 2026-01-01, list: 99, after_coupon: 89")),
        ("list", "C196", priced(planned="phase: burst, list: 100"), priced(planned="phase: burst, list: 99")),
        ("after_coupon", "C196", priced(), priced(planned="phase: burst, list: 99, after_coupon: 89")),
        ("through", "C196", priced(), priced(history=f"{PAST}, through: member_coupon")),
        ("counts", "C196", priced(), priced(history=f"{PAST}, counts: false")),
        ("phase", "C198", priced(planned="phase: brust, list: 99"), priced(planned="phase: burst, list: 99")),
        ("beats", "C160", COUPONS.format(", beats: shop"), COUPONS.format("")),
        ("exposed_in", "C175", "benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}\n",
         "benefits: {c: {kind: member_coupon, value: 5}}\n"),
        ("nature", "C166", "", "benefits: {c: {kind: member_coupon, value: 5, nature: non_price}}\n"),
        ("admitted_to", "C165", "benefits: {c: {kind: challenge, item: box, spend: 500, unit_cost: 30}}\n",
         "admitted_to: [challenge]\nbenefits: {c: {kind: challenge, item: box, spend: 500, unit_cost: 30}}\n"),
        ("event_kinds", "C243", CART, CART + "event_kinds: [fitting]\n"),
        ("from", "C165", ADMITTED.format("2030-01-01"), ADMITTED.format("2026-03-08")),
        ("crm_edition_from", "C220", BOUGHT.format("2030-01-01"), BOUGHT.format("2026-03-01")),
        ("crm_edition", "C220",
         "crm_edition: official\nbenefits: {c: {kind: referral, threshold: 79, value: 8, child_value: 8}}\n",
         "benefits: {c: {kind: referral, threshold: 79, value: 8, child_value: 8}}\n"),
        ("category", "C222",
         "category: standard\nbenefits: {c: {kind: member_gift_001, item: n, unit_cost: 3, stock: 10, daily_cap: 5}}\n",
         "benefits: {c: {kind: member_gift_001, item: n, unit_cost: 3, stock: 10, daily_cap: 5}}\n"),
        ("max_tags", "C209", TAGS.format("max_tags: 1, ", TWO_TAGS), TAGS.format("", TWO_TAGS)),
        ("count", "C225", GROUP.format("kind: member, count: 4"), ""),
        ("kind", "C202", GROUP.format("kind: flash"), GROUP.format("kind: ordinary")),
        ("capacity", "C202", GROUP.format("kind: ordinary, capacity: 1000001"), GROUP.format("kind: ordinary")),
        ("ends_on", "C203", GROUP.format("kind: flash, ends_on: 2026-03-06"),
         GROUP.format("kind: flash, ends_on: 2026-03-07")),
        ("ready_from", "C200",
         "channels: {sms: {kind: sms, consent: required, ready_from: 2026-03-09}, push: {consent: implied}}\n", ""),
        ("applied_on", "C201",
         "channels: {sms: {kind: sms, consent: required, applied_on: 2026-02-10}, push: {consent: implied}}\n", ""),
        ("domain", "C175", "benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}\n",
         ("positions: {home_page: {domain: public}}\n"
         "benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}\n")),
        ("domain", "C175",
         "benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}\n",
         ("channels: {sms: {consent: required}, push: {consent: implied, domain: public}}\n"
         "benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}\n")),
        ("stage", "C621", GOODS.format("stage: presale", ""), GOODS.format("stage: presale", ", stage: presale")),
        ("stage", "C621", GOODS.format("stage: presale", ""), GOODS.format("stage: in_stock", "")),
        ("max_copy", "C206", "positions: {home_page: {max_copy: 3}}\n" + SHOWN, SHOWN),
        ("picture", "C206", "positions: {home_page: {picture: 750x200}}\n" + SHOWN, SHOWN),
        ("copy", "C206", "positions: {home_page: {max_copy: 3}}\n" + SHOWN,
         "positions: {home_page: {max_copy: 3}}\n" + SHOWN.replace("入会领券", "领券")),
        ("needs", "C207", "positions: {home_page: {needs: [member_presale_right]}}\n", ""),
        ("needs_content", "C223", "positions: {home_page: {needs_content: true}}\n", ""),
        ("member_module", "C224", "positions: {home_page: {member_module: true}}\n" + SHOWN, SHOWN),
        ("spend", "C150", "tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 9}, {id: top, spend: 9}]}\n",
         "tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 9}, {id: top, spend: 10}]}\n"),
    ],
)  # fmt: skip
def test_a_key_decides_what_is_found(key: str, code: str, found: str, passed: str) -> None:
    assert key in found + passed or key in CALENDAR + STORE, "the pair tries another key"
    assert code in codes(found)
    assert code not in codes(passed)


def test_the_reason_of_a_measure_stands_in_its_warning() -> None:
    """And without one the warning names the moments alone."""
    closed = "restrictions: [{{channels: [sms], from: 2026-03-07, to: 2026-03-08{}}}]\n"
    said = [
        next(one.message for one in problems_of(closed.format(more)) if one.code == "C210")
        for more in ("", ", reason: too many complaints")
    ]
    assert said[1] == f"{said[0]}: too many complaints"

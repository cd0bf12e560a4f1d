"""Positions and editions: who sees the member module, what the subscription tab needs, what a store may do."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.checks.positions import module_shows
from campaign_calendars.values.scalars import parse_duration

from .examples import CALENDAR, STORE, patched, problems_of
from .test_checks import codes

KINDS = {
    "member_presale_right": "item: box, windows: [{tier: basic, opens_at: D-3 10:00}]",
    "member_coupon": "threshold: 199, value: 30",
    "member_extra_gift": "items: 2, item: bag, unit_cost: 3, stock: 10",
    "new_member_pack": "coupons: [{threshold: 99, value: 5}]",
}
TAB = """\
positions:
  subscription:
    needs: [member_tab, member_presale_right, member_coupon, member_extra_gift, new_member_pack]
    needs_content: true
  member_tab: {}
"""


def subscription(kinds: dict[str, str], positions: str, copy: str = "入会领礼包") -> set[str]:
    benefits = "".join(f"  {kind.replace('_', '-')}: {{kind: {kind}, {keys}}}\n" for kind, keys in kinds.items())
    given = ", ".join(kind.replace("_", "-") for kind in kinds)
    return codes(
        problems_of(
            f"{TAB}benefits:\n{benefits}audiences: {{everybody: joined_in_campaign}}\n"
            "phases:\n  - id: burst\n    kind: burst\n    window: {from: D-3, to: D}\n    plays:\n"
            f"      - id: p\n        audience: everybody\n        benefits: [{given}]\n        positions: {positions}\n"
            f"        displays: {{subscription: {{copy: '{copy}'}}}}\n"
        )
    )


def test_the_subscription_tab_shows_with_all_five_kinds_and_its_content() -> None:
    assert not subscription(KINDS, "[subscription, member_tab]") & {"C207", "C208", "C223"}
    assert "C207" in subscription(KINDS, "[subscription]")
    assert "C223" in subscription(KINDS, "[subscription, member_tab]", copy="")


@pytest.mark.parametrize("missing", KINDS)
def test_the_subscription_tab_stays_empty_without_any_one_of_them(missing: str) -> None:
    kinds = {kind: keys for kind, keys in KINDS.items() if kind != missing}
    assert "C207" in subscription(kinds, "[subscription, member_tab]")


@pytest.mark.parametrize("is_member", [True, False])
@pytest.mark.parametrize("meets_threshold", [True, False])
@pytest.mark.parametrize("pack_is_online", [True, False])
def test_the_member_module_in_all_eight_cases(is_member: bool, meets_threshold: bool, pack_is_online: bool) -> None:
    shown = module_shows(is_member=is_member, meets_threshold=meets_threshold, pack_is_online=pack_is_online)
    if is_member:
        assert shown == "tier and points"
    elif meets_threshold and pack_is_online:
        assert shown == "invitation"
    else:
        assert shown == "nothing"


@pytest.mark.parametrize(
    ("edition", "audience", "benefit", "why"),
    [
        ("custom", "not joined", "new_member_coupon", None),
        ("custom", "joined and recency_days > 3", "new_member_coupon", "holds members only"),
        ("custom", "not joined", "member_coupon", "no new-member benefit"),
        ("official", "not joined and orders_total > 0", "new_member_coupon", None),
        ("official", "not joined and orders_total = 0", "new_member_coupon", "may join yet"),
    ],
)
def test_who_sees_the_words_of_the_member_module(edition: str, audience: str, benefit: str, why: str | None) -> None:
    found = [
        problem
        for problem in problems_of(
            f"""\
crm_edition: {edition}
positions: {{home_page: {{member_module: true}}}}
audiences: {{everybody: {audience}}}
benefits: {{c: {{kind: {benefit}, value: 5}}}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-3, to: D}}
    plays:
      - {{id: p, audience: everybody, benefits: [c], positions: [home_page], displays: {{home_page: {{copy: 入会}}}}}}
"""
        )
        if problem.code == "C224"
    ]
    assert [why is not None and why in problem.message for problem in found] == ([True] if why else [])


@pytest.mark.parametrize(
    ("audience", "is_wrong"),
    [
        ("not joined", True),
        ("not joined and orders_total >= 1", False),
        ("joined_in_campaign", False),
    ],
)
def test_the_official_edition_recruits_buyers_only(audience: str, is_wrong: bool) -> None:
    official = (
        f"crm_edition: official\naudiences: {{everybody: {audience}}}\n"
        "benefits: {c: {kind: new_member_coupon, value: 5}}\n"
    )
    telling = CALENDAR[CALENDAR.index("phases:") :].replace("benefits: [c]", "announces: [c]")
    for text in (official, official + telling):
        assert ("C220" in codes(problems_of(text))) == is_wrong


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ("", "365d"),
        ("category: fresh\n", "180d"),
        ("category: tea_wine_dairy\n", "365d"),
        ("category: fresh\nlifecycle: {lost: 300d}\n", "300d"),
    ],
)
def test_a_category_picks_the_lifecycle_unless_it_is_written(written: str, lost: str) -> None:
    store = load_store(patched(STORE, written)).model
    assert store is not None
    assert store.lifecycle.lost == parse_duration(lost)


def test_the_sources_of_a_project_are_unknown_without_one() -> None:
    assert "C221" in codes(problems_of("crm_edition: huiyuantong\n"))

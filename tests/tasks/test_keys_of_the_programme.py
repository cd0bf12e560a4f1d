"""Every key of the member programme reaches the features that audiences and decisions are made of."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.reading.loading import bind, load_calendar
from tasks.runtime import feature_params

CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
audiences: {all: joined}
phases:
  - {id: burst, kind: burst, window: {from: 2026-03-05, to: 2026-03-08}}
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000, orders: 9}]}
channels: {push: {consent: implied}}
"""
OTHERS = {
    "tiers": STORE.replace(
        "{window: 365d, levels: [{id: basic}, {id: gold, spend: 1000, orders: 9}]}",
        "{window: 365d, levels: [{id: basic}]}",
    ),
    "window": STORE.replace("365d", "180d"),
    "levels": STORE.replace(", {id: gold, spend: 1000, orders: 9}", ""),
    "id": STORE.replace("id: gold", "id: silver"),
    "spend": STORE.replace("spend: 1000", "spend: 1001"),
    "orders": STORE.replace("orders: 9", "orders: 8"),
    "mode": STORE.replace("tiers: {", "tiers: {mode: all_of, "),
    "member_definition": STORE + "member_definition: '1.0'\n",
    "category": STORE + "category: fresh\n",
    "lifecycle": STORE + "lifecycle: {core: 20d}\n",
    "core": STORE + "lifecycle: {core: 20d}\n",
    "potential": STORE + "lifecycle: {potential: 80d}\n",
    "ordinary": STORE + "lifecycle: {ordinary: 170d}\n",
    "lost": STORE + "lifecycle: {lost: 370d}\n",
    "by_category": STORE + "lifecycle: {by_category: {tea: {core: 20d}}}\n",
    "join_threshold": STORE + "join_threshold: {orders: 1}\n",
    "value_weights": STORE + "value_weights: {order: 11}\n",
    **{
        key: STORE + f"value_weights: {{{key}: 12}}\n"
        for key in ("order", "visit", "cart_add", "favourite", "sign_in", "interaction", "joined")
    },
}
JOINING = {
    "amount": ("{amount: 5}", "{amount: 6}"),
    "any_of": ("{amount: 5, orders: 1}", "{amount: 5, orders: 1, any_of: false}"),
}
SINCE = "applies: next_success, since: 2026-02-01, earlier: [{id: gold, spend: 500}]"


def read(store: str) -> object:
    calendar, loaded = load_calendar(CALENDAR, "c.yaml"), load_store(store)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    return feature_params(bind(calendar, loaded.model))


@pytest.mark.parametrize("key", OTHERS)
def test_a_key_of_the_programme_reaches_the_features(key: str) -> None:
    assert read(STORE) == read(STORE)
    assert read(OTHERS[key]) != read(STORE)


@pytest.mark.parametrize("key", JOINING)
def test_who_may_join_reaches_the_features(key: str) -> None:
    one, other = JOINING[key]
    assert read(f"{STORE}join_threshold: {one}\n") != read(f"{STORE}join_threshold: {other}\n")


@pytest.mark.parametrize("key", ["since: 2026-02-01", "earlier: [{id: gold, spend: 500}]", "applies: next_success"])
def test_changed_rules_reach_the_features(key: str) -> None:
    others = {
        "since": SINCE.replace("2026-02-01", "2026-02-02"),
        "earlier": SINCE.replace("spend: 500", "spend: 600"),
        "applies": SINCE.replace("next_success", "immediately"),
    }
    changed = STORE.replace("tiers: {", f"tiers: {{{SINCE}, ")
    assert key in SINCE
    assert read(changed) != read(STORE.replace("tiers: {", f"tiers: {{{others[key.split(':', maxsplit=1)[0]]}, "))

"""Expected responses: from calendar and store to the figures of an occurrence."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.expecting import objective_of, values_of
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar

CALENDAR = """\
calendar: small
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences: {everybody: joined, vip: tier = 'gold' and spend_365d > 5000}
benefits: {c: {kind: member_coupon, threshold: 199, value: 30}}
phases:
  - id: sale
    kind: burst
    window: {from: D-3, to: D}
    plays:
      - {id: p, audience: everybody, benefits: [c], channels: [sms], at: D-1 10:00, message: m.txt}
      - {id: q, audience: everybody, channels: [sms], at: D-1 15:00, message: m.txt}
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000}]}
channels: {sms: {consent: required, unit_cost: 0.05}}
"""
VALUES = """\
values:
  margin: 40%
  basket: 200
  baseline: 1%
  responses:
    - {benefit: c, segment: vip, response: 9%, without: 4%, source: experimental}
    - {benefit: c, phase: presale, response: 50%}
    - {benefit: c, response: 3%}
    - {benefit: c, segment: joined, response: 7%}
    - {response: 2%}
"""


def bound(values: str = VALUES, store: str = STORE) -> LoadedCalendar:
    calendar, shop = load_calendar(CALENDAR + values), load_store(store)
    assert shop.model is not None, shop.problems
    return bind(calendar, shop.model)


def briefs(loaded: LoadedCalendar) -> dict[str, Brief]:
    made = [make_brief(loaded.calendar, loaded.store, loaded.timeline, o) for o in loaded.timeline.occurrences]
    return {brief.play: brief for brief in made}


def test_figures_of_an_occurrence_in_order_up_to_the_one_for_everybody() -> None:
    expectation = briefs(bound())["p"].expectation
    assert expectation is not None
    vip, rest = expectation.responses
    assert (vip.response_ppm, vip.without_ppm, vip.cost_cents, vip.source) == (90_000, 40_000, 3000, "experimental")
    assert vip.segment is not None
    assert "spend_365d" in vip.segment
    assert (rest.segment, rest.response_ppm, rest.without_ppm, rest.source) == (None, 30_000, 10_000, "assumed")
    assert briefs(bound())["p"].columns >= {"tier", "spend_365d"}
    message = briefs(bound())["q"].expectation
    assert message is not None
    assert [(one.benefit, one.response_ppm) for one in message.responses] == [(None, 20_000)]


def test_a_phase_is_meant_by_its_id_or_its_kind() -> None:
    for name in ("sale", "burst"):
        expectation = briefs(bound(VALUES.replace("phase: presale", f"phase: {name}")))["p"].expectation
        assert expectation is not None
        assert expectation.responses[-1].response_ppm == 500_000


@pytest.mark.parametrize(
    "missing", ["  margin: 40%\n", "  basket: 200\n", "  baseline: 1%\n", "    - {response: 2%}\n"]
)
def test_with_a_figure_missing_priorities_count(missing: str) -> None:
    loaded = bound(VALUES.replace(missing, ""))
    assert objective_of(loaded.calendar, loaded.store) == "priority"
    assert briefs(loaded)["p"].expectation is None
    assert "C262" in {problem.code for problem in check(loaded)}
    assert objective_of(bound().calendar, bound().store) == "money"
    assert "C262" not in {problem.code for problem in check(bound())}


def test_the_calendar_stands_over_the_store() -> None:
    whole = bound("", STORE + VALUES.replace("segment: vip", "segment: tier = 'gold'"))
    assert objective_of(whole.calendar, whole.store) == "money"
    both = bound("values: {margin: 50%, responses: [{benefit: c, response: 5%}]}\n", STORE + VALUES)
    values = values_of(both.calendar, both.store)
    assert (values.margin, values.basket, values.baseline) == (5000, 20_000, 100)
    expectation = briefs(both)["p"].expectation
    assert expectation is not None
    assert [one.response_ppm for one in expectation.responses] == [50_000]


def test_the_share_that_explores_is_written_without_any_figures() -> None:
    loaded = bound("values: {explore: 2%}\n")
    assert briefs(loaded)["p"].explore_bp == 200
    assert objective_of(loaded.calendar, loaded.store) == "priority"
    assert "C262" not in {problem.code for problem in check(loaded)}

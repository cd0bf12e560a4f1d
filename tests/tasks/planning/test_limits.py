"""Limits of a calendar from its YAML to the plan, the run's file, its tables and the report, in both languages."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from campaign_calendars.deciding.certificate import Certificate, RowOfPlan
from campaign_calendars.deciding.words import asked_of, headline_of, worth_of
from campaign_calendars.findings.errors import UsageError
from flows.artifacts import certificate_rows
from tasks.planning.beside import try_changes
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.reporting.report import report
from tasks.running.phase import run_phase
from tasks.running.replay import moments
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"
LIMITS = """
limits:
  - {id: groups, share_at_least: 30%, of: {channels: [group]}}
  - {id: gold-gifts, at_least: 2, of: {benefits: [exchange-card], tiers: [gold]}}
  - {id: cheap, average_cost_at_most: 20.00}
  - {id: texts, of: {channels: [sms]}, per: phase}
"""


def limited(shop: Runtime, limits: str = LIMITS) -> None:
    path = shop.calendar_path(CALENDAR)
    path.write_text(path.read_text("utf-8") + limits, "utf-8")


def row(certificate: Certificate | None, name: str) -> RowOfPlan:
    assert certificate is not None
    return next(row for row in certificate.rows if row.name == name)


def test_limits_change_the_plan_and_stand_in_its_certificate(shop: Runtime, shop_plan: Plan) -> None:
    before = shop_plan
    limited(shop)
    after = plan(shop, CALENDAR)
    assert before.certificate is not None
    assert after.certificate is not None
    assert after.persons != before.persons
    assert after.certificate.value < before.certificate.value
    assert row(after.certificate, "limit groups").used >= 3000
    assert row(after.certificate, "limit gold-gifts").used >= 2
    assert row(after.certificate, "limit cheap").used <= 2000
    assert row(after.certificate, "limit texts burst").kind == "reported"
    tried = try_changes(shop, CALENDAR, ["limits.groups=off", "limits.cheap.average_cost_at_most=15"])
    now, without, cheaper, _ = tried.plans
    assert now.value is not None
    assert without.value is not None
    assert cheaper.value is not None
    assert cheaper.value <= now.value <= without.value


def test_limits_that_cannot_be_kept_are_named_before_anything_ran(shop: Runtime) -> None:
    limited(shop, "\nlimits: [{id: all-gold, at_least: 99999, of: {tiers: [gold]}}]\n")
    with pytest.raises(UsageError, match=r"limit all-gold \(at least 99,999\)") as raised:
        plan(shop, CALENDAR)
    assert "all-gold" in raised.value.text("zh")


def test_the_certificate_is_in_the_run_its_tables_and_the_report(shop: Runtime, tmp_path: Path) -> None:
    limited(shop)
    due = next(iter(moments(shop.load_calendar(CALENDAR))))
    at, phase = due.at, due.phase
    decided = run_phase(shop, CALENDAR, phase, at)
    assert decided is not None
    from campaign_calendars.deciding.intent import run_id
    from tasks.deciding.decisions import read_decision

    decision = read_decision(shop, run_id(CALENDAR, phase, at))
    assert decision is not None
    certificate = decision.certificate
    assert certificate is not None
    assert {"limit groups", "limit gold-gifts", "limit cheap"} <= {one.name for one in certificate.rows}
    assert [one["what"] for one in certificate_rows(certificate)].count("limit groups") == 1
    page = tmp_path / "page.html"
    for lang, language in (("en", 0), ("zh", 1)):
        report(shop, CALENDAR, at.replace(year=at.year + 1), page, lang=lang)
        text = unescape(page.read_text("utf-8"))
        assert headline_of(certificate)[language] in text
        assert ("limit groups", "限制 groups")[language] in text


def test_words_of_each_kind_of_row() -> None:
    told = {
        RowOfPlan("pool coupons", 500_000, 500_000, 0.0043): "10,000 more: 4,300 points",
        RowOfPlan("stock gift", 600, 480, 0.0): "never ends",
        RowOfPlan("stock gift", 600, 600, 42.6): "100 more: 4,260 points",
        RowOfPlan("limit a", 500, 500, 70.0, "at_least"): "the last 100 cost 7,000 points, all of it at most 35,000",
        RowOfPlan("limit a", 500, 380, 70.0, "at_least", 120): "120 short: no plan gets nearer",
        RowOfPlan("limit a", 500, 700, 0.0, "at_least"): "reached by itself",
        RowOfPlan("limit a", 4000, 4000, 2.0, "share_at_most"): "100 more: 200 points",
        RowOfPlan("limit a", 4000, 4000, 2.0, "share_at_least"): "100 messages fewer of it: 200 points",
        RowOfPlan("limit a", 2000, 2000, 0.001, "average_cost_at_most"): "10,000 more: 1,000 points",
        RowOfPlan("limit a", None, 12, 0.0, "reported"): "",
    }
    assert {one: worth_of(one, "priority")[0] for one in told} == told
    assert worth_of(RowOfPlan("pool coupons", 500_000, 500_000, 0.0043), "money")[0] == "10,000 more: 4,300 in money"
    assert [asked_of(one)[0] for one in told][3:9] == [
        "at least 500", "at least 500", "at least 500", "at most 40.0%", "at least 40.0%", "20.00 on average",
    ]  # fmt: skip

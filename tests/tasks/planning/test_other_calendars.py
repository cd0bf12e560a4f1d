"""Two calendars of one store in one plan: caps and channels are shared, the store says what is worth more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.running.phase import run_phase
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"
OTHER = """
calendar: other
store: demo-food
timezone: Asia/Shanghai
audiences: {everybody: joined}
benefits:
  gift: {kind: member_coupon, threshold: 99.00, value: 5.00, stock: 40}
phases:
  - id: days
    kind: custom
    window: {from: {start}, to: {end}}
    plays:
      - id: all
        audience: everybody
        channels: [dedicated_service, group, sms]
        at: {at}
        message: messages/best-sellers.txt
      - id: few
        audience: everybody
        benefits: [gift]
        channels: [group]
        at: {later}
        message: messages/best-sellers.txt
"""


def together(shop: Runtime, weights: str, after: datetime) -> None:
    zone = shop.load_calendar(CALENDAR).timeline.timezone
    first, at = after, (after + timedelta(hours=2)).astimezone(zone)
    later = at + timedelta(days=2)
    text = OTHER
    for name, moment in (
        ("start", first.astimezone(zone)),
        ("end", later + timedelta(days=1)),
        ("at", at),
        ("later", later),
    ):
        text = text.replace(f"{{{name}}}", f"{moment:%Y-%m-%d %H:%M}")
    shop.calendar_path("other").write_text(text, "utf-8")
    store = shop.settings.root / shop.settings.project.stores / "demo-food.yaml"
    store.write_text(store.read_text("utf-8") + "\n" + f"calendars: {weights}\n", "utf-8")


def test_another_calendar_keeps_members_for_itself_by_its_weight(shop: Runtime, shop_plan: Plan) -> None:
    alone = shop_plan
    largest = max(alone.occurrences, key=lambda row: row.chosen)
    together(shop, "{queens-day-2020: 1, other: 900}", largest.at)
    beside = plan(shop, CALENDAR)
    assert alone.certificate is not None
    assert beside.certificate is not None
    assert (alone.certificate.beside, beside.certificate.beside) == ((), ("other",))
    kept = [key for row in beside.occurrences for key in row.kept_for if key.startswith("other:days/all@")]
    assert kept
    same = next(row for row in beside.occurrences if (row.play, row.at) == (largest.play, largest.at))
    assert same.chosen < largest.chosen
    assert {row.phase for row in beside.occurrences} == {row.phase for row in alone.occurrences}
    stock = next(row for row in beside.certificate.rows if row.name == "stock other:gift")
    assert (stock.capacity, stock.used) == (40, 40)


def test_what_the_other_has_run_is_past_and_a_missing_one_stops_a_plan_and_not_a_run(shop: Runtime) -> None:
    first = shop.load_calendar(CALENDAR).timeline.occurrences[0]
    together(shop, "{queens-day-2020: 1, other: 900, gone: 1}", first.at)
    with pytest.raises(UsageError, match="gone"):
        plan(shop, CALENDAR)
    said: list[tuple[str, str]] = []
    shop.progress = said.append
    assert run_phase(shop, CALENDAR, first.phase, first.at) is not None
    assert any("planned without gone" in text for text, _ in said)

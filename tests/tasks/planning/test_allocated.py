"""A calendar whose members count with their own baskets: told in plan and decision file, in words of both languages."""

from __future__ import annotations

from pathlib import Path

from campaign_calendars.deciding.words import allocated_in_words
from campaign_calendars.values.json import from_json, to_json
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"


def test_each_occurrence_is_told_with_its_own_certificate(shop: Runtime) -> None:
    benefits = shop.load_calendar(CALENDAR).calendar.benefits
    lines = [f"    - {{benefit: {name}, response: 9%}}" for name in benefits] + ["    - {response: 4%}"]
    path = Path(shop.calendar_path(CALENDAR))
    figures = "\nvalues:\n  margin: 60%\n  basket: 300\n  basket_field: avg_order\n  baseline: 1%\n  responses:\n"
    path.write_text(path.read_text("utf-8") + figures + "\n".join(lines) + "\n", "utf-8")
    made = plan(shop, CALENDAR)
    told = [row for row in made.occurrences if row.allocation is not None]
    assert told, "baskets differ"
    for row in told:
        assert row.allocation is not None
        assert row.allocation.value <= row.allocation.bound
        assert {other.name for other in row.allocation.baselines} == {"by_class", "greedy"}
        assert all(other.value <= row.allocation.bound for other in row.allocation.baselines if not other.breaks)
        en, zh = allocated_in_words(row.allocation)
        assert "own basket" in en
        assert "客单价" in zh
    assert sum(row.chosen for row in told) > 0
    assert from_json(Plan, to_json(made)) == made

from __future__ import annotations

from pathlib import Path

from tasks.planning.plan import plan
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"


def test_sums_close_for_every_occurrence_and_phase(shop: Runtime) -> None:
    made = plan(shop, CALENDAR)
    loaded = shop.load_calendar(CALENDAR)
    assert len(made.occurrences) == len(loaded.timeline.occurrences) > 30
    for row in made.occurrences:
        assert row.candidates == row.chosen + sum(row.held_out.values()) + sum(row.excluded.values())
        assert row.chosen == sum(row.channels.values())
    for key in ("candidates", "chosen", "held_out", "excluded", "benefit_cost_cents"):
        assert getattr(made.totals, key) == sum(getattr(phase, key) for phase in made.phases)
    assert made.totals.chosen > 300


def test_money_and_stock_stay_within_their_limits(shop: Runtime) -> None:
    made = plan(shop, CALENDAR)
    assert 0 < made.budget.reserved_cents <= made.budget.total_cents
    for pool in made.budget.pools.values():
        assert pool.reserved_cents <= pool.limit_cents
    for benefit in made.benefits.values():
        assert benefit.stock is None or benefit.granted <= benefit.stock


def test_planning_writes_nothing_and_repeats_itself(shop: Runtime) -> None:
    first, second = plan(shop, CALENDAR), plan(shop, CALENDAR)
    assert first == second
    assert shop.ledger.job_counts() == {}
    assert shop.ledger.runs() == []


def test_the_checksum_binds_to_calendar_and_outcome(shop: Runtime) -> None:
    before = plan(shop, CALENDAR)
    path = Path(shop.calendar_path(CALENDAR))
    path.write_text(path.read_text("utf-8") + "\n# a comment is a change somebody has to see\n", "utf-8")
    after = plan(shop, CALENDAR)
    assert after.checksum != before.checksum
    assert after.occurrences == before.occurrences


def test_duties_and_positions_are_part_of_the_plan(shop: Runtime) -> None:
    made = plan(shop, CALENDAR)
    duties = [duty for phase in made.phases for duty in phase.duties]
    assert duties
    assert all(duty.due_at and duty.text.zh for duty in duties)
    assert any(phase.placements for phase in made.phases)

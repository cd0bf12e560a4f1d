from __future__ import annotations

from pathlib import Path

from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.runtime import Runtime
from tests.tasks.planning.timed import timed

CALENDAR = "queens-day-2020"


def test_sums_close_for_every_occurrence_and_phase(shop: Runtime, shop_plan: Plan) -> None:
    made = shop_plan
    loaded = shop.load_calendar(CALENDAR)
    assert len(made.occurrences) == len(timed(loaded)) > 30
    for row in made.occurrences:
        assert row.candidates == row.chosen + sum(row.held_out.values()) + sum(row.excluded.values())
        assert row.chosen == sum(row.channels.values())
    for key in ("candidates", "chosen", "held_out", "excluded", "benefit_cost_cents"):
        assert getattr(made.totals, key) == sum(getattr(phase, key) for phase in made.phases)
    assert made.totals.chosen > 300


def test_money_and_stock_stay_within_their_limits(shop_plan: Plan) -> None:
    made = shop_plan
    assert 0 < made.budget.planned_cents <= made.budget.total_cents
    assert made.budget.used_cents == 0
    for pool in made.budget.pools.values():
        assert pool.planned_cents <= pool.limit_cents
    for benefit in made.benefits.values():
        assert benefit.stock is None or benefit.granted <= benefit.stock


def test_planning_writes_nothing_and_repeats_itself(shop: Runtime, shop_plan: Plan) -> None:
    assert plan(shop, CALENDAR) == shop_plan
    assert shop.ledger.job_counts() == {}
    assert shop.ledger.runs() == []


def test_the_checksum_binds_to_calendar_and_outcome(shop: Runtime, shop_plan: Plan) -> None:
    path = Path(shop.calendar_path(CALENDAR))
    path.write_text(path.read_text("utf-8") + "\n# a comment is a change somebody has to see\n", "utf-8")
    after = plan(shop, CALENDAR)
    assert after.checksum != shop_plan.checksum
    assert after.occurrences == shop_plan.occurrences


def test_duties_and_positions_are_part_of_the_plan(shop_plan: Plan) -> None:
    made = shop_plan
    duties = [duty for phase in made.phases for duty in phase.duties]
    assert duties
    assert all(duty.due_at and duty.text.zh for duty in duties)
    assert any(phase.placements for phase in made.phases)


def test_what_passed_without_a_run_is_not_planned_any_more(shop: Runtime, shop_plan: Plan) -> None:
    """In mid-campaign its members, stock and money are free for what can still run."""
    before = shop_plan
    halfway = shop.load_calendar(CALENDAR).timeline.phases["burst"].start
    shop.clock = lambda: halfway
    made = plan(shop, CALENDAR)
    grace = shop.load_calendar(CALENDAR).store.contact_policy.late_grace
    assert {row.at for row in made.occurrences if row.missed} == {
        row.at for row in before.occurrences if row.at + grace < halfway
    }
    assert all(row.candidates == row.chosen == 0 for row in made.occurrences if row.missed)
    assert len(made.occurrences) == len(before.occurrences)

    def first(of: Plan) -> int:
        return next(row.chosen for row in of.occurrences if row.play == "recall-unbought")

    assert first(made) > first(before)
    assert not any(row.missed for row in before.occurrences)

"""Plans of the whole calendar: beside what would be without, after changes, in mid-campaign, and by person."""

from __future__ import annotations

import re

import pyarrow.parquet as pq
import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.planning.beside import changed_people, make, people, side_by_side, try_changes
from tasks.planning.plan import people_file, plan
from tasks.planning.planned import Plan
from tasks.running.phase import run_phase
from tasks.running.replay import moments
from tasks.runtime import Runtime
from tests.tasks.planning.timed import timed

CALENDAR = "queens-day-2020"


@pytest.fixture
def late(shop: Runtime) -> Runtime:
    """The shop as the burst begins: nothing of the phases before it ran, and what is planned is the rest."""
    begins = shop.load_calendar(CALENDAR).timeline.phases["burst"].start
    shop.clock = lambda: begins
    return shop


def test_the_plan_is_never_worth_less_than_first_come_and_its_bound_holds(shop_plan: Plan) -> None:
    made = shop_plan
    certificate = made.certificate
    assert certificate is not None
    assert certificate.value <= certificate.bound
    assert {other.name for other in certificate.baselines} == {"first_come", "nightly"}
    assert all(other.value <= certificate.value for other in certificate.baselines)
    kept = [row for row in made.occurrences if row.kept_for]
    assert kept
    assert all(sum(row.kept_for.values()) == row.excluded["kept_for_later"] for row in kept)
    empty = next(row for row in made.occurrences if row.candidates == 0)
    assert empty.starved is not None
    assert empty.starved.reason in {"empty", "empty_yet"}


def test_first_come_is_a_setting_of_the_calendar(shop: Runtime) -> None:
    path = shop.calendar_path(CALENDAR)
    path.write_text(path.read_text("utf-8") + "\nplan: first_come\n", "utf-8")
    made = plan(shop, CALENDAR)
    assert made.certificate is None
    assert not any(row.kept_for for row in made.occurrences)


def test_a_change_is_solved_beside_the_plan(late: Runtime) -> None:
    found = try_changes(late, CALENDAR, ["plays.recall-unbought=off", "caps.all=off"])
    assert [one.name for one in found.plans] == [
        "plan", "plays.recall-unbought=off", "caps.all=off", "plays.recall-unbought=off; caps.all=off",
    ]  # fmt: skip
    now, without_play, without_caps, _ = found.plans
    assert now.value is not None
    assert without_play.value is not None
    assert without_caps.value is not None
    assert now.plays["burst/recall-unbought"] > 0
    assert "burst/recall-unbought" not in without_play.plays
    assert without_play.value < now.value < without_caps.value
    assert late.ledger.last_plan(CALENDAR) is None, "what is only tried is not recorded"


def test_the_checksum_and_the_file_are_of_persons(late: Runtime) -> None:
    first = make(late, CALENDAR)
    rows = pq.read_table(people_file(late, CALENDAR, first.checksum))
    assert rows.num_rows == first.totals.candidates
    same = changed_people(late, CALENDAR, "last")
    assert (same.before, same.after, same.plays) == (first.checksum, first.checksum, ())
    path = late.calendar_path(CALENDAR)
    text = path.read_text("utf-8")
    scarce = re.sub(r"(?m)^    stock: \d+$", "    stock: 5", text)
    assert scarce != text
    path.write_text(scarce, "utf-8")
    changed = changed_people(late, CALENDAR, first.checksum)
    assert changed.after != first.checksum
    assert any(row.removed for row in changed.plays)
    file = pq.read_table(changed.file)
    assert file.num_rows == sum(row.added + row.removed + row.changed for row in changed.plays)
    both = side_by_side(late, CALENDAR, [first.checksum, changed.after])
    assert [one.name for one in both.plans] == [first.checksum, changed.after]


def test_persons_of_a_play_are_shown_masked(late: Runtime) -> None:
    made = make(late, CALENDAR)
    play = max(made.occurrences, key=lambda row: row.chosen).play
    found = people(late, CALENDAR, play)
    assert found.people
    assert all("***" in person.member for person in found.people)
    with pytest.raises(UsageError, match="plans no play"):
        people(late, CALENDAR, "nothing")
    with pytest.raises(UsageError, match="there is no plan"):
        side_by_side(late, CALENDAR, ["0" * 12, made.checksum])


def test_a_plan_in_mid_campaign_starts_from_what_has_run(shop: Runtime) -> None:
    steps = [step for step in moments(shop.load_calendar(CALENDAR)) if step.phase == "reservoir"]
    step = steps[0]
    shop.clock = lambda: step.at
    outcome = run_phase(shop, CALENDAR, step.phase, step.at)
    made = plan(shop, CALENDAR)
    done = [row for row in made.occurrences if row.done]
    assert {row.at for row in done} == {step.at}
    assert sum(row.chosen for row in done) == outcome.chosen
    assert len(made.occurrences) == len(timed(shop.load_calendar(CALENDAR)))
    for name, benefit in made.benefits.items():
        assert benefit.stock is None or benefit.granted <= benefit.stock, name

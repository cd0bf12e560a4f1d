"""What a plan changes against the applied one, limits that are passed by name, and an apply that broke off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.planning.applying import accepted, begin_apply, end_apply, to_carry_out
from tasks.planning.beside import make
from tasks.planning.changing import SinceApplied
from tasks.planning.plan import people_file
from tasks.planning.since_applied import since_applied
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import write_project
from tests.pulling import refresh
from tests.tasks.planning.applied import DAY, NAME, TEN, applied_project, rewrite


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """A project of three moments, planned and applied by Li two days ahead."""
    with applied_project(tmp_path, 3) as rt:
        yield rt


def limits(rt: Runtime, **values: str) -> None:
    path = rt.settings.root / "promocal.toml"
    lines = "".join(f'{name} = "{value}"\n' for name, value in values.items())
    path.write_text(f"[apply]\n{lines}\n{path.read_text('utf-8')}", "utf-8")


def since(rt: Runtime) -> SinceApplied:
    found = since_applied(rt, rt.load_calendar(NAME), make(rt, NAME))
    assert found is not None
    return found


def test_the_same_calendar_changes_nothing(rt: Runtime) -> None:
    found = since(rt)
    assert not found.any
    assert (found.applied_by, found.persons, found.members, found.passed) == ("Li", 0, 8, ())


def test_moments_words_persons_and_money_that_differ_are_told(rt: Runtime) -> None:
    rewrite(rt, ("2026-03-07 10:00:00]", "2026-03-07 18:00:00]"), ("value: 10.00", "value: 12.00"))
    found = since(rt)
    assert [(each.what, each.phase, each.play) for each in found.parts] == [("changed", "burst", "recall")]
    assert [each.at for each in found.added] == [TEN + 2 * DAY + timedelta(hours=8)]
    assert [each.at for each in found.dropped] == [TEN + 2 * DAY]
    assert any("coupon_10" in each.en and "12" in each.en for each in found.differences)
    (money,) = (each for each in found.money if each.name == "benefits")
    assert money.after * 10 == money.before * 12


def test_a_text_that_was_rewritten_is_another_plan_and_told(rt: Runtime) -> None:
    before = make(rt, NAME)
    file = rt.settings.root / "messages" / "recall.txt"
    file.write_text(file.read_text("utf-8") + "!", "utf-8")
    found = since(rt)
    assert make(rt, NAME).checksum != before.checksum
    assert [(each.what, each.phase, each.play) for each in found.parts] == [("changed", "burst", "recall")]
    assert [each.en for each in found.differences] == ["what members read of burst / recall changes"]
    assert (found.added, found.dropped, found.persons) == ((), (), 0)


def test_a_phase_that_was_renamed_is_one_gone_and_one_new(rt: Runtime) -> None:
    rewrite(rt, ("id: burst", "id: sale"))
    found = since(rt)
    assert {(each.what, each.phase, each.play) for each in found.parts} == {
        ("added", "sale", ""), ("added", "sale", "recall"), ("removed", "burst", ""), ("removed", "burst", "recall"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "later", "change", "words"),
    [
        ("members", timedelta(), ("holdout: 20%", "holdout: 90%"), "of 8 members get something else, more than 1%"),
        ("budget", timedelta(), ("value: 10.00", "value: 40.00"), "more than 20% above"),
        ("past", 2 * DAY + timedelta(hours=9), ("2026-03-07 10:00:00]", "2026-03-05 11:00:00]"), "1 new moment(s) in"),
        (
            "running",
            2 * DAY + timedelta(hours=9),
            ("id: burst", "id: sale"),
            "under way and leaves the calendar with 2",
        ),
    ],
)
def test_a_limit_is_passed_by_its_name_only_and_that_is_kept(
    rt: Runtime, name: str, later: timedelta, change: tuple[str, str], words: str
) -> None:
    limits(rt, **({"members": "1%"} if name == "members" else {"members": "100%"}))
    rewrite(rt, change)
    now = rt.clock() + later
    with open_runtime(rt.settings.root, clock=lambda: now) as again:
        made = make(again, NAME)
        others = [each for each in ("members", "budget", "past", "running") if each != name]
        with pytest.raises(UsageError) as error:
            begin_apply(again, NAME, made.checksum, by="Wang", force=others)
        assert words in error.value.message
        assert f"promocal apply {NAME} --plan {made.checksum}" in error.value.remedy
        assert f"--force {name}" in error.value.remedy
        assert "计划超出限制" in error.value.text("zh")
        assert again.ledger.begun_plan(NAME) is None

        _, news = begin_apply(again, NAME, made.checksum, by="Wang", force=["members", "budget", "past", "running"])
        assert news
        end_apply(again, made.checksum, "Wang", "1 updated")
        (entry, *_) = again.ledger.audit()
        assert (entry.by, entry.subject, entry.detail) == ("Wang", made.checksum, "1 updated")
        assert name in entry.value.split()


def test_what_nobody_can_compare_is_not_passed_over(rt: Runtime) -> None:
    applied = rt.ledger.applied_plan(NAME)
    assert applied is not None
    rewrite(rt, ("value: 10.00", "value: 11.00"))
    made = make(rt, NAME)
    people_file(rt, NAME, applied.checksum).unlink()  # planned on another machine, or cleared away
    with pytest.raises(UsageError, match="the names of the applied plan are not on this machine") as error:
        begin_apply(rt, NAME, made.checksum, by="Wang")
    assert "无法判断" in error.value.text("zh")
    assert "--force members" in error.value.remedy
    assert begin_apply(rt, NAME, made.checksum, by="Wang", force=["members"])[1]


def test_a_limit_of_everybody_needs_no_names(rt: Runtime) -> None:
    limits(rt, members="100%")
    rewrite(rt, ("value: 10.00", "value: 11.00"))
    with open_runtime(rt.settings.root, clock=rt.clock) as again:
        applied = again.ledger.applied_plan(NAME)
        assert applied is not None
        people_file(again, NAME, applied.checksum).unlink()
        assert since(again).passed == ()


def test_messages_that_wait_make_the_end_of_their_phase_a_limit(tmp_path: Path) -> None:
    """The phase is over, its messages wait for approval, and the calendar has it no more."""
    write_project(tmp_path, [TEN, TEN + 3 * DAY], play="approve: {above: 0}")
    with open_runtime(tmp_path, clock=lambda: TEN.astimezone(UTC)) as rt:
        refresh(rt, NAME, rt.clock())
        made = make(rt, NAME)
        begin_apply(rt, NAME, made.checksum, by="Li")
        end_apply(rt, made.checksum, "Li", "")
        run_if_due(rt, NAME, "burst", TEN)
        rewrite(rt, ("id: burst", "id: sale"))
        assert [each.name for each in since(rt).passed if each.name == "running"] == ["running"]


def test_an_apply_that_broke_off_goes_on_without_a_new_plan(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(rt, ("holdout: 20%", "holdout: 30%"))
    assert to_carry_out(rt, NAME) is None, "nobody agreed to what is written now"
    rt.clock = lambda: (TEN - DAY).astimezone(UTC)
    made = make(rt, NAME)
    begin_apply(rt, NAME, made.checksum, by="Wang")
    begun = to_carry_out(rt, NAME)
    assert begun is not None
    assert (begun.checksum, begun.unfinished) == (made.checksum, True)

    monkeypatch.setattr("tasks.planning.plan.plan", lambda *_: pytest.fail("planned anew"))
    record, news = begin_apply(rt, NAME, made.checksum, by="Zhao")
    assert news
    end_apply(rt, record.checksum, "Zhao", "1 updated")
    assert rt.ledger.audit()[0].by == "Wang"
    carried = to_carry_out(rt, NAME)
    assert carried is not None
    assert not carried.unfinished
    assert begin_apply(rt, NAME, made.checksum, by="Zhao")[1] is False


def test_accepting_makes_the_plan_and_the_data_it_needs(tmp_path: Path) -> None:
    write_project(tmp_path, [TEN])
    with open_runtime(tmp_path, clock=lambda: (TEN - DAY).astimezone(UTC)) as rt:
        begun = accepted(rt, NAME)
        assert (begun.begun_by, begun.unfinished) == ("promocal serve --accept", True)
        assert to_carry_out(rt, NAME) == begun


def test_a_plan_that_broke_off_long_ago_passes_no_limit_unforced(rt: Runtime) -> None:
    """Another one was applied since: what going back to the old one changes was looked at by nobody."""
    limits(rt, members="100%", budget="1%")
    rewrite(rt, ("value: 10.00", "value: 10.01"))
    now = TEN - DAY
    with open_runtime(rt.settings.root, clock=lambda: now.astimezone(UTC)) as again:
        old = make(again, NAME).checksum
        begin_apply(again, NAME, old, by="Wang")
        rewrite(again, ("value: 10.01", "value: 5.00"))
        now += timedelta(hours=1)
        made = make(again, NAME).checksum
        begin_apply(again, NAME, made, by="Li")
        end_apply(again, made, "Li", "1 updated")

        rewrite(again, ("value: 5.00", "value: 10.01"))
        assert to_carry_out(again, NAME) is None
        with pytest.raises(UsageError, match="passes a limit"):
            begin_apply(again, NAME, old, by="Wang")
        begin_apply(again, NAME, old, by="Wang", force=["budget"])
        begun = to_carry_out(again, NAME)
        assert begun is not None
        assert begun.checksum == old


def test_a_clock_that_was_set_back_brings_no_older_plan_back(rt: Runtime) -> None:
    first = rt.ledger.applied_plan(NAME)
    assert first is not None
    rewrite(rt, ("value: 10.00", "value: 11.00"))
    now = rt.clock() - timedelta(hours=1)
    rt.clock = lambda: now
    made = make(rt, NAME)
    begin_apply(rt, NAME, made.checksum, by="Wang", force=["members", "budget"])
    begun = to_carry_out(rt, NAME)
    assert begun is not None
    assert (begun.checksum, begun.unfinished) == (made.checksum, True)
    end_apply(rt, made.checksum, "Wang", "1 updated")
    applied = rt.ledger.applied_plan(NAME)
    assert applied is not None
    assert (applied.checksum, applied.unfinished) == (made.checksum, False)
    assert rt.ledger.begun_plan(NAME) is None

"""Messages wait for what people have to do first, leave when it is done, and are dropped when that takes too long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.duties.files import write_duties
from tasks.duties.ticking import duties, tick, undo
from tasks.planning.plan import plan
from tasks.running.phase import RunOutcome, run_phase
from tasks.running.replay import moments, replay_runtime
from tasks.running.status import status
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"
DUTY = "{id: goods-list, text: choose the goods, owner: Li Wei, due: D-14}"


def edited(rt: Runtime, *pairs: tuple[str, str]) -> None:
    path = rt.calendar_path(CALENDAR)
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def with_duty(rt: Runtime, duty: str = DUTY, *pairs: tuple[str, str]) -> None:
    """The duty in the reservoir, needed by the first play of the presale unless `pairs` say otherwise."""
    play = ("      - id: presale-recommendation\n", "      - id: presale-recommendation\n        needs: [goods-list]\n")
    anchor = "    duties:\n      - text: {zh: 设置会员忠诚度"
    edited(rt, (anchor, anchor.replace("duties:\n", f"duties:\n      - {duty}\n", 1)), *(pairs or (play,)))


def run(rt: Runtime, late: timedelta = timedelta()) -> RunOutcome:
    step = next(step for step in moments(rt.load_calendar(CALENDAR)) if step.phase == "presale")
    rt.clock = lambda: step.at + late
    return run_phase(rt, CALENDAR, step.phase, step.at)


def test_a_play_waits_for_its_duty_and_leaves_when_it_is_done(shop: Runtime) -> None:
    with_duty(shop)
    waiting = run(shop)
    assert waiting.dispatch.sent == 0
    assert waiting.waiting == {"waits for duty goods-list": waiting.chosen}
    assert waiting.chosen > 0
    assert status(shop, CALENDAR).runs[0].waiting == waiting.waiting
    assert [duty.duty for duty in status(shop, CALENDAR).duties if duty.owner] == ["goods-list"]

    tick(shop, CALENDAR, "goods-list", "Li Wei")
    later = run(shop, timedelta(minutes=5))
    assert later.dispatch.sent == waiting.chosen
    assert later.waiting == {}
    assert status(shop, CALENDAR).runs[0].waiting == {}


def test_what_waits_longer_than_its_play_may_be_late_is_dropped_with_the_reason(shop: Runtime) -> None:
    with_duty(shop)
    held = run(shop).chosen
    dropped = run(shop, timedelta(hours=3))
    assert dropped.dispatch.cancelled == held
    (state,) = status(shop, CALENDAR).runs
    assert state.stopped == {"duty goods-list was not done in time": held}
    grants = shop.ledger.grant_sums(CALENDAR)
    assert all(grant.released for grant in grants)


@pytest.mark.parametrize(
    "needs",
    [
        ("  - id: presale\n", "  - id: presale\n    needs: [goods-list]\n"),
        ("  invite-coupon:\n", "  invite-coupon:\n    needs: [goods-list]\n"),
    ],
    ids=["phase", "benefit"],
)
def test_a_phase_and_a_benefit_wait_as_well(shop: Runtime, needs: tuple[str, str]) -> None:
    with_duty(shop, DUTY, needs)
    step = next(
        s for s in moments(shop.load_calendar(CALENDAR)) if s.phase == "presale" and (s.at.day, s.at.hour) == (27, 15)
    )
    shop.clock = lambda: step.at
    outcome = run_phase(shop, CALENDAR, "presale", step.at)
    given = sum(count.granted for play in outcome.plays for count in play.benefits.values())
    assert sum(outcome.waiting.values()) == (outcome.chosen if needs[0].startswith("  - id") else given) > 0


def test_a_duty_that_only_warns_is_said_and_holds_nothing(shop: Runtime) -> None:
    with_duty(shop, DUTY.replace("due: D-14", "due: D-14, if_open: warn"))
    outcome = run(shop)
    assert outcome.waiting == {}
    assert outcome.dispatch.sent == outcome.chosen > 0
    assert outcome.not_done == ("goods-list",)


def test_a_replay_takes_it_that_people_do_their_duties(shop: Runtime) -> None:
    with_duty(shop)
    inside = replay_runtime(shop, CALENDAR)
    assert {duty.state for duty in duties(inside, CALENDAR)} == {"done"}
    inside.close()


def test_the_plan_names_what_overdue_duties_hold_and_keeps_its_checksum(shop: Runtime) -> None:
    with_duty(shop)
    before = plan(shop, CALENDAR)
    assert before.held == ()
    step = next(step for step in moments(shop.load_calendar(CALENDAR)) if step.phase == "presale")
    shop.clock = lambda: step.at - timedelta(hours=1)
    late = plan(shop, CALENDAR)
    assert [(one.phase, one.play, one.duties) for one in late.held] == [
        ("presale", "presale-recommendation", ("goods-list",))
    ]
    assert late.held[0].messages == next(row.chosen for row in late.occurrences if row.at == late.held[0].at)
    tick(shop, CALENDAR, "goods-list", "Li Wei")
    done = plan(shop, CALENDAR)
    assert done.held == ()
    assert done.checksum == late.checksum


def test_duties_are_ticked_in_their_order_by_somebody_and_once(shop: Runtime) -> None:
    with_duty(shop, "{id: list, text: l, due: D-15}\n      - {id: goods-list, text: g, due: D-14, after: [list]}")
    with pytest.raises(UsageError, match="comes after list"):
        tick(shop, CALENDAR, "goods-list", "Li Wei")
    with pytest.raises(UsageError, match="by somebody"):
        tick(shop, CALENDAR, "list", " ")
    tick(shop, CALENDAR, "list", "Li Wei")
    with pytest.raises(UsageError, match="was done by Li Wei"):
        tick(shop, CALENDAR, "list", "Wang Fang")
    assert tick(shop, CALENDAR, "goods", "Wang Fang").done_by == "Wang Fang"
    assert undo(shop, CALENDAR, "goods-list", "Wang Fang", "not yet").state == "open"
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(shop, CALENDAR, "goods-list", "Wang Fang")
    with pytest.raises(UsageError, match="no such duty: nobody-knows"):
        tick(shop, CALENDAR, "nobody-knows", "Li Wei")


def test_duties_as_files(shop: Runtime, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    with_duty(shop, DUTY.replace("choose the goods", "'=1+1'"))
    for name in ("d.ics", "d.xlsx", "d.csv"):
        write_duties(shop, CALENDAR, tmp_path / name, "zh")
    assert b"UID:goods-list@queens-day-2020.promocal\r\n" in (tmp_path / "d.ics").read_bytes()
    page = load_workbook(tmp_path / "d.xlsx")["任务"]
    assert [cell.value for cell in page[1]][:4] == ["编号", "任务", "级别", "负责人"]
    row = next(row for row in page.iter_rows() if row[0].value == "goods-list")
    assert (row[1].value, row[1].data_type, row[3].value) == ("=1+1", "s", "Li Wei")
    assert "'=1+1" in (tmp_path / "d.csv").read_text("utf-8-sig")
    with pytest.raises(UsageError, match="no file of duties"):
        write_duties(shop, CALENDAR, tmp_path / "d.doc", "zh")

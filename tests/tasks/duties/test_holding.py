"""Messages wait for what people have to do first, leave when it is done, and are dropped when that takes too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.duties.files import write_duties
from tasks.duties.holding import runs_waiting_for
from tasks.duties.ticking import duties, tick, undo
from tasks.planning.plan import plan
from tasks.running.phase import RunOutcome, run_phase
from tasks.running.replay import replay_runtime
from tasks.running.status import status
from tasks.runtime import Runtime

SMALL = "small-sale"
SALE = datetime.fromisoformat("2026-03-08T10:00:00+08:00")
DUTY = "{id: link, text: make the link, owner: Li Wei, due: start + 1h}"
PLAY = ("      - id: recall\n", "      - id: recall\n        needs: [link]\n")
PHASE = ("    kind: burst\n", "    kind: burst\n    needs: [link]\n")
BENEFIT = ("threshold: 50.00, ", "threshold: 50.00, needs: [link], ")


def with_duties(rt: Runtime, *needs: tuple[str, str], duty: str = DUTY) -> None:
    """Duties in the only phase, needed as `needs` say: (text, text instead of it)."""
    path = rt.calendar_path(SMALL)
    text = path.read_text("utf-8")
    for old, new in (("    plays:\n", f"    duties:\n      - {duty}\n    plays:\n"), *needs):
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def run(rt: Runtime, late: timedelta = timedelta()) -> RunOutcome:
    rt.clock = lambda: SALE + late
    return run_phase(rt, SMALL, "burst", SALE)


@pytest.mark.parametrize("needs", [PLAY, PHASE, BENEFIT], ids=["play", "phase", "benefit"])
def test_what_needs_a_duty_waits_and_leaves_when_it_is_done(small: Runtime, needs: tuple[str, str]) -> None:
    with_duties(small, needs)
    waiting = run(small)
    assert waiting.dispatch.sent == 0
    assert waiting.waiting == {"waits for duty link": waiting.chosen}
    assert waiting.chosen > 0
    found = status(small, SMALL)
    assert found.runs[0].waiting == waiting.waiting
    assert [(duty.duty, duty.state) for duty in found.duties] == [("link", "overdue")]
    assert [one.run_id for one in runs_waiting_for(small, SMALL, "link")] == [waiting.run_id]

    tick(small, SMALL, "link", "Li Wei")
    assert status(small, SMALL).runs[0].waiting == {}, "it waits for nobody any more"
    later = run(small, timedelta(minutes=5))
    assert later.dispatch.sent == waiting.chosen
    assert later.waiting == {}


def test_what_waits_longer_than_its_play_may_be_late_is_dropped_with_the_reason(small: Runtime) -> None:
    with_duties(small, PLAY)
    held = run(small).chosen
    assert run(small, timedelta(hours=2)).waiting == {"waits for duty link": held}
    assert run(small, timedelta(hours=2, minutes=2)).dispatch.cancelled == held
    (state,) = status(small, SMALL).runs
    assert state.stopped == {"duty link was not done in time": held}
    assert {given.state for given in small.ledger.grant_sums(SMALL)} == {"stopped"}


def test_a_duty_that_only_warns_is_said_and_holds_nothing(small: Runtime) -> None:
    with_duties(small, BENEFIT, duty=DUTY.replace("}", ", if_open: warn}"))
    outcome = run(small)
    assert outcome.waiting == {}
    assert outcome.dispatch.sent == outcome.chosen > 0
    assert outcome.not_done == ("link",)
    tick(small, SMALL, "link", "Li Wei")
    assert run(small).not_done == ()


def test_a_replay_takes_it_that_people_do_their_duties(small: Runtime) -> None:
    with_duties(small, PLAY)
    inside = replay_runtime(small, SMALL)
    assert {duty.state for duty in duties(inside, SMALL)} == {"done"}
    inside.close()


def test_the_plan_names_what_overdue_duties_hold_and_keeps_its_checksum(small: Runtime) -> None:
    with_duties(small, PLAY)
    small.clock = lambda: SALE - timedelta(hours=1)
    late = plan(small, SMALL)
    (held,) = late.held
    assert (held.phase, held.play, held.duties, held.messages) == ("burst", "recall", ("link",), late.totals.chosen)
    tick(small, SMALL, "link", "Li Wei")
    done = plan(small, SMALL)
    assert done.held == ()
    assert done.checksum == late.checksum
    assert [duty.state for duty in done.duties] == ["done"]


def test_duties_are_ticked_in_their_order_by_somebody_and_once(small: Runtime) -> None:
    with_duties(small, duty=DUTY + "\n      - {id: text, text: write it, due: end, after: [link]}")
    with pytest.raises(UsageError, match="comes after link"):
        tick(small, SMALL, "text", "Li Wei")
    with pytest.raises(UsageError, match="by somebody"):
        tick(small, SMALL, "link", " ")
    tick(small, SMALL, "link", "Li Wei")
    with pytest.raises(UsageError, match="was done by Li Wei"):
        tick(small, SMALL, "link", "Wang Fang")
    assert tick(small, SMALL, "te", "Wang Fang").done_by == "Wang Fang"
    assert undo(small, SMALL, "text", "Wang Fang", "not yet").state == "open"
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(small, SMALL, "text", "Wang Fang")
    with pytest.raises(UsageError, match="no such duty: nobody-knows"):
        tick(small, SMALL, "nobody-knows", "Li Wei")


def test_duties_as_files(small: Runtime, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    with_duties(small, duty=DUTY.replace("make the link", "'=1+1'"))
    for name in ("d.ics", "d.xlsx", "d.csv"):
        write_duties(small, SMALL, tmp_path / name, "zh")
    assert b"UID:link@small-sale.promocal\r\n" in (tmp_path / "d.ics").read_bytes()
    page = load_workbook(tmp_path / "d.xlsx")["任务"]
    assert [cell.value for cell in page[1]][:4] == ["编号", "任务", "级别", "负责人"]
    assert [(page["B2"].value, page["B2"].data_type, page["D2"].value)] == [("=1+1", "s", "Li Wei")]
    assert "'=1+1" in (tmp_path / "d.csv").read_text("utf-8-sig")
    with pytest.raises(UsageError, match="no file of duties"):
        write_duties(small, SMALL, tmp_path / "d.doc", "zh")

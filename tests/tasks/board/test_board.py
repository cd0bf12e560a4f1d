"""The board: what it says of runs, money and people, in both languages, and what it does when it cannot look."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.exc import OperationalError

from tasks.board import shelf as shelf_module
from tasks.board.gathering import ProjectBoard, gather
from tasks.board.page import calendar_board, project_page
from tasks.board.serving import application, serve
from tasks.board.shelf import Shelf
from tasks.documents.page import as_page
from tasks.documents.parts import Document, Paragraph, Table
from tasks.operations.server_state import ServerState, WorkerState
from tasks.outreach.halting import halt
from tasks.running.expecting import expect_runs, look_after
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.once import copy_of
from tests.pulling import refresh
from tests.tasks.planning.applied import DAY, NAME, TEN, applied_project

SERVER = ServerState(api_url="http://127.0.0.1:4200/api", named_by="serve", version="3", problem={})


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """Three moments: the first ran, the second was missed, the third is to come."""
    copy_of("board, a moment ran and one was missed", _ran_and_missed, tmp_path)
    with open_runtime(tmp_path, clock=lambda: TEN + 1.5 * DAY) as rt:
        yield rt


def _ran_and_missed(root: Path) -> None:
    with applied_project(root, 3) as applied:
        expect_runs(applied, applied.load_calendar(NAME), applied.clock())
        applied.clock = lambda: TEN
        refresh(applied, NAME, TEN)
        run_if_due(applied, NAME, "burst", TEN)
        applied.clock = lambda: TEN + 1.5 * DAY
        look_after(applied, NAME)


def shelf_of(rt: Runtime, server: ServerState | None = None) -> Shelf:
    return Shelf(rt, "shop", lambda: server)


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_each_moment_has_the_state_that_the_ledger_knows(rt: Runtime) -> None:
    found = gather(rt, None)
    (board,) = found.calendars
    assert [one.state for one in board.moments] == ["done", "missed", "ahead"]
    ran, missed, ahead = board.moments
    assert ran.jobs == {key[3]: n for key, n in rt.ledger.job_counts(calendar=NAME).items()}
    assert missed.reason.startswith("nothing started it until")
    assert board.plan is not None
    assert ahead.chosen == next(one.chosen for one in board.plan.occurrences if one.at == ahead.at)
    assert board.state.moments_left == 1


def test_looking_changes_nothing(rt: Runtime) -> None:
    """Not even the books are kept: that is for runs and `promocal status`."""
    files = [path for path in (rt.settings.root / "var").rglob("*") if path.is_file() and path.suffix != ".lock"]
    before = {path: path.read_bytes() for path in files if not path.name.endswith(("-shm", "-wal"))}
    shelf_of(rt).renew()
    assert {path: path.read_bytes() for path in before} == before


def test_the_page_says_what_ran_was_missed_and_is_next_in_both_languages(rt: Runtime) -> None:
    shelf = shelf_of(rt, SERVER)
    shelf.renew()
    english, chinese = (text_of(shelf.pages[NAME, "board", lang]) for lang in ("en", "zh"))
    assert "missed · 03-06 Fri 10:00" in english
    assert "next: 03-07 Sat 10:00" in english
    assert "已错过 · 03-06 周五 10:00" in chinese
    assert "：直到 2026-03-06 12:00 都没有启动" in chinese  # by the calendar's clocks, as everything on the page
    assert "nothing started it until 2026-03-06 12:00 " in english
    assert not re.findall(r"\b(?:the|and|of|was|to come|missed|reached)\b", chinese)
    assert 'href="http://127.0.0.1:4200"' in shelf.pages[NAME, "board", "en"]
    assert "no worker is alive" in text_of(shelf.pages["", "board", "en"])
    shelf.ask = lambda: ServerState(
        **{**{name: getattr(SERVER, name) for name in ("api_url", "named_by", "version", "problem")},
           "workers": (WorkerState(name="w", alive=True, heard_at=None),)}
    )  # fmt: skip
    shelf.renew()
    assert "no worker is alive" not in text_of(shelf.pages["", "board", "en"])


def test_a_phase_of_which_nothing_ran_has_no_run_done_and_the_page_says_of_when_its_data_is(rt: Runtime) -> None:
    """What was never expected to run is over, and is no run that was done."""
    found = gather(rt, None)
    moments = tuple(replace(one, state="not_run", jobs={}) for one in found.calendars[0].moments)
    board = replace(found.calendars[0], moments=moments)
    document = calendar_board(found, board, "zh")
    tables = [part for one in document.sections for part in one.parts if isinstance(part, Table)]
    table = next(part for part in tables if part.name == "阶段")
    assert [row[3] for row in table.rows] == ["0 / 3"]
    assert "已完成运行" in table.head
    snapshot = rt.current_snapshot()
    said = [part.text for part in document.sections[0].parts if isinstance(part, Paragraph)]
    assert any(text.startswith("数据截至 2026-03-0") and snapshot.snapshot_id in text for text in said)


def test_a_page_for_a_wall_is_told_from_a_document(rt: Runtime) -> None:
    shelf = shelf_of(rt)
    shelf.renew()
    assert '<body class="wall">' in shelf.pages[NAME, "board", "en"]
    assert 'class="wall"' not in as_page(Document(title="a", lang="en", foot="", sections=()))


def test_the_line_of_today_and_the_marks_of_what_went_wrong(rt: Runtime) -> None:
    shelf = shelf_of(rt)
    shelf.renew()
    page = shelf.pages[NAME, "board", "en"]
    assert page.count('stroke="#e60000" stroke-width="2"') == 2  # for a desk and for a phone
    assert len(re.findall(r'width="3.0" height="2[01].0" fill="#e60000"', page)) == 2
    assert page.count(">failed, missed or overdue<") == 2  # and what the mark means
    rt.clock = lambda: TEN - 90 * DAY
    shelf.renew()
    assert 'stroke="#e60000"' not in shelf.pages[NAME, "board", "en"]


def test_what_is_halted_stands_on_top(rt: Runtime) -> None:
    halt(rt, "calendar", NAME, reason="wrong price", by="Li")
    shelf = shelf_of(rt)
    shelf.renew()
    assert f"halted: calendar {NAME}" in text_of(shelf.pages[NAME, "board", "en"])
    assert f"已叫停：calendar {NAME}" not in text_of(shelf.pages[NAME, "board", "zh"])
    assert f"已叫停：日历 {NAME} · Li · 03-06 周五 22:00：wrong price" in text_of(shelf.pages[NAME, "board", "zh"])


def test_a_run_that_waits_for_approval_is_named_with_how_to_answer(rt: Runtime) -> None:
    found = gather(rt, None)
    first, *others = found.calendars[0].moments
    waiting = replace(first, state="waiting", jobs={"awaiting_approval": 1_234, "sent": 3})
    board = replace(found.calendars[0], moments=(waiting, *others))
    chinese, english = (text_of(as_page(calendar_board(found, board, lang))) for lang in ("zh", "en"))
    assert "1,234 条消息等待审批 · 03-05 周四 10:00" in chinese
    assert f"promocal approve {first.run_id}" in chinese
    assert "1,234 messages wait for approval · 03-05 Thu 10:00" in english
    assert rt.ledger.run(first.run_id) is not None


def test_what_is_over_comes_last_and_is_not_asked_to_be_applied(rt: Runtime) -> None:
    found = gather(rt, None)
    (board,) = found.calendars
    over = replace(board, plan=None, state=replace(board.state, stands="after", calendar="last-year"))
    document = project_page(replace(found, calendars=[over, board]), "en", "shop")
    table = next(part for part in document.sections[0].parts if isinstance(part, Table))
    assert [str(row[1]).split(" ")[0] for row in table.rows] == ["now:", "over"]
    assert "Not applied yet" not in text_of(as_page(document))
    assert " CST" in document.foot  # by the calendars' clock, where they have one


def test_a_ledger_that_cannot_be_read_leaves_the_last_page_with_its_moment(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(rt)
    shelf.renew()
    before = shelf.pages[NAME, "board", "en"]

    def locked(*_args: object) -> ProjectBoard:
        raise OperationalError("select", {}, Exception("database is locked"))

    monkeypatch.setattr(shelf_module, "gather", locked)
    shelf.renew()
    for _ in range(2):  # and the same once more
        shelf.renew()
    told = text_of(shelf.pages[NAME, "board", "en"])
    assert "Not renewed: the ledger is locked or away just now." in told
    assert "as of 2026-03-06 22:00:00 (Asia/Shanghai)" in told
    assert before.count("<section") + 1 == shelf.pages[NAME, "board", "en"].count("<section")
    monkeypatch.undo()
    shelf.renew()
    assert shelf.pages[NAME, "board", "en"] == before


def test_a_board_that_never_could_look_says_why(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "gather", lambda *_args: 1 / 0)
    shelf = shelf_of(rt)
    shelf.renew()
    told = text_of(shelf.pages["", "board", "en"])
    assert "Nothing to show yet: could not be read just now (ZeroDivisionError). It is tried again by itself." in told
    assert "What follows" not in told


def test_plan_and_report_are_made_anew_when_they_are_old_or_another_plan_was_applied(rt: Runtime) -> None:
    shelf = shelf_of(rt)
    shelf.renew()
    assert "being made" in (shelf.being_made((NAME, "plan", "en")) or "")
    assert shelf.being_made(("nobody", "plan", "en")) is None
    assert shelf.renew_a_slow_page()
    plan, report = shelf.pages[NAME, "plan", "zh"], shelf.pages[NAME, "report", "zh"]
    (board,) = gather(rt, None).calendars
    assert board.plan is not None
    assert board.plan.checksum in plan
    assert "一句话结论" in report
    assert not shelf.renew_a_slow_page()
    assert shelf.pages[NAME, "report", "zh"] is report
    moment = rt.clock() + timedelta(minutes=6)
    rt.clock = lambda: moment
    assert shelf.renew_a_slow_page()
    assert shelf.pages[NAME, "report", "zh"] is not report


def test_a_calendar_with_errors_is_named_and_the_others_are_shown(rt: Runtime) -> None:
    (rt.settings.root / "calendars" / "broken.yaml").write_text("calendar: broken\n", "utf-8")
    shelf = shelf_of(rt)
    shelf.renew()
    assert "promocal check broken" in text_of(shelf.pages["", "board", "en"])
    assert (NAME, "board", "en") in shelf.pages


def test_a_page_that_cannot_be_made_keeps_the_last_one_and_is_tried_again(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(rt)
    shelf.renew()
    shelf.renew_a_slow_page()
    report = shelf.pages[NAME, "report", "en"]
    monkeypatch.setattr(shelf_module, "_report", lambda *_args: 1 / 0)
    moments = [rt.clock() + timedelta(minutes=minutes) for minutes in (6, 8)]
    rt.clock = lambda: moments[0]
    assert shelf.renew_a_slow_page()
    stays, zh = (text_of(shelf.pages[NAME, "report", lang]) for lang in ("en", "zh"))
    assert stays.count("Not renewed: could not be read just now (ZeroDivisionError)") == 1
    assert zh.count("未更新：暂时无法读取（ZeroDivisionError）") == 1
    assert text_of(report)[-2_000:] in stays
    assert "Not renewed" not in shelf.pages[NAME, "plan", "en"]
    assert not shelf.renew_a_slow_page()
    rt.clock = lambda: moments[0] + timedelta(minutes=1)
    assert shelf.renew_a_slow_page()
    assert text_of(shelf.pages[NAME, "report", "en"]).count("Not renewed") == 1
    monkeypatch.undo()
    rt.clock = lambda: moments[1]
    assert shelf.renew_a_slow_page()
    assert shelf.pages[NAME, "report", "en"] is not report
    assert "Not renewed" not in shelf.pages[NAME, "report", "en"]
    assert not shelf.making


def test_a_calendar_being_written_keeps_its_last_page_and_a_removed_one_has_none(rt: Runtime) -> None:
    file = rt.settings.root / "calendars" / f"{NAME}.yaml"
    text = file.read_text("utf-8")
    shelf = shelf_of(rt)
    shelf.renew()
    shelf.renew_a_slow_page()
    file.write_text(text.replace("audience:", "aud", 1), "utf-8")
    shelf.renew()
    shelf.renew()
    told = text_of(shelf.pages[NAME, "board", "en"])
    assert told.count("the calendar has errors: promocal check") == 1
    assert "next: 03-07 Sat 10:00" in told
    file.write_text(text, "utf-8")
    shelf.renew()
    assert "has errors" not in text_of(shelf.pages[NAME, "board", "en"])
    file.unlink()
    shelf.renew()
    assert {place[0] for place in shelf.pages} == {""}


def test_a_copy_under_another_name_does_not_take_the_board_over(rt: Runtime) -> None:
    file = rt.settings.root / "calendars" / f"{NAME}.yaml"
    file.with_name("a-copy.yaml").write_text(file.read_text("utf-8").replace("Small sale", "OLD COPY"), "utf-8")
    found = gather(rt, None)
    assert [one.loaded.calendar.title.get("en") for one in found.calendars] == ["Small sale"]
    assert found.unreadable == ["a-copy"]


def test_who_stops_the_board_does_not_wait_for_a_page(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, over = threading.Event(), threading.Event()

    def slow(*_args: object) -> str:
        begun.set()
        over.wait(30)
        return ""

    monkeypatch.setattr(shelf_module, "_plan", slow)
    shelf = shelf_of(rt)

    async def stopped() -> None:
        serving = asyncio.create_task(serve(shelf, "127.0.0.1", 0, lambda _port: None, lang="en", every=60))
        await asyncio.get_running_loop().run_in_executor(None, begun.wait, 30)
        serving.cancel()
        await asyncio.wait_for(asyncio.gather(serving, return_exceptions=True), 5)

    asyncio.run(stopped())
    assert shelf.making
    over.set()


def test_only_ready_pages_are_served_and_only_to_who_calls_this_machine(rt: Runtime) -> None:
    shelf = shelf_of(rt)
    shelf.renew()

    async def asked() -> list[tuple[int, str]]:
        found = []
        async with TestClient(TestServer(application(shelf, "zh", local=True))) as client:
            for method, path, headers in (
                ("GET", "/", {}),
                ("GET", f"/{NAME}?lang=en", {}),
                ("GET", f"/{NAME}?lang=xx", {}),
                ("GET", "/nobody", {}),
                ("GET", "/..%2f..%2fetc%2fpasswd", {}),
                ("POST", "/", {}),
                ("GET", "/", {"Host": "evil.example"}),
                ("GET", "/", {"Host": "["}),
                ("GET", "/", {"Host": "[::1]:80"}),
                ("GET", "/", {"Host": "localhost."}),
            ):
                async with client.request(method, path, headers=headers) as answer:
                    found.append((answer.status, answer.headers.get("Cache-Control", "")))
        return found

    assert asyncio.run(asked()) == [
        (200, "no-store"), (200, "no-store"), (200, "no-store"), (404, "no-store"), (404, "no-store"), (405, ""),
        (421, "no-store"), (421, "no-store"), (200, "no-store"), (200, "no-store"),
    ]  # fmt: skip

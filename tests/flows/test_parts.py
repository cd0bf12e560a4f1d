"""A part of `serve` that falls is started again, not for ever, and both are told."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flows import parts
from flows.parts import RESTARTS, LookingThread, Part, PartFellError
from flows.server import START_SECONDS, Child

from .conftest import wait_for

ENDS = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]


@dataclass
class Bench:
    """A part on a clock of its own, and what it said and told."""

    running: parts.Startable
    answers: Callable[[], bool] = lambda: True
    may_start: Callable[[], bool] = lambda: True
    now: float = 1000.0
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.part = Part(
            ("The worker", "工作进程"),
            "worker",
            self.running,
            lambda said: self.said.append(said[0]),
            lambda kind, said: self.told.append(f"{kind}: {said[1]}"),
            log=Path("worker.log"),
            answers=self.answers,
            may_start=self.may_start,
            steady=5.0,
            monotonic=lambda: self.now,
        )

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.part()


def falls(bench: Bench) -> None:
    """Wait for the end of a process that ends by itself, and look."""
    assert isinstance(bench.running, Child)
    bench.running.process.wait(30)
    bench.later(0.5)


def test_a_process_that_was_killed_is_back_as_it_was_and_both_are_told() -> None:
    bench = Bench(Child(STAYS, {}, None))
    assert isinstance(bench.running, Child)
    try:
        first = bench.running.process
        first.kill()
        falls(bench)
        assert not bench.part.is_up
        bench.later(0.4)
        assert bench.running.process is first, "not before its pause is over"
        bench.later(0.6)
        assert bench.running.process.args == first.args
        bench.later(4.9)
        assert not bench.part.is_up, "it may fall again at once"
        bench.later(0.2)
        assert bench.part.is_up
        assert bench.said == [
            "The worker ended with exit code -9; starting it again in 1 s (see worker.log).",
            "The worker is back after 6 s.",
        ]
        assert bench.told == [
            "worker: 工作进程以退出码 -9 结束；1 秒后重新启动（见 worker.log）。",
            "worker: 工作进程在 6 秒后恢复。",
        ]
    finally:
        bench.running.stop()


def test_one_that_falls_again_and_again_is_given_up_after_pauses_that_grow() -> None:
    bench = Bench(Child(ENDS, {}, None))
    pauses = []
    for _ in range(RESTARTS):
        falls(bench)
        pauses.append(float(bench.said[-1].split(" again in ")[1].split()[0]))
        bench.later(pauses[-1])
    with pytest.raises(PartFellError, match="ended with exit code 3, after 5 restarts in 10 minutes") as given_up:
        falls(bench)
    assert pauses == [1, 2, 4, 8, 16]
    assert given_up.value.exit_code == 3
    assert "worker.log" in given_up.value.remedy
    assert "5 次" in given_up.value.text("zh")


def test_once_in_a_while_it_is_started_again_for_years() -> None:
    bench = Bench(Child(ENDS, {}, None))
    for _ in range(20):
        falls(bench)
        assert bench.said[-1].endswith("starting it again in 16 s (see worker.log).") == (len(bench.said) > 4)
        bench.later(16)
        bench.now += parts.RESTARTS_WITHIN / RESTARTS - 16.5
    assert len(bench.told) == 20


def test_while_what_it_needs_is_away_a_fall_is_no_news_and_does_not_count() -> None:
    there = [False]
    bench = Bench(Child(ENDS, {}, None), may_start=lambda: there[0])
    for _ in range(3 * RESTARTS):
        falls(bench)
        bench.later(30)
    assert len(bench.said) == 1
    assert "when the server answers" in bench.said[0]
    assert bench.told == []
    there[0] = True
    bench.later(30)
    falls(bench)
    assert len(bench.told) == 1, "it ended although the server is there"


def test_one_that_lives_and_does_not_answer_is_started_again() -> None:
    answers = [True]
    bench = Bench(Child(STAYS, {}, None), answers=lambda: answers[0])
    assert isinstance(bench.running, Child)
    try:
        first = bench.running.process
        bench.later(10)
        answers[0] = False
        for _ in range(11):
            bench.later(10)
        answers[0] = True
        bench.later(10)
        answers[0] = False
        for _ in range(12):
            assert bench.part.is_up, "a busy database is over by then"
            bench.later(10)
        assert bench.said == ["The worker does not answer any more; starting it again in 1 s (see worker.log)."]
        assert first.poll() is not None
        bench.later(1)
        bench.later(START_SECONDS)
        assert bench.running.process.poll() is None
        bench.later(1)
        assert "did not answer within 180 seconds; starting it again in 2 s" in bench.said[-1]
    finally:
        bench.running.stop()


def test_a_thread_that_breaks_off_is_started_again_and_its_text_is_not_told() -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(threading.get_ident())
        if len(seen) == 1:
            raise ValueError("member 139 1234 5601")

    thread = LookingThread(look, every=0.01)
    bench = Bench(thread)
    try:
        wait_for("its end", thread.ended, 10)
        bench.later(0.5)
        assert bench.said == ["The worker broke off: ValueError; starting it again in 1 s (see worker.log)."]
        bench.later(1)
        wait_for("another look", lambda: len(seen) > 2, 10)
        assert thread.ended() is None
    finally:
        thread.stop()
    assert not thread._thread.is_alive()


def test_a_look_that_never_comes_back_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = threading.Event()
    thread = LookingThread(lambda: stuck.wait() and None, every=0.01)
    try:
        assert thread.comes_back()
        monkeypatch.setattr(parts, "_LONGEST_LOOK", 0.0)
        wait_for("notice", lambda: not thread.comes_back(), 10)
    finally:
        stuck.set()
        with suppress(RuntimeError):
            thread.stop()

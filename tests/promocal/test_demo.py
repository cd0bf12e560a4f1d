"""The demo: its report has an effect, and what it says at the end can be done."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from promocal.cli import main, replays
from promocal.demo import DemoResult, run_demo
from tasks.measuring.measure import measure
from tasks.reporting.labels import words
from tasks.running.replay import moments
from tasks.runtime import open_runtime

CALENDAR = "queens-day-2020"
# Two minutes of processor. CI runs the demo itself, and every line at its end: `.ci/run`.
in_full = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    target = tmp_path_factory.mktemp("demo") / "the demo"
    return run_demo(target, members=1_500, seed=3, lang="zh", say=lambda _: None, prefect=False)


@in_full
def test_the_demo_ends_with_a_report_and_an_effect(demo: DemoResult) -> None:
    assert demo.report.stat().st_size > 50_000
    programme = demo.measurement.programme
    assert programme.arms["treated"].members > 500
    assert programme.contrast
    assert (programme.contrast.difference or 0) > 0
    truth = demo.measurement.truth
    assert truth
    assert truth.programme
    assert truth.programme.added_orders > max(play.added_orders for play in truth.plays)
    assert truth.programme.uses > truth.programme.uses_anyway > 0
    assert min(truth.programme.joins, truth.programme.referrals, truth.programme.sign_ins) > 0
    assert truth.intervals >= 5
    assert not [one for one in demo.measurement.redemption_problems if one.code == "D402"]
    page = demo.report.read_text("utf-8")
    assert words("zh")["truth"] in page
    assert f"{truth.covered} / {truth.intervals} {words('zh')['truth_covered']}" in page
    with open_runtime(demo.project) as rt:
        loaded = rt.load_calendar(CALENDAR)
        planned = moments(loaded)
        answering = {(phase.id, play.id) for phase in loaded.calendar.phases for play in phase.plays if play.trigger}
        timed = [m for m in planned if any((m.phase, each.play) not in answering for each in m.occurrences)]
        # A look for events that finds none is no run.
        assert len(timed) <= demo.runs <= len(planned)
        assert measure(rt, CALENDAR, rt.clock()) == demo.measurement
    with pytest.raises(UsageError, match="not empty"):
        run_demo(demo.project.parent, members=100, seed=1, lang="en", say=lambda _: None)


@in_full
def test_every_line_at_the_end_works_as_it_is_printed(
    demo: DemoResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROMOCAL_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "160")
    replays.print_demo(demo)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    shown = {}
    for line in lines:
        python, option, program, command, *arguments = shlex.split(line, comments=True)
        assert (python, option, program) == (sys.executable, "-m", "promocal")
        monkeypatch.setattr(sys, "argv", ["promocal", command, *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert (end.value.code or 0, said.err) == (0, ""), line
        shown[command] = said.out
    assert list(shown) == ["status", "why", "audiences", "plan", "points", "quality", "report", "new"]
    assert shown["status"].count("已完成") == demo.runs
    assert shown["why"].count("选中") > 3
    assert "活动已于 2020-03-17 00:00 结束" in shown["plan"]
    assert "promocal apply" not in shown["plan"]
    assert (demo.project / "quality.html").stat().st_size > 10_000


def test_the_calendar_of_a_file_is_copied_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path names the copy in the project from then on: the ledger knows a calendar by where it lies."""
    asked: list[str] = []

    def stop(*args: object, **_: object) -> None:
        asked.append(str(args[1]))
        raise UsageError("enough")

    monkeypatch.setattr("promocal.demo.replay", stop)
    given = tmp_path / "mine" / "calendars" / f"{CALENDAR}.yaml"
    given.parent.mkdir(parents=True)
    given.write_text(Path(f"campaign_calendars/library/{CALENDAR}.yaml").read_text("utf-8"), "utf-8")
    with pytest.raises(UsageError, match="enough"):
        run_demo(
            tmp_path / "demo", members=100, seed=1, lang="en", say=lambda _: None, prefect=False, calendar=str(given)
        )
    assert asked == [CALENDAR]

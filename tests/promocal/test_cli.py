"""The command line as a person meets it: one message for a mistake, stable JSON, documented exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

TIMEOUT = 120
CALENDAR = "queens-day-2020"
TEN_MISTAKES = (Path(__file__).parent / "ten_mistakes.yaml").read_text("utf-8")


_loaded: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def at_hand(loaded: Path) -> Iterator[None]:
    """Each command is a process of its own, which need not load anything first."""
    _loaded.append(loaded / "promocal")
    yield
    _loaded.clear()


def promocal(*arguments: str, cwd: Path, lang: str = "en") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PROMOCAL_LANG": lang, "PYTHONIOENCODING": "utf-8", "COLUMNS": "160"}
    return subprocess.run(
        [*(_loaded or (sys.executable, "-m", "promocal")), *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    assert promocal("new", "shop", cwd=tmp_path).returncode == 0
    return tmp_path / "shop"


def test_new_writes_a_project_that_checks_clean(project: Path) -> None:
    done = promocal("check", "calendars/queens-day-2020.yaml", cwd=project)
    assert done.returncode == 0, done.stdout
    assert ": no problems\n" in done.stdout


def test_new_never_overwrites(project: Path) -> None:
    done = promocal("new", "shop", cwd=project.parent)
    assert done.returncode == 2
    assert "already has" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["check", "missing.yaml"], 2, "does not exist"),
        (["check", "."], 2, "is a directory"),
        (["plan", "queens-day-2020", "-C", "nowhere"], 2, "promocal.toml does not exist"),
        (["plan", "queens-day-2020"], 2, "no snapshot"),
        (["plan", "queens-day-2021"], 2, "no such calendar: queens-day-2021\n    → Did you mean 'queens-day-2020'?"),
        (["run", "queens-day-2020", "burst", "--at", "soon"], 2, "is not a moment"),
        (["approve", "no-such-run", "--by", "me", "--reason", "seen"], 2, "no such run: no-such-run"),
        (["approve", "no-such-run"], 2, "no such run: no-such-run"),
        (["approve", "--by", "me"], 2, "an answer names its run"),
        (["settle", "no-such-run", "--as", "sent", "--by", "me"], 2, "no such run: no-such-run"),
        (["why", "no-such-run", "m00000001"], 2, "no such run: no-such-run"),
        (["status", "queensday"], 2, "no such calendar: queensday"),
        (["status", "--replay", "queensday"], 2, "no such calendar: queensday"),
        (["worklist", "queensday"], 2, "no such run or calendar: queensday\n    → Did you mean 'queens-day-2020'?"),
        (
            ["run", CALENDAR, "burts", "--at", "2020-03-05T10:00Z"],
            2,
            "no such phase: burts\n    → Did you mean 'burst'?",
        ),
        (["explain", "C999"], 2, "there is no code"),
        (["suppress", "nothing.csv"], 2, "does not exist"),
        (["report", "queens-day-2020"], 2, "no snapshot"),
        (["refresh", "queens-day-2020"], 3, "there are no data yet"),
    ],
)
def test_a_mistake_is_one_message_with_a_remedy(project: Path, arguments: list[str], code: int, text: str) -> None:
    done = promocal(*arguments, cwd=project)
    assert done.returncode == code, done.stderr
    assert text in done.stderr
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_explanation_says_where_the_rows_it_cites_can_be_read(project: Path) -> None:
    done = promocal("explain", "c160", "--lang", "zh", cwd=project)
    assert done.stdout.endswith("\n\nA3：docs/domain.zh.md#a3\nA11#1：docs/domain.zh.md#a11-1\n")
    cites_nothing = promocal("explain", "C101", "--lang", "en", cwd=project)
    assert cites_nothing.returncode == 0
    assert "domain.md" not in cites_nothing.stdout


def test_ten_mistakes_are_ten_located_problems_and_nothing_runs(project: Path) -> None:
    path = project / "calendars" / "queens-day-2020.yaml"
    path.write_text(TEN_MISTAKES, "utf-8")
    done = promocal("check", str(path.relative_to(project)), "--format", "json", cwd=project)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["ok"] is False
    errors = [problem for problem in found["problems"] if problem["severity"] == "error"]
    assert len({(p["line"], p["code"]) for p in errors}) >= 10, errors
    assert all(problem["line"] > 0 and problem["file"].endswith("queens-day-2020.yaml") for problem in errors)
    assert all(problem["hint"] for problem in errors)
    assert promocal("sample", "--members", "50", cwd=project).returncode == 0
    refused = promocal("refresh", "queens-day-2020", cwd=project)
    assert refused.returncode == 1
    assert not (project / "var" / "warehouse").exists()


def test_problems_come_in_chinese_too(project: Path) -> None:
    path = project / "calendars" / "queens-day-2020.yaml"
    path.write_text(TEN_MISTAKES, "utf-8")
    done = promocal("check", str(path), cwd=project, lang="zh")
    assert "错误" in done.stdout
    assert "未知的键" in done.stdout


def test_schema_is_json_schema(project: Path) -> None:
    for kind in ("calendar", "store"):
        done = promocal("schema", kind, cwd=project)
        assert json.loads(done.stdout)["type"] == "object"


def test_sample_writes_the_sources_the_settings_name(project: Path) -> None:
    done = promocal("sample", "--members", "50", "--seed", "3", cwd=project)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (project / "data").glob("*.csv")} >= {"members-0001.csv", "orders-0001.csv"}


def test_a_defect_is_one_message_too(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("calendar: x\n", "utf-8")
    code = (
        "import promocal.cli.authoring as a, promocal.cli as c, sys\n"
        "import tasks.calendars.checking\n"
        "tasks.calendars.checking.look_at = lambda *given, **named: 1 / 0\n"
        "sys.argv = ['promocal', 'check', sys.argv[1]]\nc.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False, timeout=TIMEOUT
    )
    assert done.returncode == 3
    assert "unexpected ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_that_cannot_be_written_is_no_defect(project: Path) -> None:
    (project / "data").mkdir(exist_ok=True)
    done = promocal("schema", "calendar", "-o", "data", cwd=project)
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "promocal: data cannot be used: Is a directory", "    → name another path, or mend its directory and rights"
    ]  # fmt: skip


def test_version() -> None:
    command = [sys.executable, "-m", "promocal", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    assert done.stdout.startswith("promocal 0.")


def test_new_moves_a_calendar_to_another_year_and_adds_it_to_the_project(project: Path) -> None:
    done = promocal("new", "--from", "queens-day-2020", "--year", "2026", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "presale starts on 2026-02-23; it started on 2020-02-24" in done.stdout
    assert "calendars/queens-day-2026.yaml:" in done.stdout
    assert promocal("check", "calendars/queens-day-2026.yaml", cwd=project).returncode == 0
    assert promocal("new", "--from", "calendars/queens-day-2026.yaml", "--year", "2027", cwd=project).returncode == 0
    assert (project / "calendars" / "queens-day-2027.yaml").is_file()
    again = promocal("new", "--from", "queens-day-2020", "--year", "2026", cwd=project)
    assert again.returncode == 2
    assert "already has calendars/queens-day-2026.yaml" in again.stderr
    assert promocal("new", cwd=project).returncode == 2


def test_diff_speaks_of_calendars_and_prints_its_documented_json(project: Path) -> None:
    path = project / "calendars" / "queens-day-2020.yaml"
    mine = project / "calendars" / "mine.yaml"
    mine.write_text(path.read_text("utf-8").replace("{from: D-3, to: D+0}", "{from: D-3 12:00, to: D+0}"), "utf-8")
    done = promocal("diff", "queens-day-2020", "calendars/mine.yaml", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "~ phase burst starts 12 hours later" in done.stdout
    assert "没有差异" in promocal("diff", str(path), str(path), cwd=project, lang="zh").stdout
    found = json.loads(promocal("diff", str(path), str(mine), "--format", "json", cwd=project).stdout)
    assert set(found) == {"old", "new", "differences"}
    assert set(found["differences"][0]) == {"what", "where", "before", "after", "text"}
    mine.write_text("calendar: [", "utf-8")
    broken = promocal("diff", str(path), str(mine), cwd=project)
    assert broken.returncode == 1
    assert "mine.yaml:1:" in broken.stderr


def test_graph_draws_in_the_terminal_as_json_and_as_a_picture(project: Path) -> None:
    drawn = promocal("graph", "calendars/queens-day-2020.yaml", cwd=project, lang="zh")
    assert drawn.returncode == 0, drawn.stderr
    assert "└ 疲软期" in drawn.stdout
    found = json.loads(promocal("graph", "queens-day-2020", "--format", "json", cwd=project).stdout)
    assert set(found) == {"calendar", "timezone", "rows", "rules"}
    assert [row["what"] for row in found["rows"]].count("sub_phase") == 1
    assert promocal("graph", "queens-day-2020", "-o", "t.svg", cwd=project).returncode == 0
    assert (project / "t.svg").read_text("utf-8").startswith("<svg")
    assert promocal("graph", "queens-day-2020", "-o", "t.png", cwd=project).returncode == 2


def test_watch_checks_again_when_a_file_changes_and_ends_on_interrupt(project: Path) -> None:
    path = project / "calendars" / "queens-day-2020.yaml"
    good = path.read_text("utf-8")
    environment = {**os.environ, "PROMOCAL_LANG": "en", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "promocal", "check", str(path), "--watch"],
        cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        # A suite that runs in the background of a shell hands down an ignored Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no thread yet
    ) as watching:  # fmt: skip
        assert watching.stdout is not None

        def until(text: str) -> None:
            for line in watching.stdout:  # type: ignore[union-attr]
                if text in line:
                    return
            pytest.fail(f"{text!r} was never printed")

        guard = threading.Timer(TIMEOUT, watching.kill)
        guard.start()
        try:
            until("no problems")
            path.write_text(good.replace("audience: not-bought-yet", "audience: not-bought-yett", 1), "utf-8")
            until("C120")
            path.unlink()
            until("does not exist")
            path.write_text(good, "utf-8")
            until("no problems")
            store = project / "stores" / "demo-food.yaml"
            store.write_text(store.read_text("utf-8") + "nonsense: 1\n", "utf-8")
            until("C020")
            watching.send_signal(signal.SIGINT)
            assert watching.wait(TIMEOUT) == 0
        finally:
            guard.cancel()
            watching.kill()
    assert promocal("check", str(path), "--watch", "--format", "json", cwd=project).returncode == 2


def test_import_activities_writes_a_skeleton_that_checks_and_overwrites_nothing(project: Path) -> None:
    (project / "a.json").write_text(
        '{"data": [{"activityId": 1, "actName": "38&amp;焕新", "activityStart": 1771862400000, '
        '"activityEnd": 1773071999000}]}',
        "utf-8",
    )
    made = promocal("import-activities", "a.json", "-o", "calendars/p.yaml", cwd=project)
    assert made.returncode == 0, made.stderr
    assert "38&焕新" in (project / "calendars" / "p.yaml").read_text("utf-8")
    assert promocal("check", "calendars/p.yaml", cwd=project).returncode == 0
    assert promocal("import-activities", "a.json", "-o", "calendars/p.yaml", cwd=project).returncode == 2
    assert "calendar: mine" in promocal("import-activities", "a.json", "--id", "mine", cwd=project).stdout
    (project / "a.json").write_text('{"data": [', "utf-8")
    broken = promocal("import-activities", "a.json", cwd=project)
    assert broken.returncode == 1
    assert "a.json:1:11: error S700" in broken.stderr
    assert promocal("import-activities", "none.json", cwd=project).returncode == 2


def test_fmt_writes_the_layout_and_check_only_asks(project: Path) -> None:
    path = project / "calendars" / "queens-day-2020.yaml"
    store = project / "stores" / "demo-food.yaml"
    path.write_text(path.read_text("utf-8").replace("store: demo-food", 'store:   "demo-food"   # mine'), "utf-8")
    before = path.read_text("utf-8")
    asked = promocal("fmt", "--check", str(path), cwd=project)
    assert asked.returncode == 1
    assert "would format" in asked.stdout
    assert path.read_text("utf-8") == before
    assert promocal("fmt", str(path), str(store), cwd=project).returncode == 0
    assert "\nstore: demo-food # mine\n" in path.read_text("utf-8")
    assert promocal("fmt", "--check", str(path), str(store), cwd=project).returncode == 0
    assert promocal("check", str(path), cwd=project).returncode == 0
    path.write_text("calendar: [", "utf-8")
    assert promocal("fmt", str(path), cwd=project).returncode == 1
    assert path.read_text("utf-8") == "calendar: ["


def test_graph_of_windows_that_wait_for_each_other_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "calendar: x\nstore: demo-food\ntimezone: UTC\nphases:\n"
        "  - {id: a, kind: burst, window: {from: b start, to: b end}}\n"
        "  - {id: b, kind: burst, window: {from: a start, to: a end}}\n",
        "utf-8",
    )
    done = promocal("graph", "c.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "promocal check says why" in done.stderr
    assert promocal("diff", "c.yaml", "double-11-2021", cwd=tmp_path).returncode == 0


@pytest.fixture
def refreshed(project: Path) -> Path:
    assert promocal("sample", "--members", "200", "--seed", "3", cwd=project).returncode == 0
    done = promocal("refresh", CALENDAR, "--as-of", "2020-02-01T00:00+08:00", cwd=project)
    assert done.returncode == 0, done.stderr
    return project


def test_apply_refuses_a_plan_that_nobody_saw(refreshed: Path) -> None:
    done = promocal("apply", CALENDAR, "--plan", "000000000000", cwd=refreshed)
    assert done.returncode == 2
    made = json.loads(promocal("plan", CALENDAR, "--format", "json", cwd=refreshed).stdout)
    assert f"it is {made['checksum']} now, not 000000000000" in done.stderr


def test_a_finished_replay_is_explored_by_its_name(refreshed: Path) -> None:
    assert promocal("why", "nobody", "--replay", CALENDAR, cwd=refreshed).returncode == 2
    done = promocal("replay", CALENDAR, "--until", "2020-02-05T00:00+08:00", cwd=refreshed)
    assert f"--replay {CALENDAR}" in done.stdout
    look = ("--replay", CALENDAR)
    import duckdb

    files = [str(path) for path in (refreshed / "var" / "replay" / CALENDAR / "decisions").glob("*.parquet")]
    query = "select phase, occurrence_at, member_id, reason, chain from read_parquet($1) where status = 'excluded'"
    with duckdb.connect() as con:
        phase, at, member, reason, chain = con.execute(f"{query} limit 1", [files]).fetchall()[0]
        places = con.execute("select count(*) from read_parquet($1) where member_id = $2", [files, member]).fetchall()
    run = f"{CALENDAR}.{phase}.{at:%Y%m%dT%H%M%SZ}"
    rows = json.loads(promocal("why", run, member, *look, "--format", "json", cwd=refreshed).stdout)
    assert (reason, chain) in {(row["reason"], row["chain"]) for row in rows}
    every = json.loads(promocal("why", member, *look, "--format", "json", cwd=refreshed).stdout)
    assert sum(row["status"] != "not_in_audience" for row in every) == places[0][0] >= len(rows)
    assert {row["time"] for row in every} == {"past"}
    assert all("***" in row["member_id"] for row in every)
    shown = promocal("why", member, *look, cwd=refreshed).stdout
    assert f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}  {phase} / " in shown
    assert chain in shown
    nobody = promocal("why", run, "nobody", *look, "--lang", "zh", cwd=refreshed)
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert "没有这位会员：nobody" in nobody.stderr
    assert promocal("why", "no-run", "nobody", *look, cwd=refreshed).returncode == 2
    # What really ran is another matter.
    assert json.loads(promocal("status", "--format", "json", cwd=refreshed).stdout)["runs"] == []
    found = json.loads(promocal("status", *look, "--format", "json", cwd=refreshed).stdout)
    assert len(found["runs"]) == len(files)
    page = promocal("report", CALENDAR, *look, "--lang", "zh", "-o", "page.html", "--format", "json", cwd=refreshed)
    assert json.loads(page.stdout)["as_of"] == "2020-02-05T00:00:00+08:00"
    assert "按模拟时间回放" in (refreshed / "page.html").read_text("utf-8")
    missing = promocal("status", "--replay", "double-11-2021", cwd=refreshed)
    assert missing.returncode == 2
    assert "no such calendar: double-11-2021" in missing.stderr
    (refreshed / "calendars" / "double-11-2021.yaml").touch()
    not_yet = promocal("status", "--replay", "double-11-2021", cwd=refreshed)
    (refreshed / "calendars" / "double-11-2021.yaml").unlink()
    assert not_yet.returncode == 2
    assert "there is no finished replay of double-11-2021" in not_yet.stderr


def test_new_speaks_chinese(tmp_path: Path) -> None:
    done = promocal("new", "shop", "--year", "2027", "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "个文件，目录 shop" in done.stdout
    assert "已移到 2027 年" in done.stdout
    assert "下一步：cd shop，然后 promocal check" in done.stdout
    assert "Wrote" not in done.stdout


def test_check_names_the_lines_it_could_not_read_and_plan_refuses_them(project: Path) -> None:
    file = project / "calendars" / "queens-day-2020.yaml"
    lines = file.read_text("utf-8").split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("        audience: "))
    last = max(number for number, line in enumerate(lines) if line.startswith("        audience: "))
    lines[first], lines[last] = "        aud", "        audience: nobody-at-all"
    file.write_text("\n".join(lines), "utf-8")
    english, chinese = (promocal("check", str(file), cwd=project, lang=lang) for lang in ("en", "zh"))
    assert english.returncode == chinese.returncode == 1
    assert f":{first + 1}:" in english.stdout
    assert "there is no audience 'nobody-at-all'" in english.stdout
    assert english.stdout.rstrip().endswith(f"checked without line {first + 1}")
    assert chinese.stdout.rstrip().endswith(f"未读取第 {first + 1} 行，其余内容已检查")
    told = json.loads(promocal("check", str(file), "--format", "json", cwd=project).stdout)
    assert told["unread"] == [{"file": str(file), "lines": [first + 1]}]
    # A plan needs data, and says so first: it shall seem to have some.
    (project / "var" / "warehouse").mkdir(parents=True)
    (project / "var" / "warehouse" / "current.json").write_text("{}", "utf-8")
    planned = promocal("plan", CALENDAR, cwd=project)
    assert planned.returncode == 1
    assert f":{first + 1}:" in planned.stderr + planned.stdout

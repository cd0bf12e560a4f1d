"""`promocal new`: what it asks in a terminal, what its flags say, and that nothing half-written is left."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import load_document
from promocal.cli import starting
from promocal.cli.app import application
from promocal.own_shop import Shop
from promocal.scaffold import create_project, undone_on_failure
from tasks.calendars.checking import read_calendar

ROOT = Path(__file__).parents[2]
LONGEST = 120.0


def in_terminal(answers: Sequence[str | None], cwd: Path, *arguments: str, lang: str = "en") -> tuple[int, str]:
    """Exit code and what a person saw who gave these answers; None is Ctrl-C."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests in the background ignores it
        os.environ.update(PROMOCAL_LANG=lang, PYTHONPATH=str(ROOT), COLUMNS="100", TERM="xterm")
        os.execv(sys.executable, [sys.executable, "-m", "promocal", "new", *arguments])
    seen, left, until = b"", list(answers), time.monotonic() + LONGEST
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.2)[0]:
            shown = seen.decode("utf-8", "replace")
            if left and shown.endswith((": ", "：")):
                answer = left.pop(0)
                os.write(terminal, b"\x03" if answer is None else f"{answer}\n".encode())
            continue
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # the other end is closed
            break
        seen += more
        if not more:
            break
    if time.monotonic() >= until:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode("utf-8", "replace").replace("\r\n", "\n")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(application(["new"]), ["new", *arguments], catch_exceptions=False)
    return f"{result.exit_code} {result.output}"


def settings(root: Path) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((root / "promocal.toml").read_text("utf-8"))


def store_of(root: Path) -> Store:
    [file] = (root / "stores").glob("*.yaml")
    found = load_document(Store, file.read_text("utf-8")).model
    assert found is not None
    return found


def test_a_person_is_asked_and_wrong_answers_are_asked_again(tmp_path: Path) -> None:
    answers = ["我的 茶铺", "", "Asia/Shangai", "Asia/Tokyo", "4", "99", "1", "20", "2020", "2", "tagz", "tags"]
    code, seen = in_terminal(answers, tmp_path, lang="zh")
    assert code == 0, seen
    for said in (
        "店铺名称 [我的 茶铺]",
        "是否想写 'Asia/Shanghai'",
        "'99' 不在其中",
        "'20' 不是年份",
        "没有数据集 'tagz'",
    ):
        assert said in seen
    root = tmp_path / "我的 茶铺"
    store = store_of(root)
    assert (store.store, store.title.zh, store.category) == ("shop", "我的 茶铺", "tea_wine_dairy")
    written = settings(root)
    assert sorted(written["sources"]) == ["members", "orders", "tags"]
    assert written["sources"]["members"]["timezone"] == "Asia/Tokyo"
    assert written["project"]["lang"] == "zh"
    loaded, problems = read_calendar(root / "calendars" / "queens-day-2020.yaml", with_messages=True)
    assert loaded is not None, problems
    assert loaded.calendar.timezone.key == "Asia/Tokyo"
    assert "members*.csv" in seen


@pytest.mark.parametrize("answered", [0, 2, 6])
def test_whoever_stops_leaves_nothing(tmp_path: Path, answered: int) -> None:
    code, seen = in_terminal([*["shop", "", "", "", "", "2020"][:answered], None], tmp_path)
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert "Stopped; nothing was written." in seen
    assert "Traceback" not in seen


def test_what_a_flag_says_is_not_asked(tmp_path: Path) -> None:
    flags = (
        "shop",
        "--shop",
        "A",
        "--timezone",
        "UTC",
        "--category",
        "fresh",
        "--from",
        "daily-2026",
        "--year",
        "2027",
    )
    code, seen = in_terminal(["4", "events", "not a name", "SHOP_DB"], tmp_path, *flags)
    assert code == 0, seen
    assert "Name of the shop" not in seen
    assert "that is no name of a variable" in seen
    sources = settings(tmp_path / "shop")["sources"]
    assert sources["events"] == {"kind": "sql", "url_env": "SHOP_DB", "table": "events", "timezone": "UTC"}


def test_an_existing_project_is_not_asked_about(tmp_path: Path) -> None:
    create_project(tmp_path / "shop", "queens-day-2020")
    code, seen = in_terminal([], tmp_path, "shop", "--year", "2027")
    assert code == 0, seen
    assert "[shop]" not in seen
    with pytest.raises(UsageError, match="is a project already"):
        run(str(tmp_path / "shop"), "--year", "2028", "--shop", "B")


def test_without_a_person_flags_and_defaults_say_everything(tmp_path: Path) -> None:
    assert run(str(tmp_path / "a")).startswith("0 Wrote")
    assert store_of(tmp_path / "a").store == "demo-food"
    assert "members" in settings(tmp_path / "a")["sources"]
    said = run(str(tmp_path / "b"), "--shop", "Li's: {Tea} # 茶", "--data", "xlsx", "--datasets", "points")
    assert said.startswith("0 Wrote")
    store = store_of(tmp_path / "b")
    assert (store.store, store.title.en) == ("li-s-tea", "Li's: {Tea} # 茶")
    assert settings(tmp_path / "b")["sources"]["points"]["path"] == "data/points*.xlsx"
    with pytest.raises(UsageError, match="the directory of the new project is missing"):
        run()


@pytest.mark.parametrize(
    "flags",
    [
        ("--timezone", "Mars/Base"),
        ("--datasets", "ordrs"),
        ("--url-env", "postgres://me:secret@host/db"),
        ("--from", "nothing"),
        ("--shop", "a\x7fb"),
        ("--shop", "a\udcff"),
        ("--shop", "茶" * 61),
        ("--year", "1999"),
    ],
)
def test_a_flag_that_will_not_do_is_one_sentence_and_writes_nothing(tmp_path: Path, flags: tuple[str, str]) -> None:
    with pytest.raises(PromocalError) as caught:
        run(str(tmp_path / "a"), *flags)
    assert "secret" not in caught.value.message + caught.value.remedy
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_the_address_of_a_database_is_for_data_of_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not for csv"):
        run(str(tmp_path / "a"), "--data", "csv", "--url-env", "SHOP_URL")
    assert not list(tmp_path.iterdir())
    run(str(tmp_path / "b"), "--url-env", "SHOP_URL")
    assert settings(tmp_path / "b")["sources"]["orders"]["url_env"] == "SHOP_URL"


@pytest.mark.parametrize(
    "title", ["茶", "A", "一家名字很长很长的茶叶与咖啡以及点心店铺", '"quoted"', "x: y", "【括号】"]
)
def test_any_name_of_a_shop_gives_a_project_that_checks_clean(tmp_path: Path, title: str) -> None:
    create_project(tmp_path / "a", "queens-day-2020", shop=Shop(title))
    loaded, problems = read_calendar(tmp_path / "a" / "calendars" / "queens-day-2020.yaml", with_messages=True)
    assert loaded is not None, problems
    assert [one.code for one in problems if one.severity != "info"] == []
    assert loaded.store.title.zh == title


@pytest.mark.parametrize("category", ["fresh", "standard", "tea_wine_dairy"])
def test_a_category_decides_when_a_member_is_lost(tmp_path: Path, category: str) -> None:
    assert run(str(tmp_path / "a"), "--category", category).startswith("0 ")
    expected = {"fresh": 180, "standard": 365, "tea_wine_dairy": store_of(tmp_path / "a").lifecycle.lost.days}
    assert store_of(tmp_path / "a").lifecycle.lost == timedelta(days=expected[category])


def test_generated_data_leave_a_project_that_plans_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks.planning.plan import plan
    from tasks.runtime import open_runtime

    monkeypatch.setattr(starting, "_DEMO_MEMBERS", 200)
    said = run(str(tmp_path / "a"), "--shop", "Tea", "--data", "demo")
    assert "promocal replay queens-day-2020" in said
    with open_runtime(tmp_path / "a", clock=lambda: datetime.fromisoformat("2020-02-01T00:00+08:00")) as rt:
        assert plan(rt, "queens-day-2020").checksum


def test_generated_data_that_fail_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(directory: Path, _calendar: str) -> None:
        (directory / "data").mkdir()
        (directory / "data" / "members.csv").write_text("half", "utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(starting, "_fill", fill)
    result = CliRunner().invoke(application(["new"]), ["new", str(tmp_path / "a" / "b"), "--data", "demo"])
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_before_and_what_others_write_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", "utf-8")

    def broken() -> None:
        with undone_on_failure(tmp_path, [Path("mine"), Path("a/b.txt"), Path("c")]):
            for name in ("a/b.txt", "a/other", "c/d/e"):
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_text("x", "utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["a", "a/other", "mine"]


def test_sheets_of_a_calendar_come_along(tmp_path: Path) -> None:
    first = tmp_path / "a"
    create_project(first, "queens-day-2020")
    path = first / "calendars" / "queens-day-2020.yaml"
    text = path.read_text("utf-8")
    start, end = text.index("\nprices:"), text.index("\nphases:")
    path.write_text(f"{text[:start]}\nprices: {{from: price list.csv}}\n{text[end:]}", "utf-8")
    (first / "price list.csv").write_text("goods,phase,list price\ntea,burst,1\n", "utf-8")
    create_project(tmp_path / "b", str(path))
    assert (tmp_path / "b" / "price list.csv").read_bytes() == (first / "price list.csv").read_bytes()
    moved = run(str(tmp_path / "c"), "--from", str(path), "--year", "2027", "--lang", "en").replace("\n", " ")
    assert "Dates in price list.csv were not moved" in moved
    assert "were not moved" not in run(str(tmp_path / "d"), "--from", str(path), "--lang", "en")

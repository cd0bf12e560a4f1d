"""An id means the project's own calendar, then the shipped one, in every command; which one it was is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promocal.cli import main
from tasks.calendars.lookup import find_calendar

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose only calendars are `spring` and `lifecycle`, an id that promocal ships as well."""
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "own-calendar-behind-shipped-id", root, dirs_exist_ok=True)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "160")
    return root


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["promocal", *words, "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    code = ended.value.code
    return code if isinstance(code, int) else 0, out, err


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("graph", "lifecycle"), "04-08–04-12"),
        (("check", "lifecycle"), "calendars/lifecycle.yaml"),
        (("diff", "lifecycle", "lifecycle"), "no differences"),
        (("new", "other", "--from", "lifecycle"), "calendars/lifecycle.yaml"),
    ],
)
def test_an_id_means_the_own_calendar_first(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], shown: str
) -> None:
    code, out, err = run(capsys, monkeypatch, *words)
    assert code == 0, out + err
    assert shown in out
    assert "lifecycle: calendars/lifecycle.yaml" in out + err
    if words[0] == "new":
        own = (shop / "calendars" / "lifecycle.yaml").read_text("utf-8")
        assert (shop / "other" / "calendars" / "lifecycle.yaml").read_text("utf-8") == own


@pytest.mark.parametrize("command", ["graph", "check", "diff"])
def test_an_id_that_only_promocal_has_means_the_shipped_calendar(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    words = (command, "daily-2026", *(["daily-2026"] if command == "diff" else []))
    code, out, err = run(capsys, monkeypatch, *words)
    assert code == 0, out + err
    assert "daily-2026: the calendar that comes with promocal" in err


def test_fmt_writes_the_own_calendar_and_never_a_shipped_one(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["promocal", "--lang", "en", "fmt", "lifecycle"])
    with pytest.raises(SystemExit):
        main()
    assert "calendars/lifecycle.yaml" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["promocal", "--lang", "en", "fmt", "daily-2026"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "promocal new . --from daily-2026" in capsys.readouterr().err


def test_an_unknown_id_is_answered_with_one_that_exists(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (("graph", "sprng"), ("check", "sprng"), ("diff", "spring", "sprng"), ("new", "x", "--from", "sprng")):
        code, _, err = run(capsys, monkeypatch, *words)
        assert code == 2
        assert "'spring'" in err, words


def test_a_path_is_a_path_and_the_settings_say_where_calendars_lie(shop: Path) -> None:
    (shop / "calendars").rename(shop / "plans")
    assert find_calendar("lifecycle").shipped
    settings = (shop / "promocal.toml").read_text("utf-8")
    (shop / "promocal.toml").write_text(settings.replace('calendars = "calendars"', 'calendars = "plans"'), "utf-8")
    found = find_calendar("lifecycle")
    assert (found.path, found.shipped) == (Path("plans/lifecycle.yaml"), False)
    path = find_calendar("plans/lifecycle.yaml")
    assert (path.path, path.by_id) == (Path("plans/lifecycle.yaml"), False)


@pytest.mark.parametrize(("lang", "says"), [("en", "--from double-11-2021 --year"), ("zh", "加入项目")])
def test_what_runs_by_a_calendar_says_how_to_take_a_shipped_one_over(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, says: str
) -> None:
    monkeypatch.setattr("sys.argv", ["promocal", "plan", "double-11-2021", "--lang", lang])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
    # Followed, the project has it.
    code, _, _ = run(capsys, monkeypatch, "new", "--from", "double-11-2021", "--year", "2026")
    assert code == 0
    assert (shop / "calendars" / "double-11-2026.yaml").is_file()

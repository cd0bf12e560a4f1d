"""Whatever a project writes about people is its owner's alone, whatever the umask of the process that began."""

from __future__ import annotations

import ast
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from promocal.cli import main
from tasks.private import keep_private, open_to_others, rights_problems

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")


@pytest.fixture(autouse=True)
def _wide_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["promocal", "--lang", "en", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (None, 0), words


def modes(folder: Path) -> dict[str, str]:
    return {
        str(entry.relative_to(folder.parent)): f"{stat.S_IMODE(entry.lstat().st_mode):o}"
        for entry in (folder, *sorted(folder.rglob("*")))
    }


def test_folders_are_700_and_files_600(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    monkeypatch.chdir(root)
    (root / "refused.csv").write_text("member_id,channel,reason\n0102,sms,asked\n", "utf-8")
    moment = ("--as-of", "2026-04-09T09:00+08:00")
    run(monkeypatch, "refresh", "spring", *moment)
    run(monkeypatch, "plan", "spring")
    run(monkeypatch, "suppress", "refused.csv")
    run(monkeypatch, "replay", "spring")
    run(monkeypatch, "report", "spring")
    run(monkeypatch, "quality")
    assert "D406" not in capsys.readouterr().out
    made = modes(root / "var")
    kinds = {Path(name).suffix for name in made}
    assert {".duckdb", ".parquet", ".json", ".db", ".csv", ".html"} <= kinds
    for name, mode in made.items():
        assert mode == ("700" if (root / name).is_dir() else "600"), name


def test_what_is_open_already_is_said_with_what_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "personal-data-readable-by-all", root, dirs_exist_ok=True)
    monkeypatch.chdir(root)
    (root / "var" / "warehouse").mkdir(parents=True)
    (root / "var" / "old.csv").write_text("0101,13900000101\n", "utf-8")
    run(monkeypatch, "refresh", "spring", "--as-of", "2026-04-09T09:00+08:00")
    said = " ".join(capsys.readouterr().out.split())
    assert "D406 other users of this machine may read 3 files and folders" in said
    assert f"chmod -R go-rwx {root / 'var'}".replace(" ", "") in "".join(said.split())
    for entry in (root / "var", *(root / "var").rglob("*")):
        entry.chmod(entry.lstat().st_mode & ~0o077)
    assert open_to_others(root / "var") == 0
    assert rights_problems(root / "var") == []


def test_a_closed_directory_hides_what_is_in_it(tmp_path: Path) -> None:
    state = tmp_path / "var"
    state.mkdir(mode=0o700)
    (state / "wide.csv").write_text("x", "utf-8")
    assert open_to_others(state) == 0
    state.chmod(0o750)
    assert open_to_others(state) == 2


def test_a_narrower_umask_stays() -> None:
    os.umask(0o177)
    keep_private()
    assert os.umask(0) == 0o177


WIDENING = {"chmod", "umask", "fchmod", "lchmod"}
MAY_WIDEN = {
    "tasks/operations/figures.py": "the page of figures, ids and counts, is read by a collector of another account",
    "tasks/private.py": "narrows the umask, for everything that a process writes",
    "warehouse/engines/spark.py": "hands tables over to executors of a cluster, who run as somebody else",
}


def test_nothing_else_gives_or_takes_rights() -> None:
    """One place decides on rights: no other module changes them, opens a file by its bits or makes an own umask."""
    found: set[str] = set()
    for package in ("campaign_calendars", "warehouse", "tasks", "flows", "promocal"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WIDENING:
                    found.add(str(file.relative_to(ROOT)))
                if isinstance(node, ast.Constant) and type(node.value) is int and node.value in (0o644, 0o666, 0o755):
                    source = ast.get_source_segment(file.read_text("utf-8"), node) or ""
                    assert not source.startswith("0o") or str(file.relative_to(ROOT)) in MAY_WIDEN, file
    assert found == set(MAY_WIDEN)


def test_a_project_is_opened_in_one_place_which_keeps_it_private() -> None:
    """A state directory is known from settings only; every reader of settings goes through `open_runtime`."""
    opening = {
        str(file.relative_to(ROOT))
        for package in ("warehouse", "tasks", "flows", "promocal")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("load_settings", "Runtime")
    }
    looking = {
        "tasks/data/sources.py",
        "promocal/cli/completing.py",
        "promocal/editor/counting.py",
    }  # they write nothing
    assert opening == {"tasks/runtime.py", *looking}

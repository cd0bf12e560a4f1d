"""The built wheel alone, in an empty environment and outside the source tree, gives a working promocal."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("campaign_calendars", "warehouse", "tasks", "flows", "promocal")
DATA = {".sql", ".yaml", ".html", ".css", ".txt", ".toml"}

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PROMOCAL", "VIRTUAL"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env={**clean, "PROMOCAL_LANG": "en"}, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git tracks, so that nothing left lying in the tree gets in."""
    work = tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in tracked.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (work / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "tree" / name).write_bytes((ROOT / name).read_bytes())
    build = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", work, ".")
    run(*build, cwd=work / "tree")
    [made] = work.glob("promocal-*.whl")
    return made


def test_every_data_file_of_the_packages_is_in_it(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {name for name in tracked.stdout.splitlines() if Path(name).suffix in DATA | {".py", ".typed"}}
    assert len(wanted) > 400
    assert wanted - packed == set()


def test_it_works_outside_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "env", cwd=tmp_path)
    python, promocal = tmp_path / "env" / "bin" / "python", tmp_path / "env" / "bin" / "promocal"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    run(*pip, wheel, cwd=tmp_path)
    run(promocal, "new", "shop", cwd=tmp_path)
    [calendar] = (tmp_path / "shop" / "calendars").glob("*.yaml")
    assert "no problems" in run(promocal, "check", calendar, cwd=tmp_path)
    run(promocal, "demo", cwd=tmp_path)
    assert (tmp_path / "build" / "demo" / "report.html").is_file()

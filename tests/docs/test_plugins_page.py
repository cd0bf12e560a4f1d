"""The packages on the page of plug-ins are real: laid out as installed, they keep the contracts they name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from campaign_calendars.model.benefits import KINDS
from tasks.channels.registry import CHANNELS
from tasks.plugins import CHECKS
from warehouse.sources.registry import SOURCES

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text("utf-8")
FILES = re.findall(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PACKAGES = ("promocal_spool", "promocal_pairs")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_of_the_page_keeps_its_contract(package: str, tmp_path: Path) -> None:
    texts = [(name, text) for name, text in FILES if name.endswith(".py") and package in name]
    assert [name for name, _ in texts] == [f"{package}.py", f"test_{package}.py"]
    for name, text in texts:
        (tmp_path / name).write_text(text, "utf-8")
    projects = [tomllib.loads(text)["project"] for name, text in FILES if name == "pyproject.toml"]
    (project,) = (found for found in projects if found["name"] == package.replace("_", "-"))
    info = tmp_path / f"{package}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8"
    )
    ((group, points),) = project["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d+ passed", done.stdout.splitlines()[-1]), done.stdout


def test_the_table_names_every_group_and_a_module_that_is_there() -> None:
    rows = re.findall(r"^\| `(promocal\.\w+)` \|.*?\| `(promocal\.\w+)` \|", PAGE, re.MULTILINE)
    assert {group for group, _ in rows} == {CHANNELS.group, SOURCES.group, KINDS.group, CHECKS}
    for _, module in rows:
        assert __import__(module, fromlist=["__all__"]).__all__

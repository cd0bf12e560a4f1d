"""The example packages, as if they were installed: their own tests run here, with real metadata on the path."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from promocal.testing import ChannelContract, SourceContract
from tasks import plugins
from tasks.channels.registry import CHANNELS
from warehouse.sources.registry import SOURCES

EXAMPLES = Path(__file__).parents[2] / "examples"
PACKAGES = sorted(path.parent for path in EXAMPLES.glob("*/pyproject.toml"))


def project_of(package: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def module_of(package: Path) -> ModuleType:
    """The test module of a package, imported with the package on the path."""
    [path] = (package / "tests").glob("test_*.py")
    sys.path.insert(0, str(package))
    try:
        spec = importlib.util.spec_from_file_location(f"examples_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(package))


wecom, jsonl = module_of(EXAMPLES / "promocal-wecom-robot"), module_of(EXAMPLES / "promocal-jsonl")
TestWecomRobot: type[ChannelContract] = wecom.TestContract
TestJsonl: type[SourceContract] = jsonl.TestContract
group = wecom.group
for _module in (wecom, jsonl):
    globals().update({name: value for name, value in vars(_module).items() if name.startswith("test_")})


@pytest.fixture(autouse=True, scope="module")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    site = tmp_path_factory.mktemp("site")
    for package in PACKAGES:
        project = project_of(package)
        info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir()
        said = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        (info / "METADATA").write_text(said, "utf-8")
        groups = [
            "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in points.items())])
            for group, points in project["entry-points"].items()
        ]
        (info / "entry_points.txt").write_text("\n".join(groups) + "\n", "utf-8")
    sys.path.insert(0, str(site))
    plugins.forget()
    yield
    sys.path.remove(str(site))
    plugins.forget()
    for registry in (CHANNELS, SOURCES):
        for name in [name for name in registry if registry.origin(name) != "promocal"]:
            registry.remove(name)


def test_every_example_is_listed_and_tested_here() -> None:
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    assert [package.name for package in PACKAGES] == ["promocal-jsonl", "promocal-wecom-robot"]
    assert all(f"[{package.name}]({package.name})" in listed for package in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_an_example_imports_from_promocal_only(package: Path) -> None:
    ours = {"campaign_calendars", "flows", "tasks", "warehouse"}
    for path in package.rglob("*.py"):
        lines = [
            line.split()
            for line in path.read_text("utf-8").splitlines()
            if line.lstrip().startswith(("from ", "import "))
        ]
        assert not {line[1].split(".")[0] for line in lines} & ours, path

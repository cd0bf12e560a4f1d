"""Commands an operator types all day must not wait for engines they do not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "prefect",
    "pandas",
    "great_expectations",
    "duckdb",
    "sqlalchemy",
    "pyarrow",
    "numpy",
    "scipy",
    "sqlglot",
    "altair",
    "aiohttp",
)
LIBRARY = Path(__file__).parents[2] / "campaign_calendars" / "library"


def loaded_by(arguments: list[str]) -> set[str]:
    code = (
        "import sys, promocal.cli\n"
        f"sys.argv = ['promocal', *{arguments!r}]\n"
        "try:\n    promocal.cli.main()\nexcept SystemExit:\n    pass\n"
        "print('MODULES', *sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.rsplit("MODULES", 1)[1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["plan", "--help"],
        ["check", str(LIBRARY / "queens-day-2020.yaml")],
        ["diff", "queens-day-2020", "double-11-2021"],
        ["graph", "double-11-2021"],
        ["fmt", "--check", str(LIBRARY / "queens-day-2020.yaml")],
        ["schema"],
        ["explain", "C112"],
    ],
    ids=lambda a: " ".join(a[:1]) + (" --help" if "--help" in a[1:] else ""),
)
def test_reading_commands_import_no_engine(arguments: list[str]) -> None:
    modules = loaded_by(arguments)
    assert "promocal" in modules
    assert modules.isdisjoint(HEAVY), sorted(modules & set(HEAVY))


def test_check_draws_nothing_and_builds_the_kinds_it_meets() -> None:
    calendar = str(LIBRARY / "queens-day-2020.yaml")
    assert loaded_by(["check", calendar]).isdisjoint({"rich", "jinja2", "lunar_python", "chinese_calendar"})
    code = (
        "import sys\nfrom pathlib import Path\nfrom tasks.calendars.checking import read_calendar\n"
        "from campaign_calendars.model.benefits import KINDS\n"
        f"loaded, _ = read_calendar(Path({calendar!r}))\n"
        "used = {benefit.kind for benefit in loaded.calendar.benefits.values()}\n"
        "built = {kind for kind, model in KINDS.items() if model.__pydantic_complete__}\n"
        "print(sorted(built) == sorted(used), len(built) < len(KINDS))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", "True"]


def test_settings_with_sources_import_no_engine(tmp_path: Path) -> None:
    (tmp_path / "promocal.toml").write_text('[sources.orders]\npath = "o.csv"\n[sources.members]\nurl="x"\ntable="m"\n')
    code = (
        "import sys\nfrom pathlib import Path\nfrom tasks.settings import load_settings\n"
        f"print(len(load_settings(Path({str(tmp_path)!r})).sources))\n"
        "print('MODULES', *sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("2\n")
    assert set(done.stdout.rsplit("MODULES", 1)[1].split()).isdisjoint(HEAVY)

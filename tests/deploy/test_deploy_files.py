"""Files for Docker and systemd: they can be read, and the commands in them are commands that exist."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from promocal.cli.app import COMMANDS, application

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text("utf-8"))
UNITS = sorted((DEPLOY / "systemd").iterdir())


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text("utf-8"))
    return read


def command_lines() -> Iterator[list[str]]:
    for path in UNITS:
        if path.suffix == ".service":
            yield shlex.split(unit(path)["Service"]["ExecStart"])
    for service in COMPOSE["services"].values():
        if "command" in service:
            yield service["command"]


@pytest.mark.parametrize("words", list(command_lines()), ids=" ".join)
def test_every_command_takes_the_options_it_is_given(words: list[str]) -> None:
    from typer.main import get_command

    program, *rest = words
    if Path(program).name == "promocal":
        command = get_command(application(rest)).commands[rest[0]]  # type: ignore[attr-defined]
        known = {option for parameter in command.params for option in parameter.opts}
        assert rest[0] in COMMANDS
        assert {word for word in rest if word.startswith("--")} <= known
        command.make_context(rest[0], rest[1:], resilient_parsing=False)
        return
    assert Path(program).name == "prefect"
    assert rest[:2] in (["server", "start"], ["worker", "start"])


def test_whoever_starts_workers_apart_from_serve_has_what_looks_after_their_runs() -> None:
    """Else a missed moment is missed without a word: a worker alone looks at nothing."""
    started = [[Path(words[0]).name, *words[1:2]] for words in command_lines()]
    assert started.count(["prefect", "worker"]) == 2
    assert started.count(["promocal", "watch"]) == 2
    assert "watch" in COMPOSE["services"]


def test_backups_are_made_by_themselves_and_do_not_fill_the_disk() -> None:
    """Whichever way it is deployed: every six hours, those of a week."""
    made = [words for words in command_lines() if words[1:2] == ["backup"]]
    assert len(made) == 2
    assert all(words[words.index("--keep") + 1] == "28" for words in made)
    timer = unit(DEPLOY / "systemd" / "promocal-backup.timer")["Timer"]
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 00/6:20:00", "true")
    held = COMPOSE["services"]["backup"]
    assert held["command"][-4:] == ["--every", "6h", "--keep", "28"]
    assert held["environment"]["PROMOCAL_LEDGER_URL"].startswith("postgresql://")
    assert held["restart"] == "unless-stopped"
    # A dump of PostgreSQL needs its client in the image.
    assert "postgresql-client" in (DEPLOY / "Dockerfile").read_text("utf-8")


def test_units_have_what_systemd_asks_for() -> None:
    for path in UNITS:
        read = unit(path)
        assert read["Unit"]["Description"]
        if path.suffix == ".service":
            assert read["Service"]["User"] == "promocal"
            assert read["Service"]["UMask"] == "0077"
    assert {path.stem for path in UNITS if path.suffix == ".timer"} <= {p.stem for p in UNITS if p.suffix == ".service"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_itself_finds_nothing_wrong() -> None:
    done = subprocess.run(["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "promocal" in line]
    # The program and its account are not installed where tests run.
    assert not [line for line in ours if "is not executable" not in line and "Failed to resolve user" not in line]


def test_compose_names_only_services_volumes_and_files_that_are_there() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or source.startswith("$") or (DEPLOY / source).exists(), volume
        build = service.get("build")
        if build:
            assert (DEPLOY / build["context"] / build["dockerfile"]).resolve().is_file()
    # Nothing answers to the network by itself: the API has no users or passwords.
    assert all(port.startswith("127.0.0.1:") for one in services.values() for port in one.get("ports", []))


def test_the_image_is_made_of_files_that_are_there() -> None:
    for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY "):
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line


def test_every_setting_of_the_server_is_one_that_serve_uses_too(tmp_path: Path) -> None:
    from flows.environment import prefect_environment

    ours = prefect_environment(tmp_path)
    held = COMPOSE["services"]["server"]["environment"]
    shared = {name for name in held if name in ours}
    assert {name: held[name] for name in shared} == {name: ours[name] for name in shared}
    assert "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS" in shared

"""Prefect's own command line takes what promocal writes: prefect.yaml, and templates of work pools."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from campaign_calendars.findings.errors import UsageError
from flows.applying import write_plan
from flows.deployments import Changes, preview
from flows.names import PRODUCT_TAG
from flows.prefect_yaml import write_deployments
from flows.server_api import ServerAddress, ServerApi
from tasks.data.refresh import refresh
from tasks.planning.beside import make
from tasks.runtime import Runtime, open_runtime

from .conftest import Harness, remove_deployments
from .small_project import ZONE, write_project

NAME = "small-sale"
POOLS = Path(__file__).parents[2] / "deploy" / "pools"
TEN = (datetime.now(ZONE) + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    write_project(tmp_path, [TEN, TEN + timedelta(days=1), TEN + timedelta(days=5, hours=3)])
    with open_runtime(tmp_path, clock=lambda: datetime.now(UTC)) as rt:
        yield rt


def prefect(server: Harness, folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *words],
        cwd=folder,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def asked(server: Harness) -> ServerApi:
    return ServerApi(ServerAddress(server.api_url, "test"))


@pytest.mark.server
def test_prefect_deploy_makes_what_apply_would(rt: Runtime, prefect_server: Harness, tmp_path: Path) -> None:
    refresh(rt, NAME, rt.clock())
    checksum = make(rt, NAME).checksum
    file = tmp_path / "prefect.yaml"
    with pytest.raises(UsageError, match="takes the checksum of a plan"):
        write_plan(rt, NAME, None, file, by="Li")
    assert write_plan(rt, NAME, checksum, file, by="Li") == 1
    assert {row.plan for row in rt.ledger.expected(NAME, state="due")} == {checksum}
    assert rt.ledger.audit()[0].detail == "prefect.yaml"
    try:
        with asked(prefect_server) as api:
            pools = {pool["name"] for pool in api.post("work_pools/filter", {})}
        if PRODUCT_TAG not in pools:
            prefect(prefect_server, tmp_path, "work-pool", "create", PRODUCT_TAG, "--type", "process")
        prefect(prefect_server, tmp_path, "deploy", "--all")
        assert preview(rt, NAME) == Changes(unchanged=(f"{NAME}.burst",))
    finally:
        remove_deployments(NAME)


# The server of Prefect 3.8.8 knows of a setting that the worker of prefect-docker 0.7.4 does not read.
NOT_READ: dict[str, set[str]] = {"docker": {"container_wait_timeout"}, "kubernetes": set()}


@pytest.mark.server
@pytest.mark.parametrize("kind", ["docker", "kubernetes"])
def test_a_pool_is_made_of_its_template(kind: str, prefect_server: Harness, tmp_path: Path) -> None:
    template = POOLS / f"{kind}.json"
    words = ("--type", kind, "--base-job-template", str(template))
    prefect(prefect_server, tmp_path, "work-pool", "create", f"try-{kind}", *words)
    with asked(prefect_server) as api:
        made = api.get(f"work_pools/try-{kind}")
        api.delete(f"work_pools/try-{kind}")
    assert (made["type"], made["base_job_template"]) == (kind, json.loads(template.read_text("utf-8")))


@pytest.mark.parametrize("kind", ["docker", "kubernetes"])
def test_a_template_has_what_its_kind_of_worker_reads_and_names_no_unknown_variable(kind: str) -> None:
    ours = json.loads((POOLS / f"{kind}.json").read_text("utf-8"))
    known = files("prefect.server.api.collections_data.views").joinpath("aggregate-worker-metadata.json")
    theirs = json.loads(known.read_text("utf-8"))[f"prefect-{kind}"][kind]["default_base_job_configuration"]
    left_out = theirs["variables"]["properties"].keys() - ours["variables"]["properties"].keys()
    assert left_out == NOT_READ[kind]
    assert theirs["job_configuration"].keys() - ours["job_configuration"].keys() == NOT_READ[kind]
    assert ours["job_configuration"].keys() <= theirs["job_configuration"].keys()
    placeholders = set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(ours["job_configuration"])))
    assert placeholders == ours["variables"]["properties"].keys() & placeholders
    assert ours["variables"]["properties"]["env"]["default"]["PROMOCAL_PROJECT"] == "/project"


def test_the_project_of_a_cluster_may_be_written_by_the_user_of_the_image() -> None:
    (user,) = re.findall(r"useradd .*--uid (\d+)", (POOLS.parent / "Dockerfile").read_text("utf-8"))
    manifest = json.loads((POOLS / "kubernetes.json").read_text("utf-8"))["job_configuration"]["job_manifest"]
    pod = manifest["spec"]["template"]["spec"]
    assert pod["securityContext"]["fsGroup"] == int(user)
    (container,) = pod["containers"]
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/project"]
    assert {volume["name"] for volume in pod["volumes"]} == {mount["name"] for mount in container["volumeMounts"]}


def test_other_calendars_and_keys_of_the_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    theirs = {"name": "theirs", "tags": ["nightly"], "entrypoint": "a.py:b"}
    ours = {"name": f"{NAME}.gone", "tags": [PRODUCT_TAG, f"calendar:{NAME}"]}
    file.write_text(yaml.safe_dump({"name": "shop", "pull": None, "deployments": [theirs, ours]}), "utf-8")
    write_deployments(file, NAME, [])
    held = yaml.safe_load(file.read_text("utf-8"))
    assert (held["name"], held["pull"], held["deployments"]) == ("shop", None, [theirs])


@pytest.mark.parametrize("text", ["- a", "a: [", "deployments: 3", "deployments: [1]", "\x00"])
def test_a_file_that_is_something_else_is_not_written_over(text: str, tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"is no prefect\.yaml"):
        write_deployments(file, NAME, [])
    assert file.read_text("utf-8") == text

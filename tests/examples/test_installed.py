"""The example packages built and installed into an environment of their own, beside promocal, and used from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PACKAGES = ("promocal-jsonl", "promocal-wecom-robot")
pytestmark = pytest.mark.slow

NOW = datetime.now(ZoneInfo("Asia/Shanghai")).replace(second=0, microsecond=0)
"""A run that is due: after its phase, jobs would expire."""

STORE = """
store: shop
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
channels: {group: {consent: implied}}
"""
CALENDAR = """
calendar: queens-day
store: shop
timezone: Asia/Shanghai
day_zero: {tomorrow:%Y-%m-%d}
holdout: {{campaign: 0%, salt: queens-day}}
audiences:
  everyone: {{where: "joined"}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-3 00:00, to: D+0 23:59:59}}
    plays:
      - id: remind
        audience: everyone
        channels: [group]
        at: D-1 {moment:%H:%M}
        message: messages/remind.txt
        on_late: {{grace: 1h, then: run}}
"""
SETTINGS = """
[sources.members]
path = "members.jsonl"
timezone = "Asia/Shanghai"
[sources.orders]
kind = "jsonl"
path = "orders.json-lines"
timezone = "Asia/Shanghai"
[sources.orders.columns]
member_id = "buyer.id"
[channels.group]
kind = "wecom-robot"
webhook_env = "WECOM_ROBOT"
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with both examples installed; what promocal needs is seen through a path file."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True, timeout=60)
    made = home / "bin" / "python"
    asked = [made, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout.strip())
    (site / "beside.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n", "utf-8")
    for package in PACKAGES:
        # A copy, so that building leaves nothing in the tree.
        source = home / package
        subprocess.run(["cp", "-r", EXAMPLES / package, source], check=True, timeout=60)
        install = [made, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", source]
        subprocess.run(install, check=True, timeout=120, cwd=home)
    return made


@pytest.fixture
def robot() -> Iterator[tuple[str, list[str]]]:
    """A robot's address, and what its group was told."""
    told: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]["content"])
            answer = b'{"errcode": 0, "errmsg": "ok"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/send?key=s3cret", told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("calendars", "stores", "messages"):
        (tmp_path / folder).mkdir()
    (tmp_path / "stores/shop.yaml").write_text(STORE, "utf-8")
    calendar = CALENDAR.format(moment=NOW, tomorrow=NOW + timedelta(days=1))
    (tmp_path / "calendars/queens-day.yaml").write_text(calendar, "utf-8")
    (tmp_path / "messages/remind.txt").write_text("明天 10 点开始 🎁", "utf-8")
    (tmp_path / "promocal.toml").write_text(SETTINGS, "utf-8")
    members = [{"member_id": f"会员{n}", "joined_at": "2025-05-01"} for n in range(3)]
    orders = [
        {"order_id": 20260301123456789000 + n, "buyer": {"id": f"会员{n}"}, "ordered_at": "2026-03-01", "amount": 9.9}
        for n in range(3)
    ]
    for name, rows in (("members.jsonl", members), ("orders.json-lines", orders)):
        (tmp_path / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return tmp_path


def promocal(python: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "promocal", *arguments],
        cwd=cwd, env={**os.environ, "PROMOCAL_LANG": "en", **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_its_own_tests_pass_where_it_is_installed(python: Path, package: str, tmp_path: Path) -> None:
    tests = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLES / package / "tests"]
    done = subprocess.run(tests, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_a_run_reads_the_source_and_posts_into_the_group(
    python: Path, project: Path, robot: tuple[str, list[str]]
) -> None:
    url, told = robot
    judged = promocal(python, "sources", "test", "--format", "json", cwd=project)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert {source["dataset"]: source["accepted"] for source in json.loads(judged.stdout)["sources"]} == {
        "members": 3,
        "orders": 3,
    }
    run = ("run", "queens-day", "burst", "--at", NOW.isoformat(), "--format", "json")
    unset = promocal(python, *run, cwd=project)
    assert "channels.group: the environment has no WECOM_ROBOT" in unset.stderr
    done = promocal(python, *run, cwd=project, WECOM_ROBOT=url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert told == ["明天 10 点开始 🎁"] * 3
    assert promocal(python, *run, cwd=project, WECOM_ROBOT=url).returncode == 0
    assert len(told) == 3, "nothing is sent twice"


def test_a_mistake_in_its_keys_is_one_message(python: Path, project: Path) -> None:
    settings = project / "promocal.toml"
    settings.write_text(SETTINGS.replace('kind = "jsonl"', 'kind = "jsnl"'), "utf-8")
    done = promocal(python, "sources", "list", cwd=project)
    assert done.returncode == 2
    assert "sources.orders.kind: 'jsnl' is not a kind of source" in done.stderr
    assert "did you mean 'jsonl'?" in done.stderr
    assert "Traceback" not in done.stderr

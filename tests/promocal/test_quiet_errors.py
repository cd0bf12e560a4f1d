"""A command that fails half-way says one message: nothing it had open speaks up when Python ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TIMEOUT = 300
CALENDAR = "queens-day-2020"

# One process for all: what one command leaves open is told at the end of it, and would be seen.
DRIVER = """
import sys
from unittest.mock import patch
from promocal.cli import main

def run(*arguments):
    sys.argv = ["promocal", *arguments]
    try:
        main()
    except SystemExit as end:
        return end.code or 0
    return 0

def fails(where, error, *arguments):
    with patch(where, side_effect=error):
        return run(*arguments)

assert run("new", "shop") == 0
import os
os.chdir("shop")
assert run("sample", "--members", "200", "--seed", "3") == 0
at = "2020-02-01T00:00+08:00"
broken = ZeroDivisionError("half-way")
codes = [
    fails("warehouse.snapshots.snapshot.prove_counts", broken, "refresh", {calendar!r}, "--as-of", at),
    run("refresh", {calendar!r}, "--as-of", at),
    fails("tasks.running.phase.dispatch_run", broken, "replay", {calendar!r}),
    fails("warehouse.decision.session.DecisionSession.decide", broken, "plan", {calendar!r}),
    fails("warehouse.decision.audiences.count_audiences", broken, "audiences", {calendar!r}),
    fails("warehouse.measurement.MeasurementSession.audit_redemptions", broken, "report", {calendar!r}),
    fails("tasks.reporting.report.measure", KeyboardInterrupt, "report", {calendar!r}),
    run("why", "no-run", "nobody"),
]
print("CODES", *codes)
"""


def test_no_command_makes_noise_after_its_error(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMOCAL_LANG": "en", "PYTHONIOENCODING": "utf-8"}
    code = DRIVER.replace("{calendar!r}", repr(CALENDAR))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=TIMEOUT,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.rsplit("CODES ", 1)[1].split() == ["3", "0", "3", "3", "3", "3", "130", "2"]
    assert done.stderr.splitlines() == [
        *["promocal: unexpected ZeroDivisionError: half-way", "    → PROMOCAL_TRACEBACK=1 shows where"] * 5,
        "promocal: no such run: no-run",
        "    → nothing has run yet: see promocal status",
    ]

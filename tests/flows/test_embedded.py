"""A phase run in this process, on a server that lives only as long as it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.embedded import embedded_prefect, run_phase_here
from tasks.runtime import open_runtime

from .small_project import write_project

pytestmark = pytest.mark.server


def test_runs_on_a_server_of_their_own_cost_little_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    home_before = os.environ["PREFECT_HOME"]
    moments = [datetime(2026, 3, 6, 2, tzinfo=UTC) + timedelta(hours=n) for n in range(4)]
    root = write_project(tmp_path / "project", moments)
    now = moments[0]
    rt = open_runtime(root, clock=lambda: now)
    with embedded_prefect(root / "var" / "prefect") as server:
        server.wait()
        assert server.ready()
        outcome = run_phase_here(rt, "small-sale", "burst", moments[0])
        assert outcome.state == "Completed"
        snapshot = rt.current_snapshot().snapshot_id
        started = time.monotonic()
        for moment in moments[1:]:
            now = moment
            later = run_phase_here(rt, "small-sale", "burst", moment, snapshot)
            assert later.state == "NobodyReached"
            assert later.outcome.run_id == f"small-sale.burst.{moment:%Y%m%dT%H%M%SZ}"
        assert time.monotonic() - started < 20
        now = moments[-1] + timedelta(hours=5)
        assert run_phase_here(rt, "small-sale", "burst", moments[-1] + timedelta(hours=1)).state == "Skipped"
    rt.close()
    assert "PREFECT_API_URL" not in os.environ
    assert os.environ["PREFECT_HOME"] == home_before

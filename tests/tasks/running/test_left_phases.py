"""A phase, play or benefit that leaves the calendar, or gets another name, while messages of it wait."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tasks.outreach.outreach import dispatch_run
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)


def waiting(root: Path) -> tuple[Runtime, str]:
    """A run whose messages wait for approval."""
    write_project(root, [TEN], play="approve: {above: 0}")
    rt = open_runtime(root, clock=lambda: TEN)
    return rt, run_if_due(rt, "small-sale", "burst", TEN).run_id


@pytest.mark.parametrize(
    ("old", "new"),
    [("id: burst", "id: sale"), ("id: recall", "id: call"), ("coupon_10", "coupon_11")],
)
def test_what_is_gone_while_messages_wait_cancels_them_and_says_why(tmp_path: Path, old: str, new: str) -> None:
    rt, run = waiting(tmp_path)
    count = len(list(rt.ledger.jobs(run, status="awaiting_approval")))
    assert count > 0
    path = tmp_path / "calendars" / "small-sale.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with open_runtime(tmp_path, clock=lambda: TEN + timedelta(minutes=30)) as later:
        later.ledger.approve(run, "Lin", later.clock())
        dispatch_run(later, run)
        assert Counter((job.status, bool(job.error)) for job in later.ledger.jobs(run)) == {("cancelled", True): count}
        assert all("no longer in the calendar" in (job.error or "") for job in later.ledger.jobs(run))
    rt.close()

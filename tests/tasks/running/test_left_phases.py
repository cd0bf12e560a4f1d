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
from warehouse.ledger.records import Suppression

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


def test_the_last_piece_goes_to_whose_message_leaves_not_to_who_refused_meanwhile(tmp_path: Path) -> None:
    rt, run = waiting(tmp_path)
    first, *others = rt.ledger.jobs(run, status="awaiting_approval")
    assert others
    path = tmp_path / "calendars" / "small-sale.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 10.00", "value: 10.00, stock: 1"), "utf-8")
    with open_runtime(tmp_path, clock=lambda: TEN + timedelta(minutes=30)) as later:
        later.ledger.suppress([Suppression(first.member_id, "sms", "reply R", TEN)])
        later.ledger.approve(run, "Lin", later.clock())
        dispatch_run(later, run)
        found = {job.intent_key: (job.status, job.error) for job in later.ledger.jobs(run)}
    rt.close()
    assert found.pop(first.intent_key) == ("cancelled", "suppressed")
    lowered = ("cancelled", "the stock of coupon_10 was lowered")
    assert list(found.values()) == [("sent", None), *[lowered] * (len(others) - 1)]

"""The cockpit as a person sees it: Chromium opens the Prefect UI, fills the form of a run that waits, cancels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.looking_after import look_after_runs
from tasks.running.expecting import expect_runs
from tasks.runtime import open_runtime
from warehouse.ledger.audit import AuditFilter

from .browser import CHROMIUM, Page, chromium
from .conftest import Harness, wait_for
from .test_approving import SECOND, asked, clean_server, in_state  # noqa: F401 - one is a fixture
from .test_worker import CALENDAR, job_counts, schedule_soon

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
DIALOG = "[role=dialog]"
_PRESS_TAB = """(() => {
  const tabs = [...document.querySelectorAll('[role=tab], .p-tab, button, a')];
  const tab = tabs.find(one => one.innerText.trim().startsWith('Artifacts') && one.closest('[role=tablist], .p-tabs'));
  tab?.click();
  return !!tab;
})()"""


@pytest.fixture(scope="module")
def worker(prefect_server: Harness) -> Iterator[Harness]:
    with prefect_server.worker(prefect_server.home / "worker.log"):
        yield prefect_server


def waiting_run(root: Path) -> Any:
    schedule_soon(root, play=SECOND)
    with open_runtime(root) as rt:
        expect_runs(rt, rt.load_calendar(CALENDAR), datetime.now(UTC) - timedelta(minutes=10))
    return wait_for("the run to wait", lambda: in_state("Suspended"), 180)


def _has(run: Any, number: int) -> bool:
    try:
        return bool(asked(run, number))
    except Exception:  # noqa: BLE001 - not there yet
        return False


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as opened:
        yield opened


def answer(page: Page, by: str, limit: str) -> None:
    """Fill the form and send it; a server on SQLite may be busy at the first click."""
    page.click("Resume")
    page.wait("held out as control group")
    page.fill("By", by)
    page.fill("Reason", "looked at it")
    page.fill("Limit", limit)
    for _ in range(5):
        page.click("Submit", within=DIALOG)
        if wait_for("the answer", lambda: _told(page), 60) == "resumed":
            return
        page.open(page.evaluate("location.href"))
        page.click("Resume")
    raise AssertionError("the server never took the form")


def _told(page: Page) -> str:
    said = page.text()
    return "resumed" if "Flow run resumed" in said else "busy" if "Failed to resume" in said else ""


def test_a_person_fills_the_form_in_the_browser(
    worker: Harness,
    page: Page,
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    run = waiting_run(root)
    waiting = job_counts(root)["awaiting_approval"]
    page.open(f"{worker.ui_url}/runs/flow-run/{run.id}")
    page.wait("Suspended")
    answer(page, " ", "0")
    wait_for("the next form", lambda: in_state("Suspended") and _has(run, 2), 180)

    page.open(f"{worker.ui_url}/runs/flow-run/{run.id}")
    page.wait("Suspended")
    page.click("Resume")
    page.wait("an answer needs a name")
    page.open(f"{worker.ui_url}/runs/flow-run/{run.id}")
    answer(page, "Li Wei", "2")
    done = wait_for("the end", lambda: in_state("Completed"), 180)
    assert done.id == run.id
    assert job_counts(root) == {"sent": 2, "cancelled": waiting - 2}
    with open_runtime(root) as rt:
        (entry,) = rt.ledger.audit(AuditFilter(action="approve"))
    assert (entry.by, entry.detail) == ("Li Wei", "looked at it")
    page.open(f"{worker.ui_url}/runs/flow-run/{run.id}")
    page.wait("2 sent")


def test_a_person_cancels_a_run_that_waits_by_clicking(
    worker: Harness,
    page: Page,
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    run = waiting_run(root)
    page.open(f"{worker.ui_url}/runs/flow-run/{run.id}")
    page.wait("Suspended")
    page.click("Cancel")
    page.click("Confirm", within=DIALOG)
    cancelled = wait_for("the cancellation", lambda: in_state("Cancelled", "Cancelling"), 120)
    assert cancelled.id == run.id
    wait_for("the end", lambda: in_state("Cancelled"), 120)
    with open_runtime(root) as rt:
        look_after_runs(rt, CALENDAR)
        (row,) = rt.ledger.expected(CALENDAR)
    assert (row.state, row.reason) == ("skipped", "cancelled by a person")
    assert set(job_counts(root)) == {"cancelled"}


def test_a_person_finds_deployments_runs_to_come_and_what_a_run_decided(
    worker: Harness,
    page: Page,
    tmp_path: Path,
) -> None:
    """The cockpit of a day: what is planned, when, and of a run that ended who was reached, and where to read on."""
    root = tmp_path / "project"
    schedule_soon(root, 2)
    done = wait_for("the first run", lambda: in_state("Completed"), 180)
    page.open(f"{worker.ui_url}/deployments")
    page.wait(f"{CALENDAR}.burst")
    page.open(f"{worker.ui_url}/runs/flow-run/{done.id}?tab=Artifacts")
    page.until(_PRESS_TAB, "tab of artifacts")
    shown = page.wait("burst-places")
    for table in ("audience", "exclusions", "benefits", "channels", "plan"):
        assert f"{CALENDAR}-burst-{table}" in shown

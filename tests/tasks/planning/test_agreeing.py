"""A plan is applied by its checksum, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.planning.agreeing import require_plan
from tasks.planning.beside import make
from tasks.runtime import open_runtime
from tests.flows.small_project import ZONE, write_project
from tests.pulling import refresh

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)


def test_a_plan_is_named_was_seen_and_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_project(tmp_path, [TEN, TEN + timedelta(days=1)])
    now = (TEN - timedelta(days=1)).astimezone(UTC)
    with open_runtime(root, clock=lambda: now) as rt:
        with pytest.raises(UsageError, match="takes the checksum of a plan") as error:
            require_plan(rt, "small-sale", None)
        assert error.value.remedy.startswith("promocal plan small-sale")
        refresh(rt, "small-sale", now)
        made = make(rt, "small-sale")
        with pytest.raises(UsageError) as error:
            require_plan(rt, "small-sale", None)
        assert made.checksum in error.value.remedy
        with pytest.raises(UsageError, match=f"it is {made.checksum} now, not 000000000000"):
            require_plan(rt, "small-sale", "000000000000")
        assert require_plan(rt, "small-sale", made.checksum).applied_at is None
        rt.ledger.mark_applied(made.checksum, "Li", now)

        monkeypatch.setattr("tasks.planning.plan.plan", lambda *_: pytest.fail("planned anew"))
        assert require_plan(rt, "small-sale", made.checksum).applied_by == "Li"
        monkeypatch.undo()

        text = root / "messages" / "recall.txt"
        before = text.read_text("utf-8")
        text.write_text(before.replace("waits", "ends"), "utf-8")
        with pytest.raises(UsageError, match="the plan has changed"):
            require_plan(rt, "small-sale", made.checksum)
        text.write_text(before, "utf-8")
        assert require_plan(rt, "small-sale", made.checksum).applied_by == "Li"

        path = root / "calendars" / "small-sale.yaml"
        path.write_text(path.read_text("utf-8").replace("holdout: 20%", "holdout: 30%"), "utf-8")
        with pytest.raises(UsageError, match="the plan has changed"):
            require_plan(rt, "small-sale", made.checksum)

"""`promocal snapshots`: what an operator sees, and going back to an earlier one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from campaign_calendars.findings.errors import SnapshotMissingError, UsageError
from promocal.cli.app import application
from tasks.data import snapshots
from tasks.data.refresh import refresh
from tasks.runtime import Runtime
from warehouse.ledger.audit import AuditFilter

CALENDAR = "queens-day-2020"


@pytest.fixture
def two(shop: Runtime) -> Runtime:
    refresh(shop, CALENDAR, shop.clock() + timedelta(days=1))
    return shop


def cli(rt: Runtime, *arguments: str) -> Result:
    return CliRunner().invoke(application(), ["snapshots", *arguments, "--project", str(rt.settings.root)])


def printed(rt: Runtime, *arguments: str) -> Any:
    return json.loads(cli(rt, *arguments, "--format", "json").stdout)


def test_list_show_and_diff(two: Runtime) -> None:
    first, second = printed(two)["snapshots"]
    assert (first["current"], second["current"]) == (False, True)
    assert first["snapshot_id"] in cli(two).stdout
    manifest = printed(two, "show", "current")
    assert manifest["snapshot_id"] == second["snapshot_id"]
    assert manifest["promocal"]
    orders = [item for item in manifest["inputs"] if item["dataset"] == "orders"]
    assert sum(item["rows"] for item in orders) == manifest["datasets"]["orders"]["rows_in"]
    assert all(len(item["sha256"]) == 64 and item["size"] > 0 for item in orders)
    assert {rule["rule"] for rule in manifest["rules"]} >= {"order-repeated", "members-empty"}
    assert "orders" in cli(two, "show", first["snapshot_id"]).stdout
    changes = printed(two, "diff", first["snapshot_id"])
    assert changes["new"] == second["snapshot_id"]
    assert changes["tables"]["stg_orders"]["changed"] == 0
    assert "refunds: 0 orders" in cli(two, "diff", first["snapshot_id"], "current").stdout


def test_rollback_points_back_and_is_written_down(two: Runtime) -> None:
    first, second = (row.snapshot_id for row in snapshots.list_all(two))
    done = cli(two, "rollback", first, "--by", "li", "--reason", "yesterday's export was cut off")
    assert done.exit_code == 0, done.output
    assert two.current_snapshot().snapshot_id == first
    (row,) = two.ledger.audit(AuditFilter(subject=first))
    assert (row.by, row.action) == ("li", "rollback")
    assert (row.value, row.detail) == (second, "yesterday's export was cut off")
    later = refresh(two, CALENDAR, two.clock() + timedelta(days=2))
    assert two.current_snapshot().snapshot_id == later.snapshot_id


def test_rollback_wants_a_person_and_a_reason(two: Runtime) -> None:
    (first, _) = snapshots.list_all(two)
    with pytest.raises(UsageError, match="a person and a reason"):
        snapshots.rollback(two, first.snapshot_id, by=" ", reason="x")
    assert two.ledger.audit(AuditFilter(subject=first.snapshot_id)) == []


def test_names_of_snapshots(two: Runtime) -> None:
    first, second = (row.snapshot_id for row in snapshots.list_all(two))
    shared = next(n for n in range(len(first)) if first[n] != second[n])
    assert snapshots.find(two, first[: shared + 1]).snapshot_id == first
    with pytest.raises(UsageError, match="may be any of"):
        snapshots.find(two, first[:4])
    with pytest.raises(SnapshotMissingError, match="there is no snapshot nonsense"):
        snapshots.find(two, "nonsense")

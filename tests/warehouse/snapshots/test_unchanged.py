"""A refresh that finds nothing new shares the last file, and says what a full build of that moment would say."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.problem import Problem
from tests.warehouse.figures import compute_figures
from warehouse.features.params import FeatureParams
from warehouse.snapshots.snapshot import Snapshot, open_snapshot

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
LATER = AS_OF + timedelta(hours=6)
OF_THE_MOMENT = {"member_state", "state_meta"}


def shares(one: Snapshot, other: Snapshot) -> bool:
    return one.path.stat().st_ino == other.path.stat().st_ino


def tables(snapshot: Snapshot) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the file but figures, and the figures as somebody asks for them at the snapshot's moment."""
    with open_snapshot(snapshot) as con:
        names = con.execute("select table_name from duckdb_tables() where database_name = 'snap'").fetchall()
        found = {
            name: con.execute(f"from snap.{name} order by all").fetchall()
            for (name,) in names
            if name not in OF_THE_MOMENT
        }
        compute_figures(con, snapshot)
        return found | {"figures": con.execute("from member_features order by all").fetchall()}


def still(snapshot: Snapshot) -> list[Problem]:
    """Findings that do not depend on the moment."""
    return [problem for problem in snapshot.findings if "-after-as-of" not in problem.message]


def params() -> FeatureParams:
    from tests.warehouse.conftest import PARAMS

    return PARAMS


@pytest.fixture
def lively(shop: Any) -> Any:
    """A shop with facts around the moment, doubtful figures, rows that are refused, and rows that stand twice."""
    shop.write(
        "events",
        [
            {
                "event_id": f"e{n % 60}",
                "member_id": f"m{n % 12}",
                "kind": "visit",
                "at": f"2026-03-{n % 9 + 1:02} 14:00:00",
            }
            for n in range(64)
        ],
    )
    shop.write(
        "points",
        [
            {"entry_id": f"p{n}", "member_id": f"m{n}", "kind": "earn", "points": "1,250", "at": f"2026-03-0{n + 4}"}
            for n in range(5)
        ],
    )
    return shop


def test_the_file_is_shared_and_says_what_a_full_build_says(lively: Any) -> None:
    first = lively.build()
    second = lively.build(as_of=LATER)
    assert shares(first, second)
    assert second.build.mode == "incremental"
    assert second.build.parent == first.snapshot_id
    assert second.as_of == LATER
    whole = lively.build(as_of=LATER, directory=lively.base / "whole", full=True)
    assert second.counts == whole.counts
    assert second.counts["events"].newest != first.counts["events"].newest
    assert still(second) == still(whole)
    assert {rule for rule in second.build.rules if not rule.rule.endswith("-after-as-of")} <= set(whole.build.rules)
    assert len(second.build.rules) == len(whole.build.rules)
    assert second.fingerprint == whole.fingerprint
    assert tables(second) == tables(whole)


def test_a_chain_of_them_leads_back_to_one_file_and_on_to_new_rows(lively: Any) -> None:
    moments = [AS_OF + timedelta(hours=6 * n) for n in range(4)]
    chain = [lively.build(as_of=moment) for moment in moments]
    assert all(shares(chain[0], one) for one in chain)
    lively.write("members", [{"member_id": f"m{n}", "joined_at": "2025-06-01 08:00:00"} for n in range(12)])
    last = lively.build(as_of=moments[-1] + timedelta(hours=1))
    whole = lively.build(as_of=last.as_of, directory=lively.base / "whole", full=True)
    assert last.build.mode == "incremental"
    assert not shares(chain[0], last)
    assert tables(last) == tables(whole)


def test_great_expectations_has_nothing_to_judge(lively: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lively.build()
    monkeypatch.setitem(sys.modules, "warehouse.staging.expectations", None)
    assert lively.build(as_of=LATER).as_of == LATER


def test_what_was_doubtful_stays_said_when_only_other_data_came(lively: Any) -> None:
    first = lively.build()
    doubts = {
        problem.code for problem in first.findings if problem.location.file in {"sources.points", "sources.events"}
    }
    assert {"S111", "S112", "S136"} <= doubts
    lively.write("members", [{"member_id": f"m{n}", "joined_at": "2025-06-01 08:00:00"} for n in range(11)])
    second = lively.build(as_of=LATER)
    assert not shares(first, second)
    about = [problem for problem in first.findings if problem.location.file == "sources.points"]
    assert [problem for problem in second.findings if problem.location.file == "sources.points"] == about


def test_rows_of_the_future_are_counted_at_each_moment(lively: Any) -> None:
    said = []
    for hours in (0, 6, 30):
        found = lively.build(as_of=AS_OF + timedelta(hours=hours))
        said.append([p.message for p in found.findings if "events-after-as-of" in p.message])
    (first,), (second,), last = said
    # At first those of rows that were refused count as well.
    assert ("14 of 64 rows" in first, "5 of 50 rows" in second, last) == (True, True, [])


@pytest.mark.parametrize("what", ["state", "rules", "earlier", "full"])
def test_what_the_file_would_not_say_is_built(lively: Any, what: str) -> None:
    first = lively.build()
    changes: dict[str, dict[str, Any]] = {
        "state": {"as_of": AS_OF + timedelta(days=8)},
        "rules": {"as_of": LATER, "params": replace(params(), tier_window_days=30)},
        "earlier": {"as_of": AS_OF - timedelta(hours=1)},
        "full": {"as_of": LATER, "full": True},
    }
    assert not shares(first, lively.build(**changes[what]))


@pytest.mark.parametrize(("at", "shared"), [("2026-03-08 13:00:00", False), ("2026-03-01 13:00:00", True)])
def test_accounts_that_join_in_between_are_joined(lively: Any, at: str, shared: bool) -> None:
    lively.write(
        "identities",
        [{"member_id": f"m{n}", "kind": "unionid", "value": "u1", "at": at} for n in (1, 2)],
        timezone="Asia/Shanghai",
    )
    first, second = lively.build(), lively.build(as_of=LATER)
    assert shares(first, second) is shared
    with open_snapshot(second) as con:
        assert con.execute("select count(*) from snap.member_map").fetchall() == [(1,)]


def test_a_disk_without_links_gets_a_copy(lively: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lively.build()

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    second = lively.build(as_of=LATER)
    assert not shares(first, second)
    assert first.path.read_bytes() == second.path.read_bytes()


def test_a_shared_file_outlives_the_snapshot_it_came_from(lively: Any) -> None:
    first = lively.build(keep=1)
    for hours in (1, 2, 3):
        last = lively.build(as_of=AS_OF + timedelta(hours=hours), keep=1)
    assert not first.path.exists()
    with duckdb.connect(str(last.path), read_only=True) as con:
        assert con.execute("select count(*) from stg_members").fetchall() == [(10,)]

"""`promocal member identities`: how accounts became persons, in both languages, no id or value in full."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from promocal.cli.member import app
from promocal.scaffold import create_project
from tasks.data.members import ids_of_person, set_tier, tier_by_hand
from tasks.data.refresh import FindingNote, refresh
from tasks.runtime import open_runtime
from warehouse.sample.generate import generate
from warehouse.sample.shares import Shares

CALENDAR = "queens-day-2020"
NOW = datetime.fromisoformat("2020-02-01T00:00:00+08:00")
# Two pairs, one of them the CRM's own account; two crm_ids with one phone; a nick of six accounts.
LINKS = """\
m00000002,unionid,o6-secret-1
m00000001,unionid,o6-secret-1
m00000004,crm_id,m00000005
m00000010,crm_id,C-100001
m00000011,crm_id,C-200002
m00000010,phone_hash,h-both
m00000011,phone_hash,h-both
""" + "".join(f"m{number:08},nick,the-counter\n" for number in range(20, 26))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("persons") / "shop"
    create_project(root, CALENDAR)
    generate(root / "data", members=80, seed=3, as_of=NOW, shares=Shares(second_accounts=0, shared_numbers=0))
    (root / "data" / "identities-more.csv").write_text("member_id,kind,value\n" + LINKS, "utf-8")
    with (root / "promocal.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[sources.identities]\npath = "data/identities-*.csv"\n')
    return root


@pytest.fixture(scope="module")
def findings(project: Path) -> tuple[FindingNote, ...]:
    rt = open_runtime(project, clock=lambda: NOW)
    found = refresh(rt, CALENDAR, NOW + timedelta(seconds=1)).findings
    rt.close()
    return found


def printed(project: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["identities", "-C", str(project), *arguments], env={"COLUMNS": "140"})
    assert done.exit_code == 0, done.output
    return done.output


def test_the_refresh_says_how_many_persons_and_conflicts(findings: tuple[FindingNote, ...]) -> None:
    said = {finding.code: finding.message for finding in findings}
    assert said["D403"] == "4 accounts are 2 persons, 2 conflicts kept apart"
    assert said["D404"].startswith("1 groups of linked accounts")
    assert said["D405"].startswith("1 identifiers link more accounts")


@pytest.mark.usefixtures("findings")
def test_the_table_and_the_conflicts(project: Path) -> None:
    text = printed(project, "--lang", "en")
    assert "4 accounts are 2 persons, of 78 in all; 2 conflicts kept apart" in text
    assert "Kept apart" not in text
    listed = printed(project, "--conflicts", "--lang", "zh")
    assert "4 个账号合并为 2 人" in listed
    assert "弱关联矛盾" in listed
    assert "C-***01, C-***02" in listed
    for secret in ("m00000010", "C-100001", "the-counter"):
        assert secret not in listed


@pytest.mark.usefixtures("findings")
def test_json_for_programs(project: Path) -> None:
    found = json.loads(printed(project, "--conflicts", "--format", "json"))
    kinds = {row["kind"]: row for row in found["kinds"]}
    assert kinds["unionid"] == {"kind": "unionid", "strong": True, "identifiers": 2, "values": 1, "shared": 1}
    assert (found["persons"], found["conflicts"]) == (2, {"shared": 1, "weak": 1})
    assert [row["examples"] for row in found["kept_apart"] if row["conflict"] == "weak"] == [["m0***10", "m0***11"]]


@pytest.mark.usefixtures("findings")
def test_what_is_asked_about_one_account_is_asked_about_the_person(project: Path) -> None:
    rt = open_runtime(project, clock=lambda: NOW)
    assert ids_of_person(rt, "m00000002") == ids_of_person(rt, "m00000001") == ["m00000001", "m00000002"]
    assert ids_of_person(rt, "m00000004") == ["m00000004", "m00000005"]
    assert ids_of_person(rt, "nobody") == ["nobody"]
    set_tier(rt, "m00000002", "diamond", until=None, reason="founder", by="wang")
    held = tier_by_hand(rt, "m00000001", NOW)
    rt.close()
    assert held is not None
    assert held.tier == "diamond"

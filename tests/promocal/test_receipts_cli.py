"""`promocal receipts` and `promocal receive`, as an operator meets them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from promocal.cli.app import application
from tasks.runtime import open_runtime
from warehouse.ledger.records import Job, Outcome, Run

BASE = Path(__file__).parents[1] / "cases" / "base"
T0 = datetime(2026, 4, 10, 2, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose ledger has three messages that nobody knows the end of."""
    root = tmp_path / "shop"
    shutil.copytree(BASE, root)
    with open_runtime(root) as rt:
        rt.ledger.begin_run(Run("r", "spring", "sale", T0, "s", "d", "started", RunSummary(), T0))
        jobs = [Job(str(n) * 64, "r", "spring", "sale", "note", T0, f"m{n}", "sms") for n in range(3)]
        rt.ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
        rt.ledger.claim("r", "sms", 9, "w", T0)
        rt.ledger.record([Outcome(j.intent_key, "unknown", receipt=f"b{j.member_id}") for j in jobs], T0, worker="w")
    monkeypatch.chdir(root)
    monkeypatch.setenv("PROMOCAL_LANG", "en")
    return root


def promocal(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(application(words), words)
    return done.exit_code, done.output + (str(done.exception) if done.exit_code == 2 and done.exception else "")


def statuses(root: Path) -> list[str]:
    with open_runtime(root) as rt:
        return [job.status for job in rt.ledger.jobs()]


def test_status_of_a_calendar_tells_the_delivery_rate(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "reports.csv").write_text("回执号,状态\nbm0,成功\nbm1,失败\n", "utf-8")
    assert promocal("receipts", "import", "reports.csv", "--by", "li")[0] == 0
    code, said = promocal("status", "spring", "--offline", "--format", "json")
    assert code == 0, said
    assert json.loads(said[said.index("{") :])["arrived"] == [
        {"channel": "sms", "left": 2, "delivered": 1, "undelivered": 1, "silent": 0, "rate": 0.5}
    ]
    assert "50.0%" in promocal("status", "spring", "--offline")[1]
    assert "50.0%" not in promocal("status", "--offline")[1], "of all calendars it would be asked of every message"
    monkeypatch.setenv("PROMOCAL_LANG", "zh")
    said = promocal("status", "spring", "--offline")[1]
    assert "送达率" in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_file_settles_and_refuses(shop: Path) -> None:
    (shop / "reports.csv").write_text(
        "回执号,状态,错误码,手机号,回复内容\n"
        "bm0,成功,,,\n"
        "bm1,失败,MOBILE_NOT_ON_SERVICE,,\n"
        "bm9,成功,,,\n"
        ",,,13900000101,退订\n"
        ",,,13900000102,谢谢\n"
        "x,??,,,\n",
        "utf-8-sig",
    )
    code, said = promocal("receipts", "import", "reports.csv", "--by", "li")
    assert (code, said.splitlines()) == (
        0,
        [
            "6 line(s): 2 new report(s), 0 known before, 2 of people",
            "settled as sent 1, as failed 1; left in vain 0; new refusals 1",
            "kept aside 1: no message is known by this reference",
            "not used 1: says neither that it arrived nor that it did not",
        ],
    )
    assert statuses(shop) == ["sent", "failed", "unknown"]
    code, said = promocal("receipts", "show")
    assert code == 0
    assert "MOBILE_NOT_ON_SERVICE" in said
    assert "kept aside 1" in said
    assert promocal("receipts", "import", "reports.csv")[1].startswith("6 line(s): 0 new report(s), 2 known before")


def test_json_lines_and_documents(shop: Path) -> None:
    (shop / "a.jsonl").write_text(
        '{"biz_id": "bm0", "success": true}\nbroken\n{"key": "' + "1" * 64 + '", "state": "failed"}\n'
    )
    (shop / "b.json").write_text(json.dumps({"data": [{"biz_id": "bm2", "success": True}]}))
    assert promocal("receipts", "import", "a.jsonl", "--format", "json")[0] == 0
    assert promocal("receipts", "import", "b.json")[0] == 0
    assert statuses(shop) == ["sent", "failed", "sent"]
    (shop / "c.json").write_text("[" * 20_000)
    assert promocal("receipts", "import", "c.json")[0] == 1


def test_mistakes_are_told(shop: Path) -> None:
    (shop / "empty.csv").write_text("")
    (shop / "a.csv").write_text("key,state\n")
    for words, said in (
        (("receipts", "import", "nothing.csv"), "nothing.csv does not exist"),
        (("receipts", "import", "a.csv", "--channel", "pigeon"), "there is no channel 'pigeon'"),
        (("receipts", "show", "--run", "zz"), "zz"),
        (("receive",), "nothing says who may send receipts"),
    ):
        done = CliRunner().invoke(application(words), words)
        assert done.exit_code != 0
        assert said in str(done.exception) + done.output
    with (shop / "promocal.toml").open("a") as file:
        file.write('\n[receive]\nsecret_env = "SHORT"\n')
    done = CliRunner(env={"SHORT": "abc"}).invoke(application(("receive",)), ("receive",))
    assert "receive.secret_env" in str(done.exception)
    assert "abc" not in str(done.exception)

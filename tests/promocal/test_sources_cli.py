"""promocal sources: what it says before anything is loaded, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from promocal.cli import sources

AS_OF = ["--as-of", "2026-03-08T12:00+08:00"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMOCAL_LANG", "en")
    monkeypatch.chdir(tmp_path)
    assert call("example", "exports", "--orders", "120").exit_code == 0
    (tmp_path / "exports" / "promocal.toml").rename(tmp_path / "promocal.toml")
    return tmp_path


def call(*arguments: str) -> Any:
    return CliRunner().invoke(sources.app, list(arguments))


def test_it_says_what_was_understood_and_loads_nothing(project: Path) -> None:
    done = call("test", "--format", "json", *AS_OF)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["ok"] is True
    reports = {report["dataset"]: report for report in said["sources"]}
    orders = reports["orders"]
    (part,) = orders["parts"]
    assert (part["encoding"], part["delimiter"], part["header_row"], part["rows"]) == ("gb18030", ",", 1, 120)
    assert part["columns"]["refunded"] == "总金额 − 买家实际支付金额"
    assert "买家支付宝账号" in part["ignored"]
    assert (orders["rows"], orders["accepted"], orders["copies"], orders["rejected"]) == (120, 120, 0, [])
    assert {word["read"] for word in orders["words"]} <= {"unpaid", "paid", "shipped", "success", "closed"}
    assert orders["dates"]["ordered_at"]["first"] == "2026-01-01T01:00:00+00:00"
    assert reports["members"]["masked_phones"] == 1.0
    assert not (project / "var" / "warehouse").exists()


def test_nobody_is_shown_whole(project: Path) -> None:
    done = call("test", *AS_OF)
    assert done.exit_code == 0, done.output
    assert "138****8000" not in done.stdout.replace("'", "")
    assert "2026010100000000" not in done.stdout
    assert "买家0䶮" not in done.stdout
    assert "交易成功 → success" in done.stdout


def test_a_source_that_would_not_load_is_exit_1_with_its_place(project: Path) -> None:
    path = project / "exports" / "ExportOrderList202602.csv"
    path.write_bytes(path.read_bytes().replace("总金额".encode("gb18030"), "金额".encode("gb18030"), 1))
    done = call("test", "orders", "--format", "json", *AS_OF)
    assert done.exit_code == 1
    (report,) = json.loads(done.stdout)["sources"]
    (problem,) = report["problems"]
    assert (problem["code"], problem["file"], problem["line"]) == ("S101", "exports/ExportOrderList202602.csv", 1)
    assert 'amount = "金额"' in problem["hint"]


def test_a_source_nobody_configured(project: Path) -> None:
    done = call("test", "order", *AS_OF)
    assert done.exit_code != 0
    assert "there is no source 'order'" in str(done.exception)


def test_maps_are_listed_and_copied(project: Path) -> None:
    (project / "mappings").mkdir()
    copied = call("map", "taobao-orders").stdout
    assert copied.startswith("# 已卖出的宝贝")
    (project / "mappings" / "mine.yaml").write_text(copied, "utf-8")
    listed = json.loads(call("list", "--format", "json").stdout)
    assert [row["dataset"] for row in listed["sources"]] == ["members", "order_items", "orders", "refunds"]
    assert {entry["map"]: entry["own"] for entry in listed["maps"]} == {
        "ad-costs": False,
        "crm-members": False,
        "group-members": False,
        "invitations": False,
        "member-events": False,
        "mine": True,
        "peer-figures": False,
        "sales-lines": False,
        "shopify-orders": False,
        "stock-lots": False,
        "sycm-daily": False,
        "sycm-traffic": False,
        "taobao-goods": False,
        "taobao-items": False,
        "taobao-members": False,
        "taobao-order-lines": False,
        "taobao-orders": False,
        "taobao-refunds": False,
        "wecom-customers": False,
    }

"""`promocal metrics` as a person meets it: lists, explanations, tables, files and mistakes, in both languages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from promocal import cli
from promocal.cli import language as speaking
from promocal.cli import output
from tasks.runtime import Runtime

AS_OF = ("--as-of", "2026-03-16T00:00+08:00")
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tiny: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """The exit code and what a command said on both streams, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("PROMOCAL_LANG", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(speaking, "_settled", None)
        output.console.cache_clear()
        monkeypatch.setattr(sys, "argv", ["promocal", *arguments, "-C", str(tiny.settings.root)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def test_the_catalogue_is_listed_and_explained(say: Say) -> None:
    code, listed, _ = say("metrics", "--lang", "zh")
    assert code == 0
    assert "会员复购率" in listed
    assert "共" in listed
    _, told, _ = say("metrics", "repeat_rate", "--lang", "zh")
    assert "窗口内有两单及以上的会员 ÷ 窗口内有一单及以上的会员" in told
    assert "否：按人去重" in told
    _, told, _ = say("metrics", "share_rate", "--lang", "en")
    assert "needs: events of the kind share" in told


def test_figures_have_their_parts_and_their_definition(say: Say) -> None:
    code, said, _ = say("metrics", "tiny", "-m", "repeat_rate", "-m", "gmv", *AS_OF, "--lang", "en")
    assert code == 0
    lines = [line.split() for line in said.splitlines()]
    assert ["Repeat", "rate", "of", "members", "repeat_rate", "28.57%", "2", "7"] in lines
    assert ["Sales", "gmv", "1,329.40", "–", "–"] in lines
    assert "as of 2026-03-16 00:00 (Asia/Shanghai)" in said
    assert "repeat_rate: members with two or more orders in the window ÷ members with one or" in said
    assert max(map(len, said.splitlines())) <= 80


def test_by_phase_in_chinese_with_what_is_not_measurable(say: Say) -> None:
    _, said, _ = say("metrics", "tiny", "-m", "joins", "-m", "share_rate", "--by", "phase", *AS_OF, "--lang", "zh")
    lines = [line.split() for line in said.splitlines()]
    assert ["蓄水", "2"] in lines
    assert "不可计算：需要类型为" in "".join(said.split())
    _, said, _ = say("metrics", "tiny", "-m", "orders", "--by", "tier", *AS_OF, "--lang", "zh")
    assert [line.split() for line in said.splitlines()].count(["银卡", "1"]) == 1
    assert "非会员" in said


def test_the_definition_of_a_member_is_an_option(say: Say) -> None:
    for members, share in (("1.0", "59.88%"), ("3.0", "63.30%")):
        _, said, _ = say("metrics", "tiny", "-m", "member_share", "--members", members, *AS_OF, "--lang", "en")
        assert share in said
        assert f"members by definition {members}" in said


def test_files(say: Say, tmp_path: Path) -> None:
    asked = ("metrics", "tiny", "-m", "gmv", "-m", "member_share", "--by", "day", *AS_OF, "--lang", "zh")
    for name in ("m.parquet", "m.xlsx", "m.md"):
        code, said, _ = say(*asked, "-o", str(tmp_path / name))
        assert (code, name in said) == (0, True)
    rows = parquet.read_table(tmp_path / "m.parquet").to_pylist()
    assert [int(row["numerator"]) for row in rows if row["metric"] == "gmv"][6] == 70_00
    assert {row["state"] for row in rows} == {"value", "empty"}
    sheet = load_workbook(tmp_path / "m.xlsx")["gmv"]
    assert 70 in [row[1].value for row in sheet.iter_rows()]
    assert "| 2026-03-07 | 70.00 |" in (tmp_path / "m.md").read_text("utf-8")
    code, shown, _ = say(*asked, "--format", "json")
    assert json.loads(shown)["table"]["figures"][6]["numerator"] == 70_00


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny", "-m", "repeat_rat"), "没有这个指标：repeat_rat"),
        (("tiny", "-m", "dau"), "dau 不能按 calendar 计算"),
        (("tinny", "-m", "gmv"), "没有这个日历：tinny"),
        (("tiny", "-m", "gmv", "--by", "phase", "--from", "2026-03-01T00:00+08:00"), "--by phase 已有各自的窗口"),
        (("tiny", "-m", "gmv", "--from", "2026-03-12T00:00+08:00"), "窗口的结束早于开始"),
        (("tiny", "-m", "gmv", "--min-order", "much"), "'much' 不是金额"),
        (("tiny", "-m", "gmv", "--format", "xlsx", "-o", "x.md"), "--format xlsx 写不出 x.md"),
        (("tiny", "-m", "gmv", "-o", "x.html"), "x.html 不是工作簿、Markdown 或 Parquet"),
        (("repeat_rate", "--format", "xlsx"), "没有指定日历"),
        (("tiny", "--by", "play"), "常用看板中没有可按 play 计算的指标"),
    ],
)
def test_a_mistake_is_one_sentence(say: Say, arguments: tuple[str, ...], said: str) -> None:
    code, _, told = say("metrics", *arguments, "--lang", "zh")
    assert code == 2
    assert said in told
    assert "Traceback" not in told


def test_a_monitor_asks_status(say: Say, tmp_path: Path) -> None:
    code, page, _ = say("status", "--format", "prometheus")
    assert code == 0
    assert "# TYPE promocal_server_up gauge" in page
    say("status", "--format", "prometheus", "--to", str(tmp_path / "p.prom"))
    assert "promocal_server_up" in (tmp_path / "p.prom").read_text("utf-8")
    code, _, told = say("status", "--port", "9464", "--lang", "zh")
    assert (code, "--to 与 --port 须与 --format prometheus 一起使用" in told) == (2, True)


def test_what_others_say_stands_beside_as_known_then(say: Say) -> None:
    _, said, _ = say("metrics", "tiny", "-m", "member_share", "-m", "spend_per_buyer", *AS_OF, "--lang", "zh")
    assert "同行与他方：会员成交渗透 65%（同行，2026-03-01）" in said  # named by its title
    assert "70%" not in said  # of the day after the moment of measuring
    assert "60%" not in said  # the earlier one of the same source
    assert "同行与他方：客单价 157.36（平台）" in said

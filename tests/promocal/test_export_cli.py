"""`promocal export` as a person uses it: the pack, what is refused of it, and the ids that come back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from promocal.cli import language as speaking
from promocal.cli import main

CASES = Path(__file__).parents[1] / "cases"
Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "160")
    path = Path("calendars/spring.yaml")
    text = path.read_text("utf-8").replace("audience: everybody,", "audience: everybody, benefits: [coupon],")
    coupon = "benefits: {coupon: {kind: member_coupon, threshold: 99, value: 10, stock: 50}}\n"
    path.write_text(text.replace("phases:\n", f"{coupon}phases:\n"), "utf-8")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["promocal", *words])
        monkeypatch.setattr(speaking, "_settled", None)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((out + err).split())

    return run


def test_the_pack_says_what_is_refused_and_the_ids_come_back(cli: Cli) -> None:
    code, said = cli("export", "spring", "--to", "pack", "--no-crowds")
    assert code == 0, said
    assert "ids still to come: coupon" in said
    assert "coupons coupon no time of use: the tool asks for one; write `valid`" in said
    assert Path("pack/spring.xlsx").stat().st_mode & 0o077 == 0
    assert {path.name for path in Path("pack").glob("*.csv")} >= {"coupons.csv", "positions.csv", "texts.csv"}
    made = json.loads(cli("export", "pack", "spring", "--to", "pack", "--no-crowds", "--format", "json")[1])
    assert (made["sheets"]["coupons"], made["without_id"], made["checksum"]) == (1, ["coupon"], "")

    Path("ids.csv").write_text("权益id,平台编号\ncoupon,7700\ncopon,7701\n", "utf-8")
    code, said = cli("export", "ids", "spring", "ids.csv")
    assert (code, "add --by NAME" in said) == (2, True)
    code, said = cli("export", "ids", "spring", "ids.csv", "--by", "Li", "--lang", "zh")
    assert code == 1
    assert "已知编号 1 个" in said
    assert "ids.csv:3: S610 日历中没有权益 'copon' → 请按日历写权益 id，例如 coupon" in said
    assert "platform ids" in cli("audit")[1]
    assert "ids still to come" not in cli("export", "spring", "--to", "pack", "--no-crowds")[1]

"""A calendar that runs keeps its control groups: another salt or share is refused, or decided by a named person."""

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

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["promocal", *words])
        monkeypatch.setattr(speaking, "_settled", None)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((out + err).split())

    return run


def edited(old: str, new: str) -> None:
    path = Path("calendars/spring.yaml")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


RUN = ("run", "spring", "sale", "--at", "2026-04-10T10:00+08:00")


def test_another_share_is_refused_until_somebody_decides_it(cli: Cli) -> None:
    edited("audiences:\n", "holdout: {campaign: 5%, salt: spring}\naudiences:\n")
    edited("text, audience: everybody,", "text, audience: everybody, on_late: {grace: 1h, then: run},")
    edited("note, audience: everybody,", "note, audience: everybody, on_late: {grace: 1h, then: run},")
    assert cli("refresh", "spring", "--as-of", "2026-04-10T09:00+08:00")[0] == 0
    assert cli("plan", "spring")[0] == 0
    edited("campaign: 5%", "campaign: 6%")
    assert cli("plan", "spring")[0] == 0, "nothing has run yet"
    edited("campaign: 6%", "campaign: 5%")
    assert cli(*RUN)[0] == 0

    edited("campaign: 5%, salt: spring", "campaign: 6%, salt: other")
    for words in (("plan", "spring"), ("run", "spring", "sale", "--at", "2026-04-10T15:00+08:00")):
        code, said = cli(*words)
        assert code == 2
        assert "control group campaign: 6% 'other', but spring.sale.20260410T020000Z drew it with 5% 'spring'" in said
        assert "--redraw REASON --by NAME" in said
    code, said = cli("plan", "spring", "--lang", "zh")
    assert "对照组 campaign 现为 6% 'other'" in said
    assert cli("plan", "spring", "--redraw", "too small")[0] == 2, "somebody has to decide it"
    assert cli("plan", "spring", "--redraw", "too small", "--by", "li")[0] == 0
    assert cli("run", "spring", "sale", "--at", "2026-04-10T15:00+08:00")[0] == 0
    (entry,) = json.loads(cli("audit", "--action", "redraw", "--format", "json")[1])["entries"]
    assert (entry["by"], entry["detail"], entry["value"]) == ("li", "too small", "campaign: 6% 'other'")


def test_a_play_that_has_not_run_may_still_change(cli: Cli) -> None:
    edited("note, audience: everybody,", "note, audience: everybody, holdout: 10%, on_late: {grace: 1h, then: run},")
    assert cli("refresh", "spring", "--as-of", "2026-04-10T09:00+08:00")[0] == 0
    assert cli(*RUN)[0] == 0
    edited("text, audience: everybody,", "text, audience: everybody, holdout: 20%,")
    assert cli("plan", "spring")[0] == 0
    edited("holdout: 10%", "holdout: 11%")
    code, said = cli("plan", "spring")
    assert code == 2
    assert "control group sale/note: 11% 'spring:sale/note'" in said

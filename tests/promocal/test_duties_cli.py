"""`promocal duties` as a person uses it: lists, ticks, files, and the run that waits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promocal.cli import language as speaking
from promocal.cli import main
from tasks.runtime import open_runtime

CASES = Path(__file__).parents[1] / "cases"
Cli = Callable[..., tuple[int, str]]
NOW = datetime(2026, 4, 10, 2, 1, tzinfo=UTC)
RUN = ("run", "spring", "sale", "--at", "2026-04-10T10:00+08:00")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(open_runtime.__kwdefaults__, "clock", lambda: NOW)
    path = Path("calendars/spring.yaml")
    text = path.read_text("utf-8")
    text = text.replace(
        "audience: everybody,", "audience: everybody, on_late: {grace: 1h, then: run}, needs: [link],"
    ).replace(
        "    plays:\n",
        "    duties: [{id: link, text: {zh: 短链, en: short link}, owner: {zh: 李, en: Li}, due: 2026-04-09}]\n"
        "    plays:\n",
        1,
    )
    path.write_text(text, "utf-8")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["promocal", *words])
        monkeypatch.setattr(speaking, "_settled", None)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((out + err).split())

    return run


def test_a_run_waits_and_says_for_whom(cli: Cli) -> None:
    assert cli("refresh", "spring", "--as-of", "2026-04-10T09:00+08:00")[0] == 0
    code, said = cli("duties", "spring")
    assert code == 0, said
    assert "link overdue Li 2026-04-09 23:59 short link" in said
    assert "holds back play sale/note, play sale/text" in said
    code, said = cli("plan", "spring")
    assert "Held back" in said
    code, said = cli(*RUN)
    assert code == 4
    assert "held back: waits for duty link" in said
    assert "promocal duties done DUTY --by NAME" in said
    assert "waits for duty link" in cli("status", "spring")[1]
    code, said = cli("status", "spring", "--lang", "zh")
    assert "等待事项 link 完成" in said

    code, said = cli("duties", "done", "link")
    assert (code, "--by NAME" in said) == (2, True)
    code, said = cli("duties", "done", "link", "--by", "Li")
    assert code == 0
    assert "waited: promocal run spring sale --at 2026-04-10T02:00:00+00:00" in said
    found = json.loads(cli("duties", "list", "spring", "--state", "done", "--format", "json")[1])
    assert [(one["duty"], one["done_by"], one["state"]) for one in found] == [("link", "Li", "done")]
    assert "duty done" in cli("audit")[1]
    assert cli("duties", "undo", "spring", "link", "--by", "Li", "--reason", "broken")[0] == 0
    assert "link" in cli("duties", "spring", "--owner", "Li")[1]
    assert "link" in cli("duties", "spring", "--owner", "李")[1]
    assert "link" not in cli("duties", "spring", "--owner", "Wang")[1]
    assert "李" in cli("--lang", "zh", "duties", "spring")[1]
    assert cli("duties", "export", "spring", "--to", "d.ics", "--to", "d.xlsx")[0] == 0
    assert Path("d.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")

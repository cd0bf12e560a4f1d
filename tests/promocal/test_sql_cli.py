"""`promocal sql` as a person types it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from campaign_calendars.findings.errors import UsageError
from promocal.cli.app import application
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from tests.flows.small_project import SENTINELS, write_project
from tests.tasks.conftest import SALE, SMALL
from warehouse.analysis.tables import tables


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(tmp_path_factory.mktemp("sql") / "shop", [SALE])
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
    return root


def sql(shop: Path, *words: str, given: str | None = None) -> Result:
    line = ["sql", *words, "-C", str(shop)]
    return CliRunner().invoke(application(line), line, input=given)


def refused(shop: Path, *words: str) -> UsageError:
    error = sql(shop, *words).exception
    assert isinstance(error, UsageError)
    return error


def test_a_question_as_text_in_both_languages(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    asked = "select order_id, paid_at, amount_cents from orders order by 1"
    english = sql(shop, asked, "--rows", "2")
    assert english.stdout.splitlines()[:3] == [
        "order_id                    paid_at  amount_cents",
        "o-1       2025-06-01 10:05:00+08:00          1990",
        "o-2       2025-06-02 10:05:00+08:00          2990",
    ]
    assert "the first 2 rows; --rows 0 shows all" in english.stderr
    assert "8 rows" in sql(shop, asked, "--rows", "0").stderr
    assert "8 rows" in sql(shop, asked, "--rows", "8").stderr


def test_from_a_file_from_standard_input_and_in_another_zone(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.sql"
    path.write_text("\ufeffselect min(paid_at) as first from orders;\n", "utf-8")
    wanted = "first\n2025-06-01 10:05:00+08:00\n"
    assert sql(shop, "-f", str(path), "--format", "csv").stdout == wanted
    assert sql(shop, "-", "--format", "csv", given="select min(paid_at) as first from orders").stdout == wanted
    assert sql(shop, "--format", "csv", given="select min(paid_at) as first from orders").stdout == wanted
    utc = sql(shop, "-f", str(path), "--format", "csv", "--timezone", "UTC").stdout
    assert utc == "first\n2025-06-01 02:05:00+00:00\n"
    assert "there is no file" in refused(shop, "-f", str(tmp_path / "none.sql")).message
    path.write_bytes("select '女王'".encode("gb18030"))
    assert "is not UTF-8" in refused(shop, "-f", str(path)).message
    assert "one question at a time" in refused(shop, "select 1", "-f", str(path)).message


def test_into_a_file(shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "to" / "members.csv"
    done = sql(shop, "from members", "-o", str(target))
    assert f"8 rows written to {target}" in done.stderr
    assert done.stdout == ""
    assert not any(sentinel in target.read_text("utf-8") for sentinel in SENTINELS)
    assert "no kind of file" in refused(shop, "select 1", "-o", "x.doc").message
    assert "does not write x.csv" in refused(shop, "select 1", "-o", "x.csv", "--format", "md").message
    assert refused(shop, "select 1", "--format", "xlsx").remedy == "write -o answer.xlsx"


def test_unmasked_needs_a_name_and_is_kept(shop: Path) -> None:
    asked = ("select name from members order by 1 limit 1", "--format", "csv")
    assert sql(shop, *asked).stdout == "name\n***\n"
    assert "by name" in refused(shop, *asked, "--unmasked").message
    assert "for --unmasked only" in refused(shop, *asked, "--by", "Li").message
    assert sql(shop, *asked, "--unmasked", "--by", "Li").stdout == "name\n哨兵王1号\n"
    line = ["audit", "--action", "unmask", "-C", str(shop), "--format", "json"]
    (entry,) = json.loads(CliRunner().invoke(application(line), line).stdout)["entries"]
    assert (entry["by"], entry["detail"]) == ("Li", asked[0])


def test_the_tables_and_their_columns(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "One row per order, paid or not." in sql(shop, "--tables").stdout
    chinese = sql(shop, "--tables", "facts", "--lang", "zh").stdout
    assert "实付金额，已扣退款。" in chinese
    assert max(map(len, chinese.splitlines())) <= 80
    (table,) = json.loads(sql(shop, "--tables", "orders", "--format", "json").stdout)["tables"]
    assert table["columns"][1]["name"] == "member_id"
    assert table["columns"][1]["personal"] is True
    assert refused(shop, "--tables", "ordrs").remedy == "did you mean orders?"
    assert "text or json" in refused(shop, "--tables", "--format", "csv").message


def test_mistakes_of_options(shop: Path) -> None:
    assert "is no duration" in refused(shop, "select 1", "--timeout", "soon").message
    assert "is no time zone" in refused(shop, "select 1", "--timezone", "Mars").message
    assert "no such calendar" in refused(shop, "select 1", "--calendar", "smal-sale").message
    assert "is not a moment" in refused(shop, "select 1", "--as-of", "soon").message
    long = sql(shop, "select count(*) from range(10000000) a, range(1000000) b", "--timeout", "1s")
    assert "longer than 1 s" in str(long.exception)


def test_a_wide_answer_cuts_no_figure(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    wide = ", ".join(f"{n}{n}23456789012 as figure_{n}" for n in range(1, 8))
    shown = sql(shop, f"select {wide}").stdout
    assert all(f"{n}{n}23456789012" in shown for n in range(1, 8))
    assert max(map(len, shown.splitlines())) <= 40


@pytest.mark.parametrize("page", ["sql.md", "sql.zh.md"])
def test_what_the_page_shows_can_be_typed(
    shop: Path, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    lines, question = re.findall(r"^```(?:sql)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    Path("question.sql").write_text(question, "utf-8")
    for line in lines.splitlines():
        given, _, command = line.rpartition("| ")
        _, *words = shlex.split(command, comments=True)
        line_given = shlex.split(given)[1] if given else None
        done = CliRunner().invoke(application(words), [*words, "-C", str(shop)], input=line_given)
        assert done.exit_code == 0, f"{line}: {done.output} {done.exception!r}"
    assert Path("answer.xlsx").is_file()
    assert {table for table in tables() if f"`{table}`" not in text} == set()


def test_ctrl_c_ends_it_at_once(shop: Path) -> None:
    code = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nfrom promocal.cli import main\n"
        "sys.argv = ['promocal', 'sql', '-C', sys.argv[1], sys.argv[2]]\nmain()"
    )
    endless = "select count(*) from range(10000000) as a, range(1000000) as b where hash(a.range + b.range) = 3"
    environment = {**os.environ, "PROMOCAL_LANG": "en"}
    words = [sys.executable, "-c", code, str(shop), endless]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as running:
        # Once the threads of DuckDB work on it, it is being asked.
        deadline = time.monotonic() + 30
        while _seconds_of(running.pid) < 3 and time.monotonic() < deadline:
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
    assert running.returncode == 130
    assert said == "stopped\n"


def _seconds_of(pid: int) -> float:
    """Processor time of a process so far; starting takes about one second of it."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

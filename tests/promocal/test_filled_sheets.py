"""A sheet of positions or duties that a person filled in is read back: done by whom and when, row by row."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promocal.cli import language as speaking
from promocal.cli import main
from tasks.duties.reading_back import read_duties
from tasks.runtime import open_runtime
from tasks.sheets import Sheet, write_workbook

CASES = Path(__file__).parents[1] / "cases"
Cli = Callable[..., tuple[int, str]]
NOW = datetime(2026, 4, 10, 2, 1, tzinfo=UTC)
DUTIES = """\
    duties:
      - {id: link, text: {zh: 短链, en: short link}, owner: Li, due: 2026-04-09}
      - {id: proof, text: {zh: 校对, en: proof}, owner: Wu, due: 2026-04-10, after: [link]}
    plays:
      - {id: card, audience: everybody, positions: [home, club]}
      - {id: card2, audience: everybody, positions: [home]}
"""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(open_runtime.__kwdefaults__, "clock", lambda: NOW)
    path = Path("calendars/spring.yaml")
    path.write_text(path.read_text("utf-8").replace("    plays:\n", DUTIES, 1), "utf-8")
    store = next(Path().glob("stores/*.yaml"))
    store.write_text(store.read_text("utf-8") + "positions: {home: {owner: Li}, club: {}}\n", "utf-8")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["promocal", *words])
        monkeypatch.setattr(speaking, "_settled", None)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((out + err).split())

    return run


def filled(rows: Iterable[tuple[str, ...]], head: tuple[str, ...] = ("事项", "完成", "完成人", "完成时间")) -> str:
    with Path("filled.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return "filled.csv"


def done(cli: Cli) -> dict[str, tuple[str, str]]:
    found = json.loads(cli("duties", "list", "spring", "--state", "done", "--format", "json")[1])
    return {one["duty"]: (one["done_by"], one["done_at"]) for one in found}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_exported_sheet_of_positions_comes_back_filled(cli: Cli, lang: str) -> None:
    assert cli("export", "pack", "spring", "--to", "pack", "--no-crowds", "--lang", lang)[0] == 0
    with Path("pack/positions.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    mark, by, at = head.index("完成" if lang == "zh" else "done"), *(
        head.index(one) for one in (("完成人", "完成时间") if lang == "zh" else ("done by", "done at"))
    )  # fmt: skip
    assert len(rows) == 3
    for row in rows:
        if row[0] == "home":
            row[mark], row[by], row[at] = ("是" if lang == "zh" else "yes"), "小李", "2026/4/9 18:30"
    code, said = cli("duties", "read", "spring", filled(map(tuple, rows), tuple(head)), "--lang", lang)
    assert code == 0, said
    assert done(cli) == {"sale/home": ("小李", "2026-04-09T10:30:00+00:00")}
    code, said = cli("duties", "read", "spring", "filled.csv", "--lang", lang)
    assert (code, len(done(cli))) == (0, 1), said
    assert cli("export", "pack", "spring", "--to", "pack", "--no-crowds", "--lang", lang)[0] == 0
    assert "小李,2026-04-09 18:30" in Path("pack/positions.csv").read_text("utf-8-sig")
    assert "filled.csv" in cli("audit")[1]


def test_rows_that_cannot_be_taken_are_told_and_the_others_count(cli: Cli) -> None:
    file = filled([
        ("link", "是", "", ""),
        ("sale/home", "是", "Li", ""),
        ("sale/home", "", "", ""),  # the other play of the position is not up
        ("sale/club", "maybe", "Li", ""),
        ("sale/clib", "是", "Li", ""),
        ("proof", "是", "Wu", "2026-04-11"),
    ])  # fmt: skip
    code, said = cli("duties", "read", "spring", file)
    assert code == 1
    assert "nobody is named who did link" in said
    assert "sale/home: 1 of its 2 rows are done" in said
    assert "'maybe' says neither that sale/club is done nor when" in said
    assert "no duty 'sale/clib'" in said
    assert "still to come" in said
    assert done(cli) == {}
    code, said = cli("duties", "read", "spring", file, "--by", "Ann", "--lang", "zh")
    assert (code, set(done(cli))) == (1, {"link"})
    assert "共 2 行，只完成 1 行" in said


def test_a_sheet_may_do_what_comes_first_and_what_comes_after(cli: Cli) -> None:
    file = filled([("proof", "2026-04-10 09:00", "Wu", "")])
    code, said = cli("duties", "read", "spring", file)
    assert (code, "proof comes after link, which is not done" in said) == (1, True)
    filled([("proof", "2026-04-10 09:00", "Wu", ""), ("link", "x", "Li", "")])
    code, said = cli("duties", "read", "spring", file)
    assert code == 0, said
    assert {name: by for name, (by, _) in done(cli).items()} == {"link": "Li", "proof": "Wu"}
    filled([("proof", "", "", ""), ("link", "否", "", "")])
    assert cli("duties", "read", "spring", file)[0] == 0
    assert set(done(cli)) == {"link", "proof"}, "an empty cell undoes nothing"


def test_a_workbook_has_its_moments_as_cells_and_other_sheets_beside(cli: Cli) -> None:
    write_workbook(
        Path("filled.xlsx"),
        [
            Sheet("notes", ["what"], [["nothing"]]),
            Sheet("任务", ["编号", "完成人", "完成"], [["link", "Li", "2026-04-09"]]),
        ],
    )
    with open_runtime(Path()) as rt:
        found = read_duties(rt, "spring", Path("filled.xlsx"), lang="en")
    assert (found.done, found.problems) == (("link",), ())
    assert done(cli)["link"][0] == "Li"
    filled([("1", "2")], ("a", "b"))
    code, said = cli("duties", "read", "spring", "filled.csv")
    assert (code, "no columns of duties" in said) == (2, True)

"""Sheets of a project: what a sheet holds counts wherever the calendar counts, and another sheet is another plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import Loaded, load_calendar
from campaign_calendars.sheets.columns import KINDS_OF_SHEETS
from campaign_calendars.sheets.rows import rows_of
from campaign_calendars.sheets.table import Book, Table
from tasks.calendars.blank_sheets import write_sheet
from tasks.calendars.checking import look_at, read_calendar
from tasks.calendars.lookup import LIBRARY
from tasks.calendars.parsing import parse_calendar
from tasks.planning.agreeing import require_plan
from tasks.planning.applying import begin_apply
from tasks.planning.plan import plan as make_plan
from tasks.runtime import Runtime
from tasks.sheets import Sheet, write_workbook
from tests.tasks.conftest import SMALL

HEAD = ["商品", "名称", "阶段", "日期", "一口价", "券后价"]


def with_prices(rt: Runtime, price: int = 19, name: str = "prices.xlsx") -> Path:
    """The small project with a planned price in a sheet."""
    root = rt.settings.root
    path = root / "calendars" / f"{SMALL}.yaml"
    text = path.read_text("utf-8")
    phase = load_calendar(text).model.phases[0].id  # type: ignore[union-attr]
    if "prices:" not in text:
        path.write_text(text.replace("\nphases:", f"\nprices: {{from: {name}}}\nphases:"), "utf-8")
    rows = [["tea", "茶", "", "2026-03-01", Decimal(20), Decimal(19)], ["tea", "", phase, "", Decimal(price), ""]]
    write_workbook(root / name, [Sheet("封面", ["说明"], [["价格见下一页"]]), Sheet("价格", HEAD, rows)])
    return path


def test_what_a_sheet_holds_is_as_if_it_were_written(small: Runtime) -> None:
    path = with_prices(small)
    loaded, problems = read_calendar(path)
    assert loaded is not None, problems
    assert loaded.calendar.prices["tea"].planned[0].list_ == 1900
    with_prices(small, 30)
    loaded, problems = read_calendar(path)
    assert loaded is None
    [found] = [one for one in problems if one.code == "C196"]
    assert found.message.startswith("prices.xlsx!价格!E3: ")
    assert found.location.line == path.read_text("utf-8").split("\n").index("prices: {from: prices.xlsx}") + 1


def test_another_sheet_is_another_plan(small: Runtime) -> None:
    with_prices(small)
    before = make_plan(small, SMALL)
    assert make_plan(small, SMALL).checksum == before.checksum
    with_prices(small, 18)
    after = make_plan(small, SMALL)
    assert after.checksum != before.checksum
    with pytest.raises(UsageError, match="the plan has changed"):
        require_plan(small, SMALL, before.checksum)


def test_what_is_kept_of_an_applied_plan_holds_the_rows_of_its_sheets(small: Runtime) -> None:
    with_prices(small)
    made = make_plan(small, SMALL)
    begin_apply(small, SMALL, made.checksum, by="Li")
    kept = small.ledger.plan(made.checksum)
    assert kept is not None
    assert kept.written is not None
    assert load_calendar(kept.written).model.prices["tea"].planned[0].list_ == 1900  # type: ignore[union-attr]


def test_a_sheet_mended_beside_an_open_editor_is_looked_at_again(small: Runtime) -> None:
    path = with_prices(small, 30)
    text = path.read_text("utf-8")
    assert any(one.code == "C196" for one in look_at(text, path, with_messages=True).problems)
    with_prices(small, 19)
    assert not any(one.severity == "error" for one in look_at(text, path, with_messages=True).problems)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("away.xlsx", "there is no file away.xlsx in the project"),
        ("../prices.xlsx", "leaves the project's directory"),
        ("/etc/passwd.csv", "is no path from the project's directory"),
        ("link.xlsx", "leaves the project's directory"),
        ("prices.xls", "neither .xlsx nor .csv"),
        ("calendars", "neither .xlsx nor .csv"),
        ('"a\\0b.xlsx"', "holds a control character"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_finding_at_its_name(small: Runtime, name: str, said: str) -> None:
    path = with_prices(small)
    outside = small.settings.root.parent / "outside.xlsx"
    outside.write_bytes(b"PK")
    (small.settings.root / "link.xlsx").symlink_to(outside)
    path.write_text(path.read_text("utf-8").replace("from: prices.xlsx", f"from: {name}"), "utf-8")
    _, problems = read_calendar(path)
    assert [one.code for one in problems if one.severity == "error"] == ["C350"]
    [found] = [one for one in problems if one.code == "C350"]
    assert said in found.message
    assert found.zh != found.message
    assert found.location.column == len("prices: {from: ") + 1


def test_paths_of_a_calendar_without_a_project_count_from_beside_it(tmp_path: Path) -> None:
    text = (LIBRARY / "queens-day-2020.yaml").read_text("utf-8")
    start, end = text.index("\nprices:"), text.index("\nphases:")
    (tmp_path / "c.yaml").write_text(f"{text[:start]}\nprices: {{from: p.csv}}\n{text[end:]}", "utf-8")
    (tmp_path / "p.csv").write_bytes("商品,阶段,一口价\n春茶礼盒,burst,199\n".encode("gb18030"))
    read = parse_calendar((tmp_path / "c.yaml").read_text("utf-8"), tmp_path / "c.yaml")
    assert read.model is not None
    assert list(read.model.prices) == ["春茶礼盒"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("kind", ["prices", "lists", "targets", "duties"])
def test_a_sheet_written_from_a_calendar_is_read_back_as_the_same(
    tmp_path: Path, kind: str, suffix: str, lang: str
) -> None:
    """The only loss is the title's other language."""
    name = "queens-day-2020" if kind == "prices" else "double-11-2021"
    calendar = load_calendar((LIBRARY / f"{name}.yaml").read_text("utf-8")).model
    assert calendar is not None
    file = tmp_path / f"s{suffix}"
    assert write_sheet(kind, file, calendar, lang) > 0
    text = f"calendar: c\nstore: demo-food\ntimezone: Asia/Shanghai\nday_zero: {calendar.day_zero}\n"
    own = kind in ("targets", "duties")
    text += "" if own else f"{kind}: {{from: {file.name}}}\n"
    text += "phases:\n"
    for phase in calendar.phases:
        named = own and bool(getattr(phase, kind))
        at = f"    {kind}: {{from: {file.name}}}\n" if named else ""
        text += f"  - id: {phase.id}\n    kind: {phase.kind}\n    window: {{from: D-1, to: D}}\n{at}"
    read = parse_calendar(text, tmp_path / "c.yaml")
    assert read.model is not None, [str(one) for one in read.problems]
    if own:
        assert [told(getattr(one, kind), lang) for one in read.model.phases] == [
            told(getattr(one, kind), lang) for one in calendar.phases
        ]
    else:
        assert told(getattr(read.model, kind), lang) == told(getattr(calendar, kind), lang)


def told(value: object, lang: str) -> object:
    """A value with its texts in one language."""
    from pydantic import BaseModel

    from campaign_calendars.values.scalars import Text

    if isinstance(value, Text):
        return value.get(lang)
    if isinstance(value, BaseModel):
        return {name: told(getattr(value, name), lang) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {name: told(one, lang) for name, one in value.items()}
    return [told(one, lang) for one in value] if isinstance(value, list) else str(value)


def test_a_link_to_itself_is_a_finding(small: Runtime) -> None:
    path = with_prices(small, name="loop.xlsx")
    sheet = small.settings.root / "loop.xlsx"
    sheet.unlink()
    sheet.symlink_to("loop.xlsx")
    loaded, problems = read_calendar(path)
    assert loaded is None
    [found] = [one for one in problems if one.severity == "error"]
    assert (found.code, found.message) == ("C350", "loop.xlsx is a link that leads back to itself")


def test_merging_down_to_anywhere_costs_nothing() -> None:
    table = Table("s", ((1, ("goods", "phase")), (2, ("tea", "burst"))), ((2, 1, 4_294_967_295, 1),))
    rows = rows_of(KINDS_OF_SHEETS["prices"], Book("p.xlsx", "", (table,)), None, ("prices",))
    assert [cell.row for _, cell in rows.found] == [2]
    assert rows.torn


PEERS = """
peers:
  - {metric: repeat_rate, figure: 30%, source: 同行均值, on: 2026-02-28}
  - {metric: member_spend_per_buyer, figure: 168.5, source: Platform}
"""
OF_PEERS = """\
calendar: c
store: demo-food
timezone: Asia/Shanghai
day_zero: 2026-03-08
{peers}phases:
  - {id: burst, kind: burst, window: {from: D-1, to: D}}
"""


def of_peers(path: Path, peers: str) -> Loaded[Calendar]:
    return parse_calendar(OF_PEERS.replace("{peers}", peers), path / "c.yaml")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_figures_of_peers_come_from_a_sheet_as_they_would_be_written(tmp_path: Path, suffix: str, lang: str) -> None:
    written = of_peers(tmp_path, PEERS).model
    assert written is not None
    file = tmp_path / f"peers{suffix}"
    assert write_sheet("peers", file, written, lang) == 2
    read = of_peers(tmp_path, f"peers: {{from: {file.name}}}\n")
    assert read.model is not None, read.problems
    assert read.model.peers == written.peers


def test_peers_are_named_by_titles_and_dated_by_spreadsheets(tmp_path: Path) -> None:
    """As 生意参谋 shows them: Chinese headings, a percent cell, a day with slashes, 全角 signs."""
    head = "指标,同行数值,来源,统计日期,备注\n"
    rows = "会员复购率,３０％,同行均值,2026/2/28,来自生意参谋\n会员客单价,168.50,行业优秀,,\n"
    (tmp_path / "p.csv").write_bytes((head + rows).encode("gb18030"))
    read = of_peers(tmp_path, "peers: {from: p.csv}\n")
    assert read.model is not None, read.problems
    assert [(one.metric, one.figure, one.source, str(one.on)) for one in read.model.peers] == [
        ("repeat_rate", 0.3, "同行均值", "2026-02-28"),
        ("member_spend_per_buyer", 168.5, "行业优秀", "None"),
    ]


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        ("repeat_rate,a lot,peers,", "B3", "'a lot'"),
        ("repeat_rte,30%,peers,", "A3", "there is no metric 'repeat_rte'"),
        ("repeat_rate,30%,,", "C3", "'source' is empty"),
        ("repeat_rate,,peers,", "B3", "'figure' is empty"),
        ("repeat_rate,30%,peers,28.2.2026", "D3", "28.2.2026"),
        ("repeat_rate,30,peers,", "B3", "is a share"),
        ("tier_counts,30,peers,", "A3", "no single figure"),
        ("gmv,2,peers,", "A3", "gmv of peers stands in row 2 already"),
        ("total,30,,", "A3", "one of totals"),
        ("repeat_rate,#N/A,peers,", "B3", "#N/A"),
    ],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_wrong_row_of_peers_is_told_with_its_cell(
    tmp_path: Path, suffix: str, row: str, cell: str, said: str
) -> None:
    lines = [one.split(",") for one in ("metric,figure,source,on", "gmv,1000,peers,", row)]
    file = tmp_path / f"p{suffix}"
    if suffix == ".csv":
        file.write_text("\n".join(",".join(line) for line in lines), "utf-8")
    else:
        write_workbook(file, [Sheet("peers", lines[0], lines[1:])])
    (tmp_path / "c.yaml").write_text(OF_PEERS.replace("{peers}", f"peers: {{from: {file.name}}}\n"), "utf-8")
    _, problems = read_calendar(tmp_path / "c.yaml")
    [found] = [one for one in problems if one.severity == "error"]
    assert said in found.message
    assert found.message.startswith(f"{file.name}!{'peers!' if suffix == '.xlsx' else ''}{cell}: ")
    assert found.zh != found.message
    assert found.location.line == 5


def test_other_figures_of_peers_are_another_plan(small: Runtime) -> None:
    path = small.settings.root / "calendars" / f"{SMALL}.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("\nphases:", "\npeers: {from: peers.csv}\nphases:"), "utf-8")
    sheet = small.settings.root / "peers.csv"
    sheet.write_text("metric,figure,source\nrepeat_rate,30%,peers\n", "utf-8")
    before = make_plan(small, SMALL).checksum
    assert make_plan(small, SMALL).checksum == before
    sheet.write_text("metric,figure,source\nrepeat_rate,31%,peers\n", "utf-8")
    assert make_plan(small, SMALL).checksum != before

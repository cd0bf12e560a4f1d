"""One document, three writers: what is text stays text in each of them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from openpyxl import load_workbook

from tasks.documents.markdown import as_markdown
from tasks.documents.page import as_page
from tasks.documents.parts import Document, Money, Paragraph, Picture, Ratio, Section, Table
from tasks.documents.workbook import write_as_workbook

HOSTILE = "<script>alert(1)</script> | `x` *y* =1+1 \"q\" 'p' [z](javascript:1)\n第二行"
PARTS = (
    Paragraph(HOSTILE, "strong"),
    Picture("<svg xmlns='http://www.w3.org/2000/svg'></svg>", 'a "picture"'),
    Table("rows", ("name", "n", "sum"), [(HOSTILE, 1234, Money(123_456)), ("b", None, Money(-5))], HOSTILE),
)
DOCUMENT = Document(title="A & B", lang="en", foot='plan "x" \\ 1', sections=(Section("First", PARTS),))


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "td":
            self.cells.append("")
        self._open = tag == "td" or (self._open and tag == "br")
        if tag == "br" and self._open:
            self.cells[-1] += "\n"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "td"


def test_the_page_shows_what_is_written_and_runs_nothing() -> None:
    reader = _Cells()
    reader.feed(as_page(DOCUMENT))
    assert reader.cells == [HOSTILE, "1,234", "1,234.56", "b", "–", "-0.05"]
    assert "script" not in reader.tags
    assert "content: \"plan 'x'  1  \" counter(page)" in as_page(DOCUMENT)


def test_a_sentence_beside_figures_is_no_column_of_single_words() -> None:
    rows = [("蓄水", "强力拉新入会，平台支持基础培训与 38 冲刺专题培训，以及核心商家产品权限升级", 23)]
    page = as_page(
        Document(title="t", lang="zh", foot="", sections=[Section("s", [Table("t", ["a", "b", "c"], rows)])])
    )
    assert '<td class="long">强力拉新' in page
    assert "<td>蓄水</td>" in page
    assert "td.long { min-width: 15em; }" in page


def test_markdown_has_every_row_in_one_line_with_its_own_bars_only() -> None:
    lines = as_markdown(DOCUMENT).splitlines()
    start = lines.index("| name | n | sum |")
    assert lines[start + 1] == "|---|---:|---:|"
    rows = lines[start + 2 : start + 4]
    assert [row.replace("\\|", "").count("|") for row in rows] == [4, 4]
    assert rows[1] == "| b | – | -0.05 |"
    assert "\\<script\\>" in rows[0]


def test_a_workbook_has_a_sheet_for_each_table_and_one_for_what_is_said(tmp_path: Path) -> None:
    write_as_workbook(DOCUMENT, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["A & B", "rows"]
    assert [row[1].value for row in book["A & B"].iter_rows(min_row=2)] == [HOSTILE, 'a "picture"', "→ rows"]
    cells = [[cell.value for cell in row] for row in book["rows"].iter_rows(min_row=2)]
    assert cells == [[HOSTILE, 1234, 1234.56], ["b", None, -0.05]]
    assert book["rows"]["A2"].data_type == "s"


def test_a_ratio_is_a_number_for_a_workbook_and_has_four_places_elsewhere(tmp_path: Path) -> None:
    table = Table("ratios", ("a", "times"), [("x", Ratio(1.18850649))])
    document = Document(title="A", lang="en", foot="f", sections=(Section("s", [table]),))
    write_as_workbook(document, tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx")["ratios"]["B2"].value == 1.1885
    assert '<td class="figure">1.1885</td>' in as_page(document)
    assert "| x | 1.1885 |" in as_markdown(document)


def test_changes_stand_with_the_figures_and_texts_do_not() -> None:
    rows = [("Joins", "+1,000.0%", "", "-3"), ("Exits", "", "", "-3 and more"), ("Rate", "-0.20 百分点", "", "+1")]
    page = as_page(Document("A", "en", "", (Section("S", (Table("t", ("what", "change", "sign", "note"), rows),)),)))
    assert '<th>what</th><th class="figure">change</th><th>sign</th><th>note</th>' in page
    assert '<td class="figure">-0.20 百分点</td>' in page


def test_a_warning_has_one_sign() -> None:
    parts = [Paragraph("⚠ days", "warning"), Paragraph("late", "warning")]
    text = as_markdown(Document(title="A", lang="en", foot="f", sections=(Section("s", parts),)))
    assert ("⚠ days" in text, "⚠ ⚠" in text, "⚠ late" in text) == (True, False, True)

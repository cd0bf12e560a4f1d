"""The section about sheets that a calendar names: how, and which columns each kind has."""

from __future__ import annotations

from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.sheets.columns import KINDS_OF_SHEETS, Kind

_TITLE: Said = ("Sheets", "表格")
_ENGLISH = (
    "Prices, goods lists, targets, duties and figures of peers may stand in a workbook or CSV file of the project"
    " instead of the calendar. What the sheet holds counts as if it were written here: `check` finds what is wrong"
    " in it and names the cell (`prices.xlsx!Sheet1!C7`), the plan's checksum covers it, and another sheet is"
    " another plan. The header is the row that fits best; titles and cover sheets around it, empty rows and columns"
    " headed `note` are passed over, hidden sheets read only where `sheet` names them. What nothing would come of is"
    " an error: an unknown heading, a row of totals, a row of a phase that does not name the sheet. Days are cells"
    " with a date, or text with the year first; shares are percent cells, `6%` or 0.06. `promocal sheet prices -o"
    " prices.xlsx` writes an empty one, `--calendar` one with what a calendar has. Figures of peers may come as a"
    " data set (`benchmarks`) as well; both are shown."
)
_CHINESE = (
    "价格、清单、目标、任务与同行数值可以放在项目内的工作簿或 CSV 文件中，而不写在日历里。"
    "表中内容与写在日历中完全等效："
    "check 会指出其中的错误及单元格（`prices.xlsx!Sheet1!C7`），计划校验码包含其内容，表改动即为新的计划。"
    "表头取最相符的一行；其上的标题、封面页、空行与表头为“备注”的列会跳过，隐藏的表须由 `sheet` 写明才读取。"
    "不起作用的内容一律报错：未知表头、合计行、未写明此表的阶段的行。日期用日期格式或年份在前的文本；"
    "比例用百分比格式、`6%` 或 0.06。`promocal sheet prices -o prices.xlsx` 生成空表，"
    "加 `--calendar` 则填入某日历已有的内容。同行数值也可作为数据集（`benchmarks`）接入；两者都会显示。"
)
_INTRODUCTION: Said = (_ENGLISH, _CHINESE)
_HEADS: tuple[Said, ...] = (
    ("column", "列"),
    ("what to write", "填写内容"),
    ("for instance", "示例"),
    ("needed", "必填"),
    ("also called", "其他表头"),
)
_YES: Said = ("yes", "是")


def sheets_section(lang: str) -> str:
    """Its head and introduction."""
    return f"## {in_language(_TITLE, lang)}\n\n{in_language(_INTRODUCTION, lang)}"


def columns_of_sheets(lang: str) -> list[str]:
    """A table of columns for each kind of sheet."""
    return [_columns(kind, lang) for kind in KINDS_OF_SHEETS.values()]


def _columns(kind: Kind, lang: str) -> str:
    lines = [
        f"#### {in_language(kind.title, lang)}", "", f"`{kind.written}`", "",
        "| " + " | ".join(in_language(head, lang) for head in _HEADS) + " |", "|---" * len(_HEADS) + "|",
    ]  # fmt: skip
    for one in kind.columns:
        head = in_language(one.head, lang)
        others = ", ".join(f"`{name}`" for name in dict.fromkeys((*one.head, *one.also)) if name != head)
        needed = in_language(_YES, lang) if one.required else ""
        lines.append(f"| `{head}` | {in_language(one.means, lang)} | {one.example} | {needed} | {others} |")
    return "\n".join(lines)

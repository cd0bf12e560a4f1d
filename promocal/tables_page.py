"""docs/tables.md and its Chinese twin: every table of `promocal sql` and of data frames, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaign_calendars.findings.said import Language

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Tables for questions",
        "other": "[中文](tables.zh.md)",
        "about": (
            "What [`promocal sql`](sql.md) and [Python](python.md) show, column by column. `promocal sql --tables NAME`"
            " prints the same. This page is generated (`python -m promocal.reference docs`). `zone` in a dtype is the"
            " time zone of the calendar. Masked columns show a pseudonym (`member_id`), `***`, or nothing."
            " Marks such as A6 are rows of [the domain](domain.md)."
        ),
        "head": "| column | SQL | dtype | unit | meaning |",
        "masked": " (masked)",
    },
    "zh": {
        "title": "可查询的数据表",
        "other": "[English](tables.md)",
        "about": (
            "[`promocal sql`](sql.zh.md) 与 [Python](python.md)（英文）中的每张表、每一列。"
            "`promocal sql --tables 表名` 输出同样的内容。本页自动生成（`python -m promocal.reference docs`）。"
            "dtype 中的 `zone` 为日历的时区。已脱敏的列显示匿名编号（`member_id`）、`***` 或空。"
            "A6 等标记指[领域知识](domain.zh.md)的条目。"
        ),
        "head": "| 列 | SQL 类型 | dtype | 单位 | 含义 |",
        "masked": "（已脱敏）",
    },
}


def tables_pages() -> Mapping[str, str]:
    """Name of the page → its text."""
    return {"tables.md": _page("en"), "tables.zh.md": _page("zh")}


def _page(lang: Language) -> str:
    texts = _TEXTS[lang]
    return "\n\n".join([f"# {texts['title']}", texts["other"], texts["about"], *_sections(lang)]) + "\n"


def _sections(lang: Language) -> Iterator[str]:
    from warehouse.analysis.frames import DTYPES
    from warehouse.analysis.tables import tables

    texts = _TEXTS[lang]
    for table in tables().values():
        yield f"## {table.name}"
        yield table.meaning.get(lang)
        lines = [texts["head"], "|---|---|---|---|---|"]
        for each in table.columns:
            meaning = each.meaning.get(lang).replace("|", "\\|") + (texts["masked"] if each.personal else "")
            lines.append(f"| `{each.name}` | {each.type} | `{DTYPES[each.type]}` | {each.unit} | {meaning} |")
        yield "\n".join(lines)

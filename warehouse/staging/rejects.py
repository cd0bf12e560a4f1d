"""Lines that could not become rows: their rules, and the finding each of them makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from campaign_calendars.findings.problem import Location, Problem, Severity
from warehouse.sources.cells import BLANK, HEADER_AGAIN, ID_ROUNDED, LEFT_OUT, TOTALS
from warehouse.sources.expressions import DAY_UNSURE, WORD_UNKNOWN
from warehouse.sources.lines import NOBODY
from warehouse.sources.reading import LINE_BROKEN
from warehouse.staging.examples import SHOWN


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """A rule of reading: what is wrong with a line, and what to do. `stops` beyond `tolerance` basis points."""

    says: str
    says_zh: str
    hint: str
    hint_zh: str
    tolerance: int
    severity: Severity = "warning"


READING_RULES: Mapping[str, ReadingRule] = {
    LINE_BROKEN: ReadingRule(
        "lines do not have as many cells as the header",
        "行的列数与表头不符",
        "look for unquoted delimiters",
        "检查是否有未加引号的分隔符",
        500,
    ),
    ID_ROUNDED: ReadingRule(
        "lines have an id that a spreadsheet turned into a number: its last digits are lost",
        "行的编号被电子表格转成了数字，末尾几位已丢失",
        "export again and do not save the file from a spreadsheet, or format the column as text before pasting",
        "请重新导出，不要用电子表格另存；或先把该列设为文本格式",
        100,
    ),
    WORD_UNKNOWN: ReadingRule(
        "lines have a word that the column map does not know",
        "行含有列映射中没有的词",
        "add the word under values of that column in the map",
        "请在映射文件该列的 values 下补充这个词",
        100,
    ),
    DAY_UNSURE: ReadingRule(
        "lines have a date that fits several of the formats, with different days",
        "行的日期同时符合多种格式，且日期不同",
        "keep in `format` only the way these dates are written",
        "请在 format 中只保留实际使用的写法",
        100,
    ),
    TOTALS: ReadingRule(
        "lines are totals of a report, no rows of data",
        "行是报表的合计行，不是数据",
        "nothing has to be done if the other lines are complete",
        "若其余行完整，则无需处理",
        10_000,
    ),
    HEADER_AGAIN: ReadingRule(
        "lines are the header once more",
        "行是重复的表头",
        "nothing has to be done if exports were put one behind the other on purpose",
        "若是有意把多个导出接在一起，则无需处理",
        10_000,
    ),
    BLANK: ReadingRule(
        "lines have no value in any column that is read",
        "行在所读取的各列中都没有值",
        "nothing has to be done: a spreadsheet saves such lines behind its data",
        "无需处理：电子表格会在数据之后保存这样的空行",
        10_000,
        "info",
    ),
    NOBODY: ReadingRule(
        "lines of orders name no buyer and make no member",
        "行没有买家，不产生会员",
        "as `guests` says, nothing has to be done: they are lines of guests, or further lines of an order",
        "按 guests 设置无需处理：这些是游客订单行，或同一订单的后续行",
        10_000,
        "info",
    ),
    LEFT_OUT: ReadingRule(
        "lines are left out by keep or drop of the map",
        "行被映射中的 keep 或 drop 排除",
        "change keep or drop if they belong to the data",
        "若这些行属于数据，请修改 keep 或 drop",
        10_000,
        "info",
    ),
}


def reject_findings(
    con: duckdb.DuckDBPyConnection, tolerances: Mapping[str, Mapping[str, int]] | None = None
) -> list[Problem]:
    """One finding for each dataset and rule in `raw_rejects`: an error when too many lines are concerned.

    `tolerances`: dataset → rule → basis points, where they are not the rule's own.
    """
    stated = tolerances or {}
    rows = con.execute("select dataset, rule, count(*) from raw_rejects group by all order by all").fetchall()
    return [
        _finding(con, dataset, name, int(count), stated.get(dataset, {}).get(name, READING_RULES[name].tolerance))
        for dataset, name, count in rows
    ]


def _finding(con: duckdb.DuckDBPyConnection, dataset: str, name: str, count: int, tolerance: int) -> Problem:
    rule = READING_RULES[name]
    total = con.execute(
        f"select (select count(*) from raw_{dataset}) + count(*) from raw_rejects where dataset = ?", [dataset]
    ).fetchall()[0][0]
    places = con.execute(
        f"select _file, _row from raw_rejects where dataset = ? and rule = ? order by all limit {SHOWN}",
        [dataset, name],
    ).fetchall()
    stops = count * 10_000 > tolerance * total
    severity: Severity = "error" if stops else rule.severity
    kept, kept_zh = "the lines are in the table quarantine of the snapshot", "这些行在快照的 quarantine 表中"
    if stops:
        kept = f"at most {tolerance / 100:g}% is tolerated (see tolerances.{name}): nothing was published"
        kept_zh = f"最多容许 {tolerance / 100:g}%（见 tolerances.{name}），没有发布任何数据"
    return Problem(
        {"error": "S110", "warning": "S111", "info": "S112"}[severity],
        severity,
        f"{dataset}: {count} {rule.says} ({count:,} of {total:,} lines, rule {name})",
        f"{rule.hint}; {kept}",
        Location(f"sources.{dataset}"),
        f"{dataset}：{count} {rule.says_zh}（{total:,} 行中有 {count:,} 行，规则 {name}）",
        f"{rule.hint_zh}；{kept_zh}",
        tuple(f"{file}:{row}" for file, row in places),
    )

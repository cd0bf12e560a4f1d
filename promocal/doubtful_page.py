"""The page "What promocal does with doubtful data", made from the rules themselves: it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.findings.said import Said
from campaign_calendars.values.scalars import format_duration
from tasks.data.freshness import DEFAULT, READ_BY_RECENCY
from warehouse.models.catalogue import Expectation, Model, load_layer
from warehouse.sources.two_readings import RULES as TWO_READINGS
from warehouse.staging.outliers import TIMES
from warehouse.staging.rejects import READING_RULES

NAME = "doubtful-data"
_TITLE: Said = ("What promocal does with doubtful data", "promocal 如何处理可疑数据")
_OTHER: Said = ("[中文](doubtful-data.zh.md)", "[English](doubtful-data.md)")
_INTRODUCTION: Said = (
    (
        "Nothing changes in silence. A cell ends in one of three ways: in the value it means; in a row that is "
        "set aside with its rule and place (the table `quarantine` of the snapshot); or, where so many rows are "
        "concerned that the source itself must be wrong, in a refusal that says what to do, and nothing is "
        "published. Some cells are left empty and their row is kept: that is said from the first row on. Rows "
        "read = accepted + set aside + copies, always. `promocal sources test` says all of this before anything "
        "is loaded, `promocal refresh` when it is, with a few of the rows: the place as a spreadsheet or an "
        "editor shows it, and what was written, masked where it is personal. This page is generated from the "
        "rules."
    ),
    (
        "任何改动都会说明。每个单元格只有三种结果：读成它的本意；所在行被隔离，并写明规则与位置（快照的 "
        "quarantine 表）；若涉及行数过多、来源本身必有问题，则拒绝该来源并写明怎么做，不发布任何数据。"
        "有些单元格按空值处理而保留该行，从第一行起就会说明。读入行数 = 通过 + 隔离 + 重复，始终成立。`promocal "
        "sources test` 在载入之前、`promocal refresh` 在载入时都会说明，并列出若干行："
        "位置与表格软件或编辑器中看到的一致，内容为原文，个人信息脱敏。本页由规则生成。"
    ),
)
_LINES: Said = ("Lines that do not become rows", "不能成为数据行的行")
_TWO: Said = ("Values that can be read in two ways", "有两种读法的值")
_TWO_TEXT: Said = (
    (
        "A mark that makes a figure unreadable, such as `19,99`, is not guessed: the row is set aside until "
        "`decimal` of a column map says what the comma is. So is a date that fits several formats with different "
        "days. What is read in spite of a second reading is named with what was written and what was read:"
    ),
    (
        "标点使数字无法确定时（如 `19,99`）不会猜测：在列映射的 decimal 写明逗号含义之前，该行被隔离。"
        "日期符合多种格式且日期不同时也是如此。虽有另一种读法但仍读取的值，会列出原文与读出的值："
    ),
)
_OUTLIER: Said = (
    (
        "An amount of {times} times the median of its column or more is kept and named (S136): a decimal comma "
        "may have been lost before it came here."
    ),
    ("金额达到该列中位数的 {times} 倍以上时保留并列出（S136）：小数点可能在导出之前就已丢失。"),
)
_FRESH: Said = ("Data that is too old", "过旧的数据")
_FRESH_TEXT: Said = (
    (
        "The newest fact of each dataset is shown by `promocal refresh`. When it is older than {limit} (or than "
        "`data_every` of the store, if that is longer) in {datasets}, `refresh`, `plan` and `run` say so (S139). "
        "`freshness` of the store states other limits and datasets; with `on_stale: stop` a run decides nothing "
        "on such data."
    ),
    (
        "`promocal refresh` 显示每个数据集的最新一条。{datasets} 的最新一条早于 {limit}（店铺的 data_every "
        "更长时取 data_every）时，refresh、plan 与 run 都会提示（S139）。可在店铺的 freshness "
        "中另写期限与数据集；写明 on_stale: stop 时，运行不在这样的数据上作任何决策。"
    ),
)
_ROWS: Said = ("Rules of each dataset", "各数据集的规则")
_HEADS: tuple[Said, ...] = (("rule", "规则"), ("what is wrong", "问题"), ("what happens", "处理"))
_ASIDE: Said = ("the row is set aside", "隔离该行")
_COPY: Said = ("the copy is set aside", "隔离重复行")
_KEPT: Said = ("the row is kept", "保留该行")
_SAID: Said = ("said", "提示")
_STOPS: Said = ("; above {share} of the rows nothing is published", "；超过 {share} 的行则不发布")
_STOPS_ALWAYS: Said = ("; nothing is published", "；不发布")


def doubtful_pages() -> dict[str, str]:
    """File name → content, English and Chinese."""
    return {f"{NAME}.md": _page(0), f"{NAME}.zh.md": _page(1)}


def _page(lang: int) -> str:
    limit, datasets = format_duration(DEFAULT), ", ".join(READ_BY_RECENCY)
    parts = [
        f"# {_TITLE[lang]}",
        _OTHER[lang],
        _INTRODUCTION[lang],
        f"## {_LINES[lang]}",
        _table(lang, _reading_rules(lang)),
        f"## {_TWO[lang]}",
        _TWO_TEXT[lang],
        "\n".join(_two_readings(lang)),
        _OUTLIER[lang].format(times=f"{TIMES:,}"),
        f"## {_FRESH[lang]}",
        _FRESH_TEXT[lang].format(limit=limit, datasets=datasets),
        f"## {_ROWS[lang]}",
    ]
    for model in sorted(load_layer("staging"), key=lambda model: model.dataset):
        parts += [f"### `{model.dataset}`", _table(lang, _expectations(model, lang))]
    return "\n\n".join(parts) + "\n"


def _table(lang: int, rows: Iterator[tuple[str, str, str]]) -> str:
    head = "| " + " | ".join(said[lang] for said in _HEADS) + " |"
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join([head, "|---|---|---|", *(f"| {line} |" for line in lines)])


def _reading_rules(lang: int) -> Iterator[tuple[str, str, str]]:
    for name, rule in READING_RULES.items():
        says, hint = (rule.says_zh, rule.hint_zh) if lang else (rule.says, rule.hint)
        stops = _STOPS[lang].format(share=_share(rule.tolerance)) if rule.tolerance < 10_000 else ""  # noqa: PLR2004
        yield f"`{name}`", f"{says}; {hint}" if not lang else f"{says}；{hint}", _ASIDE[lang] + stops


def _two_readings(lang: int) -> Iterator[str]:
    for rule in TWO_READINGS.values():
        says = rule.says[lang].format(name="…", count="…").removeprefix("…: ").removeprefix("…：")
        yield f"- {rule.code}: {says}; {rule.hint[lang].format(name='…')}"


def _expectations(model: Model, lang: int) -> Iterator[tuple[str, str, str]]:
    for rule in model.expectations:
        yield f"`{rule.rule}`", rule.says.get("zh" if lang else "en"), _happens(rule, lang)


def _happens(rule: Expectation, lang: int) -> str:
    kept = _SAID if rule.expect == "row_count" else _KEPT
    done = (_COPY if rule.column == "_copy" else _ASIDE) if rule.rows == "reject" else kept
    if rule.severity != "stop":
        return done[lang]
    stops = _STOPS[lang].format(share=_share(rule.tolerance)) if rule.tolerance else _STOPS_ALWAYS[lang]
    return done[lang] + stops


def _share(basis_points: int) -> str:
    return f"{basis_points / 100:g}%"

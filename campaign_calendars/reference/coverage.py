"""The page of coverage: who honours every key of the language, and what of the domain it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.reference.citations import anchor
from campaign_calendars.reference.domain_rows import ROWS, Row
from campaign_calendars.reference.honoured import HONOURED, HONOURERS, Honoured, keys_of_models

_HEAD: Final[Said] = (
    """\
# What the language says, and who keeps it

[中文](coverage.zh.md)

**No key that nothing honours.** This page is generated from the catalogue in
`campaign_calendars/reference/honoured`: every key of calendars, stores and benefits, who honours it at run time, what
it does then, and the test that shows it. A test walks the models and finds keys without an entry.
Below, every construct of [the domain](domain.md) by its row: the keys, kinds, fields and checks that say it, or why it
is left out. What neither list names, promocal does not act on.
""",
    """\
# 日历语言说了什么、由谁兑现

[English](coverage.md)

**没有无人兑现的键。** 本页由 `campaign_calendars/reference/honoured` 中的目录生成：日历、店铺、权益的每个键，
运行时由谁兑现、起什么作用，以及证明它的测试。有测试遍历模型，找出没有条目的键。其后按[领域资料](domain.zh.md)的条目列出每项内容：由哪些
键、种类、字段、检查表达，或为何不做。两张表都没有提到的，promocal 不会据以行事。
""",
)
_PARTS: Final[Mapping[str, Said]] = {
    "A1": ("Concepts", "概念"),
    "A2": ("Phases", "阶段"),
    "A3": ("Benefits", "权益"),
    "A4": ("Channels and positions", "渠道与阵地"),
    "A5": ("Audiences", "人群"),
    "A6": ("Tiers and points", "等级与积分"),
    "A7": ("Metrics", "指标"),
    "A8": ("Techniques", "手法"),
    "A9": ("Queen's Day 2020 and the categories", "38 女王节 2020 与各品类"),
    "A10": ("Double 11 2021", "双 11 2021"),
    "A11": ("Compliance", "合规"),
    "A12": ("The rest", "其余内容"),
    "B": ("Beside the sources", "资料之外"),
}


def coverage_page(lang: str) -> str:
    """Counts by honourer, the keys model by model, and the rows of the domain."""
    parts = [in_language(_HEAD, lang), _counts(lang)]
    parts += [_title("## ", ("Keys", "键"), lang), *_keys(lang)]
    parts += [_title("## ", ("The domain, row by row", "逐条对照领域资料"), lang), *_domain(lang)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _counts(lang: str) -> str:
    """Keys by their main honourer."""
    counted = Counter(entry.honourers[0] for entry in HONOURED.values())
    heads = (("honoured by", "由谁兑现"), ("which is", "含义"), ("keys", "键数"))
    rows = [(f"`{by}`", in_language(said, lang), str(counted[by])) for by, said in HONOURERS.items() if counted[by]]
    total = in_language(
        (
            f"{len(HONOURED)} keys, each once, by its main honourer:",
            f"共 {len(HONOURED)} 个键，每个键按主要兑现方计一次：",
        ),
        lang,
    )
    return f"{total}\n\n{_table(heads, rows, lang)}"


def _keys(lang: str) -> Iterator[str]:
    heads = (("key", "键"), ("by", "兑现方"), ("at run time", "运行时"), ("domain", "资料"), ("shown by", "测试"))
    for model, held in groupby(keys_of_models(), key=lambda key: key.split(".")[0]):
        yield f"### {model}"
        yield _table(heads, (_key(key, HONOURED[key], lang) for key in held), lang)


def _key(key: str, entry: Honoured, lang: str) -> tuple[str, ...]:
    name = key.split(".")[1]
    return f"`{name}`", entry.by, in_language(entry.does, lang), _links(entry.rows, lang), f"`{entry.test}`"


def _domain(lang: str) -> Iterator[str]:
    heads = (("row", "条目"), ("construct", "内容"), ("where", "在何处"))
    for part, held in groupby(ROWS, key=_part_of):
        yield f"### {part} {in_language(_PARTS[part], lang)}"
        yield _table(
            heads, ((_links(row.mark, lang), in_language(row.construct, lang), _where(row, lang)) for row in held), lang
        )


def _part_of(row: Row) -> str:
    part = row.mark.split("#")[0]
    return part if part in _PARTS else part[0]


def _where(row: Row, lang: str) -> str:
    if row.left_out[0]:
        return in_language(("left out: ", "不做："), lang) + in_language(row.left_out, lang)
    where = in_language(row.where, lang)
    return where.replace("`, `", "`、`") if lang == "zh" else where


def _links(rows: str, lang: str) -> str:
    page = in_language(("domain.md", "domain.zh.md"), lang)
    return ", ".join(f"[{mark}]({page}#{anchor(mark)})" for mark in rows.split(", ") if mark)


def _title(marks: str, said: Said, lang: str) -> str:
    return marks + in_language(said, lang)


def _table(heads: Iterable[Said], rows: Iterable[tuple[str, ...]], lang: str) -> str:
    named = [in_language(head, lang) for head in heads]
    lines = ["| " + " | ".join(named) + " |", "|---" * len(named) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(cells) + " |" for cells in rows)])

"""The tables and the diagram of docs/delivery.md, made from the one place that knows the states of a job.

The words around them are written by hand; each part stands between `<!-- NAME -->` and `<!-- end NAME -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

from campaign_calendars.findings.said import Said, in_language
from warehouse.ledger.transitions import EFFECTS, STATUSES, TRANSITIONS

PAGES = {"delivery.md": "en", "delivery.zh.md": "zh"}
_MEANING: dict[str, Said] = {
    "awaiting_approval": ("waits for a person's approval", "等待人工审批"),
    "pending": ("may leave as soon as it is due", "到时间即可发出"),
    "sending": ("claimed by a worker; handed over or not", "已被工作进程领取；已交出或尚未交出"),
    "sent": ("the channel took it", "渠道已接收"),
    "unknown": ("it may have arrived; a person or a receipt says", "可能已送达；由人工或回执确定"),
    "to_do": ("on a work list of people", "在人工的工作清单上"),
    "failed": ("it certainly did not arrive", "确定未送达"),
    "cancelled": ("stopped before it left", "发出之前已停止"),
}
_GRANT: dict[str, Said] = {
    "reserved": ("reserved: nobody else gets it", "已占用：他人不可再得"),
    "owed": ("owed: the member may use it", "待使用：会员可以使用"),
    "freed": ("freed", "已释放"),
}
_COUNTS: dict[bool, Said] = {True: ("counts", "计入"), False: ("does not count", "不计入")}
_STATES: Said = (
    "| state | what it is | benefit, money, stock | contact of the member |",
    "| 状态 | 含义 | 权益、预算、库存 | 会员的触达次数 |",
)
_WAYS: Said = ("| by | from | to | when |", "| 操作 | 从 | 到 | 何时 |")
_NEW: Said = ("(new)", "（新）")


def states(lang: str) -> str:
    rows = [in_language(_STATES, lang), "|---|---|---|---|"]
    for status in STATUSES:
        effect = EFFECTS[status]
        cells = (_MEANING[status], _GRANT[effect.grant], _COUNTS[effect.contact])
        rows.append(f"| `{status}` | " + " | ".join(in_language(cell, lang) for cell in cells) + " |")
    return "\n".join(rows)


def transitions(lang: str) -> str:
    rows = [in_language(_WAYS, lang), "|---|---|---|---|"]
    for each in TRANSITIONS:
        before = f"`{each.before}`" if each.before else in_language(_NEW, lang)
        rows.append(f"| `{each.deed}` | {before} | `{each.after}` | {in_language(each.when, lang)} |")
    return "\n".join(rows)


def diagram(_lang: str) -> str:
    ways: dict[tuple[str, str], list[str]] = {}
    for each in TRANSITIONS:
        deeds = ways.setdefault((each.before or "[*]", each.after), [])
        if each.deed not in deeds:
            deeds.append(each.deed)
    arrows = [f"    {before} --> {after}: {', '.join(deeds)}" for (before, after), deeds in ways.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])


PARTS = {"states": states, "transitions": transitions, "diagram": diagram}


def filled(page: str, lang: str) -> str:
    """The page with its parts as the code has them. ValueError: a part has no place in it."""
    for name, make in PARTS.items():
        found = re.search(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end {name} -->)", page, re.DOTALL)
        if found is None:
            raise ValueError(f"no place for {name}")
        page = f"{page[: found.start()]}{make(lang)}\n{page[found.end() :]}"
    return page


def fill_pages(directory: Path) -> list[Path]:
    """Bring the parts of the pages in `directory` up to date; returns the pages."""
    paths = [directory / name for name in PAGES if (directory / name).is_file()]
    for path in paths:
        path.write_text(filled(path.read_text("utf-8"), PAGES[path.name]), "utf-8")
    return paths

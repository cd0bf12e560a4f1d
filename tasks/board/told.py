"""A calendar's board in one language, and the words for states of runs and messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.findings.said import Said
from tasks.board.gathering import CalendarBoard, MomentState
from tasks.documents.speaker import Speaker
from tasks.reporting.charts.marks import Mark
from warehouse.ledger.guarding import HoldScope

STATES: dict[MomentState, Said] = {
    "done": ("done", "已完成"),
    "running": ("running", "进行中"),
    "waiting": ("waiting", "等待中"),
    "failed": ("failed", "失败"),
    "skipped": ("skipped", "已跳过"),
    "missed": ("missed", "已错过"),
    "due": ("due, not begun", "到期未运行"),
    "not_run": ("not run", "未运行"),
    "ahead": ("to come", "待运行"),
}
WRONG: tuple[MomentState, ...] = ("failed", "missed", "due")
RAN: tuple[MomentState, ...] = ("done", "skipped")
MARKS: dict[MomentState, Mark] = {
    "done": "done", "running": "waiting", "waiting": "waiting", "failed": "wrong", "skipped": "passed",
    "missed": "wrong", "due": "wrong", "not_run": "not_run", "ahead": "planned",
}  # fmt: skip
"""State → how it is drawn on the timeline."""
MEANINGS: dict[Mark, Said] = {
    "done": ("done", "已完成"),
    "waiting": ("running or waiting", "进行中或等待中"),
    "wrong": ("failed, missed or overdue", "失败、错过或到期未运行"),
    "passed": ("skipped", "已跳过"),
    "not_run": ("not run", "未运行"),
    "planned": ("to come", "待运行"),
}
"""Mark → what the legend says of it."""
SCOPES: dict[HoldScope, str] = {
    "all": "全部",
    "store": "店铺",
    "calendar": "日历",
    "channel": "渠道",
    "run": "运行",
    "play": "玩法",
}
"""In Chinese; in English they are what they are."""
JOBS: dict[str, Said] = {
    "sent": ("sent", "已发送"),
    "to_do": ("to do by people", "待人工处理"),
    "awaiting_approval": ("waiting for approval", "待审批"),
    "pending": ("pending", "待发送"),
    "sending": ("sending", "发送中"),
    "unknown": ("unknown", "结果未知"),
    "failed": ("failed", "失败"),
    "cancelled": ("cancelled", "已取消"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Speaker):
    """A calendar's board in one language."""

    board: CalendarBoard

    def phase(self, phase: str) -> str:
        found = next((one for one in self.loaded.calendar.phases if one.id == phase), None)
        return (found.title.get(self.lang) if found else "") or phase

    def play(self, phase: str, play: str) -> str:
        plays = (one for found in self.loaded.calendar.phases if found.id == phase for one in found.plays)
        title = next((one.title.get(self.lang) for one in plays if one.id == play), "")
        return title or play

    def plays(self, phase: str, names: Sequence[str]) -> str:
        return self(", ", "、").join(self.play(phase, name) for name in names)

    def moment(self, at: datetime) -> str:
        """Local time with its weekday, as people say it."""
        local = at.astimezone(self.board.now.tzinfo)
        day = "一二三四五六日"[local.weekday()] if self.lang == "zh" else f"{local:%a}"
        return f"{local:%m-%d} {'周' if self.lang == 'zh' else ''}{day} {local:%H:%M}"

    def title(self) -> str:
        return self.loaded.calendar.title.get(self.lang) or self.loaded.calendar.calendar

"""Duties for other programs: an iCalendar file, a workbook, CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from campaign_calendars.duties.icalendar import icalendar
from campaign_calendars.duties.states import DutyState
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, in_language
from tasks.duties.ticking import tasks_of
from tasks.runtime import Runtime
from tasks.sheets import Sheet, write_csv, write_workbook

SHEET: Said = ("duties", "任务")
_HEAD: tuple[Said, ...] = (
    ("duty", "编号"),
    ("what", "任务"),
    ("level", "级别"),
    ("owner", "负责人"),
    ("begin", "起"),
    ("due", "止"),
    ("after", "依赖"),
    ("needed by", "阻塞"),
    ("state", "状态"),
    ("done by", "完成人"),
    ("done at", "完成"),
)
STATES: dict[str, Said] = {
    "open": ("open", "未开始"),
    "due": ("due", "进行中"),
    "overdue": ("overdue", "已逾期"),
    "blocked": ("blocked", "被阻塞"),
    "done": ("done", "已完成"),
}
LEVELS: dict[str, Said] = {"must": ("must", "必做"), "focus": ("focus", "重点关注")}


def write_duties(rt: Runtime, calendar_id: str, path: Path, lang: str) -> None:
    """Write the duties of a calendar as the ending of `path` says. UsageError for another ending."""
    loaded = rt.load_calendar(calendar_id)
    states, calendar = tasks_of(rt, loaded), loaded.calendar
    if path.suffix == ".ics":
        text = icalendar(
            calendar.calendar, calendar.title.get(lang) or calendar.calendar, states, at=rt.clock(), lang=lang
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    elif path.suffix == ".xlsx":
        write_workbook(path, [duty_sheet(states, lang)])
    elif path.suffix == ".csv":
        write_csv(path, duty_sheet(states, lang))
    else:
        raise UsageError(
            (f"{path} is no file of duties", f"{path} 不是事项文件"),
            ("name it .ics, .xlsx or .csv", "请以 .ics、.xlsx 或 .csv 结尾"),
        )


def duty_sheet(states: Sequence[DutyState], lang: str) -> Sheet:
    """The duties as a table, times on the calendar's clock."""
    rows = [
        (
            duty.duty,
            duty.text.get(lang),
            in_language(LEVELS[duty.level], lang),
            duty.owner.get(lang),
            f"{duty.begin_at:%Y-%m-%d %H:%M}",
            f"{duty.due_at:%Y-%m-%d %H:%M}",
            ", ".join(duty.after),
            ", ".join(duty.needed_by),
            in_language(STATES[duty.state], lang),
            duty.done_by,
            f"{duty.done_at.astimezone(duty.due_at.tzinfo):%Y-%m-%d %H:%M}" if duty.done_at else "",
        )
        for duty in states
    ]
    return Sheet(in_language(SHEET, lang), [in_language(head, lang) for head in _HEAD], rows)

"""Mistakes on the command line, which Typer finds and words in English alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.reading.wording import wording

# What Typer says, and the same in Chinese; groups are put in by number.
_CHINESE: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+?)'\. Did you mean (.+)\?", "没有命令 '{0}'。是否想写 {1}？"),
    (r"No such command '(.+?)'\.", "没有命令 '{0}'。"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", "没有选项 {0}。可能是：{1}"),
    (r"No such option: (\S+)", "没有选项 {0}"),
    (r"Missing command\.", "没有写命令。"),
    (r"Missing argument '(.+?)'\.(?: .*)?", "缺少参数 '{0}'。"),
    (r"Missing option (.+?)\.(?: .*)?", "缺少选项 {0}。"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", "多余的参数：{0}"),
    (r"Option '(.+)' requires an argument\.", "选项 '{0}' 需要一个值。"),
    (r"Option '(.+)' requires (\d+) arguments\.", "选项 '{0}' 需要 {1} 个值。"),
    (r"Option '(.+)' does not take a value\.", "选项 '{0}' 不带值。"),
    (r"Invalid value for (.+?): (.+) is not one of (.+)\.", "{0} 的值 {1} 不可用；可用的值：{2}。"),
    (r"Invalid value for (.+?): (.+)", "{0} 的值不可用：{1}"),
)


def mistake(error: Any) -> UsageError | None:
    """A finding of Typer as a failure of ours, with where to read on; None when help was all that was missing."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "promocal"
    return UsageError(_said(error), _calendars_to_name(error) or (f"{path} --help", f"见 {path} --help"))


def _calendars_to_name(error: Any) -> Said | None:
    """Where a calendar is missing on the line: those that could be meant."""
    parameter = getattr(error, "param", None)
    if type(error).__name__ != "MissingParameter" or getattr(parameter, "name", "") not in ("calendar", "calendars"):
        return None
    from promocal.cli.completing import project_calendars

    try:
        known = project_calendars(Path(error.ctx.params.get("project") or "."))
    except (OSError, ValueError):
        return None
    if not known:
        return (
            "there is no calendar here; promocal new DIRECTORY starts a project, -C names the directory of one",
            "此处没有日历；promocal new 目录 新建项目，-C 指定项目目录",
        )
    return f"name one of: {', '.join(known)}", f"请写明其中一个：{'、'.join(known)}"


def _said(error: Any) -> Said:
    cause = error.__cause__
    if isinstance(cause, ValidationError) and cause.errors()[0]["type"] != "value_error":
        _, said, _ = wording(cause.errors()[0], error.param.opts[0])
        return said
    english = error.format_message().replace("Value error, ", "")
    return english, in_chinese(english)


def in_chinese(english: str) -> str:
    """A sentence of Typer in Chinese; one it has not said before stays as it is."""
    for pattern, chinese in _CHINESE:
        if found := re.fullmatch(pattern, english, re.DOTALL):
            return chinese.format(*found.groups())
    return english

"""What a person or a program reads: problems, tables, progress, JSON."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from campaign_calendars.errors import PromocalError
from campaign_calendars.problems import Problem

Format = Literal["text", "json"]
_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_WORDS_ZH = {"error": "错误", "warning": "警告", "info": "提示"}


def language() -> str:
    """`zh` or `en`: PROMOCAL_LANG, else the locale."""
    for variable in ("PROMOCAL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def console(stream: str = "stdout") -> Console:
    # A pipe has no width; wrapping there would cut paths and tables for no reader.
    width = None if sys.stdout.isatty() else 160
    return Console(stderr=stream == "stderr", highlight=False, width=width, soft_wrap=not sys.stdout.isatty())


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)


def print_json(value: Any) -> None:
    sys.stdout.write(as_json(value) + "\n")


def print_problems(problems: Iterable[Problem], *, lang: str | None = None, stream: str = "stdout") -> None:
    """One block a problem: place, severity, code, message, and the remedy below it."""
    lang = lang or language()
    out = console(stream)
    for problem in problems:
        word = _WORDS_ZH[problem.severity] if lang == "zh" else problem.severity
        style = _STYLES[problem.severity]
        out.print(
            f"{escape(str(problem.location))}: [{style}]{word}[/] [bold]{problem.code}[/] {escape(problem.text(lang))}"
        )
        if remedy := problem.remedy(lang):
            out.print(f"    [dim]→ {escape(remedy)}[/]")


def problem_summary(problems: Iterable[Problem], *, lang: str) -> str:
    counts = Counter(problem.severity for problem in problems)
    if lang == "zh":
        return (
            "，".join(f"{counts[s]} 个{_WORDS_ZH[s]}" for s in ("error", "warning", "info") if counts[s]) or "没有问题"
        )
    parts = [f"{counts[s]} {s}{'s' if counts[s] > 1 else ''}" for s in ("error", "warning") if counts[s]]
    if counts["info"]:
        parts.append(f"{counts['info']} info")
    return ", ".join(parts) or "no problems"


def print_failure(error: PromocalError) -> None:
    out = console("stderr")
    out.print(f"[bold red]promocal:[/] {escape(error.message)}")
    if error.remedy:
        out.print(f"    [dim]→ {escape(error.remedy)}[/]")


def table(title: str, *columns: str) -> Table:
    """A plain table; the first column is text, the others are figures."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index == 0 else "right", no_wrap=index == 0)
    return made


def money(cents: int | None) -> str:
    return "–" if cents is None else f"{cents / 100:,.2f}"


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A line that says what is going on, on terminals; nothing in pipes and JSON output."""
    out = console("stderr")
    if quiet or not out.is_terminal:
        yield lambda _: None
        return
    with out.status("") as status:
        yield lambda text: status.update(escape(text))

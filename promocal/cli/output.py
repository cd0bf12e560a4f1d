"""What a person or a program reads: problems, tables, progress, JSON."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.problem import Problem
from campaign_calendars.findings.said import Said
from promocal.cli import language as speaking
from promocal.cli.underway import hush, underway
from promocal.cli.words import word

if TYPE_CHECKING:
    # Loaded where something is drawn; findings are lines of text and need not wait for it.
    from rich.console import Console
    from rich.table import Table

Format = Literal["text", "json"]
_STYLES = {
    "error": partial(typer.style, fg="red", bold=True),
    "warning": partial(typer.style, fg="yellow"),
    "info": partial(typer.style, fg="cyan"),
}
_PIPE_WIDTH = 160
_WORDS_ZH = {"error": "错误", "warning": "警告", "info": "提示"}


def language() -> str:
    """`zh` or `en`: the language of this process."""
    return speaking.language()


@cache
def console(stream: str = "stdout") -> Console:
    """Where tables, markup and progress are drawn."""
    from promocal.cli.drawing import PlainConsole

    # A pipe has no width unless COLUMNS says one; wrapping there would cut paths and tables for no reader.
    boundless = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return PlainConsole(
        stderr=stream == "stderr", highlight=False, width=_PIPE_WIDTH if boundless else None, soft_wrap=boundless
    )


def escape(text: str) -> str:
    """Text without meaning for `console`, whatever brackets are in it."""
    from rich.markup import escape as escaped

    return escaped(text)


def say(line: str, *, stream: str = "stdout") -> None:
    """A line of text as it is; styles from `typer.style` show on terminals only."""
    hush()
    file = sys.stderr if stream == "stderr" else sys.stdout
    forced, unwanted = os.environ.get("FORCE_COLOR"), os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    typer.echo(line, file=file, color=not unwanted and bool(forced or file.isatty()))


def own_command() -> str:
    """How a person calls this program again from here: by name, where the shell finds the same one."""
    called = Path(sys.argv[0])
    if called.stem != "promocal":
        return f"{shlex.quote(sys.executable)} -m promocal"
    found = shutil.which("promocal")
    if found is not None and Path(found).resolve() == called.resolve():
        return "promocal"
    return shlex.quote(os.path.relpath(called))


def print_json(record: object) -> None:
    """The record as JSON on standard output."""
    from campaign_calendars.values.json import to_json

    hush()
    sys.stdout.write(to_json(record) + "\n")


def print_problems(problems: Iterable[Problem], *, lang: str | None = None, stream: str = "stdout") -> None:
    """One block a problem: place, severity, code, message, and the remedy below it."""
    lang = lang or language()
    for problem in problems:
        word = _WORDS_ZH[problem.severity] if lang == "zh" else problem.severity
        severity = _STYLES[problem.severity](word)
        code = typer.style(problem.code, bold=True)
        say(f"{problem.location}: {severity} {code} {problem.text(lang)}", stream=stream)
        if problem.examples:
            say(f"    {examples(problem.examples, lang)}", stream=stream)
        if remedy := problem.remedy(lang):
            say("    " + typer.style(f"→ {remedy}", dim=True), stream=stream)


def examples(rows: Sequence[str], lang: str) -> str:
    """The rows a finding is about, in one line."""
    return f"如：{'；'.join(rows)}" if lang == "zh" else f"e.g. {'; '.join(rows)}"


def problem_summary(problems: Iterable[Problem], *, lang: str) -> str:
    counts = Counter(problem.severity for problem in problems)
    if counts and set(counts) == {"info"}:
        one = counts["info"] == 1
        remarks = "1 remark" if one else f"{counts['info']} remarks"
        english = f"no problems, {remarks} (--info shows {'it' if one else 'them'})"
        return f"没有问题，{counts['info']} 条提示（--info 可查看）" if lang == "zh" else english
    if lang == "zh":
        return (
            "，".join(f"{counts[s]} 个{_WORDS_ZH[s]}" for s in ("error", "warning", "info") if counts[s]) or "没有问题"
        )
    parts = [f"{counts[s]} {s}{'s' if counts[s] > 1 else ''}" for s in ("error", "warning") if counts[s]]
    if counts["info"]:
        parts.append(f"{counts['info']} info")
    return ", ".join(parts) or "no problems"


def print_failure(error: PromocalError) -> None:
    lang = language()
    say(f"{typer.style('promocal:', fg='red', bold=True)} {error.text(lang)}", stream="stderr")
    if remedy := error.remedy_text(lang):
        say("    " + typer.style(f"→ {remedy}", dim=True), stream="stderr")


def table(title: str, *columns: str) -> Table:
    """A plain table, its title and headings in the language of the process; the first column is at the left."""
    from promocal.cli.fitting import FittingTable

    made = FittingTable(
        title=word(title), title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False
    )
    for index, column in enumerate(columns):
        made.add_column(word(column), justify="left" if index == 0 else "right")
    return made


def money(cents: int | None) -> str:
    return "–" if cents is None else f"{cents / 100:,.2f}"


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[Said], None]]:
    """A line that says what is going on, on terminals; nothing in pipes and JSON output."""
    out = console("stderr")
    if quiet or not out.is_terminal:
        yield lambda _: None
        return
    with out.status("") as status:
        underway.append(status.stop)
        try:
            yield lambda said: status.update(escape(speaking.translated(said)))
        finally:
            underway.clear()

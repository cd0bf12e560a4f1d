"""Commands for writing calendars: check, explain, schema."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.problem import SaidProblem, Severity, has_errors
from promocal.cli import output
from promocal.cli.opening import named_calendar
from promocal.cli.options import FormatOption, Lang, LangOption, OutputFormat

if TYPE_CHECKING:
    from tasks.calendars.checking import Look

_WATCH_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class UnreadLines:
    """Lines of a calendar that could not be read as they are written; the rest was checked."""

    file: str
    """The calendar."""
    lines: tuple[int, ...]
    """Counted from 1."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with calendars."""

    ok: bool
    """Whether the exit code is 0: nothing is wrong that must be mended."""
    problems: tuple[SaidProblem, ...]
    """Everything that was found, file by file."""
    unread: tuple[UnreadLines, ...]
    """Where lines are damaged: without which the calendar was checked."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a code means, in one language."""

    code: str
    """Stable, e.g. `C112`."""
    severity: Severity
    """Of its findings, unless a setting changes it."""
    title: str
    """In one sentence."""
    text: str
    """All of it, with a wrong and a right example, as `promocal explain` prints it."""


class SchemaKind(StrEnum):
    calendar = "calendar"
    store = "store"


def check(
    calendars: Annotated[list[str], typer.Argument(help="Calendar files, or ids.", metavar="FILES...")],
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    info: Annotated[bool, typer.Option("--info", help="Show remarks too, not only errors and warnings.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again on every change, until Ctrl-C.")] = False,
) -> None:
    """Check calendars: every problem at once, with its place and remedy. Nothing is run."""
    language = lang.value if lang else output.language()
    files = [named_calendar(name) for name in calendars]
    if watch:
        if format is OutputFormat.json:
            raise UsageError(
                ("--watch is for people", "--watch 供人阅读"), ("leave out --format json", "请去掉 --format json")
            )
        from promocal.cli import watching

        watching.watch(files, lambda: _look_again(files, language, info=info), every=_WATCH_SECONDS)
        return
    looks = _looks(files)
    problems = [problem for look in looks for problem in look.problems]
    failed = has_errors(problems) or (strict and any(p.severity == "warning" for p in problems))
    if format is OutputFormat.json:
        damaged = zip(files, looks, strict=True)
        unread = tuple(UnreadLines(str(file), tuple(sorted(look.unread))) for file, look in damaged if look.unread)
        output.print_json(Checked(not failed, tuple(problem.said(language) for problem in problems), unread))
    else:
        _print_checked(files, looks, language, info=info)
    if failed:
        raise typer.Exit(1)


def _looks(files: list[Path]) -> list[Look]:
    from tasks.calendars.checking import look_at, read_text

    return [look_at(read_text(path), path, with_messages=True) for path in files]


def _print_checked(files: list[Path], looks: list[Look], language: str, *, info: bool) -> None:
    problems = [problem for look in looks for problem in look.problems]
    output.print_problems((p for p in problems if info or p.severity != "info"), lang=language)
    names = ", ".join(str(path) for path in files)
    output.say(f"{names}: {output.problem_summary(problems, lang=language)}")
    for path, look in zip(files, looks, strict=True):
        if look.unread:
            output.say(f"{path}: {_unread(look.unread, language)}")


def _unread(lines: Collection[int], language: str) -> str:
    """Which lines the rest was checked without: `22`, `24-31`."""
    spans: list[list[int]] = []
    for line in sorted(lines):
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    listed = [f"{first}-{last}" if last > first else str(first) for first, last in spans]
    if language == "zh":
        return f"未读取第 {'、'.join(listed)} 行，其余内容已检查"
    return f"checked without line{'s' if len(lines) > 1 else ''} {', '.join(listed)}"


def _look_again(files: list[Path], language: str, *, info: bool) -> None:
    out = output.console()
    if out.is_terminal:
        out.clear()
    try:
        _print_checked(files, _looks(files), language, info=info)
    except UsageError as error:  # a file is away for a moment, or not text: said, and looked at again
        output.print_failure(error)
    sys.stdout.flush()


def explain(
    code: Annotated[str, typer.Argument(help="Problem code, e.g. C112.")],
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,
) -> None:
    """Explain a problem code, with a wrong and a right example."""
    from campaign_calendars.checks import RULES
    from campaign_calendars.checks import explain as explanation
    from campaign_calendars.reference.citations import directions
    from tasks.plugins import plug_in_language

    plug_in_language()
    language = (lang or Lang(output.language())).value
    text = explanation(code.upper(), language)
    if text is None:
        raise UsageError(
            (f"there is no code {code}", f"没有编号 {code}"),
            (
                "codes stand in the output of promocal check and in docs/checks.md",
                "编号见 promocal check 的输出与 docs/checks.md",
            ),
        )
    said = "\n\n".join(filter(None, (text.rstrip(), "\n".join(directions(text, language)))))
    if format is OutputFormat.json:
        rule = RULES[code.upper()]
        output.print_json(Explained(rule.code, rule.severity, rule.title(language), said))
        return
    sys.stdout.write(said + "\n")


def schema(
    kind: Annotated[SchemaKind, typer.Argument(help="calendar or store")] = SchemaKind.calendar,
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")] = None,
) -> None:
    """Print the JSON Schema, for completion and hover in an editor."""
    import json

    from campaign_calendars.reading.schema import calendar_schema, store_schema
    from tasks.plugins import plug_in_language

    plug_in_language()
    made = calendar_schema() if kind is SchemaKind.calendar else store_schema()
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    if target is None:
        sys.stdout.write(text)
    else:
        target.write_text(text, "utf-8")

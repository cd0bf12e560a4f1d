"""The commands with `--lang` on each, and in Chinese where that is the language.

Typer has no way to translate a tree of commands, so the tree is walked once it stands: help texts
are replaced by their pair of `help_zh`, and Typer's own words by assignment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from campaign_calendars.findings.said import Language
from promocal.cli.options import LangOption

COMPLETING = "_PROMOCAL_COMPLETE"
"""Set by the shell's script while it asks for completions."""
_IN_A_PROJECT = frozenset(
    {
        "plan", "audiences", "run", "replay", "report", "status", "approve", "why", "metrics", "sql", "budget",
        "outbox", "worklist", "apply", "export", "dashboard", "decisions",
    }
)  # fmt: skip
"""Commands that do nothing outside a project and load much inside one."""


def command_line(app: typer.Typer, lang: Language) -> Any:
    """The commands of `app` as one Typer group, spoken in `lang`."""
    root = get_command(app)
    option = _lang_option()
    for context, command in walk(root):
        _look_before(command, context.command_path.partition(" ")[2])
        # The language is settled before the line is parsed; the option is here to be allowed and shown.
        if not any("--lang" in parameter.opts for parameter in command.params):
            command.params.append(option)
    if COMPLETING in os.environ:
        from promocal.cli.completing import complete_values

        complete_values(command for _, command in walk(root))
    if lang == "zh":
        _speak_chinese(root)
    return root


def _look_before(command: Any, path: str) -> None:
    """What a command lacks (a project, data, the run it names) it says before it loads what it would work with."""
    if not any(parameter.name == "project" for parameter in command.params):
        return
    carry_out = command.invoke

    def invoke(context: Any) -> Any:
        from promocal.cli.looking import look

        project = Path(context.params.get("project") or ".")
        settings = project.resolve() / "promocal.toml"
        if path.partition(" ")[0] in _IN_A_PROJECT and not settings.exists():
            from campaign_calendars.findings.unknown import no_project

            raise no_project(settings)
        look(path, project, context.params)
        return carry_out(context)

    command.invoke = invoke


def walk(command: Any, parent: typer.Context | None = None) -> Iterator[tuple[typer.Context, Any]]:
    """The command and all below it, each with a context of its own."""
    settings = command.context_settings if parent is None else {}
    context = typer.Context(command, parent=parent, info_name=command.name, **settings)
    yield context, command
    for name in getattr(command, "commands", {}):
        yield from walk(command.commands[name], context)


def _lang_option() -> Any:
    """`--lang` as Typer makes it, for commands whose function does not ask for the language."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def _(lang: LangOption = None) -> None:
        del lang

    (option,) = get_command(app).params
    option.expose_value = False
    return option


def _speak_chinese(root: Any) -> None:
    from typer import rich_utils

    from promocal.cli import help_zh
    from promocal.cli.breaking import BreakingConsole

    for name, text in help_zh.WORDS.items():
        setattr(rich_utils, name, text)
    # Chinese is broken between characters, not before marks.
    rich_utils.Console = BreakingConsole  # type: ignore[attr-defined]
    rich_utils._make_rich_text = partial(_folding, rich_utils._make_rich_text)  # noqa: SLF001 - no other way in
    for context, command in walk(root):
        command.help = _chinese(command.help)
        command.short_help = _chinese(command.short_help)
        command.options_metavar = help_zh.OPTIONS
        if hasattr(command, "subcommand_metavar"):
            command.subcommand_metavar = help_zh.SUBCOMMAND
        command.format_usage = _Usage(command)
        for parameter in (*command.params, command.get_help_option(context)):
            parameter.help = _chinese(parameter.help)
            _name_in_chinese(parameter)


def _name_in_chinese(parameter: Any) -> None:
    """The name of an argument, and the kind of a value: `<文本>`. Choices are what has to be typed and stay."""
    from promocal.cli.help_zh import ARGUMENTS, TYPES

    shown = parameter.display_type_rich

    def kind(**given: Any) -> str | None:
        said: str | None = shown(**given)
        inner = said[1:].partition(">")[0] if said and said.startswith("<") else ""
        return said.replace(f"<{inner}>", f"<{TYPES[inner]}>", 1) if said and inner in TYPES else said

    parameter.display_type_rich = kind
    if parameter.param_type_name == "argument":
        parameter.metavar = ARGUMENTS.get(parameter.metavar or parameter.name, parameter.metavar)


def _folding(make: Callable[..., Any], **given: Any) -> Any:
    """A text of Typer that goes on in the next line: one without spaces would be cut at the width of its column."""
    made = make(**given)
    made.overflow = "fold"
    return made


def _chinese(text: str | None) -> str | None:
    """The Chinese of a help text. A text met again is Chinese already."""
    from promocal.cli.help_zh import TEXTS

    return TEXTS.get(text, text) if text else text


class _Usage:
    """`format_usage` of a command with the Chinese word before it."""

    def __init__(self, command: Any) -> None:
        self.command = command

    def __call__(self, context: Any, formatter: Any) -> None:
        from promocal.cli.help_zh import USAGE

        pieces = self.command.collect_usage_pieces(context)
        formatter.write_usage(context.command_path, " ".join(pieces), prefix=USAGE)

"""All commands, in the order a newcomer meets them.

A command's module is imported when the command is asked for, and each command imports what it needs
inside, so that `check` and `--help` never pay for Prefect, pandas or Great Expectations.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from promocal import __version__
from promocal.cli.tree import COMPLETING

COMMANDS = {
    "new": "starting",
    "check": "authoring",
    "fmt": "calendars",
    "diff": "calendars",
    "graph": "calendars",
    "import-activities": "calendars",
    "sheet": "sheet",
    "explain": "authoring",
    "schema": "authoring",
    "lsp": "lsp",
    "sample": "data",
    "sources": "sources",
    "refresh": "data",
    "snapshots": "snapshots",
    "quality": "data",
    "plan": "planning",
    "message": "message",
    "budget": "budgeting",
    "export": "export",
    "audiences": "operating",
    "audience": "audience",
    "apply": "applying",
    "adopt": "applying",
    "run": "operating",
    "approve": "approving",
    "automations": "automating",
    "settle": "operating",
    "outbox": "outbox",
    "halt": "halting",
    "pause": "halting",
    "resume": "halting",
    "cancel": "halting",
    "duties": "duties",
    "sequence": "sequence",
    "worklist": "operating",
    "receipts": "receipts",
    "receive": "receiving",
    "status": "standing",
    "board": "showing",
    "doctor": "standing",
    "metrics": "metric_tables",
    "dashboard": "member_board",
    "backup": "backing",
    "restore": "backing",
    "audit": "auditing",
    "why": "operating",
    "decisions": "deciding",
    "forget": "forgetting",
    "replay": "replaying",
    "report": "reporting",
    "measure": "measuring",
    "sql": "asking",
    "serve": "applying",
    "watch": "applying",
    "values": "values",
    "member": "member",
    "points": "pointing",
    "suppress": "data",
    "demo": "operating",
}
"""The module of `promocal.cli` in which each command is: a function, or `app` of a module of its own name."""


def application(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command line for `arguments`: with their command only, or with all commands when they name none."""
    made = typer.Typer(
        name="promocal",
        help="Plan, check, run and measure member operations around a promotion calendar.",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_root)
    completing = COMPLETING in os.environ
    for name in arguments[:1] if arguments and arguments[0] in COMMANDS and not completing else COMMANDS:
        module = import_module(f"promocal.cli.{COMMANDS[name]}")
        if COMMANDS[name] == name and hasattr(module, "app"):
            made.add_typer(module.app, name=name)
        else:
            made.command(name)(getattr(module, name.replace("-", "_")))
    return made


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"promocal {__version__}\n")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Exit codes: 0 ok, 1 problems found, 2 usage, 3 failed, 4 waiting for approval."""

"""All commands, in the order a newcomer meets them.

Each command imports what it needs inside, so that `check` and `--help` never pay for Prefect,
pandas or Great Expectations.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from promocal import __version__
from promocal.cli import authoring, calendars, data, operating, snapshots, sources

app = typer.Typer(
    name="promocal",
    help="Plan, check, run and measure member operations around a promotion calendar.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"promocal {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Exit codes: 0 ok, 1 problems found, 2 usage, 3 failed, 4 waiting for approval."""


app.command("new")(authoring.new)
app.command("check")(authoring.check)
app.command("fmt")(calendars.fmt)
app.command("diff")(calendars.diff)
app.command("graph")(calendars.graph)
app.command("import-activities")(calendars.import_activities)
app.command("explain")(authoring.explain)
app.command("schema")(authoring.schema)
app.command("sample")(data.sample)
app.add_typer(sources.app, name="sources")
app.command("refresh")(data.refresh)
app.add_typer(snapshots.app, name="snapshots")
app.command("plan")(operating.plan)
app.command("audiences")(operating.audiences)
app.command("apply")(operating.apply)
app.command("run")(operating.run)
app.command("approve")(operating.approve)
app.command("settle")(operating.settle)
app.command("status")(operating.status)
app.command("why")(operating.why)
app.command("replay")(operating.replay)
app.command("report")(operating.report)
app.command("serve")(operating.serve)
app.command("suppress")(data.suppress)
app.command("demo")(operating.demo)

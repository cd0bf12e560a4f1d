"""`promocal member`: what a person decides about one member. `promocal points`: the points of all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from campaign_calendars.errors import UsageError
from promocal.cli import output
from promocal.cli.options import AsOf, Calendar, FormatOption, OutputFormat, Project, parse_moment

app = typer.Typer(help="What a person decides about one member.", no_args_is_help=True)


@app.callback()
def _member() -> None:
    """What a person decides about one member."""


@app.command("tier")
def tier(
    member: Annotated[str, typer.Argument(help="Member id.")],
    tier: Annotated[str | None, typer.Argument(help="Tier of the store; leave out with --clear.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who decides; kept in the audit log.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
    until: Annotated[str | None, typer.Option("--until", help="Moment from which the rules decide again.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Let the rules decide again, now.")] = False,
    project: Project = Path(),
) -> None:
    """Set a member's tier by hand, or clear it; decisions honour it from the next run on."""
    from tasks.members import clear_tier, set_tier
    from tasks.runtime import open_runtime

    if not by or not reason:
        raise UsageError("a tier set by hand needs --by and --reason", "both are kept in the audit log")
    if clear == (tier is not None):
        raise UsageError("name a tier, or use --clear", "promocal member tier MEMBER gold --by NAME --reason WHY")
    rt = open_runtime(project)
    if tier is None:
        clear_tier(rt, member, reason=reason, by=by)
    else:
        set_tier(rt, member, tier, until=parse_moment(until) if until else None, reason=reason, by=by)
    rt.close()
    done = "the rules decide again" if tier is None else f"tier {tier} set by {by}"
    output.console().print(f"{output.escape(member)}: {output.escape(done)}")


def points(
    calendar: Calendar,
    project: Project = Path(),
    as_of: AsOf = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """The points the store's rules give for all orders, beside those its programme recorded."""
    from tasks.members import points as compute
    from tasks.runtime import open_runtime

    rt = open_runtime(project)
    found = compute(rt, calendar, parse_moment(as_of) if as_of else None)
    rt.close()
    if format is OutputFormat.json:
        output.print_json(found)
        return
    recorded = found["recorded"]
    table = output.table(f"Points as of {found['as_of']}", "", "by the rules", "recorded")
    for name, title in (
        ("earned", "earned by orders"),
        ("taken_back", "taken back with refunds"),
        ("referral", "for referrals"),
        ("net", "in all"),
    ):
        table.add_row(title, f"{found['by_rules'][name]:,}", f"{recorded[name]:,}" if recorded else "–")
    out = output.console()
    out.print(table)
    if recorded is None:
        out.print("There is no points source to compare with.")
        return
    out.print(f"{found['agreeing']:,} of {found['members']:,} members agree.")
    if found["recorded_with_other_validity"]:
        out.print(f"{found['recorded_with_other_validity']:,} entries do not expire when the store says.")
    rows = output.table("Largest differences", "member", "by the rules", "recorded")
    for row in found["differences"]:
        rows.add_row(output.escape(row["member"]), f"{row['by_rules']:,}", f"{row['recorded']:,}")
    out.print(rows)

"""`promocal receipts`: what providers report of messages after they took them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.masking import masked_id
from promocal.cli import output
from promocal.cli.defaulting import first_is
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, LangOption, OutputFormat, Project
from promocal.cli.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.receipts.taking import Taken

app = typer.Typer(
    cls=first_is("show"), help="What providers report of messages after they took them.", no_args_is_help=True
)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Messages of one channel whose delivery is in one state."""

    channel: str
    """Its name in promocal.toml."""
    state: str
    """`delivered` or `failed`."""
    code: str
    """The provider's word for a failure."""
    messages: int
    """How many."""


@dataclass(frozen=True, slots=True)
class AsideRow:
    """Reports that fit no message, for one reason."""

    reason: str
    """Why nobody knows which message is meant."""
    reports: int
    """How often such reports came."""
    example: str
    """A reference of one of them, masked."""


@dataclass(frozen=True, slots=True)
class ReceiptsShown:
    """What is known of deliveries."""

    deliveries: tuple[DeliveryRow, ...]
    """Messages of which something was reported, by channel, state and code."""
    aside: tuple[AsideRow, ...]
    """Reports that fit no message, by reason."""


@app.callback()
def _receipts() -> None:
    """What providers report of messages after they took them."""


@app.command("show")
def show(
    run: Annotated[str | None, typer.Option("--run", help="Only messages of this run.")] = None,
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Count deliveries by channel, state and code, and the reports that fit no message."""
    with opened(project) as rt:
        if run is not None:
            rt.find_run(run)
        counts = rt.ledger.delivery_counts(run)
        aside = rt.ledger.reports_aside()
    rows = tuple(DeliveryRow(*key, count) for key, count in counts.items())
    reasons = dict.fromkeys(one.reason for one in aside)
    kept = tuple(
        AsideRow(
            reason,
            sum(one.times for one in aside if one.reason == reason),
            next(masked_id(one.ref) for one in aside if one.reason == reason),
        )
        for reason in reasons
    )
    shown = ReceiptsShown(rows, kept)
    if format is OutputFormat.json:
        output.print_json(shown)
    else:
        _print_shown(shown)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV file, workbook or JSON of delivery reports or replies.")],
    channel: Annotated[
        str, typer.Option("--channel", help="Channel of what names none; default: that of its kind.")
    ] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of a text file; auto looks itself.")] = "auto",
    sheet: Annotated[
        str, typer.Option("--sheet", help="Sheet of a workbook; default: the one whose header fits.")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who brings the file; kept in the audit log.")] = "command line",
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Take a provider's file of reports and replies: settles unknown messages, keeps refusals at once."""
    from tasks.receipts.files import import_receipts

    if not file.is_file():
        raise UsageError(
            (f"{file} does not exist", f"{file} 不存在"),
            ("give a CSV file, workbook or JSON file", "请给出 CSV、表格或 JSON 文件"),
        )
    with opened(project) as rt:
        taken = import_receipts(rt, file, channel=channel, encoding=encoding, sheet=sheet, by=by)
    if format is OutputFormat.json:
        output.print_json(taken)
    else:
        print_taken(taken)
    if taken.items and not (taken.new or taken.known or taken.replies or taken.aside):
        raise typer.Exit(1)


def print_taken(taken: Taken) -> None:
    """What a file came to, a line for each kind of thing."""
    english = "{items:,} line(s): {new:,} new report(s), {known:,} known before, {replies:,} of people"
    chinese = "共 {items:,} 条：新回执 {new:,}，已有 {known:,}，回复 {replies:,}"
    output.say(either(english, chinese, items=taken.items, new=taken.new, known=taken.known, replies=taken.replies))
    english = "settled as sent {sent:,}, as failed {failed:,}; left in vain {vain:,}; new refusals {refusals:,}"
    chinese = "落定为已发送 {sent:,}，失败 {failed:,}；发出未达 {vain:,}；新增拒收 {refusals:,}"
    about = {"sent": taken.sent, "failed": taken.failed, "vain": taken.undelivered, "refusals": taken.refusals}
    output.say(either(english, chinese, **about))
    for reason, count in taken.aside.items():
        output.say(either("kept aside {n:,}: {why}", "留待核对 {n:,}：{why}", n=count, why=word(reason)))
    for reason, count in taken.unread.items():
        output.say(either("not used {n:,}: {why}", "未采用 {n:,}：{why}", n=count, why=word(reason)))


def _print_shown(shown: ReceiptsShown) -> None:
    if not shown.deliveries and not shown.aside:
        output.say(either("no receipts yet", "尚无回执"))
    table = output.table("Deliveries", "channel", "delivery", "code", "messages")
    for row in shown.deliveries:
        table.add_row(output.escape(row.channel), word(row.state), output.escape(row.code), f"{row.messages:,}")
    if shown.deliveries:
        output.console().print(table)
    _print_aside(shown.aside)


def _print_aside(rows: Sequence[AsideRow]) -> None:
    for row in rows:
        english, chinese = "kept aside {n:,}: {why}, e.g. {example}", "留待核对 {n:,}：{why}，例如 {example}"
        output.say(either(english, chinese, n=row.reports, why=word(row.reason), example=row.example))

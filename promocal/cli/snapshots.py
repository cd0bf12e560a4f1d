"""`promocal snapshots`: list, show, compare, roll back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, OutputFormat, Project, Replay
from promocal.cli.words import word

if TYPE_CHECKING:
    from warehouse.snapshots.compare import SnapshotChanges

app = typer.Typer(help="Published snapshots: list, show, compare two, roll back.")
SnapshotId = Annotated[str, typer.Argument(help="Snapshot id, an unmistakable beginning of one, or 'current'.")]


@app.callback(invoke_without_command=True)
def list_snapshots(
    context: typer.Context,
    project: Project = Path(),
    replay: Replay = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Without a command: the published snapshots, the newest last; * is the current one."""
    if context.invoked_subcommand:
        return
    from tasks.data.snapshots import SnapshotList, list_all

    with opened(project, replay=replay) as rt:
        found = list_all(rt)
    if format is OutputFormat.json:
        output.print_json(SnapshotList(found))
        return
    table = output.table("Snapshots", "id", "as of (UTC)", "built", "rows", "quarantined", "MB")
    table.columns[0].no_wrap = True  # an id is copied into other commands
    for row in found:
        table.add_row(
            f"{'*' if row.current else ' '}{row.snapshot_id}",  # which begins with the year
            f"{row.as_of.astimezone(UTC):%m-%d %H:%M}",
            word(row.mode),
            f"{row.rows:,}",
            f"{row.quarantined:,}",
            f"{row.bytes / 1e6:,.1f}",
        )
    output.console().print(table)


@app.command("show")
def show(
    snapshot: SnapshotId,
    project: Project = Path(),
    replay: Replay = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """The manifest: account of every source, inputs, models, how it was built."""
    from tasks.data.snapshots import show as run

    with opened(project, replay=replay) as rt:
        # What programs read stays in one language.
        manifest = run(rt, snapshot, "en" if format is OutputFormat.json else output.language())
    if format is OutputFormat.json:
        output.print_json(manifest)
        return
    out = output.console()
    current = either("  (current)", "（当前）") if manifest.current else ""
    head = either(
        "[bold]{name}[/]  as of {at:%Y-%m-%d %H:%M} UTC",
        "[bold]{name}[/]，截至 {at:%Y-%m-%d %H:%M} UTC",
        name=manifest.snapshot_id,
        at=manifest.as_of.astimezone(UTC),
    )
    out.print(head + current)
    parent = either(" on {parent}", "，基于 {parent}", parent=manifest.parent) if manifest.parent else ""
    reason = (manifest.reason_zh if output.language() == "zh" else "") or manifest.reason
    out.print(f"{word(manifest.mode)}{parent}{either(': ', '：')}{output.escape(reason)}")
    revision = manifest.revision or "–"
    out.print(f"promocal {manifest.promocal or '–'}" + either(", project revision {r}", "，项目版本 {r}", r=revision))
    table = output.table("Account", "dataset", "rows in", "accepted", "quarantined", "duplicates")
    for name, counts in manifest.datasets.items():
        figures = (counts.rows_in, counts.accepted, counts.quarantined, counts.duplicates)
        if counts.rows_in:
            table.add_row(name, *(f"{rows:,}" for rows in figures))
    out.print(table)
    print_without_rows(name for name, counts in manifest.datasets.items() if not counts.rows_in)
    inputs = output.table("Inputs", "place", "rows", "bytes", "encoding", "sha256")
    for item in manifest.inputs:
        size = "–" if item.size is None else f"{item.size:,}"
        inputs.add_row(item.place, f"{item.rows:,}", size, item.encoding or "–", item.sha256[:12])
    out.print(inputs)
    for finding in manifest.findings:
        out.print(f"[yellow]{word(finding.severity)}[/] {finding.code} {output.escape(finding.message)}")


@app.command("diff")
def diff(
    old: SnapshotId,
    new: SnapshotId = "current",
    project: Project = Path(),
    replay: Replay = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """What changed from one snapshot to another: rows, members, refunds, missing values."""
    from tasks.data.snapshots import diff as run

    with opened(project, replay=replay) as rt:
        changes = run(rt, old, new)
    if format is OutputFormat.json:
        output.print_json(changes)
        return
    out = output.console()
    table = output.table(f"{changes.old} → {changes.new}", "table", "before", "after", "added", "removed", "changed")
    for name, counts in changes.tables.items():
        figures = (*counts.rows, counts.added, counts.removed, counts.changed)
        table.add_row(name, *(f"{figure:,}" for figure in figures))
    out.print(table)
    for line in _changes_in_words(changes):
        out.print(line)


@app.command("rollback")
def rollback(
    snapshot: SnapshotId,
    by: Annotated[str, typer.Option("--by", help="Who decides this.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the ledger's audit.")],
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Make an earlier snapshot the current one; runs decide on it until the next refresh."""
    from tasks.data.snapshots import rollback as run

    with opened(project) as rt:
        done = run(rt, snapshot, by=by, reason=reason)
    if format is OutputFormat.json:
        output.print_json(done)
        return
    output.console().print(
        either(
            "[bold]{snapshot_id}[/] is current again (before: {before})",
            "[bold]{snapshot_id}[/] 重新成为当前快照（此前：{before}）",
            snapshot_id=done.snapshot_id,
            before=done.before,
        )
    )


def _changes_in_words(changes: SnapshotChanges) -> list[str]:
    members, refunds = changes.members, changes.refunds
    lines = [
        either(
            "members: {joined:,} joined, {left:,} left",
            "会员：加入 {joined:,}，离开 {left:,}",
            joined=members.joined,
            left=members.left,
        ),
        either(
            "refunds: {orders:,} orders, {money}",
            "退款：{orders:,} 单，{money}",
            orders=refunds.orders,
            money=output.money(refunds.cents),
        ),
    ]
    empty = either("empty", "为空")
    for name, counts in changes.tables.items():
        lines += [
            f"{name}.{column}: {before:.2%} → {after:.2%} {empty}" for column, (before, after) in counts.nulls.items()
        ]
    if changes.models:
        lines.append(either("models changed: {models}", "改变的模型：{models}", models=", ".join(changes.models)))
    return lines


def print_without_rows(names: Iterable[str]) -> None:
    """Datasets that no source brings, or whose source is empty: a line of zeros for each would hide the others."""
    if without := either(", ", "、").join(names):
        said = either("[dim]Without rows: {names}[/]", "[dim]没有数据：{names}[/]", names=without)
        output.console().print(said)

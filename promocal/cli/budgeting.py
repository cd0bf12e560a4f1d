"""promocal budget: where a calendar's money and stock are; its tables also stand in `promocal status`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from promocal.cli import output
from promocal.cli.language import either, language, translated
from promocal.cli.opening import opened
from promocal.cli.options import Calendar, FormatOption, LangOption, OutputFormat, Project, Replay
from promocal.cli.output import console, escape, money, table
from promocal.cli.words import word

if TYPE_CHECKING:
    from campaign_calendars.deciding.blocks import Block
    from tasks.accounting.accounts import Account
    from tasks.planning.budget import BudgetLedger, Stray

By = Literal["pool", "benefit", "phase"]
_COLUMNS = {
    "limit": lambda: word("limit"),
    "spent": lambda: word("spent"),
    "open": lambda: word("owed"),
    "reserved": lambda: word("reserved"),
    "planned": lambda: word("planned"),
    "free": lambda: word("free"),
}
"""Field of an account → the heading of its column."""


def budget(
    calendar: Calendar,
    project: Project = Path(),
    replay: Replay = None,
    by: Annotated[By | None, typer.Option("--by", help="Only these lines; default: all of them.")] = None,
    past: Annotated[bool, typer.Option("--past", help="Only what has happened; no plan is looked at.")] = False,
    format: FormatOption = OutputFormat.text,
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Show the budget ledger: what is spent, owed, reserved, kept for later and free, by pool, benefit and phase."""
    from dataclasses import replace

    from promocal.cli.looking import look_first

    look_first(project, calendar, data=False)
    from tasks.planning.budget import budget as account_for

    with opened(project, replay=replay, quiet=format is OutputFormat.json, labelled=True) as rt:
        found = account_for(rt, calendar, ahead=not past and replay is None)
    if by is not None:
        found = replace(found, accounts=tuple(line for line in found.accounts if _is_of(line, by)))
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        print_budget(found)


def _is_of(line: Account, by: By) -> bool:
    return line.name == "budget" or line.name.startswith(f"{by} ")


def print_budget(found: BudgetLedger) -> None:
    """The ledger as tables, 80 columns wide where amounts allow it."""
    if found.simulated:
        from tasks.measuring.metric_document import SIMULATED

        console().print(f"[yellow]{translated(SIMULATED)}[/]")
    if found.known_at is None:
        known = either("nothing was granted yet", "尚无发放")
    else:
        known = either(
            "uses known to {at:%Y-%m-%d %H:%M} UTC", "核销数据截至 {at:%Y-%m-%d %H:%M} UTC", at=found.known_at
        )
    console().print(
        either(
            "[bold]{calendar}[/]  amounts in {currency}, {basis}  {known}\n",
            "[bold]{calendar}[/]  金额单位 {currency}，{basis}  {known}\n",
            calendar=found.calendar,
            currency=found.currency,
            basis=word(found.basis.replace("_", " ")),
            known=known,
        )
    )
    print_accounts(found.accounts)
    print_blocks(found.blocks)
    _print_notes(found.accounts)
    _print_strays(found.strays)


def print_accounts(accounts: Sequence[Account]) -> None:
    """What is spent, owed, reserved, planned and free; what came back below it."""
    _print_lines(word("Budget and pools"), [line for line in accounts if line.name.startswith(("budget", "pool "))])
    _print_lines(word("Benefits and stock"), [line for line in accounts if line.name.startswith("benefit ")])
    _print_lines(word("Phases"), [line for line in accounts if line.name.startswith("phase ")])
    _print_returned(accounts)


def _print_lines(title: str, lines: Sequence[Account]) -> None:
    """One table; a column that says nothing of any of its lines is left out."""
    shown = [column for column in _COLUMNS if any(getattr(line, column) is not None for line in lines)]
    if not lines:
        return
    rows = table(title, "what", *(_COLUMNS[column]() for column in shown))
    last = ""
    for line in lines:
        amounts = (_amount(line, getattr(line, column)) for column in shown)
        rows.add_row("" if line.name == last else _name(line), *amounts)
        last = line.name
    console().print(rows, "")


def _name(line: Account) -> str:
    kind, _, name = line.name.partition(" ")
    if kind == "budget":
        return word("total")
    return escape(line.title.get(language()) or name) if name != "-" else either("(no pool)", "（无资金池）")


def _amount(line: Account, amount: int | None) -> str:
    if amount is None:
        return "–"
    return money(amount) if line.unit == "cents" else f"{amount:,}"


def _print_returned(accounts: Iterable[Account]) -> None:
    names = ("stopped", "expired", "refunded", "difference")
    lines = [line for line in accounts if any(getattr(line, name) for name in names)]
    if not lines:
        return
    rows = table("Came back", "what", "stopped", "expired", "refunded", "cost less")
    last = ""
    for line in lines:
        kind = word(line.name.partition(" ")[0])
        title = f"{kind} {_name(line)}" if line.name != "budget" else _name(line)
        amounts = (_amount(line, getattr(line, name)) for name in names)
        rows.add_row("" if line.name == last else title, *amounts)
        last = line.name
    console().print(rows, "")


def print_blocks(blocks: Sequence[Block]) -> None:
    """What phases set aside for benefits that apply themselves."""
    if not blocks:
        return
    rows = table(
        "Set aside for what applies itself", "benefit", "phase", "forecast", "pieces", "used", "amount", "state"
    )
    for block in blocks:
        expected = "–" if block.expected is None else f"{block.expected:,}"
        counts = (expected, f"{block.held_pieces:,}", f"{block.uses:,}", money(block.held_cents))
        rows.add_row(
            escape(block.benefit), block.phase, *counts, word("owed" if block.state == "open" else block.state)
        )
    console().print(rows, "")
    for block in blocks:
        if block.expected is None and not block.pieces and block.unit_cents and block.state != "over":
            console().print(
                either(
                    "[yellow]{benefit} ({phase}): no data tell how often it will be used, and it has no stock: nothing"
                    " is set aside.[/]",
                    "[yellow]{benefit}（{phase}）：没有数据能预计使用次数，也未写 stock：未预留资金。[/]",
                    benefit=escape(block.benefit),
                    phase=block.phase,
                )
            )


def _print_notes(accounts: Sequence[Account]) -> None:
    out = console()
    assumed = next((line.assumed for line in accounts if line.name == "budget"), 0)
    if assumed:
        out.print(
            either(
                "[dim]Of what is spent, {amount} is over and counts as used: no data tell its uses.[/]",
                "[dim]已花费中有 {amount} 已到期且按已使用计：没有数据能说明其使用情况。[/]",
                amount=money(assumed),
            )
        )
    for line in accounts:
        if line.free is not None and line.free < 0:
            kind = line.name.partition(" ")[0]
            name = f"{word(kind)} {_name(line)}" if kind != "budget" else _name(line)
            out.print(
                either(
                    "[yellow]{name}: {amount} above its limit. Nothing is taken back, and nothing more is given.[/]",
                    "[yellow]{name}：超出上限 {amount}。已给出的不收回，也不再发放。[/]",
                    name=name,
                    amount=_amount(line, -line.free),
                )
            )


def _print_strays(strays: Sequence[Stray]) -> None:
    for stray in strays:
        console().print(
            either(
                "[dim]{benefit}: uses that belong to no grant and are in no account: {pieces:,} ({amount}).[/]",
                "[dim]{benefit}：不对应任何发放、不计入账目的使用 {pieces:,} 次（{amount}）。[/]",
                benefit=escape(stray.benefit),
                pieces=stray.pieces,
                amount=money(stray.cents),
            )
        )
        if stray.outside:
            console().print(
                either(
                    "[yellow]  {pieces:,} of them ({amount}) by holders, outside the time in which it may be used.[/]",
                    "[yellow]  其中 {pieces:,} 次（{amount}）由持有者在不可使用的时间使用。[/]",
                    pieces=stray.outside,
                    amount=money(stray.outside_cents),
                )
            )

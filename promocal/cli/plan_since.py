"""What a plan changes: against the plan that was applied last, and on the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promocal.cli.language import either, language
from promocal.cli.output import console, escape, money, table
from promocal.cli.words import word

if TYPE_CHECKING:
    from campaign_calendars.findings.said import Said
    from tasks.planning.changing import LoadChange, MomentChange, SinceApplied

_SHOWN = 12
_SIGNS = {"added": "[green]+[/]", "removed": "[red]-[/]", "changed": "[yellow]~[/]"}


def print_since(since: SinceApplied | None) -> None:
    """Parts, words of the calendar, moments, persons, money and channels that differ, and limits that are passed."""
    out = console()
    if since is None:
        return
    who = escape(since.applied_by)
    at = "?" if since.applied_at is None else f"{since.applied_at:%Y-%m-%d %H:%MZ}"
    head = either("Since plan {plan}, applied {at} by {who}", "与 {at} 由 {who} 应用的计划 {plan} 相比",
                  plan=since.plan, at=at, who=who)  # fmt: skip
    if not since.any:
        out.print(f"{head}{either(': nothing changes', '：没有变化')}\n")
        return
    out.print(f"[bold]{head}[/]")
    for part in since.parts:
        kind = either("play", "玩法") if part.play else either("phase", "阶段")
        out.print(f"{_SIGNS[part.what]} {kind} {escape(' / '.join(filter(None, (part.phase, part.play))))}")
    _print_lines([escape(text.get(language())) for text in since.differences])
    _print_moments(either("new moments", "新增时间点"), "added", since.added)
    _print_moments(either("dropped moments", "取消的时间点"), "removed", since.dropped)
    _print_persons(since)
    _print_figures([*since.money, *since.channels])
    for limit in since.passed:
        text = escape(limit.text.get(language()))
        out.print(f"[red]✗[/] {text}  [dim]--force {limit.name}[/]")
    out.print("")


def print_on_server(counts: Said, drift: Sequence[Said], problem: Said | None) -> None:
    """What an apply would do to the deployments of the server."""
    out, column = console(), 1 if language() == "zh" else 0
    if problem is not None:
        why = escape(problem[column])
        out.print(either("[dim]the server was not compared: {why}[/]\n", "[dim]未与服务器比较：{why}[/]\n", why=why))
        return
    out.print(either("on the server: {what}", "服务器上：{what}", what=escape(counts[column])))
    for said in drift:
        out.print(escape(said[column]))
    out.print("")


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN]:
        console().print(f"  {line}")
    if (more := len(lines) - _SHOWN) > 0:
        console().print(either("  and {n:,} more", "  另有 {n:,} 条", n=more))


def _print_moments(title: str, what: str, moments: Sequence[MomentChange]) -> None:
    if not moments:
        return
    console().print(f"{_SIGNS[what]} {title}{either(': ', '：')}{len(moments):,}")
    _print_lines([f"{each.at:%Y-%m-%d %H:%M} {escape(f'{each.phase} / {each.play}')}" for each in moments])


def _print_persons(since: SinceApplied) -> None:
    if since.persons is None:
        console().print(
            either("the names of that plan are not kept: persons not compared", "该计划的名单未保留：未比较人员")
        )
        return
    console().print(
        either(
            "{n:,} of {all:,} members get something else",
            "{all:,} 名会员中有 {n:,} 名的触达改变",
            n=since.persons,
            all=since.members,
        )
    )


def _print_figures(figures: Sequence[LoadChange]) -> None:
    if not figures:
        return
    cents = ("benefits", "message_costs")
    rows = table("Figures that differ", "", "before", "after")
    for each in figures:
        shown = [money(n) if each.name in cents else f"{n:,}" for n in (each.before, each.after)]
        rows.add_row(word(each.name.replace("_", " ")), *shown)
    console().print(rows, "")

"""Plans beside plans, as tables for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign_calendars.deciding.words import name_of
from promocal.cli.language import either, language, translated
from promocal.cli.output import console, escape, money, table

if TYPE_CHECKING:
    from tasks.planning.beside import PeopleComparison, PlannedPeople
    from tasks.planning.comparing import PlanComparison, PlanFigures

_CHANGED = 12
"""Plays and benefits that are listed, those with the largest difference first."""


def print_comparison(found: PlanComparison) -> None:
    """Totals side by side, then the plays and benefits that differ most from the first plan."""
    first, *others = found.plans
    rows = table("Plans side by side", "plan", "points", "at most", "messages", "benefits", "messages cost")
    for plan in found.plans:
        rows.add_row(
            escape(plan.name),
            _points(plan.value) + _difference(plan.value, first.value),
            _points(plan.bound),
            f"{plan.messages:,}" + _difference(plan.messages, first.messages),
            money(plan.benefit_cost_cents),
            money(plan.message_cost_cents),
        )
    console().print(rows, "")
    for other in others:
        _print_changes(first, other)


def _print_changes(first: PlanFigures, other: PlanFigures) -> None:
    changes = [
        (name, before.get(name, 0), after.get(name, 0))
        for before, after in ((first.plays, other.plays), (first.granted, other.granted))
        for name in dict.fromkeys([*before, *after])
        if before.get(name, 0) != after.get(name, 0)
    ]
    if changes:
        rows = table(escape(other.name), "play or benefit", "before", "after", "more")
        for name, before, after in sorted(changes, key=lambda row: (-abs(row[2] - row[1]), row[0]))[:_CHANGED]:
            rows.add_row(escape(name), f"{before:,}", f"{after:,}", f"{after - before:+,}")
        console().print(rows, "")
    eased = [name for name in first.prices if not other.prices.get(name)]
    if eased:
        names = either(", ", "、").join(escape(translated(name_of(name))) for name in eased)
        console().print(either("No longer short: {names}\n", "不再紧缺：{names}\n", names=names))


def print_people_changes(found: PeopleComparison) -> None:
    """By play: persons added, removed and changed, money, and why the removed ones are."""
    out = console()
    out.print(either("[bold]{calendar}[/]  plan {before} → {after}", "[bold]{calendar}[/]  计划 {before} → {after}",
                     calendar=found.calendar, before=found.before, after=found.after))  # fmt: skip
    if not found.plays:
        out.print(either("The same persons get the same messages.", "名单与消息完全相同。"))
        return
    rows = table("Persons", "play", "added", "removed", "changed", "benefits", "reason")
    for row in found.plays:
        counts = (f"{n:,}" for n in (row.added, row.removed, row.changed))
        rows.add_row(f"{row.phase} / {row.play}", *counts, money(row.cents), _reason(row.reason))
    out.print(rows, "")
    out.print(either("Every one of them: {file}", "完整名单：{file}", file=escape(str(found.file))))


def print_people(found: PlannedPeople) -> None:
    """The first persons of a play, masked."""
    rows = table(escape(found.play), "when", "member", "channel", "benefit")
    for person in found.people:
        rows.add_row(f"{person.at:%Y-%m-%d %H:%M%z}", escape(person.member), person.channel, person.benefit or "–")
    console().print(rows, "")
    console().print(
        either("{shown:,} of {all:,} messages; plan {checksum}", "共 {all:,} 条，显示 {shown:,} 条；计划 {checksum}",
               shown=len(found.people), all=found.members, checksum=found.checksum)
    )  # fmt: skip


def _reason(code: str | None) -> str:
    from campaign_calendars.deciding.contact import REASONS

    if code is None:
        return "–"
    if code in REASONS:
        return REASONS[code].title.get(language())
    return either("held out", "对照组") if code == "held_out" else either("not in the audience", "不在人群中")


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _difference(value: float | None, first: float | None) -> str:
    if not value or not first or value == first:
        return ""
    return f" ({value / first - 1:+.1%})"

"""The plan of everything to come, for a person: what it is worth, what is scarce, what is kept, what starves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from campaign_calendars.deciding.certificate import Certificate, Starved
from campaign_calendars.deciding.words import (
    allocated_in_words,
    amount_of,
    asked_of,
    beside_it,
    called,
    headline_of,
    kept_for_events,
    limit_rows,
    name_of,
    never_ending,
    scarce_rows,
    worth_of,
)
from promocal.cli.language import either, translated
from promocal.cli.output import console, escape, table
from promocal.cli.tables import place_of

if TYPE_CHECKING:
    from tasks.planning.planned import Plan, PlannedPlay

_SCARCE = 12
_BASES = {
    "assumed": ("on assumed responses", "基于假设的响应"),
    "observational": ("on history without a control group", "基于无对照组的历史"),
    "experimental": ("on measured control groups", "基于随机对照组"),
}
_OTHERS = 3


def print_plan_ahead(plan: Plan) -> None:
    """Nothing where the calendar plans nothing, but what starves is always said."""
    if plan.certificate is not None:
        _print_worth(plan.certificate)
        _print_scarce(plan.certificate)
        _print_limits(plan.certificate)
        _print_allocated(plan)
        _print_kept(plan)
    _print_starved(plan)


def _print_worth(certificate: Certificate) -> None:
    out = console()
    out.print(either("[bold]Contact plan[/]  ", "[bold]触达计划[/]  ") + escape(translated(headline_of(certificate))))
    _print_basis(certificate)
    if ways := translated(beside_it(certificate)):
        out.print(either("Beside it: {ways}.\n", "对比：{ways}。\n", ways=escape(ways)))
    if certificate.beside:
        names = escape(either(", ", "、").join(certificate.beside))
        out.print(either("Planned together with {names}.\n", "与 {names} 一起规划。\n", names=names))
    if events := translated(kept_for_events(certificate)):
        out.print(f"[dim]{escape(events)}\n[/]")
    if certificate.rules:
        kept = escape("; ".join(certificate.rules))
        out.print(either("Kept for every member: {rules}.\n", "每位会员都遵守：{rules}。\n", rules=kept))


def _print_basis(certificate: Certificate) -> None:
    """What is maximised, and what the figures are from; assumptions are a warning."""
    out = console()
    if certificate.objective == "priority":
        told = either(
            "It maximises priority: not every play has an expected response (`values`).",
            "以优先级最大为目标：并非每个玩法都有预期响应（values）。",
        )
        out.print(f"[dim]{told}[/]")
        return
    parts = [
        f"{translated(_BASES[source])} {worth / certificate.value:.0%}"
        for source, worth in sorted(certificate.rests_on.items(), key=lambda pair: -pair[1])
        if certificate.value
    ]
    out.print(
        either(
            "It maximises expected money: {parts}. What loses money is sent to nobody.",
            "以预期金额最大为目标：{parts}。预期亏损的触达不会发送。",
            parts=either("; ", "；").join(parts) or "–",
        )
    )
    if unproven := certificate.value and 1 - certificate.rests_on.get("experimental", 0) / certificate.value:
        out.print(
            either(
                "[yellow]{share:.0%} of it was never measured against a random control group: hold some members out, or"
                " set `explore`, and run `promocal values learn` afterwards.[/]",
                "[yellow]其中 {share:.0%} 未经随机对照验证：请留出对照组或设置 explore，活动后运行 promocal values"
                " learn。[/]",
                share=unproven,
            )
        )


def _print_scarce(certificate: Certificate) -> None:
    scarce = scarce_rows(certificate)
    if not scarce:
        if certificate.rows:
            out = either("No stock, budget or channel runs short.\n", "库存、预算与渠道容量均不紧张。\n")
            console().print(f"[dim]{out}[/]")
        return
    rows = table("What runs short", "what", "planned", "there is", "more of it, and what that adds")
    for row in scarce[:_SCARCE]:
        used, there = amount_of(row, row.used), amount_of(row, row.capacity)
        rows.add_row(escape(translated(called(row))), used, there, translated(worth_of(row, certificate.objective)))
    console().print(rows, "")
    if len(scarce) > _SCARCE:
        more = len(scarce) - _SCARCE
        console().print(either("[dim]and {n} more\n[/]", "[dim]另有 {n} 项\n[/]", n=more))
    if left := never_ending(certificate):
        names = either(", ", "、").join(translated(name_of(row.name)) for row in left)
        out = either("Never ends: {names}.\n", "用不完：{names}。\n", names=escape(names))
        console().print(f"[dim]{out}[/]")


def _print_limits(certificate: Certificate) -> None:
    """What the calendar asks of all messages together, and what it costs."""
    limits = limit_rows(certificate)
    if not limits:
        return
    rows = table("Limits of the plan", "what", "planned", "asked", "what it costs, or more of it would add")
    for row in limits:
        worth = escape(translated(worth_of(row, certificate.objective)))
        rows.add_row(
            escape(translated(called(row))),
            amount_of(row, row.used),
            escape(translated(asked_of(row))),
            f"[red]{worth}[/]" if row.short else worth,
        )
    console().print(rows, "")


def _print_allocated(plan: Plan) -> None:
    """Occurrences whose members differ inside the classes that the plan knows, each with a certificate of its own."""
    told = [(row, row.allocation) for row in plan.occurrences if row.allocation is not None and not row.done]
    if not told:
        return
    console().print(either("[bold]Member by member[/]", "[bold]逐个会员分配[/]"))
    for row, allocation in told:
        console().print(f"· {escape(_when(row))}: {escape(translated(allocated_in_words(allocation)))}")
    console().print("")


def _print_kept(plan: Plan) -> None:
    rows = table("Kept for later", "when", "play and whom most of them are kept for", "could go to", "goes to", "kept")
    for row in plan.occurrences:
        kept = sum(row.kept_for.values())
        if kept and not row.done:
            first = sorted(row.kept_for.items(), key=lambda pair: (-pair[1], pair[0]))[:_OTHERS]
            ways = "".join(f"\n[dim]→ {escape(place_of(key, row.at))}: {members:,}[/]" for key, members in first)
            could = row.chosen + kept
            rows.add_row(f"{row.at:%m-%d %H:%M}", row.play + ways, f"{could:,}", f"{row.chosen:,}", f"{kept:,}")
    if rows.row_count:
        console().print(rows, "")


def _when(row: PlannedPlay) -> str:
    return f"{row.at:%m-%d %H:%M}  {row.phase} / {row.play}"


def _print_starved(plan: Plan) -> None:
    starved = [row for row in plan.occurrences if row.starved is not None and row.starved.reason != "already_reached"]
    if not starved:
        return
    console().print(either("[bold]Reaches nobody, or few[/]", "[bold]触达不到人，或很少[/]"))
    key = [(row.phase, row.play, row.starved.reason if row.starved else "") for row in starved]
    order = sorted(range(len(starved)), key=lambda n: (key.index(key[n]), n))
    for _, numbers in groupby(order, key=lambda n: key[n]):
        console().print("· " + _sentence([starved[n] for n in numbers]))
    console().print("")


def _sentence(rows: Sequence[PlannedPlay]) -> str:
    """One play and reason: how far it gets, what stops it, what would change that."""
    from campaign_calendars.deciding.contact import REASONS
    from promocal.cli.language import language

    row = max(rows, key=lambda one: one.candidates)
    assert row.starved is not None  # noqa: S101  asked for starved rows only
    reason = row.starved.reason
    head = f"{_when(row)}" + (either(" and {n} more", " 等 {n} 次", n=len(rows) - 1) if len(rows) > 1 else "")
    if reason in _EMPTY:
        return escape(head) + _empty(row.starved)
    reached = either(
        ": {chosen:,} of {all:,}", "：{all:,} 人中触达 {chosen:,} 人", chosen=row.chosen, all=row.candidates
    )
    title = REASONS[reason].title.get(language())
    stopped = either("; {n:,}: {title}", "；{n:,} 人{title}", n=row.starved.members, title=title)
    return escape(head + reached + stopped) + _cause(row, reason)


_EMPTY = frozenset({"empty", "empty_yet"})


def _empty(starved: Starved) -> str:
    if starved.without:
        names = ", ".join(starved.without)
        return either(
            ": no {names} in the snapshot: this audience is empty. Add a source for them in promocal.toml.",
            "：快照中没有 {names}，人群为空。请在 promocal.toml 中添加其数据源。",
            names=names,
        )
    if starved.reason == "empty_yet":
        return either(
            ": nobody is in its audience yet; what members buy in the campaign fills it.",
            "：人群目前为空；活动中的购买会使会员进入。",
        )
    return either(
        ": nobody is in its audience (`promocal audiences` shows what it reads)",
        "：人群为空（promocal audiences 可查看）",
    )


def _cause(row: PlannedPlay, reason: str) -> str:
    starved = row.starved
    if starved is None or starved.by is None:
        return _REMEDY.get(reason, lambda: "")()
    place = escape(place_of(starved.by, row.at))
    if reason == "kept_for_later":
        return either(
            " ({n:,} for {by}). Raise its `priority`, or move it away from there.",
            "（其中 {n:,} 人留给 {by}）。可提高其 priority，或错开时间。",
            n=starved.by_members,
            by=place,
        )
    if reason == "cap":
        return either(
            "; {by} takes {n:,} of them. Move one of the two, or give this play the higher `priority`.",
            "；其中 {n:,} 人被 {by} 触达。可错开时间，或提高本玩法的 priority。",
            n=starved.by_members,
            by=place,
        )
    return either(
        "; {by} takes {n:,}. Raise the stock or budget, or give this play a benefit of its own.",
        "；{by} 占用 {n:,}。可增加库存或预算，或为本玩法单设权益。",
        n=starved.by_members,
        by=place,
    )


_REMEDY = {
    **dict.fromkeys(
        ("benefit_stock", "benefit_daily_cap", "benefit_budget"),
        lambda: either(
            ". Raise the stock, daily cap or budget, or narrow the audience to whom it is meant for.",
            "。可增加库存、每日限量或预算，或将人群收窄到真正的对象。",
        ),
    ),
    "capacity": lambda: either(
        ". Spread it over more days, or name a channel with room.", "。可分散到多天，或选用有余量的渠道。"
    ),
    "benefit_tier": lambda: either(
        ". Narrow the audience to those tiers, or add a benefit for the others.",
        "。可将人群收窄到这些等级，或为其他等级增加权益。",
    ),
    "benefit_limit": lambda: either(
        ". Give it a benefit of its own, or raise `per_member`.", "。可为其单设权益，或提高 per_member。"
    ),
    "benefit_exclusive": lambda: either(
        ". They hold another benefit that excludes it (`exclusive_with`).",
        "。他们持有与之互斥的权益（exclusive_with）。",
    ),
    "benefit_points": lambda: either(
        ". Ask fewer points, or narrow the audience to those who have them.",
        "。可降低所需积分，或将人群收窄到积分足够者。",
    ),
    "no_contact_point": lambda: either(". Name a channel they have.", "。可选用他们可达的渠道。"),
    "no_consent": lambda: either(". Name a channel they agreed to.", "。可选用他们已授权的渠道。"),
    "play_excluded": lambda: either(". A rule of the calendar keeps the two apart.", "。日历的规则使两者互斥。"),
    "play_too_near": lambda: either(". Move it away from the play its rule names.", "。请与规则中的玩法错开时间。"),
    "not_followed": lambda: either(
        ". It reaches only whom the play it follows has reached.", "。它只触达收到过其前置玩法的会员。"
    ),
    "too_few": lambda: either(
        ". Lower the rule's `at_least`, or widen the audiences of its plays.",
        "。可调低规则的 at_least，或放宽其玩法的人群。",
    ),
    "benefit_spend": lambda: either(
        ". Raise `spend_per_member`, or add a cheaper benefit.", "。可调高 spend_per_member，或增加更便宜的权益。"
    ),
    "restricted": lambda: either(
        ". Name a channel that the platform lets through, or another day.", "。可选用平台允许的渠道，或换一天。"
    ),
    "quiet_hours": lambda: either(". Send it at another hour.", "。请换个时间发送。"),
}

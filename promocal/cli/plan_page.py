"""The page of a plan: phases, occurrences, reasons, money, channels, duties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from campaign_calendars.deciding.conditions import FACTS, Fact
from campaign_calendars.deciding.enforcers import WORDS
from campaign_calendars.duties.derived import position_task
from campaign_calendars.duties.states import STATES
from campaign_calendars.findings.problem import Problem
from campaign_calendars.model.triggers import event_in_words
from promocal.cli.budgeting import print_blocks
from promocal.cli.duties import state_word
from promocal.cli.language import either, language, translated
from promocal.cli.output import console, escape, money, print_problems, table
from promocal.cli.places import print_dark
from promocal.cli.plan_ahead import print_plan_ahead
from promocal.cli.plan_forecast import print_forecast
from promocal.cli.plan_holdouts import print_holdouts
from promocal.cli.tables import in_words, moment
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.planning.expectation import ExpectedEvents
    from tasks.planning.planned import BenefitPlan, ChannelLoad, Plan, PlannedPlay


def print_plan(
    plan: Plan, lang: str, now: datetime, stale: Sequence[Problem] = (), changes: Callable[[], None] = lambda: None
) -> None:
    """The plan as tables; `now` says whether it is one of the past, `stale` which datasets have nothing new.

    `changes` prints what it changes.
    """
    _print_head(plan)
    _print_phases(plan, lang)
    print_forecast(plan)
    _print_occurrences(plan, lang)
    _print_triggers(plan.triggers)
    print_plan_ahead(plan)
    _print_reasons(plan.occurrences, lang)
    print_holdouts(plan)
    _print_money(plan)
    print_blocks(plan.blocks)
    _print_channels(plan.channels)
    _print_duties(plan, lang)
    print_problems(stale, lang=lang)
    changes()
    _print_standing(plan, now)


def _print_head(plan: Plan) -> None:
    out = console()
    out.print(
        either(
            "[bold]{calendar}[/]  store {store}  snapshot {snapshot_id}  amounts in {currency}",
            "[bold]{calendar}[/]  店铺 {store}  快照 {snapshot_id}  金额单位 {currency}",
            calendar=plan.calendar,
            store=plan.store,
            snapshot_id=plan.snapshot_id,
            currency=plan.currency,
        )
    )
    checked = (
        either("checked against it", "已核对") if plan.verified else either("not checked against it yet", "未核对")
    )
    source = escape(plan.source or either("no source named", "未写明来源"))
    out.print(
        either(
            "dates from: {source} ({checked})\n", "日期来源：{source}（{checked}）\n", source=source, checked=checked
        )
    )


def _print_standing(plan: Plan, now: datetime) -> None:
    """Whether the campaign is still to come, and how the plan is applied where it can be."""
    out = console()
    start = min(phase.starts_at for phase in plan.phases)
    end = max(phase.ends_at for phase in plan.phases)
    if now >= end:
        out.print(
            either(
                "The campaign ended on {end:%Y-%m-%d %H:%M}. What has run is shown as it ran; the rest is what the"
                " calendar would have done.",
                "活动已于 {end:%Y-%m-%d %H:%M} 结束。已运行的按实际显示；其余为日历当时会做的。",
                end=end,
            )
        )
        out.print(either("plan [bold]{checksum}[/]", "计划 [bold]{checksum}[/]", checksum=plan.checksum))
        return
    if now >= start:
        out.print(
            either(
                "The campaign began on {start:%Y-%m-%d %H:%M}. What has run is shown as it ran; the rest is planned"
                " from there.",
                "活动已于 {start:%Y-%m-%d %H:%M} 开始。已运行的按实际显示；其余从当前继续规划。",
                start=start,
            )
        )
    out.print(
        either(
            "plan [bold]{checksum}[/]   promocal apply {calendar} --plan {checksum}",
            "计划 [bold]{checksum}[/]   promocal apply {calendar} --plan {checksum}",
            calendar=plan.calendar,
            checksum=plan.checksum,
        )
    )


def _print_phases(plan: Plan, lang: str) -> None:
    rows = table("Phases", "phase", "from", "to", "runs", "in audience", "chosen", "held out", "excluded", "benefits")
    for phase in plan.phases:
        rows.add_row(
            f"{phase.phase}  {phase.title.get(lang)}",
            moment(phase.starts_at),
            moment(phase.ends_at),
            *(f"{n:,}" for n in (phase.occurrences, phase.candidates, phase.chosen, phase.held_out, phase.excluded)),
            money(phase.benefit_cost_cents),
        )
    console().print(rows, "")
    _print_aims(plan, lang)


def _print_aims(plan: Plan, lang: str) -> None:
    """What the calendar, its waves and each phase are for: goal, figures to reach, what the platform gives."""
    whole = {either("whole calendar", "整个日历"): plan.targets, **plan.wave_targets}
    for name, aims in whole.items():
        if aims:
            line = escape(either("targets: {targets}", "目标：{targets}", targets=_aims(aims, lang)))
            console().print(f"[bold]{escape(name)}[/]  {line}")
    for phase in plan.phases:
        targets = _aims(phase.targets, lang)
        given = either(", ", "、").join(text.get(lang) for text in phase.platform_support)
        said = [
            phase.goal.get(lang),
            either("targets: {targets}", "目标：{targets}", targets=targets) if targets else "",
            either("the platform gives: {given}", "平台支持：{given}", given=given) if given else "",
        ]
        if any(said):
            console().print(f"[bold]{phase.phase}[/]  {escape(' · '.join(part for part in said if part))}")
    if any(whole.values()) or any(one.goal.get() or one.targets or one.platform_support for one in plan.phases):
        console().print("")


def _aims(targets: Mapping[str, float], lang: str) -> str:
    from campaign_calendars.measuring.metrics.catalogue import aim_in_words, target_metric

    told = (f"{target_metric(name).title.get(lang)} {aim_in_words(name, aim)}" for name, aim in targets.items())
    return either(", ", "、").join(told)


def _mark(row: PlannedPlay) -> str:
    return " ⏸" if row.needs_approval else " ✓" if row.done else " ✗" if row.missed else ""


def _phase_of(row: PlannedPlay) -> str:
    return row.phase


def _ways(counts: Mapping[str, int], known: Mapping[str, ChannelLoad]) -> str:
    """Messages by channel: its id in English, as programs know it; what the store calls it in Chinese."""
    if language() == "en":
        return in_words(counts)
    return in_words({known[name].title.get("zh") or name if name in known else name: n for name, n in counts.items()})


def _print_occurrences(plan: Plan, lang: str) -> None:
    titles = {phase.phase: phase.title.get(lang) for phase in plan.phases}
    # What ran of a phase that left the calendar, or has another name since, comes last.
    titles |= dict.fromkeys((row.phase for row in plan.occurrences if row.phase not in titles), "")
    for phase, occurrences in groupby(sorted(plan.occurrences, key=lambda row: [*titles].index(row.phase)), _phase_of):
        title = either("Occurrences: {phase}", "每次触达：{phase}", phase=f"{phase}  {titles[phase]}".rstrip())
        rows = table(title, "when", "play", "in audience", "chosen", "held out", "excluded", "benefits")
        for row in occurrences:
            ways = (
                f"\n[dim]{_ways(row.channels, plan.channels)}{_assumed(sum(row.assumed.values()))}{_exposed(row)}[/]"
                if row.chosen
                else ""
            )
            rows.add_row(
                f"{row.at:%m-%d %H:%M}{_mark(row)}",
                f"{row.play}{ways}",
                f"{row.candidates:,}",
                f"{row.chosen:,}",
                f"{sum(row.held_out.values()):,}",
                f"{sum(row.excluded.values()):,}",
                money(row.benefit_cost_cents),
            )
        console().print(rows, "")
    console().print(
        either(
            "[dim]Members as the snapshot knows them: later occurrences are an upper estimate.[/]\n",
            "[dim]会员以快照为准：较晚的触达为上限估计。[/]\n",
        )
    )
    if any(row.done for row in plan.occurrences):
        console().print(either("✓ has run: the figures are those of its run\n", "✓ 已运行：数字取自该次运行\n"))
    if any(row.missed for row in plan.occurrences):
        console().print(
            either(
                "✗ its moment has passed without a run, and it may not start any more\n",
                "✗ 时间已过且未运行，不能再开始\n",
            )
        )
    if any(row.needs_approval for row in plan.occurrences):
        console().print(either("⏸ waits for approval before anything is sent\n", "⏸ 发送前等待审批\n"))


def _print_triggers(triggers: Sequence[ExpectedEvents]) -> None:
    if not triggers:
        return
    rows = table("Triggers (expected)", "what and on which event", "looks", "events", "a day", "in all", "cost")
    for row in triggers:
        rows.add_row(
            f"{row.phase} / {row.play}  [dim]{escape(translated(event_in_words(row.event)))}, {word(row.lane)}[/]",
            f"{row.looks:,}",
            f"{row.basis.events:,}",
            f"{row.members_a_day:,.1f}",
            f"{row.members:,}",
            money(row.message_cost_cents + row.benefit_cost_cents),
        )
    console().print(rows, "")
    basis = triggers[0].basis
    console().print(
        either(
            "[dim]Events of the {days} days to {until}; a day: of members who are in the audience now."
            " Gates, control groups and stock come off; costs are the most they can be.[/]\n",
            "[dim]取自截至 {until} 的 {days} 天行为；每日：只计当前在人群中的会员。"
            "尚未扣除触达限制、对照组与库存；成本为最高值。[/]\n",
            days=basis.days,
            until=moment(basis.until),
        )
    )


def _print_reasons(occurrences: Iterable[PlannedPlay], lang: str) -> None:
    from campaign_calendars.deciding.contact import REASONS

    totals: Counter[str] = Counter()
    for row in occurrences:
        totals.update(row.excluded)
    rows = table("Why members are excluded (once for each occurrence)", "reason", "times")
    for code, count in totals.most_common():
        rows.add_row(f"{REASONS[code].title.get(lang)}  [dim]{code}[/]", f"{count:,}")
    if totals:
        console().print(rows, "")


def _print_money(plan: Plan) -> None:
    budget = plan.budget
    rows = table(f"Money ({budget.basis.replace('_', ' ')})", "", "limit", "used", "this plan takes", "left")
    for name, pool in budget.pools.items():
        title = escape(pool.title.get(language()) or name)
        rows.add_row(title, *_taken(pool.limit_cents, pool.used_cents, pool.planned_cents))
    rows.add_row(word("total"), *_taken(budget.total_cents, budget.used_cents, budget.planned_cents))
    console().print(rows, "")
    given = table("Benefits", "benefit", "granted", "stock", "reserved", "kept by")
    for name, row in plan.benefits.items():
        stock = "–" if row.stock is None else f"{row.stock:,}"
        count = f"{row.granted:,}" + (either(" +{n:,} told", " +{n:,} 告知", n=row.announced) if row.announced else "")
        kept_by = ", ".join(translated(WORDS[one]) for one in row.enforced_by)
        given.add_row(f"{name}  [dim]{row.kind}[/]", count, stock, money(row.cost_cents), kept_by)
    console().print(given, "")
    for name, row in plan.benefits.items():
        _print_order(name, row)
        for fact in row.left_to_platform:
            _print_left_to_platform(name, fact)


def _print_order(benefit: str, row: BenefitPlan) -> None:
    """Who gets the last pieces; of what goes to whoever comes first only how many hear of it can be said."""
    if row.order == "tier":
        text = either("{benefit}: higher tiers first\n", "{benefit}：高等级优先\n", benefit=benefit)
    elif row.order == "first_come" and row.announced:
        stock = either("any number", "不限量") if row.stock is None else f"{row.stock:,}"
        text = either(
            "{benefit}: goes to whoever comes first, by the platform; {told:,} are told of {stock}, nobody is chosen\n",
            "{benefit}：先到先得，由平台发放；预计告知 {told:,} 人，共 {stock} 份，不指定名单\n",
            benefit=benefit,
            told=row.announced,
            stock=stock,
        )
    else:
        return
    console().print(text)


def _print_left_to_platform(benefit: str, fact: Fact) -> None:
    console().print(
        either(
            "{benefit}: enforced by the platform, everybody passes here: no source of {fact}\n",
            "{benefit}：由平台执行，此处全部放行：没有数据来源：{fact}\n",
            benefit=benefit,
            fact=translated(FACTS[fact]),
        )
    )


def _taken(limit: int | None, used: int, planned: int) -> tuple[str, ...]:
    """What there is, what earlier grants hold of it, what the rest of the plan takes, and what is left."""
    return tuple(map(money, (limit, used, planned, None if limit is None else limit - used - planned)))


def _exposed(row: PlannedPlay) -> str:
    """Of posts: how many see them."""
    return either("  (seen by {n:,})", "（曝光 {n:,}）", n=row.exposed) if row.exposed else ""


def _assumed(messages: int) -> str:
    """Marks what rests on an assumed reach."""
    return either("  (assumed: {n:,})", "（假设：{n:,}）", n=messages) if messages else ""


def _print_channels(channels: Mapping[str, ChannelLoad]) -> None:
    rows = table("Channels", "channel", "messages", "busiest day", "then", "capacity a day")
    for name, row in channels.items():
        capacity = "–" if row.capacity_per_day is None else f"{row.capacity_per_day:,}"
        messages = f"{row.messages:,}{_assumed(row.assumed)}"
        called = f"{name}  [dim]{escape(row.title.get(language()))}[/]" if row.title.get() else name
        rows.add_row(called, messages, str(row.busiest_day), f"{row.busiest_day_messages:,}", capacity)
    console().print(rows, "")


def _seen(members: int, *, up: bool) -> str:
    """Nothing is shown before the row of its position is done."""
    if up:
        return either("shown to {n:,} members", "展示给 {n:,} 名会员", n=members)
    return either("to be shown to {n:,} members, not up yet", "将展示给 {n:,} 名会员，尚未上线", n=members)


def _print_duties(plan: Plan, lang: str) -> None:
    rows, hidden = table("Merchant duties and positions", "phase", "what", "owner", "due", "state"), False
    states, up = {duty.duty: duty.state for duty in plan.duties}, {task.duty: task for task in plan.places}
    for phase in plan.phases:
        for duty in phase.duties:
            text = f"[{word(duty.level)}] {duty.text.get(lang)}"
            state = state_word(states[duty.duty]) if duty.duty in states else ""
            rows.add_row(phase.phase, escape(text), escape(duty.owner.get(lang)), moment(duty.due_at), state)
        for placement in phase.placements:
            title = placement.title.get(lang) or placement.play
            tasks = [up[position_task(phase.phase, name)] for name in placement.positions]
            where = ", ".join(name + (" ✗" if name in placement.dark else "") for name in placement.positions)
            owners = ", ".join(dict.fromkeys(task.owner.get(lang) for task in tasks if task.owner.get(lang)))
            worst = min(tasks, key=lambda task: STATES.index(task.state))
            seen = _seen(placement.members, up=worst.state == "done")
            text = escape(f"{title} → {where}" + either("  ({seen})", "（{seen}）", seen=seen))
            rows.add_row(phase.phase, text, escape(owners), moment(worst.due_at), state_word(worst.state))
            hidden = hidden or bool(placement.dark)
    rows.columns[1].justify = "left"
    if rows.row_count:
        console().print(rows, "")
    if hidden:
        console().print(
            either("✗ a measure of the platform takes it away on some days\n", "✗ 部分日期被平台措施下线\n")
        )
    print_dark(plan.dark)
    if plan.held:
        waits = table("Held back", "play", "when", "messages", "waits for")
        for one in plan.held:
            ids = [either("id of {benefit}", "{benefit} 的平台编号", benefit=name) for name in one.without_id]
            names = escape(", ".join([*one.duties, *ids]))
            waits.add_row(f"{one.phase} / {one.play}", moment(one.at), f"{one.messages:,}", names)
        console().print(waits, "")

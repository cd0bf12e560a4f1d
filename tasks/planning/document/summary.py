"""What a person reads first: whose plan it is, the one line to decide on, and what is otherwise than before."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.duties.states import STATES
from campaign_calendars.measuring.detectable import told_of_draw
from campaign_calendars.measuring.metrics.catalogue import aim_in_words, target_metric
from tasks.documents.parts import Money, Paragraph, Part, Section, Table, Value
from tasks.planning.changing import LoadChange, SinceApplied
from tasks.planning.document.told import Told

_SIGNS = {"added": "+", "removed": "−", "changed": "~"}


def head(told: Told) -> Section:
    """Which plan of which calendar, on which data, made by whom."""
    plan = told.plan
    start, end = min(one.starts_at for one in plan.phases), max(one.ends_at for one in plan.phases)
    verified = told("checked against the source", "已与来源核对") if plan.verified else told(
        "not checked against the source yet", "尚未与来源核对"
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (told("store", "店铺"), told.loaded.store.title.get(told.lang) or plan.store),
        (told("period", "周期"), f"{told.moment(start)} – {told.moment(end)} ({told.loaded.timeline.timezone})"),
        (told("plan", "计划校验码"), plan.checksum),
        (told("calendar", "日历"), f"{plan.calendar}  {plan.calendar_sha[:12]}"),
        (told("members as of", "会员数据截至"), f"{told.moment(plan.snapshot_as_of)}  {plan.snapshot_id}"),
        (told("dates from", "日期来源"), f"{plan.source or told('no source named', '未写明')} ({verified})"),
        (told("made by", "制定人"), told.made_by or "–"),
        (told("amounts in", "金额单位"), plan.currency),
        *_targets(told),
    ]
    return Section(told("Plan", "计划"), [Table(told("plan", "计划"), told.head("what|value", "项目|内容"), rows)])


def _targets(told: Told) -> Iterator[tuple[Value, ...]]:
    """What the calendar, its waves and its phases aim at; nothing where nothing is written."""
    plan, waves = told.plan, {one.id: one.title.get(told.lang) or one.id for one in told.loaded.calendar.waves}
    owners = [
        (told("whole calendar", "整个日历"), plan.targets),
        *((waves.get(wave, wave), aims) for wave, aims in plan.wave_targets.items()),
        *((told.phase(phase.phase), phase.targets) for phase in plan.phases),
    ]
    for owner, aims in owners:
        if aims:
            each = (
                f"{target_metric(name).title.get(told.lang)} {aim_in_words(name, aim)}" for name, aim in aims.items()
            )
            yield told(f"target of {owner}", f"目标：{owner}"), told(", ", "、").join(each)


def decision(told: Told) -> Section:
    """The one line to decide on."""
    plan, budget = told.plan, told.plan.budget
    parts: list[Part] = [Paragraph(_reach(told), "strong"), Paragraph(_money(told), "strong")]
    parts += [Paragraph(told.said(said)) for power in plan.holdouts for said in told_of_draw(power)]
    if warnings := sum(one.severity != "info" for one in told.findings):
        parts.append(
            Paragraph(told(f"{warnings:,} open findings, below.", f"{warnings:,} 条未处理的提示，见下。"), "warning")
        )
    if told.since is not None:
        parts.append(Paragraph(_against(told, told.since)))
    late = [one for one in plan.duties if STATES.index(one.state) == 0]
    if late:
        parts.append(Paragraph(told(f"{len(late):,} duties are overdue.", f"{len(late):,} 项任务已逾期。"), "warning"))
    if budget.total_cents is not None and budget.used_cents + budget.planned_cents > budget.total_cents:
        parts.append(Paragraph(told("The budget does not cover it.", "预算不足。"), "warning"))
    return Section(told("To decide", "请决定"), parts)


def _reach(told: Told) -> str:
    messages = sum(row.chosen for row in told.plan.occurrences if not row.done)
    return told(
        f"{told.reached:,} persons get at least one of {messages:,} messages still to come;"
        f" {told.held_out:,} are held out and get none.",
        f"待执行消息 {messages:,} 条，触达 {told.reached:,} 人（至少一条）；对照组 {told.held_out:,} 人不触达。",
    )


def _money(told: Told) -> str:
    budget, currency = told.plan.budget, told.plan.currency
    basis = told("at worst", "最高") if budget.basis == "worst_case" else told("as expected", "预计")
    sends = sum(row.message_cost_cents for row in told.plan.occurrences if not row.done)
    planned, used = budget.planned_cents / 100, budget.used_cents / 100
    limit = told("no limit", "不限") if budget.total_cents is None else f"{budget.total_cents / 100:,.2f}"
    return told(
        f"Benefits take {planned:,.2f} {currency} more {basis}; used so far {used:,.2f}, budget {limit}."
        f" Messages cost at most {sends / 100:,.2f}.",
        f"权益还需{basis} {planned:,.2f} {currency}；已使用 {used:,.2f}，预算 {limit}。消息费最多 {sends / 100:,.2f}。",
    )


def _against(told: Told, since: SinceApplied) -> str:
    added, removed, changed = (
        sum(getattr(one, what) for one in told.people) for what in ("added", "removed", "changed")
    )
    if not told.people:
        return told(f"Against plan {since.plan}: the same persons.", f"与计划 {since.plan} 相比：人员相同。")
    return told(
        f"Against plan {since.plan}: + {added:,} − {removed:,} ~ {changed:,} persons, play by play.",
        f"与计划 {since.plan} 相比（按玩法合计）：+ {added:,} − {removed:,} ~ {changed:,} 人。",
    )


def changes(told: Told) -> Section:
    """What is otherwise than in the plan that was applied last."""
    title = told("What changed", "变化")
    since = told.since
    if since is None:
        return Section(title, [Paragraph(told("No plan was applied before.", "此前没有应用过计划。"))])
    when = told.moment(since.applied_at) if since.applied_at else "–"
    first = Paragraph(
        told(
            f"Against plan {since.plan}, applied {when} by {since.applied_by or '–'}.",
            f"对比计划 {since.plan}，{since.applied_by or '–'} 于 {when} 应用。",
        )
    )
    if not since.any:
        return Section(title, [first, Paragraph(told("Nothing.", "没有变化。"))])
    return Section(title, [first, *_changes(told, since)])


def _changes(told: Told, since: SinceApplied) -> Iterator[Part]:
    for limit in since.passed:
        text = limit.text.get(told.lang)
        yield Paragraph(f"{text} ({told('refused without', '未加此项将被拒绝')} --force {limit.name})", "warning")
    rows: list[tuple[Value, ...]] = [
        (_SIGNS[one.what], told.phase(one.phase), told.play(one.phase, one.play) if one.play else "")
        for one in since.parts
    ]
    rows += [("~", "", text.get(told.lang)) for text in since.differences]
    rows += [("+", told.phase(one.phase), _at(told, one.play, one.phase, told.moment(one.at))) for one in since.added]
    rows += [("−", told.phase(one.phase), _at(told, one.play, one.phase, told.moment(one.at))) for one in since.dropped]
    if rows:
        yield Table(told("changes", "变化"), ("", told("phase", "阶段"), told("what", "内容")), rows)
    if figures := [_figure(told, one) for one in (*since.money, *since.channels)]:
        head = ("", told("before", "之前"), told("now", "现在"), told("more", "增减"))
        yield Table(told("figures", "数字变化"), head, figures)


def _at(told: Told, play: str, phase: str, moment: str) -> str:
    return f"{told.play(phase, play)}  {moment}"


def _figure(told: Told, one: LoadChange) -> tuple[Value, ...]:
    names = {
        "messages": told("messages", "消息数"),
        "benefits": told("benefits", "权益"),
        "message_costs": told("messages cost", "消息费"),
    }
    counts = (one.before, one.after, one.after - one.before)
    name = names.get(one.name) or told.channel(one.name)
    return (name, *(Money(n) if one.name in ("benefits", "message_costs") else n for n in counts))

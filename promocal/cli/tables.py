"""Plans, runs, states and measurements as tables for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from promocal.cli.language import either, language
from promocal.cli.output import console, escape, money, table
from promocal.cli.plan_ahead import print_plan_ahead
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.deciding.explain import Explanation
    from tasks.measuring.measurement import Measurement
    from tasks.measuring.rates import MeasuredRate
    from tasks.outreach.work_lists import WorkItem
    from tasks.planning.audiences import AudienceSizes
    from tasks.planning.expectation import ExpectedEvents
    from tasks.planning.planned import ChannelLoad, PhasePlan, Plan, PlannedPlay
    from tasks.running.phase import RunOutcome
    from tasks.running.status import ProjectStatus


def print_plan(plan: Plan, lang: str, now: datetime) -> None:
    """The plan as tables; `now` says whether it is one of the past."""
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
    _print_phases(plan, lang)
    _print_occurrences(plan)
    _print_triggers(plan.triggers)
    print_plan_ahead(plan)
    _print_reasons(plan.occurrences, lang)
    _print_money(plan)
    _print_channels(plan.channels)
    _print_duties(plan.phases, lang)
    start = min(phase.starts_at for phase in plan.phases)
    end = max(phase.ends_at for phase in plan.phases)
    if now >= end:
        out.print(
            either(
                "The campaign ended on {end:%Y-%m-%d %H:%M}. This is what the calendar would have done: members as they"
                " were at each moment, as if nothing had been sent.",
                "活动已于 {end:%Y-%m-%d %H:%M} 结束。以下是日历当时会做的：会员按各时点的状态，如同从未发送。",
                end=end,
            )
        )
        out.print(either("plan [bold]{checksum}[/]", "计划 [bold]{checksum}[/]", checksum=plan.checksum))
        return
    if now >= start:
        out.print(
            either(
                "The campaign began on {start:%Y-%m-%d %H:%M}. This is all of it, as if nothing had been sent yet.",
                "活动已于 {start:%Y-%m-%d %H:%M} 开始。以下是从头算起的整个活动，且当作什么都还没有发送。",
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


def print_audiences(found: AudienceSizes, lang: str) -> None:
    out = console()
    out.print(
        either(
            "[bold]{calendar}[/]  snapshot {snapshot}  as of {at}  {members:,} members\n",
            "[bold]{calendar}[/]  快照 {snapshot}  截至 {at}  会员 {members:,} 人\n",
            calendar=found.calendar,
            snapshot=found.snapshot_id,
            at=_moment(found.as_of),
            members=found.members,
        )
    )
    names = [row.audience for row in found.audiences]
    numbers = [str(number) for number in range(1, len(names) + 1)]
    rows = table("Audiences, and members of two at once", "", "audience", "members", "share", "held out", *numbers)
    for number, row in zip(numbers, found.audiences, strict=True):
        name = row.audience
        share = row.members / found.members if found.members else 0
        shared = [f"{count:,}" if other != name else "·" for other, count in found.overlaps[name].items()]
        title = f"{name}  {escape(row.title.get(lang))}".rstrip()
        rows.add_row(number, title, f"{row.members:,}", f"{share:.1%}", f"{row.held_out:,}", *shared)
    out.print(rows)


def _print_phases(plan: Plan, lang: str) -> None:
    rows = table("Phases", "phase", "from", "to", "runs", "in audience", "chosen", "held out", "excluded", "benefits")
    for phase in plan.phases:
        rows.add_row(
            f"{phase.phase}  {phase.title.get(lang)}",
            _moment(phase.starts_at),
            _moment(phase.ends_at),
            *(f"{n:,}" for n in (phase.occurrences, phase.candidates, phase.chosen, phase.held_out, phase.excluded)),
            money(phase.benefit_cost_cents),
        )
    console().print(rows, "")


def _print_occurrences(plan: Plan) -> None:
    rows = table(
        "Occurrences", "when and what", "in audience", "chosen", "held out", "excluded", "benefits", "channels"
    )
    for row in plan.occurrences:
        rows.add_row(
            f"{_moment(row.at)}  {row.phase} / {row.play}",
            f"{row.candidates:,}",
            f"{row.chosen:,}" + (" ⏸" if row.needs_approval else " ✓" if row.done else ""),
            f"{sum(row.held_out.values()):,}",
            f"{sum(row.excluded.values()):,}",
            money(row.benefit_cost_cents),
            in_words(row.channels),
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
    if any(row.needs_approval for row in plan.occurrences):
        console().print(either("⏸ waits for approval before anything is sent\n", "⏸ 发送前等待审批\n"))


def _print_triggers(triggers: Sequence[ExpectedEvents]) -> None:
    if not triggers:
        return
    rows = table("Triggers (expected)", "what and on which event", "looks", "events", "a day", "in all", "cost")
    for row in triggers:
        rows.add_row(
            f"{row.phase} / {row.play}  [dim]{row.event}, {word(row.lane)}[/]",
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
            until=_moment(basis.until),
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
    rows = table(f"Money ({budget.basis.replace('_', ' ')})", "", "reserved", "limit", "left")
    for name, pool in budget.pools.items():
        left = pool.limit_cents - pool.reserved_cents
        rows.add_row(name, money(pool.reserved_cents), money(pool.limit_cents), money(left))
    total = budget.total_cents
    rest = None if total is None else total - budget.reserved_cents
    rows.add_row(word("total"), money(budget.reserved_cents), money(total), money(rest))
    console().print(rows, "")
    given = table("Benefits", "benefit", "granted", "stock", "reserved")
    for name, row in plan.benefits.items():
        stock = "–" if row.stock is None else f"{row.stock:,}"
        given.add_row(f"{name}  [dim]{row.kind}[/]", f"{row.granted:,}", stock, money(row.cost_cents))
    console().print(given, "")


def _print_channels(channels: Mapping[str, ChannelLoad]) -> None:
    rows = table("Channels", "channel", "messages", "busiest day", "then", "capacity a day")
    for name, row in channels.items():
        capacity = "–" if row.capacity_per_day is None else f"{row.capacity_per_day:,}"
        rows.add_row(name, f"{row.messages:,}", str(row.busiest_day), f"{row.busiest_day_messages:,}", capacity)
    console().print(rows, "")


def _print_duties(phases: Iterable[PhasePlan], lang: str) -> None:
    rows = table("Merchant duties and positions", "phase", "what", "due")
    for phase in phases:
        for duty in phase.duties:
            text = f"[{word(duty.level)}] {duty.text.get(lang)}"
            rows.add_row(phase.phase, escape(text), _moment(duty.due_at))
        for placement in phase.placements:
            title = placement.title.get(lang) or placement.play
            rows.add_row(phase.phase, escape(f"{title} → {', '.join(placement.positions)}"), "")
    rows.columns[1].justify = "left"
    if rows.row_count:
        console().print(rows, "")


def print_run(outcome: RunOutcome) -> None:
    from tasks.running.guard import skip_reason

    out = console()
    if outcome.status == "skipped":
        reason = skip_reason(outcome.reason, language())
        out.print(either("Skipped: {reason}", "已跳过：{reason}", reason=escape(reason)))
        return
    rows = table(
        either("Run {run_id}", "运行 {run_id}", run_id=outcome.run_id),
        "play",
        "in audience",
        "chosen",
        "held out",
        "excluded",
        "benefits",
    )
    for play in outcome.plays:
        rows.add_row(
            play.play,
            f"{play.candidates:,}",
            f"{play.chosen:,}",
            f"{sum(play.held_out.values()):,}",
            _reasons_in_words(play.excluded),
            money(play.benefit_cost_cents),
        )
    out.print(rows)
    out.print(in_words(outcome.dispatch.counts()))


def print_decisions(member: str, found: Explanation, *, one_run: bool) -> None:
    out = console()
    if not found.decisions:
        nowhere = (
            either("{member} is in no audience of this run", "{member} 不在此次运行的任何人群中", member=member)
            if one_run
            else either("{member} was in no audience of any run", "{member} 不在任何运行的人群中", member=member)
        )
        out.print(escape(nowhere))
    for row in found.decisions:
        got = ", ".join(part for part in (row.channel, row.benefit) if part)
        said = got or row.reason or row.arm or ""
        place = row.play if one_run else f"{_moment(row.occurrence_at)}  {row.phase} / {row.play}"
        out.print(f"{escape(place)}: [bold]{word(row.status)}[/] {escape(said)}")
        if row.chain:
            out.print(f"    [dim]{escape(row.chain)}[/]")
    if by_hand := found.tier_by_hand:
        english, chinese = "tier {tier} was set by hand by {by}: {reason}", "等级 {tier} 由 {by} 手工设置：{reason}"
        out.print(escape(either(english, chinese, tier=by_hand.tier, by=by_hand.by, reason=by_hand.reason)))


def print_work(items: Sequence[WorkItem]) -> None:
    """Items of work-lists; members by id only."""
    rows = table("Work for people", "item", "play", "member", "on", "event", "due", "state")
    for item in items:
        event = f"{item.event} {_moment(item.event_at)}".strip()
        rows.add_row(
            item.id[:12], item.play, item.member_id, item.channel, event, _moment(item.due_at), word(item.state)
        )
    console().print(rows, "")
    for play, words in dict.fromkeys((item.play, item.words) for item in items if item.words):
        console().print(f"[bold]{play}[/]  {escape(words)}")
    left = sum(item.state == "open" for item in items)
    console().print(either("{left:,} open", "未完成 {left:,} 项", left=left))


def print_status(found: ProjectStatus) -> None:
    from tasks.reporting.labels import stop_reason

    out = console()
    snapshot = found.snapshot
    if snapshot is None:
        out.print(
            either("No snapshot is published yet: promocal refresh CALENDAR", "尚未发布快照：promocal refresh CALENDAR")
        )
    else:
        at = _moment(snapshot.as_of)
        said = either(
            "Snapshot [bold]{id}[/] as of {at} UTC\n",
            "快照 [bold]{id}[/]，截至 {at} UTC\n",
            id=snapshot.snapshot_id,
            at=at,
        )
        out.print(said)
    if not found.runs:
        out.print(either("No runs yet.", "还没有运行。"))
        return
    rows = table("Runs", "run", "status", "chosen", "messages")
    for run in found.runs:
        rows.add_row(run.run_id, word(run.status), f"{run.chosen:,}", in_words(run.jobs))
    out.print(rows)
    stopped: Counter[str] = Counter()
    for run in found.runs:
        stopped.update(run.stopped)
    if stopped:
        why = table("Why messages were cancelled", "reason", "messages")
        for reason, count in stopped.most_common():
            why.add_row(escape(stop_reason(reason, language())), f"{count:,}")
        out.print("", why)
    if found.unknown:
        out.print(
            either(
                "\n[yellow]{unknown:,} message(s) are in state unknown and need a person to settle them[/]",
                "\n[yellow]{unknown:,} 条消息结果未知，需要人工落定[/]",
                unknown=found.unknown,
            )
        )


def print_measurement(measurement: Measurement, lang: str) -> None:
    at = _moment(measurement.as_of)
    rows = table(
        either("{calendar} as of {at}", "{calendar}，截至 {at}", calendar=measurement.calendar, at=at),
        "phase", "in audience", "contactable", "contacted", "bought after", "conversion", "redeemed", "sales",
    )  # fmt: skip
    for phase in measurement.phases:
        steps = phase.funnel
        rows.add_row(
            f"{phase.phase}  {phase.title.get(lang)}",
            *(f"{count:,}" for count in (steps.candidates, steps.eligible, steps.contacted, steps.buyers)),
            _rate(phase.rates["conversion_rate"]),
            _rate(phase.rates["redemption_rate"]),
            money(phase.sales.gmv_cents),
        )
    out = console()
    out.print(rows, "")
    effect = measurement.programme.contrast
    if effect and effect.interval and effect.difference is not None:
        low, high = effect.interval
        out.print(
            either(
                "Whole programme against its hold-out: {points:+.2f} points of conversion "
                "[{low:+.2f}, {high:+.2f}], {verdict}\n",
                "整体活动对比对照组：转化率 {points:+.2f} 个百分点 [{low:+.2f}, {high:+.2f}]，{verdict}\n",
                points=effect.difference * 100,
                low=low * 100,
                high=high * 100,
                verdict=word(effect.verdict),
            )
        )


def in_words(counts: Mapping[str, int]) -> str:
    """`sent 3,201, cancelled 4`; zeros are left out."""
    return ", ".join(f"{word(name)} {count:,}" for name, count in counts.items() if count) or "–"


def _reasons_in_words(counts: Mapping[str, int]) -> str:
    """Codes in English, as programs and `why` know them; their titles in Chinese."""
    from campaign_calendars.deciding.contact import REASONS

    if language() == "en":
        return in_words(counts)
    return in_words({REASONS[code].title.get("zh") if code in REASONS else code: n for code, n in counts.items()})


def _rate(rate: MeasuredRate) -> str:
    return "–" if rate.value is None else f"{rate.value:.1%}"


def _moment(at: datetime | None) -> str:
    """A moment as the clock on the wall shows it; empty for none."""
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else ""

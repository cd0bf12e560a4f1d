"""Plans, runs, states and measurements as tables for a person."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from promocal.cli.budgeting import print_accounts
from promocal.cli.halting import print_holds
from promocal.cli.language import either, language, translated
from promocal.cli.output import console, escape, money, table
from promocal.cli.places import print_dark
from promocal.cli.presale import print_presale
from promocal.cli.truth import print_truth
from promocal.cli.words import word

if TYPE_CHECKING:
    from campaign_calendars.deciding.online import BenefitDays
    from tasks.measuring.measurement import Measurement
    from tasks.measuring.rates import MeasuredRate
    from tasks.outreach.work_lists import WorkItem
    from tasks.planning.audiences import AudienceSizes
    from tasks.receipts.arriving import Arrived
    from tasks.running.phase import RunOutcome
    from tasks.running.status import ProjectStatus, SnapshotState


def print_audiences(found: AudienceSizes, lang: str) -> None:
    out = console()
    out.print(
        either(
            "[bold]{calendar}[/]  snapshot {snapshot}  as of {at}  {members:,} members\n",
            "[bold]{calendar}[/]  快照 {snapshot}  截至 {at}  会员 {members:,} 人\n",
            calendar=found.calendar,
            snapshot=found.snapshot_id,
            at=moment(found.as_of),
            members=found.members,
        )
    )
    names = {row.audience: escape(row.title.get(lang) or row.audience) for row in found.audiences}
    rows = table("Audiences", "audience", "members", "share", "held out")
    for row in found.audiences:
        title = names[row.audience]
        called = title if title == row.audience else f"{title}  [dim]{row.audience}[/]"
        share = row.members / found.members if found.members else 0
        rows.add_row(called, f"{row.members:,}", f"{share:.1%}", f"{row.held_out:,}")
    out.print(rows, "")
    _print_overlaps(found, names)


_MOST_SHARED = 3


def _print_overlaps(found: AudienceSizes, names: Mapping[str, str]) -> None:
    """What each lies wholly within, and with which others it shares most. All pairs fit no terminal: JSON has them."""
    lines = []
    for row in found.audiences:
        others = {other: n for other, n in found.overlaps[row.audience].items() if n and other != row.audience}
        whole = [names[other] for other, n in others.items() if n == row.members]
        parts = sorted(((n, other) for other, n in others.items() if n < row.members), key=lambda one: -one[0])
        if others:
            lines.append(f"[bold]{names[row.audience]}[/]")
        if whole:
            lines.append(either("  wholly in: {names}", "  全部属于：{names}", names=either(", ", "、").join(whole)))
        for count, other in parts[:_MOST_SHARED]:
            lines.append(f"{count:>9,}{count / row.members:>6.0%}  {names[other]}")
    if lines:
        head = either(
            "Members in two audiences at once: how many, the share of the audience, the other one (the {n} largest;"
            " --format json has all)",
            "同时属于两个人群：会员数、占该人群的比例、另一人群（各列最大的 {n} 个；--format json 含全部）",
            n=_MOST_SHARED,
        )
        console().print(f"[dim]{head}[/]", *lines, sep="\n")


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
            reasons_in_words(play.excluded),
            money(play.benefit_cost_cents),
        )
    out.print(rows)
    out.print(in_words(outcome.dispatch.counts()))
    for reason, count in outcome.waiting.items():
        _print_waiting(reason, count)
    for duty in outcome.not_done:
        out.print(either("[yellow]duty {duty} is not done[/]", "[yellow]事项 {duty} 尚未完成[/]", duty=escape(duty)))


def _print_waiting(reason: str, count: int) -> None:
    from tasks.reporting.labels import stop_reason

    said = either(
        "[yellow]{count:,} message(s) held back: {reason}[/]",
        "[yellow]{count:,} 条消息被扣住：{reason}[/]",
        count=count,
        reason=escape(stop_reason(reason, language())),
    )
    console().print(said)


def print_work(items: Sequence[WorkItem]) -> None:
    """Items of work-lists; members by id only."""
    rows = table("Work for people", "item", "play", "member", "on", "event", "due", "owner", "state")
    for item in items:
        event = f"{item.event} {moment(item.event_at)}".strip()
        rows.add_row(
            item.id[:12],
            item.play,
            item.member_id,
            item.channel,
            event,
            moment(item.due_at),
            escape(item.owner.get(language()) or "–"),
            word(item.state),
        )
    console().print(rows, "")
    for play, words in dict.fromkeys((item.play, item.words) for item in items if item.words):
        console().print(f"[bold]{play}[/]  {escape(words)}")
    left = sum(item.state == "open" for item in items)
    console().print(either("{left:,} open", "未完成 {left:,} 项", left=left))


def _print_benefit_days(found: BenefitDays | None) -> None:
    """Only where there are too few: the platform may take away the ability to recruit."""
    if found is None or not found.short:
        return
    again = found.met_again
    until = (
        either("enough again on {day}", "{day} 起达标", day=again)
        if again
        else either("not again in the calendar", "日历内不再达标")
    )
    source = (
        either("by the dataset offers", "按数据集 offers")
        if found.source == "facts"
        else either("as planned", "按计划")
    )
    console().print(
        either(
            "[yellow]A member benefit was online on {online} of the 15 days to {today} ({source}); {needed} are needed,"
            " {until}[/]",
            "[yellow]截至 {today} 的 15 天中会员权益在线 {online} 天（{source}），需要 {needed} 天，{until}[/]",
            online=found.online,
            today=found.today,
            source=source,
            needed=found.needed,
            until=until,
        )
    )


def print_status(found: ProjectStatus, most: int | None = None, *, snapshot: bool = True) -> None:
    """Snapshot if wanted, runs (the last `most`), why messages stopped or wait, and the accounts."""
    from tasks.reporting.labels import stop_reason

    out = console()
    if snapshot:
        _print_snapshot(found.snapshot)
    print_holds(found.halted, found.left_alone)
    _print_benefit_days(found.benefit_days)
    print_dark(found.dark)
    if not found.runs:
        out.print(either("No runs yet.", "还没有运行。"))
        _print_held(found)
        return
    rows = table("Runs", "run", "status", "chosen", "messages")
    for run in found.runs[-most:] if most else found.runs:
        # What was decided and handed on is finished in the ledger, whatever of it still waits for its time.
        waits = run.status == "finished" and any(run.jobs.get(state) for state in ("pending", "sending"))
        rows.add_row(run.run_id, word("waiting" if waits else run.status), f"{run.chosen:,}", in_words(run.jobs))
    out.print(rows)
    if most and (earlier := len(found.runs) - most) > 0:
        out.print(either("{earlier:,} earlier ones: --all", "更早的还有 {earlier:,} 次：--all", earlier=earlier))
    stopped: Counter[str] = Counter()
    for run in found.runs:
        stopped.update(run.stopped)
    if stopped:
        why = table("Why messages were cancelled", "reason", "messages")
        for reason, count in stopped.most_common():
            why.add_row(escape(stop_reason(reason, language())), f"{count:,}")
        out.print("", why)
    _print_held(found)
    _print_arrived(found.arrived)
    if found.accounts:
        out.print("")
        print_accounts(found.accounts)
    if found.unknown:
        out.print(
            either(
                "\n[yellow]{unknown:,} message(s) are in state unknown and need a person to settle them[/]"
                "\n    [dim]→ ask the provider, then promocal settle RUN --as sent (or failed; pending: send again)[/]",
                "\n[yellow]{unknown:,} 条消息结果未知，需要人工落定[/]"
                "\n    [dim]→ 向服务商核实后 promocal settle 运行 --as sent（或 failed；pending 为再发一次）[/]",
                unknown=found.unknown,
            )
        )


def _print_arrived(rows: Sequence[Arrived]) -> None:
    if not rows:
        return
    shown = table("Deliveries", "channel", "sent", "delivered", "not delivered", "no report", "delivery rate")
    for one in rows:
        counts = (f"{n:,}" for n in (one.left, one.delivered, one.undelivered, one.silent))
        shown.add_row(escape(one.channel), *counts, f"{one.rate:.1%}")
    console().print("", shown)


def print_no_snapshot(calendar: str | None = None) -> None:
    """That there is none, and how to make one."""
    name = escape(calendar or either("CALENDAR", "日历"))
    said = either(
        "No snapshot is published yet: promocal refresh {name}", "尚未发布快照：promocal refresh {name}", name=name
    )
    console().print(said)
    sys.stdout.flush()


def _print_snapshot(snapshot: SnapshotState | None) -> None:
    out = console()
    if snapshot is None:
        print_no_snapshot()
    else:
        at = moment(snapshot.as_of)
        said = either(
            "Snapshot [bold]{id}[/] as of {at} UTC\n",
            "快照 [bold]{id}[/]，截至 {at} UTC\n",
            id=snapshot.snapshot_id,
            at=at,
        )
        out.print(said)


def _print_held(found: ProjectStatus) -> None:
    """Why messages wait for people, and the duties that have to be looked at."""
    from promocal.cli.duties import print_duties
    from tasks.reporting.labels import stop_reason

    held = [(run.run_id, reason, count) for run in found.runs for reason, count in run.waiting.items()]
    if held:
        rows = table("Why messages wait", "run", "reason", "messages")
        for run, reason, count in held:
            rows.add_row(run, escape(stop_reason(reason, language())), f"{count:,}")
        console().print("", rows)
    if found.duties:
        console().print("")
        print_duties(found.duties)


def print_measurement(measurement: Measurement, lang: str) -> None:
    at = moment(measurement.as_of)
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
    console().print(rows, "")
    if measurement.simulated:
        from campaign_calendars.findings.said import in_language
        from tasks.measuring.metric_document import SIMULATED

        console().print(f"[yellow]{in_language(SIMULATED, lang)}[/]", "")
    _print_programme(measurement)
    print_presale(measurement.presale)
    print_truth(measurement.truth)


def _print_programme(measurement: Measurement) -> None:
    """What the whole programme did against its hold-out, in words."""
    out, effect = console(), measurement.programme.contrast
    if effect and effect.interval and effect.difference is not None:
        low, high = effect.while_running or effect.interval
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
    elif effect is None:
        out.print(either("No hold-out, so no effect can be stated.\n", "未设对照组，无法给出效果结论。\n"))
    else:
        out.print(
            either(
                "Whole programme against its hold-out: {verdict} ({treated:,} treated, {control:,} held out)\n",
                "整体活动对比对照组：{verdict}（实验组 {treated:,} 人，对照组 {control:,} 人）\n",
                verdict=word(effect.verdict),
                treated=effect.treated.members,
                control=effect.control.members,
            )
        )
    if effect:
        from campaign_calendars.measuring.regions import told_of_regions
        from campaign_calendars.measuring.worth import worth_in_words

        told = worth_in_words(effect, measurement.currency, days=measurement.running_days, left=measurement.days_left)
        units = effect.regions
        for said in dict.fromkeys([*told, *(told_of_regions(units) if units is not None else ())]):
            out.print(escape(translated(said)))
        out.print("")


def in_words(counts: Mapping[str, int]) -> str:
    """`sent 3,201, cancelled 4`; zeros are left out."""
    return ", ".join(f"{word(name)} {count:,}" for name, count in counts.items() if count) or "–"


def reasons_in_words(counts: Mapping[str, int]) -> str:
    """Codes in English, as programs and `why` know them; their titles in Chinese."""
    from campaign_calendars.deciding.contact import REASONS

    if language() == "en":
        return in_words(counts)
    return in_words({REASONS[code].title.get("zh") if code in REASONS else code: n for code, n in counts.items()})


def _rate(rate: MeasuredRate) -> str:
    return "–" if rate.value is None else f"{rate.value:.1%}"


def moment(at: datetime | None) -> str:
    """A moment as the clock on the wall shows it; empty for none."""
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else ""


def place_of(key: str, like: datetime) -> str:
    """`phase/play@moment`, or `thing@phase/play@moment`, as a person reads it, in the zone of another moment."""
    from campaign_calendars.deciding.events import EVENTS
    from campaign_calendars.deciding.words import name_of

    if key.endswith(f"@{EVENTS}"):
        return key.removesuffix(f"@{EVENTS}") + either(" → events", " → 事件")
    *things, where, moment = key.split("@")
    at = datetime.fromisoformat(moment).astimezone(like.tzinfo)
    play = where.partition("/")[2]
    thing = either(" ({name})", "（{name}）", name=translated(name_of(things[0]))) if things else ""
    return f"{play} {at:%m-%d %H:%M}{thing}"

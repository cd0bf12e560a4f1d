"""Plans, runs, states and measurements as tables for a person."""

from __future__ import annotations

import shlex
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promocal.cli.output import console, escape, money, own_command, table

if TYPE_CHECKING:
    from promocal.demo import DemoResult
    from tasks.measuring.measurement import Measurement
    from tasks.measuring.rates import MeasuredRate


_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "in_no_audience": ("{member} was in no audience of any run", "{member} is in no audience of this run"),
        "tier_by_hand": "tier {tier} was set by hand by {by}: {reason}",
        "over": "The campaign ended on {end}. This is what the calendar would have done: members as they were at "
        "each moment, as if nothing had been sent.",
        "begun": "The campaign began on {start}. This is all of it, as if nothing had been sent yet.",
        "replayed": "{runs} runs replayed. Report: {page}",
        "explore": "Explore it with --replay {calendar}: status, why, report, audiences, quality, points, plan.",
        "demo": "{runs} runs in {seconds:.0f} s: {prefect} as Prefect flow runs, {direct} by direct call.",
        "report": "Report: {page}",
        "look": "Look around:",
    },
    "zh": {
        "in_no_audience": ("{member} 不在任何运行的人群中", "{member} 不在此次运行的任何人群中"),
        "tier_by_hand": "等级 {tier} 由 {by} 手工设置：{reason}",
        "over": "活动已于 {end} 结束。以下是日历当时会做的：会员按各时点的状态，且当作什么都没有发送过。",
        "begun": "活动已于 {start} 开始。以下是从头算起的整个活动，且当作什么都还没有发送。",
        "replayed": "已回放 {runs} 次运行。报告：{page}",
        "explore": "加上 --replay {calendar} 即可查看：status、why、report、audiences、quality、points、plan。",
        "demo": "{runs} 次运行，用时 {seconds:.0f} 秒：{prefect} 次为 Prefect 流程，{direct} 次直接调用。",
        "report": "报告：{page}",
        "look": "接下来看看：",
    },
}


def print_plan(plan: dict[str, Any], lang: str, now: datetime) -> None:
    """The plan as tables; `now` says whether it is one of the past."""
    out = console()
    out.print(
        f"[bold]{plan['calendar']}[/]  store {plan['store']}  snapshot {plan['snapshot_id']}  "
        f"amounts in {plan['currency']}"
    )
    checked = "checked against it" if plan["verified"] else "not checked against it yet"
    out.print(f"dates from: {escape(plan['source'] or 'no source named')} ({checked})\n")
    _print_phases(plan, lang)
    _print_occurrences(plan)
    _print_triggers(plan["triggers"])
    _print_reasons(plan["occurrences"], lang)
    _print_money(plan)
    _print_channels(plan["channels"])
    _print_duties(plan["phases"], lang)
    start = min(datetime.fromisoformat(phase["starts_at"]) for phase in plan["phases"])
    end = max(datetime.fromisoformat(phase["ends_at"]) for phase in plan["phases"])
    if now >= end:
        out.print(_WORDS[lang]["over"].format(end=f"{end:%Y-%m-%d %H:%M}"))
        out.print(f"plan [bold]{plan['checksum']}[/]")
        return
    if now >= start:
        out.print(_WORDS[lang]["begun"].format(start=f"{start:%Y-%m-%d %H:%M}"))
    out.print(f"plan [bold]{plan['checksum']}[/]   promocal apply {plan['calendar']} --plan {plan['checksum']}")


def print_audiences(found: dict[str, Any], lang: str) -> None:
    out = console()
    out.print(
        f"[bold]{found['calendar']}[/]  snapshot {found['snapshot_id']}  as of {_moment(found['as_of'])}  "
        f"{found['members']:,} members\n"
    )
    names = [row["audience"] for row in found["audiences"]]
    numbers = [str(number) for number in range(1, len(names) + 1)]
    rows = table("Audiences, and members of two at once", "", "audience", "members", "share", "held out", *numbers)
    for number, row in zip(numbers, found["audiences"], strict=True):
        name = row["audience"]
        share = row["members"] / found["members"] if found["members"] else 0
        shared = [f"{count:,}" if other != name else "·" for other, count in found["overlaps"][name].items()]
        title = f"{name}  {escape(row['title'][lang] or '')}".rstrip()
        rows.add_row(number, title, f"{row['members']:,}", f"{share:.1%}", f"{row['held_out']:,}", *shared)
    out.print(rows)


def _print_phases(plan: dict[str, Any], lang: str) -> None:
    rows = table("Phases", "phase", "from", "to", "runs", "in audience", "chosen", "held out", "excluded", "benefits")
    for phase in plan["phases"]:
        rows.add_row(
            f"{phase['phase']}  {phase['title'][lang] or ''}",
            _moment(phase["starts_at"]),
            _moment(phase["ends_at"]),
            *(f"{phase[key]:,}" for key in ("occurrences", "candidates", "chosen", "held_out", "excluded")),
            money(phase["benefit_cost_cents"]),
        )
    console().print(rows, "")


def _print_occurrences(plan: dict[str, Any]) -> None:
    rows = table(
        "Occurrences", "when and what", "in audience", "chosen", "held out", "excluded", "benefits", "channels"
    )
    for row in plan["occurrences"]:
        rows.add_row(
            f"{_moment(row['at'])}  {row['phase']} / {row['play']}",
            f"{row['candidates']:,}",
            f"{row['chosen']:,}" + (" ⏸" if row["needs_approval"] else ""),
            f"{sum(row['held_out'].values()):,}",
            f"{sum(row['excluded'].values()):,}",
            money(row["benefit_cost_cents"]),
            in_words(row["channels"]),
        )
    console().print(rows, "")
    console().print("[dim]Members as the snapshot knows them: later occurrences are an upper estimate.[/]\n")
    if any(row["needs_approval"] for row in plan["occurrences"]):
        console().print("⏸ waits for approval before anything is sent\n")


def _print_triggers(triggers: list[dict[str, Any]]) -> None:
    if not triggers:
        return
    rows = table("Triggers (expected)", "what and on which event", "looks", "events", "a day", "in all", "cost")
    for row in triggers:
        rows.add_row(
            f"{row['phase']} / {row['play']}  [dim]{row['event']}, {row['lane']}[/]",
            f"{row['looks']:,}",
            f"{row['basis']['events']:,}",
            f"{row['members_a_day']:,.1f}",
            f"{row['members']:,}",
            money(row["message_cost_cents"] + row["benefit_cost_cents"]),
        )
    console().print(rows, "")
    basis = triggers[0]["basis"]
    console().print(
        f"[dim]Events of the {basis['days']} days to {_moment(basis['until'])}; a day: of members who are in the"
        " audience now. Gates, control groups and stock come off; costs are the most they can be.[/]\n"
    )


def _print_reasons(occurrences: list[dict[str, Any]], lang: str) -> None:
    from campaign_calendars.deciding.contact import REASONS

    totals: Counter[str] = Counter()
    for row in occurrences:
        totals.update(row["excluded"])
    rows = table("Why members are excluded (once for each occurrence)", "reason", "times")
    for code, count in totals.most_common():
        rows.add_row(f"{REASONS[code].title.get(lang)}  [dim]{code}[/]", f"{count:,}")
    if totals:
        console().print(rows, "")


def _print_money(plan: dict[str, Any]) -> None:
    budget = plan["budget"]
    rows = table(f"Money ({budget['basis'].replace('_', ' ')})", "", "reserved", "limit", "left")
    for name, pool in budget["pools"].items():
        left = pool["limit_cents"] - pool["reserved_cents"]
        rows.add_row(name, money(pool["reserved_cents"]), money(pool["limit_cents"]), money(left))
    total = budget["total_cents"]
    left = None if total is None else total - budget["reserved_cents"]
    rows.add_row("total", money(budget["reserved_cents"]), money(total), money(left))
    console().print(rows, "")
    given = table("Benefits", "benefit", "granted", "stock", "reserved")
    for name, row in plan["benefits"].items():
        stock = "–" if row["stock"] is None else f"{row['stock']:,}"
        given.add_row(f"{name}  [dim]{row['kind']}[/]", f"{row['granted']:,}", stock, money(row["cost_cents"]))
    console().print(given, "")


def _print_channels(channels: dict[str, Any]) -> None:
    rows = table("Channels", "channel", "messages", "busiest day", "then", "capacity a day")
    for name, row in channels.items():
        capacity = "–" if row["capacity_per_day"] is None else f"{row['capacity_per_day']:,}"
        rows.add_row(name, f"{row['messages']:,}", row["busiest_day"], f"{row['busiest_day_messages']:,}", capacity)
    console().print(rows, "")


def _print_duties(phases: list[dict[str, Any]], lang: str) -> None:
    rows = table("Merchant duties and positions", "phase", "what", "due")
    for phase in phases:
        for duty in phase["duties"]:
            text = f"[{duty['level']}] {duty['text'][lang]}"
            rows.add_row(phase["phase"], escape(text), _moment(duty["due_at"]))
        for placement in phase["placements"]:
            title = placement["title"][lang] or placement["play"]
            rows.add_row(phase["phase"], escape(f"{title} → {', '.join(placement['positions'])}"), "")
    rows.columns[1].justify = "left"
    if rows.row_count:
        console().print(rows, "")


def print_run(summary: dict[str, Any]) -> None:
    out = console()
    if summary["status"] == "skipped":
        out.print(f"Skipped: {summary['reason']}")
        return
    rows = table(f"Run {summary['run_id']}", "play", "in audience", "chosen", "held out", "excluded", "benefits")
    for play in summary["plays"]:
        rows.add_row(
            play["play"],
            f"{play['candidates']:,}",
            f"{play['chosen']:,}",
            f"{sum(play['held_out'].values()):,}",
            in_words(play["excluded"]),
            money(play["benefit_cost_cents"]),
        )
    out.print(rows)
    out.print(in_words(summary["dispatch"]))


def print_decisions(member: str, found: dict[str, Any], lang: str, *, one_run: bool) -> None:
    out = console()
    words = _WORDS[lang]
    if not found["rows"]:
        out.print(escape(words["in_no_audience"][one_run].format(member=member)))
    for row, at in zip(found["rows"], found["at"], strict=True):
        got = ", ".join(str(row[key]) for key in ("channel", "benefit") if row[key])
        said = got or row["reason"] or row["arm"] or ""
        place = row["play"] if one_run else f"{at:%Y-%m-%d %H:%M}  {row['phase']} / {row['play']}"
        out.print(f"{escape(place)}: [bold]{row['status']}[/] {escape(said)}")
        if row["chain"]:
            out.print(f"    [dim]{escape(row['chain'])}[/]")
    if by_hand := found["tier_by_hand"]:
        out.print(escape(words["tier_by_hand"].format(**by_hand)))


def print_work(items: list[dict[str, Any]]) -> None:
    """Items of work-lists; members by id only."""
    rows = table("Work for people", "item", "play", "member", "on", "event", "due", "state")
    for item in items:
        event = f"{item['event']} {item['event_at']}".strip()
        rows.add_row(
            item["id"][:12], item["play"], item["member_id"], item["channel"], event, item["due_at"], item["state"]
        )
    console().print(rows, "")
    for play, words in dict.fromkeys((item["play"], item["words"]) for item in items if item["words"]):
        console().print(f"[bold]{play}[/]  {escape(words)}")
    console().print(f"{sum(item['state'] == 'open' for item in items):,} open")


def print_status(found: dict[str, Any]) -> None:
    out = console()
    snapshot = found["snapshot"]
    if snapshot is None:
        out.print("No snapshot is published yet: promocal refresh CALENDAR")
    else:
        out.print(f"Snapshot [bold]{snapshot['snapshot_id']}[/] as of {_moment(snapshot['as_of'])} UTC\n")
    if not found["runs"]:
        out.print("No runs yet.")
        return
    rows = table("Runs", "run", "status", "chosen", "messages")
    for run in found["runs"]:
        rows.add_row(run["run_id"], run["status"], f"{run['chosen']:,}", in_words(run["jobs"]))
    out.print(rows)
    stopped: Counter[str] = Counter()
    for run in found["runs"]:
        stopped.update(run["stopped"])
    if stopped:
        why = table("Why messages were cancelled", "reason", "messages")
        for reason, count in stopped.most_common():
            why.add_row(escape(reason), f"{count:,}")
        out.print("", why)
    if found["unknown"]:
        out.print(f"\n[yellow]{found['unknown']:,} message(s) are in state unknown and need a person to settle them[/]")


def print_measurement(measurement: Measurement, lang: str) -> None:
    rows = table(
        f"{measurement.calendar} as of {_clock(measurement.as_of)}",
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
            f"Whole programme against its hold-out: {effect.difference * 100:+.2f} points of conversion "
            f"[{low * 100:+.2f}, {high * 100:+.2f}], {effect.verdict}\n"
        )


def print_replayed(result: dict[str, Any], page: Path, lang: str) -> None:
    out, words = console(), _WORDS[lang]
    out.print(words["replayed"].format(runs=len(result["runs"]), page=f"[bold]{escape(str(page))}[/]"))
    out.print(escape(words["explore"].format(calendar=result["calendar"])))


def print_demo(result: DemoResult, lang: str) -> None:
    out, words = console(), _WORDS[lang]
    direct = result.runs - result.prefect_runs
    out.print(
        words["demo"].format(runs=result.runs, seconds=result.seconds, prefect=result.prefect_runs, direct=direct)
    )
    out.print(words["report"].format(page=f"[bold]{escape(str(result.report))}[/]"), "", words["look"], sep="\n")
    steps = next_steps(result, lang)
    width = max(len(command) for command, _ in steps)
    for command, what in steps:
        out.print(f"  {escape(command.ljust(width))}  [dim]# {escape(what)}[/]")


def next_steps(result: DemoResult, lang: str) -> list[tuple[str, str]]:
    """Commands that explore the finished demo, and what each of them shows."""
    calendar, project = result.measurement.calendar, f"-C {shlex.quote(str(result.project))}"
    page = shlex.quote(str(result.project / "quality.html"))
    found = [
        (f"status {project}", "every run, and what became of its messages", "每次运行及其消息的去向"),
        (f"why {result.member} {project}", "every decision about one member", "关于一位会员的全部决定"),
        (f"audiences {calendar} {project}", "members of every audience now", "各人群现在的会员数"),
        (f"plan {calendar} {project}", "who would get what, and what it costs", "谁会得到什么，花费多少"),
        (f"points {calendar} {project}", "points by the rules, beside those recorded", "按规则应得的积分与记录对照"),
        (f"quality -o {page} {project}", "how good the data is", "数据质量"),
        (f"report {calendar} --lang {'en' if lang == 'zh' else 'zh'} {project}", "the report in Chinese", "英文版报告"),
        ("new my-shop", "a project of your own", "新建自己的项目"),
    ]
    program = own_command()
    return [(f"{program} {command}", zh if lang == "zh" else en) for command, en, zh in found]


def in_words(counts: dict[str, int]) -> str:
    """`sent 3,201, cancelled 4`; zeros are left out."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "–"


def _rate(rate: MeasuredRate) -> str:
    return "–" if rate.value is None else f"{rate.value:.1%}"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _moment(text: str) -> str:
    return text[:16].replace("T", " ")

"""The board as documents: one page for the project, one for each calendar, in English or Chinese."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from campaign_calendars.findings.said import in_language
from tasks.board.gathering import CalendarBoard, ProjectBoard
from tasks.board.people import budget, people
from tasks.board.places import all_calendars, calendar_page, plan_page, report_page
from tasks.board.runs import runs, starved
from tasks.board.told import MARKS, MEANINGS, RAN, SCOPES, STATES, WRONG, Told
from tasks.documents.parts import (
    Card,
    Cards,
    Document,
    Link,
    Links,
    Money,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    Value,
)
from tasks.outreach.halting import Held
from tasks.reporting.charts.drawing import Told as Words
from tasks.reporting.charts.timeline import Bar, Tick, timeline
from tasks.running.expecting import end_reason

AGAIN = 30
"""Seconds after which a page of the board loads itself anew."""
_BROAD, _NARROW = 860, 360


def project_page(found: ProjectBoard, lang: str, name: str) -> Document:
    """Every calendar of the project on one page; `name` is that of the project."""

    def either(en: str, zh: str) -> str:
        return in_language((en, zh), lang)

    found = replace(found, at=found.at.astimezone(_zone(found)), calendars=sorted(found.calendars, key=_soonest))
    sections = [_overview(found, lang)]
    for board in found.calendars:
        told = Told(lang=lang, loaded=board.loaded, board=board)
        ways = _ways(told, found)
        sections.append(Section(told.title(), [Paragraph(_now(told), "strong"), *_wrong(told), _timeline(told), ways]))
    return Document(
        title=either(f"Calendars of {name}", f"{name} 的日历"),
        lang=lang,
        foot=_foot(found.at, lang),
        sections=sections,
        about=_foot(found.at, lang),
        again=AGAIN,
    )


_ORDER = ("during", "before", "after", "unreadable")


def _soonest(board: CalendarBoard) -> int:
    """What lasts stands before what is to come, and that before what is over."""
    return _ORDER.index(board.state.stands)


def _zone(found: ProjectBoard) -> tzinfo | None:
    """The zone of all calendars; where they differ, or there is none, that of the look."""
    zones = {board.loaded.calendar.timezone: board.loaded.timeline.timezone for board in found.calendars}
    return next(iter(zones.values())) if len(zones) == 1 else found.at.tzinfo


def calendar_board(found: ProjectBoard, board: CalendarBoard, lang: str) -> Document:
    """One calendar: where it stands, its runs, what starves, its budget, and what people have to do."""
    told = Told(lang=lang, loaded=board.loaded, board=board)
    made = (
        Section(
            told("Now", "现在"),
            [
                Paragraph(_now(told), "strong"),
                *_wrong(told),
                *_held(told, found),
                _cards(told),
                _data(found, lang, board.now.tzinfo),
                _ways(told, found),
            ],
        ),
        Section(told("Timeline", "时间线"), [_timeline(told), _phases(told)]),
        runs(told),
        starved(told),
        budget(told),
        people(told),
    )
    at = board.now
    zone = board.loaded.calendar.timezone
    foot = told(f"as of {at:%Y-%m-%d %H:%M:%S} ({zone})", f"截至 {at:%Y-%m-%d %H:%M:%S}（{zone}）")
    return Document(
        title=told.title(),
        lang=lang,
        foot=foot,
        sections=[one for one in made if one is not None],
        about=foot,
        again=AGAIN,
    )


def _foot(at: datetime, lang: str) -> str:
    return in_language((f"as of {at:%Y-%m-%d %H:%M:%S %Z}", f"截至 {at:%Y-%m-%d %H:%M:%S %Z}"), lang)


def _now(told: Told) -> str:
    state = told.board.state
    if state.stands == "during":
        names = [told.phase(one) for one in state.phases]
        now = told(", ", "、").join(names) or told("between phases", "阶段之间")
        said = told(f"now: {now}", f"当前：{now}")
    else:
        said = told("to come", "未开始") if state.stands == "before" else told("over", "已结束")
    ahead = next((one for one in told.board.moments if one.state == "ahead"), None)
    if ahead is None:
        return said
    plays = told.plays(ahead.phase, ahead.plays)
    return said + told(f" · next: {told.moment(ahead.at)} {plays}", f" · 下一次：{told.moment(ahead.at)} {plays}")


def _wrong(told: Told) -> Iterator[Part]:
    """What somebody has to look at, each with what it is."""
    for one in told.board.moments:
        if one.state in WRONG:
            why = told(": ", "：") + end_reason(one.reason, told.lang, told.board.now.tzinfo) if one.reason else ""
            said = f"⚠ {told.said(STATES[one.state])} · {told.moment(one.at)} · {told.plays(one.phase, one.plays)}{why}"
            yield Paragraph(said, "warning")
        elif n := one.jobs.get("awaiting_approval"):
            where = f"{told.moment(one.at)} · {told.plays(one.phase, one.plays)}"
            english = f"⚠ {n:,} messages wait for approval · {where}: promocal approve {one.run_id}"
            yield Paragraph(
                told(english, f"⚠ {n:,} 条消息等待审批 · {where}：promocal approve {one.run_id}"), "warning"
            )
    if told.board.state.unknown:
        n = told.board.state.unknown
        yield Paragraph(
            told(
                f"⚠ {n:,} messages are in state unknown: promocal settle",
                f"⚠ {n:,} 条消息结果未知：promocal settle",
            ),
            "warning",
        )
    if told.board.plan is None and told.board.state.stands != "after":
        english, chinese = (
            "Not applied yet: nothing of it runs by itself.",
            "尚未应用（promocal apply）：不会自动运行。",
        )
        yield Paragraph(told(english, chinese), "warning")


def _held(told: Told, found: ProjectBoard) -> Iterator[Part]:
    """What is halted or paused, channels left alone, deployments that somebody paused."""
    name = told.loaded.calendar.calendar
    for one in found.project.halted:
        if _concerns(one, name, told.loaded.store.store):
            yield Paragraph(_stopped(told, one), "warning")
    for channel in found.project.left_alone:
        if channel.channel in told.loaded.store.channels:
            until, shown = told.moment(channel.until), told.channel(channel.channel)
            yield Paragraph(told(f"⚠ {shown} is left alone until {until}", f"⚠ {shown} 暂停至 {until}"), "warning")
    for deployment in told.board.state.paused:
        yield Paragraph(told(f"⚠ paused in Prefect: {deployment}", f"⚠ 已在 Prefect 中暂停：{deployment}"), "warning")


def _stopped(told: Told, held: Held) -> str:
    """What stands still, since when, by whose word and why: whoever walks past asks just that."""
    store = told.loaded.store
    name = store.title.get(told.lang) or store.store if held.scope == "store" else held.name
    what = f"{told(held.scope, SCOPES[held.scope])} {name}".rstrip()
    done = told("cancelled", "已取消") if held.cancelled else told("halted", "已叫停")
    said = f"⚠ {done}{told(': ', '：')}{what} · {held.by} · {told.moment(held.since)}"
    return f"{said}{told(': ', '：')}{held.reason}" if held.reason else said


def _concerns(held: Held, calendar: str, store: str) -> bool:
    """Everything, this store, or something of this calendar; a channel belongs to whoever uses it."""
    if held.scope in ("all", "channel"):
        return True
    return held.name == store if held.scope == "store" else re.split(r"[./]", held.name)[0] == calendar


def _cards(told: Told) -> Cards:
    counts = Counter(one.state for one in told.board.moments)
    jobs: Counter[str] = Counter()
    for one in told.board.moments:
        jobs.update(one.jobs)
    books = next(line for line in told.board.accounts if line.name == "budget")
    held = f"{books.held / 100:,.2f}"
    note = f"{books.held / books.limit:.1%}" if books.limit else ""
    over = sum(counts[state] for state in RAN)
    return Cards(
        told("figures", "关键数字"),
        [
            Card(told("Runs done", "已完成运行"), f"{over:,} / {len(told.board.moments):,}"),
            Card(told("Waiting", "等待中"), f"{counts['waiting']:,}"),
            Card(told("Messages sent", "发送消息数"), f"{jobs['sent']:,}"),
            Card(told("To do by people", "待人工处理"), f"{jobs['to_do']:,}"),
            Card(told("Budget used, owed, reserved", "预算占用"), held, note),
        ],
    )


def _ways(told: Told, found: ProjectBoard) -> Links:
    name = told.loaded.calendar.calendar
    links = [
        Link(told("all calendars", "全部日历"), all_calendars(told.lang)),
        Link(told("board", "看板"), calendar_page(name, told.lang)),
        Link(told("plan", "计划"), plan_page(name, told.lang)),
        Link(told("report", "报告"), report_page(name, told.lang)),
        Link("中文" if told.lang == "en" else "English", calendar_page(name, "zh" if told.lang == "en" else "en")),
    ]
    server = found.server
    if server is not None and server.answers:
        links.append(Link("Prefect", server.api_url.removesuffix("/api")))
    return Links(links)


def _timeline(told: Told) -> Picture:
    board, zone = told.board, told.board.now.tzinfo
    spans = told.loaded.timeline.phases
    bars = [
        Bar(
            told.phase(phase.id),
            phase.kind,
            *(at.astimezone(zone).replace(tzinfo=None) for at in (spans[phase.id].start, spans[phase.id].end)),
        )
        for phase in told.loaded.calendar.phases
        if phase.id in spans
    ]
    ticks = [
        Tick(
            told.phase(one.phase),
            one.at.astimezone(zone).replace(tzinfo=None),
            MARKS[one.state],
        )
        for one in board.moments
    ]
    counts = Counter(told.said(STATES[one.state]) for one in board.moments)
    text = told("; ", "；").join(f"{state} {n}" for state, n in counts.items())
    words, now = Words(told("Timeline", "时间线"), text), board.now.replace(tzinfo=None)
    used = [MARKS[state] for state in STATES if state in {one.state for one in board.moments}]
    meanings = {mark: told.said(MEANINGS[mark]) for mark in dict.fromkeys(used)}
    broad, narrow = (
        timeline(bars, ticks, width=width, told=words, now=now, meanings=meanings) for width in (_BROAD, _NARROW)
    )
    return Picture(broad, text, narrow)


def _phases(told: Told) -> Table:
    board = told.board
    planned = {one.phase: one for one in board.plan.phases} if board.plan else {}
    spent = {line.name.removeprefix("phase "): line for line in board.accounts if line.name.startswith("phase ")}
    rows: list[Sequence[Value]] = []
    for phase in told.loaded.calendar.phases:
        span = told.loaded.timeline.phases.get(phase.id)
        if span is None:
            continue
        mine = [one for one in board.moments if one.phase == phase.id]
        ahead, money = planned.get(phase.id), spent.get(phase.id)
        rows.append(
            (
                told.phase(phase.id),
                told.moment(span.start),
                told.moment(span.last),
                f"{sum(one.state in RAN for one in mine)} / {len(mine)}",
                ahead.chosen if ahead else None,
                sum(one.jobs.get("sent", 0) for one in mine),
                Money(ahead.benefit_cost_cents) if ahead else None,
                Money(money.held) if money else Money(0),
            )
        )
    head = told.head(
        "phase|from|to|runs done|messages planned|messages sent|benefits planned|benefits held",
        "阶段|开始|结束|已完成运行|计划消息|已发送|计划权益成本|权益占用",
    )
    return Table(told("phases", "阶段"), head, rows)


def _data(found: ProjectBoard, lang: str, zone: tzinfo | None) -> Paragraph:
    """Of when the data is from which members and uses of benefits are counted."""
    snapshot = found.project.snapshot
    if snapshot is None:
        text = in_language(
            (
                "No snapshot has been published yet: promocal refresh CALENDAR",
                "尚未发布数据快照：promocal refresh 日历",
            ),
            lang,
        )
    else:
        at = f"{snapshot.as_of.astimezone(zone):%Y-%m-%d %H:%M}"
        english = f"Data as of {at}, snapshot {snapshot.snapshot_id}"
        text = in_language((english, f"数据截至 {at}，快照 {snapshot.snapshot_id}"), lang)
    return Paragraph(text, "small")


def _overview(found: ProjectBoard, lang: str) -> Section:
    def either(en: str, zh: str) -> str:
        return in_language((en, zh), lang)

    parts: list[Part] = []
    server = found.server
    if server is not None and not server.answers:
        parts.append(Paragraph(f"⚠ {server.problem[lang]}", "warning"))
    elif server is not None and not any(one.alive for one in server.workers):
        parts.append(Paragraph(either("⚠ no worker is alive", "⚠ 没有工作进程在线"), "warning"))
    parts += [
        Paragraph(
            either(f"⚠ {name} has errors: promocal check {name}", f"⚠ {name} 有错误：promocal check {name}"), "warning"
        )
        for name in found.unreadable
    ]
    parts.append(_data(found, lang, found.at.tzinfo))
    rows: list[Sequence[Value]] = []
    for board in found.calendars:
        told, state = Told(lang=lang, loaded=board.loaded, board=board), board.state
        rows.append(
            (
                told.title(),
                _now(told),
                len(state.running),
                len(state.waiting),
                len(state.failed),
                len(state.missed),
                state.moments_left,
            )
        )
    head = either(
        "calendar|now|running|waiting|failed|missed|to come", "日历|现在|进行中|等待中|失败|错过|待运行"
    ).split("|")
    parts.append(Table(either("calendars", "日历"), head, rows))
    return Section(either("Where everything stands", "总览"), parts)

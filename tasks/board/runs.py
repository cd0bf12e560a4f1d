"""Runs of a board: the last and the next ones, and plays that starve."""

from __future__ import annotations

from tasks.board.gathering import BoardMoment
from tasks.board.told import JOBS, STATES, Told
from tasks.documents.parts import Paragraph, Part, Section, Table, Value
from tasks.planning.planned import PlannedPlay
from tasks.running.expecting import end_reason

_PAST, _AHEAD = 8, 8


def runs(told: Told) -> Section:
    over = [one for one in told.board.moments if one.state != "ahead"]
    ahead = [one for one in told.board.moments if one.state == "ahead"]
    head = told.head("when|phase|plays|state|members|messages", "时间|阶段|玩法|状态|会员|消息")
    shown = [*over[-_PAST:], *ahead[:_AHEAD]]
    more = len(over) + len(ahead) - len(shown)
    parts: list[Part] = [Table(told("runs", "运行"), head, [_run(told, one) for one in shown])]
    if more:
        parts.append(Paragraph(told(f"and {more:,} more", f"另有 {more:,} 次"), "small"))
    return Section(told("Runs", "运行"), parts)


def _run(told: Told, one: BoardMoment) -> tuple[Value, ...]:
    messages = told(", ", "，").join(f"{told.said(JOBS[state])} {n:,}" for state, n in one.jobs.items() if n)
    state = told.said(STATES[one.state])
    if one.reason:
        state += told(": ", "：") + end_reason(one.reason, told.lang, told.board.now.tzinfo)
    return told.moment(one.at), told.phase(one.phase), told.plays(one.phase, one.plays), state, one.chosen, messages


def starved(told: Told) -> Section | None:
    """Plays to come that reach nobody, or under a tenth of their audience, by the applied plan."""
    found: dict[tuple[str, str], list[PlannedPlay]] = {}
    for one in told.board.plan.occurrences if told.board.plan is not None else ():
        if one.starved is not None and one.at > told.board.now and not one.done:
            found.setdefault((one.phase, one.play), []).append(one)
    if not found:
        return None
    head = told.head(
        "play|phase|moments|the first|in the audience|reached|what stops most of the first",
        "玩法|阶段|次数|首次|人群|触达|首次的主要原因",
    )
    rows = [
        (
            told.play(*key),
            told.phase(key[0]),
            len(ones),
            told.moment(ones[0].at),
            sum(one.candidates for one in ones),
            sum(one.chosen for one in ones),
            _reason(told, ones[0]),
        )
        for key, ones in found.items()
    ]
    note = told("By the plan that was applied last.", "依据最近 apply 的计划。")
    table = Table(told("starving", "触达不足"), head, rows)
    return Section(told("Plays that reach nobody, or few", "触达不足的玩法"), [table, Paragraph(note, "small")])


def _reason(told: Told, one: PlannedPlay) -> str:
    if one.starved is None:
        return ""
    empty = {
        "empty": told("nobody is in its audience", "人群为空"),
        "empty_yet": told("nobody is in its audience yet", "人群暂为空"),
    }
    said = empty.get(one.starved.reason) or told.reason(one.starved.reason)
    return f"{said} ({one.starved.members:,})" if one.starved.members else said

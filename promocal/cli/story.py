"""The story of one member for a person: what happened, what is planned, and why, in the person's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from campaign_calendars.deciding.contact import REASONS
from promocal.cli.language import either, language, translated
from promocal.cli.output import console, escape
from promocal.cli.tables import moment, place_of
from promocal.cli.words import word

if TYPE_CHECKING:
    from tasks.planning.story import Story, StoryStep

_ARMS = {
    "global": ("the store's control group", "店铺对照组"),
    "campaign": ("the campaign's control group", "活动对照组"),
    "play": ("the play's control group", "玩法对照组"),
}


def print_story(member: str, found: Story, *, one_run: bool) -> None:
    """Steps by calendar; occurrences in whose audience the member is not are counted at the end of each."""
    out = console()
    told = [step for step in found.steps if step.status != "not_in_audience"]
    if not told:
        nowhere = (
            either("{member} is in no audience of this run", "{member} 不在此次运行的任何人群中", member=member)
            if one_run
            else either(
                "{member} is in no audience, past or planned", "{member} 不在任何人群中（含计划）", member=member
            )
        )
        out.print(escape(nowhere))
    for calendar, group in groupby(found.steps, key=lambda step: step.calendar):
        steps = list(group)
        if not one_run:
            out.print(f"[bold]{calendar}[/]")
        if found.plans.get(calendar) == "":
            out.print(
                either(
                    "[dim]no plan of what is to come is kept: promocal plan {calendar} makes one[/]",
                    "[dim]没有保存后续计划：请运行 promocal plan {calendar}[/]",
                    calendar=calendar,
                )
            )
        for line in _of_calendar(steps, found.plans.get(calendar), one_run=one_run):
            out.print(line)
    if by_hand := found.tier_by_hand:
        english, chinese = "tier {tier} was set by hand by {by}: {reason}", "等级 {tier} 由 {by} 手工设置：{reason}"
        out.print(escape(either(english, chinese, tier=by_hand.tier, by=by_hand.by, reason=by_hand.reason)))


def _of_calendar(steps: list[StoryStep], plan: str | None, *, one_run: bool) -> Iterator[str]:
    past = [step for step in steps if step.time == "past"]
    planned = [step for step in steps if step.time == "planned"]
    yield from _lines(past, one_run=one_run)
    if planned:
        said = either("[dim]planned, by plan {plan}:[/]", "[dim]计划中，据计划 {plan}：[/]", plan=plan)
        yield said
        yield from _lines(planned, one_run=False)


def _lines(steps: list[StoryStep], *, one_run: bool) -> Iterator[str]:
    for step in steps:
        if step.status == "not_in_audience":
            continue
        place = step.play if one_run else f"{moment(step.occurrence_at)}  {step.phase} / {step.play}"
        yield f"{escape(place)}{either(': ', '：')}[bold]{_outcome(step)}[/] {escape(_detail(step))}".rstrip()
        if step.chain:
            yield f"    [dim]{escape(_chain(step.chain, step.occurrence_at))}[/]"
    absent = sum(step.status == "not_in_audience" for step in steps)
    if absent:
        yield either(
            "[dim]{n:,} of {all:,} occurrences: not in the audience[/]",
            "[dim]{all:,} 次中有 {n:,} 次不在人群中[/]",
            n=absent,
            all=len(steps),
        )


def _outcome(step: StoryStep) -> str:
    if step.status == "chosen" and step.time == "planned":
        return either("would reach", "将触达")
    if step.reason == "kept_for_later":
        return either("kept for later", "为后续保留")
    if step.status == "held_out":
        return either("held out:", "对照：")
    return word(step.status)


def _detail(step: StoryStep) -> str:
    """What the member gets, or what decided."""
    if step.status == "chosen":
        got = ", ".join(part for part in (step.channel, step.benefit) if part)
        return f"{got}{_message(step)}"
    if step.status == "held_out":
        arm = (step.arm or "").removesuffix("_control")
        would = ", ".join(part for part in (step.ghost_channel, step.ghost_benefit) if part)
        held = translated(_ARMS[arm]) if arm in _ARMS else arm
        return held + (either("; would have had {it}", "；否则将获得 {it}", it=would) if would else "")
    if step.reason == "kept_for_later" and step.kept_for:
        return either("for {it}", "留给 {it}", it=place_of(step.kept_for, step.occurrence_at))
    return f"{_reason(step.reason or '')} ({step.reason})" if step.reason else ""


def _message(step: StoryStep) -> str:
    from tasks.reporting.labels import stop_reason

    if step.message is None:
        return ""
    stopped = f": {stop_reason(step.stopped, language())}" if step.stopped else ""
    return f" · {word(step.message.replace('_', ' '))}{stopped}"


def _reason(code: str) -> str:
    return REASONS[code].title.get(language()) if code in REASONS else code


def _chain(chain: str, at: datetime) -> str:
    """As programs know it in English; in Chinese every gate by its title."""
    if language() == "en":
        return chain
    return " > ".join(_gate(part, at) for part in chain.split(" > "))


def _gate(part: str, at: datetime) -> str:
    where, _, code = part.rpartition(":")
    if part.startswith("holdout:"):
        return translated(_ARMS[code]) if code in _ARMS else part
    if part.startswith("kept_for_later:"):
        return f"{_reason('kept_for_later')}：{place_of(part.partition(':')[2], at)}"
    if code not in REASONS:
        return part
    where = where.replace(":by_tier", "（高等级优先）")
    return f"{where}：{_reason(code)}" if where else _reason(code)

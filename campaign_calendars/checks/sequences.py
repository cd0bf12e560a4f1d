"""Sequences: steps that come in order and inside the calendar, a goal that can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule, unknown
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.model.sequences import GOAL_WORDS
from campaign_calendars.model.triggers import RECORD_EVENTS, USUAL_KINDS
from campaign_calendars.model.unfolding import phase_of, play_id

_ONCE = frozenset({"join", "first_order"})
"""Events that a member has once: what begins a sequence by them cannot end it."""


@rule("C290", "error")
def sequence_has_its_phase(view: View) -> Iterator[Finding]:
    """A sequence does not say in which phase its steps fall, or names one that is not there.

    Its steps are run and measured with a phase. In a calendar of one phase it is that one.

    Fails:
        sequences:
          - {id: newcomer, phase: brust, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt}]}
    Passes:
        sequences:
          - {id: newcomer, phase: burst, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt}]}

    中文：序列没有写明所属阶段，或引用了不存在的阶段。
    序列的步骤随阶段运行并衡量；只有一个阶段的日历可省略。
    """
    known = [phase.id for phase in view.calendar.phases]
    for index, sequence in enumerate(view.calendar.sequences):
        if phase_of(view.calendar, sequence) is not None:
            continue
        if sequence.phase is None:
            texts = (f"{sequence.id} does not say in which phase it is", f"{sequence.id} 未写明所属阶段 phase")
            yield found(("sequences", index), texts, suggestion("", known))
        else:
            yield from unknown(("sequences", index, "phase"), sequence.phase, known, ("phase", "阶段"))


@rule("C291", "error")
def steps_come_in_order(view: View) -> Iterator[Finding]:
    """The steps of a sequence do not stand in the order of time, or two things have one name.

    Steps are counted by their place (3 of 7), and each is a play of its own, named by the sequence and
    its time: `newcomer-3d-1000`. Two steps of one time need an `id` each.

    Fails:
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push],
             steps: [{at: +3d 10:00, message: m.txt}, {at: +2h, message: m.txt}]}
    Passes:
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt}, {at: +3d 10:00, message: m.txt}]}

    中文：序列的步骤没有按时间先后排列，或名称重复。
    步骤按位置计数（第 3 步，共 7 步），每一步都是一个玩法，以序列与时间命名：newcomer-3d-1000。
    同一时间的两步须各写 id。
    """
    taken = {play.id for path, _, play in view.plays() if path[0] == "phases"}
    for index, sequence in enumerate(view.calendar.sequences):
        last = sequence.steps[0].at
        for number, step in enumerate(sequence.steps):
            place = ("sequences", index, "steps", number)
            if step.at.total < last.total:
                yield found(
                    (*place, "at"),
                    (f"{step.at} stands after {last}", f"{step.at} 排在 {last} 之后"),
                    ("Put the steps in the order of time.", "请按时间先后排列步骤。"),
                )
            last = step.at
            name = play_id(sequence, step)
            if name in taken:
                yield found(
                    place,
                    (f"there are two plays or steps {name!r}", f"有两个玩法或步骤 {name!r}"),
                    ("Give the step an `id` of its own.", "请为该步骤另写 id。"),
                )
            taken.add(name)


@rule("C292", "error")
def goal_can_be_reached(view: View) -> Iterator[Finding]:
    """Nothing can end a sequence early: its goal is an event nobody knows, or the one it begins with.

    A member joins and pays a first order once; what begins the sequence by them cannot be its goal.

    Fails:
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push], goal: {on: [bougth]},
             steps: [{at: +2h, message: m.txt}]}
    Passes:
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push], goal: {on: [bought]},
             steps: [{at: +2h, message: m.txt}]}

    中文：序列的目标无法达成：事件未知，或正是其起始事件。
    会员入会与首次付款各只有一次，以其开始的序列不能以其为目标。
    """
    known = (*GOAL_WORDS, *RECORD_EVENTS, *USUAL_KINDS, *view.store.event_kinds)
    for index, sequence in enumerate(view.calendar.sequences):
        for number, name in enumerate(sequence.goal.on if sequence.goal else ()):
            place = ("sequences", index, "goal", "on", number)
            if name not in known:
                texts = (f"{name!r} is an event nobody knows", f"未知事件 {name!r}")
                yield found(place, texts, suggestion(name, known))
            elif name == sequence.event and name in _ONCE:
                texts = (
                    f"{sequence.id} begins with {name!r}, which a member has once: it is no goal",
                    f"{sequence.id} 以 {name!r} 开始，会员只有一次，不能作为目标",
                )
                yield found(place, texts, ("Name what the steps are to bring about.", "请写步骤所要促成的事件。"))


@rule("C293", "warning")
def steps_fall_inside(view: View) -> Iterator[Finding]:
    """A step comes after the end of its phase for everybody whose day zero lies in it.

    Only who began before the phase did would get it, if it is still to come for him then.

    Fails:
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt}, {at: +30d 10:00, message: m.txt}]}
    Passes:
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt}, {at: +2d 10:00, message: m.txt}]}

    中文：步骤落在阶段结束之后：第零天在该阶段内的会员都收不到。
    只有在阶段开始之前起步、且该步骤届时未到的会员才会收到。
    """
    for index, sequence in enumerate(view.calendar.sequences):
        span = view.timeline.phases.get(phase_of(view.calendar, sequence) or "")
        for number, step in enumerate(sequence.steps):
            if span is not None and step.at.after >= span.overlap(span):
                yield found(
                    ("sequences", index, "steps", number, "at"),
                    (
                        f"{step.at} is after the end of the phase ({span.last:%Y-%m-%d %H:%M}) for all who begin in it",
                        f"对在该阶段起步者，{step.at} 已在阶段结束（{span.last:%Y-%m-%d %H:%M}）之后",
                    ),
                    ("Let the step come sooner, or the phase last longer.", "请提前该步骤，或延长阶段。"),
                )


@rule("C298", "error")
def content_is_there(view: View) -> Iterator[Finding]:
    """A step names content that the calendar does not have.

    `content` of a step holds names or topics of pieces of the calendar's content library.

    Fails:
        content: {card: {kind: picture, file: pictures/card.png}}
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt, content: [crad]}]}
    Passes:
        content: {card: {kind: picture, file: pictures/card.png}}
        sequences:
          - {id: newcomer, start: joined, audience: everybody, channels: [push],
             steps: [{at: +2h, message: m.txt, content: [card]}]}

    中文：步骤引用了日历中没有的素材。
    步骤的 content 为日历素材库中素材的名称或主题。
    """
    content = view.calendar.content
    known = [*content, *dict.fromkeys(piece.topic for piece in content.values() if piece.topic)]
    for index, sequence in enumerate(view.calendar.sequences):
        for number, step in enumerate(sequence.steps):
            for position, name in enumerate(step.content):
                place = ("sequences", index, "steps", number, "content", position)
                yield from unknown(place, name, known, ("content", "素材"))

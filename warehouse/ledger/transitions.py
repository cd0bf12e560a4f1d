"""The states of a job: how one leads to another, and what each does to benefit, money, stock and contact.

This is the one place: both ledgers take from here what they allow, and docs/delivery.md shows it as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from campaign_calendars.findings.said import Said
from warehouse.ledger.records import JobStatus, OutcomeStatus

Deed = Literal[
    "enqueue",
    "approve",
    "ask_again",
    "claim",
    "hand_over",
    "record",
    "recover",
    "cancel",
    "settle",
    "report",
    "correct",
]
"""Methods of the ledger's port."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a state means for what was given with the job, and for the member.

    `grant`: `reserved` holds stock, money and points of the member; `owed` does, and the member may use it;
    `freed` holds nothing any more. `contact`: it counts against caps, rests and "at most once".
    """

    grant: Literal["reserved", "owed", "freed"]
    contact: bool


EFFECTS: Mapping[JobStatus, Effect] = {
    "awaiting_approval": Effect("reserved", contact=True),
    "pending": Effect("reserved", contact=True),
    "sending": Effect("reserved", contact=True),
    "sent": Effect("owed", contact=True),
    "unknown": Effect("owed", contact=True),
    "to_do": Effect("reserved", contact=True),
    "failed": Effect("freed", contact=False),
    "cancelled": Effect("freed", contact=False),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a state (None: not in the outbox yet) to another, and on which condition."""

    deed: Deed
    before: JobStatus | None
    after: JobStatus
    when: Said


TRANSITIONS: tuple[Transition, ...] = (
    Transition("enqueue", None, "pending", ("the decision chose the member", "决策选中了该会员")),
    Transition("enqueue", None, "awaiting_approval", ("the play asks for approval", "该玩法需要审批")),
    Transition("approve", "awaiting_approval", "pending", ("a person agreed", "有人批准")),
    Transition(
        "ask_again",
        "pending",
        "awaiting_approval",
        ("its words were changed after they were agreed to", "文案在同意之后有改动"),
    ),
    Transition(
        "ask_again",
        "pending",
        "unknown",
        ("the same, but an earlier attempt may have arrived", "同上，但较早一次尝试可能已送达"),
    ),
    Transition("claim", "pending", "sending", ("it is due and a worker is free", "已到时间且有空闲的工作进程")),
    Transition(
        "hand_over",
        "sending",
        "sending",
        ("marked right before the first byte; only its claimant can", "在发出第一个字节之前标记；只有领取者可以"),
    ),
    Transition("record", "sending", "sent", ("the channel took it", "渠道已接收")),
    Transition("record", "pending", "sent", ("a late receipt of an earlier attempt", "较早一次尝试的回执迟到")),
    Transition("record", "unknown", "sent", ("a late receipt", "回执迟到")),
    Transition("record", "sending", "failed", ("the channel refused it", "渠道拒绝")),
    Transition("record", "unknown", "failed", ("a late receipt says that it did not arrive", "迟到的回执说明未送达")),
    Transition(
        "record",
        "sending",
        "unknown",
        (
            "nobody can tell whether it arrived and no key is honoured, or it has to stop after an attempt in doubt",
            "无法得知是否送达且渠道不按我们的键去重，或在一次存疑的尝试之后必须停止",
        ),
    ),
    Transition(
        "record",
        "sending",
        "pending",
        (
            "not taken, or to be asked again with the same key, or the worker gives it back unsent",
            "未被接收，或将以同一个键再问一次，或工作进程未发送即归还",
        ),
    ),
    Transition("record", "sending", "cancelled", ("it must not leave any more", "不得再发出")),
    Transition("record", "sending", "to_do", ("it stands on a work list of people", "已列入人工的工作清单")),
    Transition(
        "recover",
        "sending",
        "pending",
        (
            "its worker is gone: not handed over yet, or the channel honours our key",
            "领取它的进程已消失：尚未交出，或渠道按我们的键去重",
        ),
    ),
    Transition(
        "recover",
        "sending",
        "unknown",
        ("its worker is gone after the hand-over, no key is honoured", "交出之后进程消失，且渠道不按键去重"),
    ),
    Transition("cancel", "awaiting_approval", "cancelled", ("stopped with a reason", "已停止并注明原因")),
    Transition("cancel", "pending", "cancelled", ("stopped with a reason", "已停止并注明原因")),
    Transition(
        "cancel",
        "pending",
        "unknown",
        ("stopped, but an earlier attempt may have arrived", "已停止，但较早一次尝试可能已送达"),
    ),
    Transition("settle", "unknown", "sent", ("a person knows that it arrived", "有人确认已送达")),
    Transition("settle", "unknown", "failed", ("a person knows that it did not", "有人确认未送达")),
    Transition("settle", "unknown", "pending", ("a person wants it sent again", "有人要求重新发送")),
    Transition("settle", "to_do", "sent", ("a person did it", "人工已完成")),
    Transition("settle", "to_do", "failed", ("it led nowhere", "没有结果")),
    Transition("settle", "to_do", "cancelled", ("it is not wanted any more", "不再需要")),
    Transition("report", "sending", "sent", ("the other side says that it arrived", "对方回报已送达")),
    Transition("report", "unknown", "sent", ("the other side says that it arrived", "对方回报已送达")),
    Transition("report", "unknown", "failed", ("the other side says that it did not arrive", "对方回报未送达")),
    Transition(
        "report",
        "pending",
        "sent",
        ("an earlier attempt arrived, says the other side", "对方回报较早一次尝试已送达"),
    ),
    Transition(
        "report",
        "failed",
        "sent",
        (
            "it arrived after all, says the other side: what was freed is held again",
            "对方回报最终已送达：重新占用已释放的权益",
        ),
    ),
    Transition("report", "to_do", "sent", ("the other side says that it arrived", "对方回报已送达")),
    Transition("report", "to_do", "failed", ("the other side says that it did not arrive", "对方回报未送达")),
    Transition(
        "report",
        "sent",
        "sent",
        (
            "it did not arrive, says the other side: noted; it left, so it stays a contact and is not sent again",
            "对方回报未送达：仅记录；消息已发出，仍计为触达，不再重发",
        ),
    ),
    Transition("correct", "sent", "failed", ("a person did not reach the member after all", "人工更正：实际未联系上")),
    Transition("correct", "sent", "cancelled", ("a person did not do it after all", "人工更正：实际未执行")),
    Transition(
        "correct",
        "failed",
        "sent",
        ("a person did it after all: what was freed is held again", "人工更正：实际已完成，重新占用已释放的权益"),
    ),
    Transition("correct", "failed", "cancelled", ("it was not wanted, says a person", "人工更正：不再需要")),
    Transition(
        "correct",
        "cancelled",
        "sent",
        ("a person did it after all: what was freed is held again", "人工更正：实际已完成，重新占用已释放的权益"),
    ),
    Transition("correct", "cancelled", "failed", ("it led nowhere, says a person", "人工更正：没有结果")),
)
STATUSES: tuple[JobStatus, ...] = get_args(JobStatus)

LIVE: tuple[JobStatus, ...] = tuple(status for status in STATUSES if EFFECTS[status].contact)
"""Jobs that reached the member, may have, or still may: they count as contacts and hold their grant."""

SENT: tuple[JobStatus, ...] = tuple(status for status in STATUSES if EFFECTS[status].grant == "owed")
"""Out of our hands: what it grants is owed."""


CLOSED: tuple[JobStatus, ...] = ("sent", "failed", "cancelled")
"""Nothing but a late receipt moves a job from here."""


def before(deed: Deed, after: JobStatus | None = None) -> tuple[JobStatus, ...]:
    """The states from which a deed may lead to `after` (None: anywhere), in the order of the table."""
    found = (each.before for each in TRANSITIONS if each.deed == deed and after in (None, each.after))
    return tuple(dict.fromkeys(status for status in found if status is not None))


OUTCOME_FROM: Mapping[OutcomeStatus, tuple[JobStatus, ...]] = {
    status: before("record", status) for status in cast("tuple[OutcomeStatus, ...]", get_args(OutcomeStatus))
}
"""From where an outcome may be recorded. A late "sent" is a fact wherever the job stands meanwhile; a "pending" must
never touch a job that somebody else has claimed in between."""

SETTLED_AS: Mapping[JobStatus, tuple[JobStatus, ...]] = {
    status: tuple(each.after for each in TRANSITIONS if each.deed == "settle" and each.before == status)
    for status in before("settle")
}
"""What a person may say of a job: what became of a message, what came of a call."""

CORRECTED_AS: Mapping[JobStatus, tuple[JobStatus, ...]] = {
    status: tuple(each.after for each in TRANSITIONS if each.deed == "correct" and each.before == status)
    for status in before("correct")
}
"""What a person may say instead of what was said of an item of a work list."""

ENTRY: frozenset[JobStatus] = frozenset(each.after for each in TRANSITIONS if each.deed == "enqueue")
CANCELLABLE: tuple[JobStatus, ...] = before("cancel")

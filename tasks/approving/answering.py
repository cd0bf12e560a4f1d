"""An answer is looked at and taken: who, why, about what; the same for a form and for the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.timeline import utc
from tasks.approving.judging import asked_about, words_asked_about
from tasks.journal import note
from tasks.running.unanswered import expire_requests
from tasks.runtime import Runtime
from warehouse.ledger.approvals import REJECTED, Answer, ApprovalRequest
from warehouse.ledger.audit import AuditFilter
from warehouse.ledger.records import Run

LONGEST_NAME, LONGEST_REASON = 80, 400
_SHORTEST_CHECKSUM = 8
# What commands write where nobody said who applied a plan.
_NOBODY = frozenset({"command line", "promocal serve", "promocal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person said. `limit`: at most so many messages; `plays`: about these only.

    `decision`: the checksum he was shown, of the decision and its words; or of the decision alone.
    `source` names the form it came through; the same one counts once.
    """

    answer: Literal["approve", "reject"]
    by: str
    reason: str
    plays: tuple[str, ...] = ()
    limit: int | None = None
    decision: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of an answer."""

    run_id: str
    """Run id."""
    released: int
    """Messages that may leave now."""
    stopped: int
    """Messages that were cancelled; their benefits are free again."""
    waiting: tuple[str, ...]
    """Plays that wait on."""


def answer(rt: Runtime, run_id: str, given: Given) -> Answered:
    """Take an answer about a run that waits. UsageError says what is wrong with it; nothing is changed then."""
    run = rt.find_run(run_id)
    gone = expire_requests(rt, run_id)
    asked = rt.ledger.approval_requests(run_id)
    words = words_asked_about(rt, rt.load_calendar(run.calendar), run, [row.play for row in asked])
    plays = _about(run, given, asked, gone, words)
    by, reason = _signed(given)
    if given.answer == "approve":
        _require_other_eyes(rt, run, by, [row for row in asked if row.play in plays])
    agreed = {play: digest for play, digest in words.items() if play in plays}
    wanted = Answer(plays=plays, most=given.limit, reason=reason, source=given.source, words=agreed)
    return _take(rt, run, given, wanted, by)


def _take(rt: Runtime, run: Run, given: Given, wanted: Answer, by: str) -> Answered:
    now = utc(rt.clock())
    before = _cancelled(rt, run.run_id)
    if given.answer == "approve":
        taken = released = rt.ledger.approve(run.run_id, by, now, wanted)
    else:
        taken, released = rt.ledger.reject(run.run_id, by, now, wanted), 0
    if not taken:
        raise _nothing_waits(run, ())  # somebody else answered since we looked
    if given.answer == "reject":
        rt.ledger.end_expected(run.run_id, "skipped", REJECTED, now, plays=wanted.plays)
    stopped = _cancelled(rt, run.run_id) - before
    note("approval_answered", run_id=run.run_id, answer=given.answer, released=released, stopped=stopped)
    left = tuple(row.play for row in rt.ledger.approval_requests(run.run_id))
    return Answered(run_id=run.run_id, released=released, stopped=stopped, waiting=left)


def _cancelled(rt: Runtime, run_id: str) -> int:
    return sum(count for key, count in rt.ledger.job_counts(run_id).items() if key[3] == "cancelled")


def _about(
    run: Run,
    given: Given,
    asked: Sequence[ApprovalRequest],
    gone: Sequence[ApprovalRequest],
    words: Mapping[str, str],
) -> tuple[str, ...]:
    """The plays an answer is about."""
    if not asked:
        raise _nothing_waits(run, gone)
    shown = asked_about(run, words)
    if any(row.decision_sha != run.decision_sha for row in asked) or not _same(given.decision, shown, run.decision_sha):
        raise UsageError(
            (
                f"what waits of {run.run_id} is {shown} by now; the answer is about another decision or other words",
                f"运行 {run.run_id} 目前等待审批的是 {shown}；该答复针对的是另一个决策或另一版文案",
            ),
            ("look at it again: promocal approve " + run.run_id, "请重新查看：promocal approve " + run.run_id),
        )
    known = [row.play for row in asked]
    for play in given.plays:
        if play not in known:
            raise no_such("play", play, known)
    if given.limit is not None and (given.limit < 1 or given.answer == "reject"):
        raise UsageError(
            (f"a limit of {given.limit} does not fit", f"上限 {given.limit} 不适用"),
            (
                "approve at least 1 message, or reject without a limit",
                "批准至少 1 条消息，或不带上限地驳回",
            ),
        )
    return tuple(dict.fromkeys(given.plays)) or tuple(known)


def _same(checksum: str, *known: str) -> bool:
    said = checksum.strip().lower()
    return not said or (len(said) >= _SHORTEST_CHECKSUM and any(one.startswith(said) for one in known))


def _nothing_waits(run: Run, gone: Sequence[ApprovalRequest]) -> UsageError:
    if gone:
        until = f"{max(row.until for row in gone):%Y-%m-%d %H:%MZ}"
        return UsageError(
            (
                f"run {run.run_id} waited until {until}; its messages are cancelled",
                f"运行 {run.run_id} 等到 {until} 为止；其消息已取消",
            ),
            (
                "how long it waits: `approval.within` of the store, `approve.within` of the play",
                "等待多久：店铺的 approval.within，玩法的 approve.within",
            ),
        )
    return UsageError(
        (f"nothing of run {run.run_id} waits for approval", f"运行 {run.run_id} 没有等待审批的消息"),
        ("promocal approve lists what waits", "promocal approve 列出等待审批的运行"),
    )


def _signed(given: Given) -> tuple[str, str]:
    """Name and reason, in one line each. UsageError: one is missing, or no text of a person."""
    by, reason = (" ".join(text.split()) for text in (given.by, given.reason))
    for text, most, what in ((by, LONGEST_NAME, ("name", "姓名")), (reason, LONGEST_REASON, ("reason", "理由"))):
        if not text or len(text) > most or any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in text):
            raise UsageError(
                (
                    f"an answer needs a {what[0]} of 1 to {most} characters",
                    f"答复须写明{what[1]}（1 至 {most} 个字符）",
                ),
                (
                    "--by NAME --reason WHY; both are kept in the audit log",
                    "--by 姓名 --reason 理由；均保存在审计日志中",
                ),
            )
    return by, reason


def _require_other_eyes(rt: Runtime, run: Run, by: str, asked: Sequence[ApprovalRequest]) -> None:
    """UsageError: the store asks for a second person, and this is the one who wrote or applied the calendar."""
    loaded = rt.load_calendar(run.calendar)
    if not loaded.store.approval.four_eyes:
        return
    writers = {_plain(name) for name in (loaded.calendar.author, *_writers(rt, run, asked)) if name.strip()}
    if _plain(by) not in writers - _NOBODY:
        return
    raise UsageError(
        (
            f"{by} wrote or applied {run.calendar}; somebody else has to approve it",
            f"{by} 编写或应用了 {run.calendar}；须由另一人审批",
        ),
        ("`approval.four_eyes` of the store asks for it", "店铺的 approval.four_eyes 要求如此"),
    )


def _writers(rt: Runtime, run: Run, asked: Sequence[ApprovalRequest]) -> Iterator[str]:
    """Authors of the plans a run is of, as they were written, and everybody who applied one of them, however often."""
    plans = [rt.ledger.plan(row.plan) for row in asked if row.plan is not None]
    for plan in (*plans, rt.ledger.applied_plan(run.calendar)):
        if plan is None:
            continue
        yield from (name for name in (plan.begun_by, plan.applied_by) if name)
        yield from (entry.by for entry in rt.ledger.audit(AuditFilter(action="apply", subject=plan.checksum)))
        written = load_calendar(plan.written).model if plan.written else None
        if written is not None:
            yield written.author


def _plain(name: str) -> str:
    """A name however it is written: width, case and blanks are no difference."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())

"""Rules every ledger applies in the same way: limits, run states, what may be enqueued."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TypeVar, cast

from campaign_calendars.deciding.blocks import Block
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import PhaseDecision, RunSummary
from campaign_calendars.findings.errors import LedgerError, LedgerMovedError
from campaign_calendars.values.json import from_json
from warehouse.ledger.plan_records import PlanRecord
from warehouse.ledger.records import AccountState, GrantSum, Job, JobStatus, RunStatus
from warehouse.ledger.transitions import CORRECTED_AS, ENTRY, SETTLED_AS

K = TypeVar("K")
BY_HAND = "settled by a person"
AWAY = "the worker that claimed it did not report back"
UNTOUCHED = "its worker went away before it was sent"
_UNTOUCHED_LEASE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Use:
    """Live use of one pool (cents) or one benefit (pieces): in all, and asked for by this enqueue."""

    total: int
    asked: int

    def left(self, limit: int) -> int:
        return limit - (self.total - self.asked)


def read_summary(run_id: str, text: str) -> RunSummary:
    """The stored summary of a run. LedgerError when it is damaged or of another release."""
    try:
        return from_json(RunSummary, text)
    except ValueError:
        raise LedgerError(
            (f"the summary of run {run_id} in the ledger cannot be read", f"台账中运行 {run_id} 的摘要无法读取"),
            (
                "It is damaged, or another release of promocal wrote it: use that release, or restore a backup.",
                "它已损坏，或由其他版本的 promocal 写入：请使用该版本，或恢复备份。",
            ),
        ) from None


@dataclass(frozen=True, slots=True)
class Alike:
    """Grants of a benefit in a phase that are in one state, summed up."""

    phase: str
    benefit: str
    pool: str | None
    release: str | None
    used: bool
    assumed: bool
    sent: bool
    pieces: int
    cost_cents: int
    open_cents: int
    spent_cents: int

    def parts(self) -> Iterator[tuple[AccountState, int, int]]:
        """(state, pieces, cents), which sum to the pieces and what they cost; those without either are left out."""
        waits: AccountState = "open" if self.sent else "reserved"
        whole: AccountState = waits
        if self.release is not None:
            whole = cast("AccountState", self.release)
        elif self.used:
            whole = "assumed" if self.assumed else "spent"
        less = self.cost_cents - self.open_cents - self.spent_cents
        if self.release is not None:
            yield whole, self.pieces, self.cost_cents
        elif self.used:
            yield whole, self.pieces, self.spent_cents
            yield waits, 0, self.open_cents
            yield "difference", 0, less
        else:
            yield whole, self.pieces, self.open_cents
            yield "difference", 0, less


def read_blocks(calendar: str, text: str) -> tuple[Block, ...]:
    """The stored blocks of a calendar's books. LedgerError when they are damaged or of another release."""
    try:
        return tuple(from_json(Block, json.dumps(each)) for each in json.loads(text))
    except ValueError:
        raise LedgerError(
            (f"the books of {calendar} in the ledger cannot be read", f"台账中 {calendar} 的账目无法读取"),
            (
                "They are damaged, or another release of promocal wrote them: use that release, or restore a backup.",
                "它已损坏，或由其他版本的 promocal 写入：请使用该版本，或恢复备份。",
            ),
        ) from None


def account_sums(rows: Iterable[Alike], blocks: Iterable[Block] = ()) -> list[GrantSum]:
    """In the order of (phase, benefit, pool, state)."""
    sums: dict[tuple[str, str, str | None, AccountState], tuple[int, int]] = {}
    every: Iterable[Alike | Block] = chain(rows, blocks)
    for row in every:
        for state, pieces, cents in row.parts():
            key = (row.phase, row.benefit, row.pool, state)
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + pieces, before[1] + cents)
    found = (GrantSum(*key, *amounts) for key, amounts in sums.items() if any(amounts))
    return sorted(found, key=lambda row: (row.phase, row.benefit, row.pool or "", row.state))


def untouched_lease(lease: timedelta) -> timedelta:
    """How long a claim may stand that was not handed over: taking it back is harmless, so nobody waits long for it."""
    return min(lease, _UNTOUCHED_LEASE)


def check_entries(jobs: Iterable[Job], run_id: str) -> None:
    """Raise LedgerError unless every job may enter the outbox under this run."""
    for job in jobs:
        if job.status not in ENTRY:
            raise LedgerError(
                (
                    f"a job enters the outbox as pending or awaiting_approval, not as {job.status}",
                    f"任务进入发件箱时应为 pending 或 awaiting_approval，而不是 {job.status}",
                )
            )
        if job.run_id != run_id:
            raise LedgerError(
                (
                    f"a job of run {job.run_id} was handed to the enqueue of run {run_id}",
                    f"运行 {job.run_id} 的任务被交给了运行 {run_id} 入队",
                )
            )


def check_moved(expected: int | None, found: int, new_jobs: int) -> None:
    """Raise LedgerMovedError if the decision was made on another state of the ledger and adds something."""
    if expected is not None and expected != found and new_jobs:
        raise LedgerMovedError(
            (
                f"the ledger moved from position {expected} to {found} while this run was being decided",
                f"在决策期间，台账已从位置 {expected} 移动到 {found}",
            ),
            (
                "Decide again: another run may have contacted the same members or used the same budget.",
                "请重新决策：另一次运行可能已触达同一批会员或动用了同一预算。",
            ),
        )


def check_decision(run_id: str, asked: str | None, stored: str) -> None:
    """Raise LedgerMovedError if the rows to be enqueued are not those of the decision the ledger knows."""
    if asked is not None and asked != stored:
        raise LedgerMovedError(
            (
                f"run {run_id} is decided by {stored[:12]}; the rows to be enqueued are of decision {asked[:12]}",
                f"运行 {run_id} 的决策是 {stored[:12]}，而不是要入队的 {asked[:12]}",
            ),
            (
                "Nothing was written. Run the phase again: it goes on with the decision in the ledger.",
                "没有写入任何内容。请重新运行该阶段：将沿用台账中的决策。",
            ),
        )


def read_decision(run_id: str, text: str) -> PhaseDecision:
    """The stored decision of a run. LedgerError when it is damaged or of another release."""
    try:
        return from_json(PhaseDecision, text)
    except ValueError:
        raise LedgerError(
            (f"the decision of run {run_id} in the ledger cannot be read", f"台账中运行 {run_id} 的决策无法读取"),
            (
                "It is damaged, or another release of promocal wrote it: use that release, or restore a backup.",
                "它已损坏，或由其他版本的 promocal 写入：请使用该版本，或恢复备份。",
            ),
        ) from None


def by_reason(counts: Mapping[str | None, int]) -> dict[str, int]:
    """Reason → cancelled jobs, the most frequent first. Only a person cancels without a reason."""
    named: Counter[str] = Counter()
    for reason, count in counts.items():
        named[reason or BY_HAND] += count
    return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))


def _with_blocks(uses: Mapping[K, Use], held: Iterable[tuple[K, int]]) -> dict[K, Use]:
    """Uses of pools or benefits, and what blocks hold of them; nobody asks for what a block holds."""
    found = dict(uses)
    for name, amount in held:
        use = found.get(name, Use(0, 0))
        found[name] = Use(use.total + amount, use.asked)
    return found


def check_limits(
    pools: Mapping[str | None, Use],
    benefits: Mapping[str, Use],
    budget: BudgetLimits,
    stock: Mapping[str, int | None],
    blocks: Sequence[Block] = (),
) -> None:
    """Raise LedgerError if the live use, this enqueue and what `blocks` hold included, is above a limit.

    The error names the pool or benefit, what was asked and what is left. Nothing asked: nothing
    to refuse, so lowering a budget below its use never blocks a repeated enqueue.
    """
    pools = _with_blocks(pools, ((block.pool, block.held_cents) for block in blocks))
    benefits = _with_blocks(benefits, ((block.benefit, block.held_pieces) for block in blocks))
    whole = Use(sum(use.total for use in pools.values()), sum(use.asked for use in pools.values()))
    if budget.total_cents is not None:
        _refuse_money("the budget", whole, budget.total_cents)
    for pool in sorted(budget.pools):
        _refuse_money(f"pool {pool}", pools.get(pool, Use(0, 0)), budget.pools[pool])
    for benefit in sorted(stock):
        limit = stock[benefit]
        use = benefits.get(benefit, Use(0, 0))
        if limit is not None and use.asked and use.asked > use.left(limit):
            raise LedgerError(
                (
                    f"benefit {benefit}: {use.asked} asked, {max(use.left(limit), 0)} left of a stock of {limit}",
                    f"权益 {benefit}：申请 {use.asked} 份，库存 {limit} 份中仅余 {max(use.left(limit), 0)} 份",
                ),
                ("Decide again, or raise the stock in the calendar.", "请重新决策，或在日历中提高库存。"),
            )


def _refuse_money(name: str, use: Use, limit: int) -> None:
    if use.asked and use.asked > use.left(limit):
        raise LedgerError(
            (
                f"{name}: {_money(use.asked)} asked, {_money(max(use.left(limit), 0))} left of {_money(limit)}",
                f"{name}：申请 {_money(use.asked)}，{_money(limit)} 中仅余 {_money(max(use.left(limit), 0))}",
            ),
            ("Decide again, or raise the budget in the calendar.", "请重新决策，或在日历中提高预算。"),
        )


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def run_status_after(waiting: int) -> RunStatus:
    return "awaiting_approval" if waiting else "enqueued"


def orphan_grants(keys: Iterable[str]) -> LedgerError:
    """A grant always rides on a job; one without a job is a defect of the caller."""
    sample = ", ".join(sorted(keys)[:3])
    return LedgerError((f"grants without a job in the outbox: {sample}", f"有权益发放在发件箱中没有对应任务：{sample}"))


def unknown_run(run_id: str) -> LedgerError:
    return LedgerError(
        (f"run {run_id} is not in the ledger", f"台账中没有运行 {run_id}"),
        ("Begin the run before enqueueing or finishing it.", "请先开始该运行，再入队或结束。"),
    )


def broken_off(begun: PlanRecord | None, applied: PlanRecord | None) -> PlanRecord | None:
    """The plan that was begun last, if it was not finished and no other was applied after it."""
    if begun is None or begun.begun_at is None or not begun.unfinished:
        return None
    later = applied is not None and applied.applied_at is not None and applied.applied_at > begun.begun_at
    return None if later else begun


def unknown_plan(checksum: str) -> LedgerError:
    return LedgerError(
        (f"plan {checksum} is not in the ledger", f"台账中没有计划 {checksum}"),
        ("Run `promocal plan` first.", "请先运行 `promocal plan`。"),
    )


def check_settlement(intent_key: str, status: JobStatus | None, as_status: JobStatus) -> None:
    """Raise LedgerError unless a person may settle a job of this status (None: not in the ledger) like that."""
    if status is None or status not in SETTLED_AS:
        found, found_zh = ("not in the ledger", "不在台账中") if status is None else (status, f"状态为 {status}")
        raise LedgerError(
            (
                f"job {intent_key} is {found}; only an unknown job or one to do is settled",
                f"任务 {intent_key}：{found_zh}；只有结果未知或待办的任务可以落定",
            )
        )
    if as_status not in SETTLED_AS[status]:
        ways, ways_zh = " or ".join(SETTLED_AS[status]), "、".join(SETTLED_AS[status])
        raise LedgerError(
            (
                f"a job that is {status} is settled as {ways}, not as {as_status}",
                f"状态为 {status} 的任务只能落定为 {ways_zh}，不能为 {as_status}",
            )
        )


def check_correction(intent_key: str, status: JobStatus | None, as_status: JobStatus) -> None:
    """Raise LedgerError unless what came of an item in this state may be said to have been that."""
    if status is None or as_status not in CORRECTED_AS.get(status, ()):
        found, found_zh = ("not in the ledger", "不在台账中") if status is None else (status, f"状态为 {status}")
        raise LedgerError(
            (
                f"job {intent_key} is {found}; it cannot be corrected to {as_status}",
                f"任务 {intent_key}：{found_zh}；不能更正为 {as_status}",
            )
        )


def codes_for(
    intent_keys: Sequence[str], digests: Sequence[str], found: Collection[str], used: Collection[str]
) -> dict[str, str]:
    """The first free codes for who has none yet, in the order of both."""
    wanted = (key for key in dict.fromkeys(intent_keys) if key not in found)
    free = (digest for digest in dict.fromkeys(digests) if digest not in used)
    return dict(zip(wanted, free, strict=False))

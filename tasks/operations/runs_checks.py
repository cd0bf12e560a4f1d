"""What the last nights left behind: runs that did not happen, messages in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import timedelta

from campaign_calendars.findings.errors import PromocalError
from tasks.operations.findings import Finding, found
from tasks.running.expecting import overdue
from tasks.runtime import Runtime

RECENT = timedelta(days=7)
_AT_ONCE = timedelta(minutes=5)  # a scheduler and a worker may take so long


def runs_checks(rt: Runtime, at_work: Collection[str] = ()) -> Iterator[Finding]:
    """Whether planned moments have their runs, and messages their outcome; what is `at_work` (run ids) is not missed.

    A ledger that is away, or that this release would bring up to date, is told elsewhere and left as it is.
    """
    from warehouse.ledger.health import is_current

    try:
        if not is_current(rt.settings.ledger_url()):
            return
        waiting, missed, unknown = _counts(rt, at_work)
    except PromocalError:
        return
    if waiting:
        yield found(
            "outreach",
            "error",
            (f"{waiting:,} moment(s) have come and nothing starts them", f"{waiting:,} 个时间已到，却没有启动"),
            (
                "start promocal serve, or a worker and promocal watch; promocal status has the moments and commands",
                "请启动 promocal serve，或工作进程与 promocal watch；promocal status 列出是哪些，以及如何手动运行",
            ),
        )
    if missed:
        yield found(
            "outreach",
            "warning",
            (f"{missed:,} run(s) were missed in the last 7 days", f"最近 7 天错过 {missed:,} 次运行"),
            (
                "promocal status says which and why; nothing of them is sent any more",
                "promocal status 说明是哪些、为什么；不会再发送",
            ),
        )
    if unknown:
        yield found(
            "outreach",
            "warning",
            (f"{unknown:,} message(s) may or may not have left", f"{unknown:,} 条消息结果未知"),
            (
                "ask the provider, then promocal settle RUN --as sent (or failed, or pending to send again)",
                "向服务商核实后：promocal settle 运行 --as sent（或 failed；pending 为再发一次）",
            ),
        )
    if not (waiting or missed or unknown):
        yield found("outreach", "ok", ("nothing is missed or in doubt", "没有错过的运行或结果未知的消息"))


def _counts(rt: Runtime, at_work: Collection[str]) -> tuple[int, int, int]:
    """Moments that nothing starts, runs missed of late, messages in doubt."""
    now = rt.clock()
    passed = [run for name in rt.calendar_ids() for run in overdue(rt, name) if run.run_id not in at_work]
    waiting = sum(run.standing == "due" and now - run.at > _AT_ONCE for run in passed)
    missed = {row.run_id for row in rt.ledger.expected(state="missed") if now - row.at < RECENT}
    missed |= {run.run_id for run in passed if run.standing == "missed"}
    states: Counter[str] = Counter()
    for (_, _, _, state), count in rt.ledger.job_counts().items():
        states[state] += count
    return waiting, len(missed), states["unknown"]

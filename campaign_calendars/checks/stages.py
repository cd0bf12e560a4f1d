"""Phases of presale orders: a deposit phase and the balance phase that follows it."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.time.sale import balance_phase
from campaign_calendars.time.timeline import Span, utc


@rule("C114", "error")
def stages_of_presale_fit(view: View) -> Iterator[Finding]:
    """Stages of presale orders contradict each other.

    A deposit is paid first, the balance after it (A10). So a deposit phase needs a balance phase of its wave that
    starts when it has ended, a balance phase needs a deposit phase before it, and deposit phases do not overlap:
    which balance would an order belong to that was placed in both?

    Fails:
        phases:
          - {id: deposit, kind: presale, stage: deposit, window: {from: D-9, to: D-3}}
          - {id: burst, kind: burst, window: {from: D-2, to: D}}
    Passes:
        phases:
          - {id: deposit, kind: presale, stage: deposit, window: {from: D-9, to: D-3}}
          - {id: burst, kind: burst, stage: balance, window: {from: D-2, to: D}}

    中文：预售分阶段互相矛盾。
    先付定金，后付尾款（A10）：定金阶段之后需有同一波段、在其结束后开始的尾款阶段，尾款阶段之前需有定金阶段；
    定金阶段不可重叠，否则同时落在两个阶段的订单不知对应哪个尾款。
    """
    followed: set[str] = set()
    last: tuple[str, Span] | None = None
    for index, phase in enumerate(view.calendar.phases):
        span = view.timeline.phases.get(phase.id)
        if phase.stage != "deposit" or span is None:
            continue
        balance = balance_phase(view.calendar, view.timeline.phases, phase)
        if balance is None:
            yield _without_balance(index, phase.id, span)
        else:
            followed.add(balance.id)
        if last is not None and span.overlap(last[1]).total_seconds() > 0:
            yield found(
                ("phases", index, "window"),
                (f"{phase.id} overlaps the deposit phase {last[0]}", f"{phase.id} 与定金阶段 {last[0]} 重叠"),
                ("Let one end before the other starts.", "请让一个在另一个开始之前结束。"),
            )
        if last is None or utc(span.end) > utc(last[1].end):
            last = (phase.id, span)
    yield from _without_deposit(view, followed)


def _without_balance(index: int, name: str, span: Span) -> Finding:
    return found(
        ("phases", index, "stage"),
        (
            f"no balance phase of its wave starts after the deposit phase {name} ({span.last:%Y-%m-%d %H:%M:%S})",
            f"定金阶段 {name} 结束（{span.last:%Y-%m-%d %H:%M:%S}）之后没有同一波段的尾款阶段开始",
        ),
        (
            "Write stage: balance at the phase in which the balance is paid, and let it start later.",
            "请在付尾款的阶段写 stage: balance，并让它在此之后开始。",
        ),
    )


def _without_deposit(view: View, followed: set[str]) -> Iterator[Finding]:
    """Balance phases that no deposit phase leads to."""
    for index, phase in enumerate(view.calendar.phases):
        if phase.stage == "balance" and phase.id in view.timeline.phases and phase.id not in followed:
            yield found(
                ("phases", index, "stage"),
                (
                    f"no deposit phase of its wave leads to the balance phase {phase.id}",
                    f"没有同一波段的定金阶段对应尾款阶段 {phase.id}",
                ),
                (
                    "Write stage: deposit at the phase in which deposits are paid, or take stage: balance out.",
                    "请在付定金的阶段写 stage: deposit，或删除 stage: balance。",
                ),
            )

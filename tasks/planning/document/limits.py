"""What it takes: money by pool, benefits and stock, load of channels, and what runs short."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.deciding.enforcers import WORDS
from campaign_calendars.deciding.words import amount_of, called, headline_of, scarce_rows, worth_of
from tasks.documents.parts import Money, Paragraph, Part, Section, Table, Value
from tasks.planning.document.told import Told


def limits(told: Told) -> Section:
    """Budget, stock and channels, each with what is left."""
    return Section(told("Budget, stock and load", "预算、库存与容量"), list(_parts(told)))


def _parts(told: Told) -> Iterator[Part]:
    budget = told.plan.budget
    head = told.head("pool|limit|used|this plan takes|left", "资金池|上限|已使用|本计划|剩余")
    pools = [
        (one.title.get(told.lang) or name, one.limit_cents, one.used_cents, one.planned_cents)
        for name, one in budget.pools.items()
    ]
    rows = [
        _left(*one)
        for one in (*pools, (told("total", "合计"), budget.total_cents, budget.used_cents, budget.planned_cents))
    ]
    yield Table(told("budget", "预算"), head, rows)
    head = told("benefit|what|stock|given|told of|reserves|kept by", "权益|内容|库存|发放|告知|预留金额|执行").split(
        "|"
    )
    yield Table(told("benefits", "权益"), head, list(_benefits(told)))
    head = told.head("channel|messages|busiest day|then|capacity a day", "渠道|消息数|最忙的一天|当日|每日容量")
    loads: list[tuple[Value, ...]] = [
        (
            told.channel(name),
            one.messages,
            f"{one.busiest_day:%Y-%m-%d}",
            one.busiest_day_messages,
            one.capacity_per_day,
        )
        for name, one in told.plan.channels.items()
    ]
    yield Table(told("channels", "渠道"), head, loads)
    yield from _scarce(told)


def _left(name: str, limit: int | None, used: int, planned: int) -> tuple[Value, ...]:
    left = None if limit is None else Money(limit - used - planned)
    return (name, None if limit is None else Money(limit), Money(used), Money(planned), left)


def _benefits(told: Told) -> Iterator[tuple[Value, ...]]:
    for name, one in told.plan.benefits.items():
        kept = told.listed([told.said(WORDS[enforcer]) for enforcer in one.enforced_by])
        yield (told.benefit(name), told.offer(name), one.stock, one.granted, one.announced, Money(one.cost_cents), kept)


def _scarce(told: Told) -> Iterator[Part]:
    certificate = told.plan.certificate
    if certificate is None:
        return
    yield Paragraph(told.said(headline_of(certificate)), "small")
    rows: list[tuple[Value, ...]] = [
        (
            told.said(called(row)),
            amount_of(row, row.used),
            amount_of(row, row.capacity),
            told.said(worth_of(row, certificate.objective)),
        )
        for row in scarce_rows(certificate)
    ]
    if rows:
        head = told("what runs short|planned|there is|more of it adds", "紧缺资源|计划用量|现有|增加后可多得").split(
            "|"
        )
        yield Table(told("what runs short", "紧缺资源"), head, rows)

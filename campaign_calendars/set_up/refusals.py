"""What the platform would refuse of the set-up, row by row, with the reason and what to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from campaign_calendars.findings.said import Said
from campaign_calendars.model.store import Store
from campaign_calendars.set_up.benefits import SetupRow
from campaign_calendars.set_up.tools import HIGHEST_LEVEL, MOST_COUPONS
from campaign_calendars.time.timeline import utc


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that would not be taken as it is."""

    sheet: str
    name: str
    """What the row is about: a benefit and its part, a position, a play."""
    reason: Said


_NO_STOCK: Said = (
    "no number to issue: the tool asks for one; write `stock`",
    "缺少发行量：工具要求填写；请写 stock",
)
_NO_VALIDITY: Said = (
    "no time of use: the tool asks for one; write `valid`",
    "缺少使用时间：工具要求填写；请写 valid",
)
_NOT_OFFERED: Said = (
    "nobody can claim it: no play names it; name it, or leave it out of the set-up",
    "没有领取时间：没有玩法引用它；请在玩法中引用，或不设置",
)
_CLOSED: Said = (
    "it can be claimed only after its time of use; move `valid` or the phases",
    "领取时间晚于使用时间；请调整 valid 或阶段",
)
_LEVEL: Said = (
    "tier {tier} is number {rank} from the lowest; the platform tells levels 0 to {most} apart (B2)",
    "等级 {tier} 由低到高为第 {rank} 级；平台只区分 0 至 {most} 级（B2）",
)
_MOST: Said = (
    "the interface takes {most} coupons at once (B2); set this one up by hand",
    "接口最多同时存在 {most} 张券（B2）；请人工设置此券",
)
_ISSUED = ("coupons", "packs", "gifts")


def with_refusals(rows: Sequence[SetupRow], store: Store) -> list[SetupRow]:
    """The rows, each with what the platform would say against it; a row of people is nobody's to refuse."""
    interface = 0
    checked = []
    for row in rows:
        interface += row.setup == "interface"
        beyond = [_MOST] if row.setup == "interface" and interface > MOST_COUPONS else []
        said = [] if row.setup == "people" else [one for rule in _RULES for one in rule(row, store)]
        checked.append(replace(row, refused=(*said, *(_filled(one, most=MOST_COUPONS) for one in beyond))))
    return checked


def _filled(said: Said, **values: object) -> Said:
    return said[0].format(**values), said[1].format(**values)


def _stock(row: SetupRow, store: Store) -> Iterator[Said]:  # noqa: ARG001 - a rule
    if row.sheet in _ISSUED and row.stock is None:
        yield _NO_STOCK


def _validity(row: SetupRow, store: Store) -> Iterator[Said]:  # noqa: ARG001 - a rule
    if row.sheet in ("coupons", "packs") and row.valid is None and row.valid_for is None:
        yield _NO_VALIDITY


def _offer(row: SetupRow, store: Store) -> Iterator[Said]:  # noqa: ARG001 - a rule
    if row.kind == "store_coupon":  # everybody may claim it, no play hands it out
        return
    if row.offered is None:
        yield _NOT_OFFERED
    elif row.valid is not None and utc(row.offered.start) >= utc(row.valid.end):
        yield _CLOSED


def _levels(row: SetupRow, store: Store) -> Iterator[Said]:
    ranks = {tier.id: rank for rank, tier in enumerate(store.tiers.levels)}
    for tier in row.who:
        if ranks.get(tier, 0) > HIGHEST_LEVEL:
            yield _filled(_LEVEL, tier=tier, rank=ranks[tier], most=HIGHEST_LEVEL)


_RULES: tuple[Callable[[SetupRow, Store], Iterator[Said]], ...] = (_stock, _validity, _offer, _levels)

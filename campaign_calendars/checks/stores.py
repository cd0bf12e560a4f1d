"""Checks of a store by itself: tiers, lifecycle, caps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from campaign_calendars.audiences.language import analyse
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.checks.registry import found, store_rule, unknown
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.store import Store
from campaign_calendars.values.scalars import FULL_SHARE, format_duration


@store_rule("C150", "error")
def tier_thresholds(store: Store) -> Iterator[Finding]:
    """The thresholds of the tiers do not strictly increase.

    A tier that asks for as much as the one below it can never be told from it; a tier that
    "promotes to itself" is a slip of the template (A6). Thresholds are reached inclusively. A tier
    may ask for spend, for orders or for both.

    Fails:
        tiers:
          window: 365d
          levels: [{id: basic}, {id: silver, spend: 1000}, {id: gold, spend: 1000}]
    Passes:
        tiers:
          window: 365d
          levels: [{id: basic}, {id: silver, spend: 1000}, {id: gold, spend: 3000}]

    中文：会员等级的门槛没有严格递增。
    与下一级门槛相同的等级永远无法区分；“升级到自己”是模板笔误（A6）。“满”含本数。门槛可以是消费、订单数或两者。
    """
    for steps, place in ((store.tiers.levels, "levels"), (store.tiers.earlier, "earlier")):
        for index in range(1, len(steps)):
            below, level = steps[index - 1], steps[index]
            for key, zh in (("spend", "消费"), ("orders", "订单数")):
                most = max((getattr(step, key) or 0 for step in steps[:index]), default=0)
                if getattr(level, key) is not None and getattr(level, key) <= most:
                    yield found(
                        ("tiers", place, index, key),
                        (
                            f"{level.id} asks for no more {key} than a tier below",
                            f"{level.id} 的{zh}门槛不高于更低等级",
                        ),
                        ("List the tiers lowest first, each asking for more.", "请由低到高列出等级，门槛逐级提高。"),
                    )
            if level.spend is None and level.orders is None:
                yield found(
                    ("tiers", place, index),
                    (f"{level.id} asks for no more than {below.id}", f"{level.id} 的门槛不高于 {below.id}"),
                    ("Write the `spend` or the `orders` it takes.", "请写明所需的 spend 或 orders。"),
                )


@store_rule("C151", "error")
def tier_ids(store: Store) -> Iterator[Finding]:
    """Two tiers have the same id.

    Benefits and audiences name tiers by their id; a tier that promotes to itself would never be
    left (A6).

    Fails:
        tiers: {window: 365d, levels: [{id: gold}, {id: gold, spend: 1000}]}
    Passes:
        tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000}]}

    中文：两个等级的 id 相同。
    权益与人群以 id 指代等级；升级到自己的等级无法离开（A6）。
    """
    seen: set[str] = set()
    for index, level in enumerate(store.tiers.levels):
        if level.id in seen:
            yield found(
                ("tiers", "levels", index, "id"),
                (f"there are two tiers {level.id!r}", f"等级 {level.id!r} 重复"),
                ("Give each tier an id of its own.", "请为每个等级设置不同的 id。"),
            )
        seen.add(level.id)


LEAST_DISCOUNT = 7_000
"""Share of the price, in basis points, below which the platform takes no discount of a member level (B2)."""


@store_rule("C288", "error")
def tier_discounts(store: Store) -> Iterator[Finding]:
    """A tier's discount is below what the platform takes, or a higher tier pays more than a lower one.

    The discount of a member level (店铺VIP) is from 0.70 of the price up, and rank is a privilege: no tier pays a
    larger share than the one below it (A6, B2).

    Fails:
        tiers: {window: 365d, levels: [{id: basic, discount: 0.95}, {id: gold, spend: 1000, discount: 0.98}]}
    Passes:
        tiers: {window: 365d, levels: [{id: basic, discount: 0.95}, {id: gold, spend: 1000, discount: 0.9}]}

    中文：会员等级折扣低于平台下限，或高等级付得比低等级多。
    会员等级折扣（店铺VIP）不低于 7 折；等级越高，所付比例不得越大（A6、B2）。
    """
    least = FULL_SHARE
    for index, level in enumerate(store.tiers.levels):
        at, paid = ("tiers", "levels", index, "discount"), f"{level.discount / FULL_SHARE:g}"
        if level.discount < LEAST_DISCOUNT:
            yield found(
                at,
                (
                    f"{level.id}: the platform takes no discount below 0.70",
                    f"{level.id}：平台不接受低于 7 折的等级折扣",
                ),
                ("Write 0.70 or more.", "请写 0.70 及以上。"),
            )
        if level.discount > least:
            yield found(
                at,
                (
                    f"{level.id} pays {paid} of the price, a tier below it {least / FULL_SHARE:g}",
                    f"{level.id} 付 {paid}，而更低的等级只付 {least / FULL_SHARE:g}",
                ),
                (f"Write {least / FULL_SHARE:g} or less.", f"请写 {least / FULL_SHARE:g} 或更低。"),
            )
        least = min(least, level.discount)


@store_rule("C289", "error")
def stacking_names_kinds(store: Store) -> Iterator[Finding]:
    """`stacking` names a kind of benefit that does not exist.

    Fails:
        stacking: {store_cupon: shop}
    Passes:
        stacking: {store_coupon: shop}

    中文：stacking 中的权益种类不存在。
    请按提示改正。
    """
    for kind in store.stacking:
        yield from unknown(("stacking", kind), kind, KINDS, ("kind of benefit", "权益种类"), on="key")


@store_rule("C152", "error")
def lifecycle_bounds(store: Store) -> Iterator[Finding]:
    """The bounds of the lifecycle do not increase.

    core, potential, ordinary and dormant end where the next begins (A5); a bound below the one
    before it leaves a stage nobody can be in.

    Fails:
        lifecycle: {core: 90d, potential: 30d}
    Passes:
        lifecycle: {core: 30d, potential: 90d}

    中文：生命周期的界限没有递增。
    各阶段首尾相接（A5）；界限倒置会产生没有人的阶段。
    """
    bounds = [(name, getattr(store.lifecycle, name)) for name in ("core", "potential", "ordinary", "lost")]
    for (lower, low), (upper, high) in pairwise(bounds):
        if high <= low:
            low_text, high_text = format_duration(low), format_duration(high)
            yield found(
                ("lifecycle", upper),
                (
                    f"{upper} ({high_text}) does not lie beyond {lower} ({low_text})",
                    f"{upper}（{high_text}）没有超过 {lower}（{low_text}）",
                ),
                (
                    "Let the bounds increase: core, potential, ordinary, lost.",
                    "界限应依次增大：core、potential、ordinary、lost。",
                ),
            )


@store_rule("C153", "error")
def cap_channels(store: Store) -> Iterator[Finding]:
    """A cap names a channel the store does not have.

    The cap would count nothing, and members would be contacted more often than meant (B9).

    Fails:
        contact_policy: {caps: [{channels: [smss], max: 1, per: 7d}]}
    Passes:
        contact_policy: {caps: [{channels: [sms], max: 1, per: 7d}]}

    中文：频次上限引用了店铺没有的渠道。
    该上限将不起作用，会员会被过度打扰（B9）。
    """
    for index, cap in enumerate(store.contact_policy.caps):
        for number, name in enumerate(cap.channels):
            place = ("contact_policy", "caps", index, "channels", number)
            yield from unknown(place, name, store.channels, ("channel", "渠道"))


@store_rule("C155", "warning")
def freshness_of_data(store: Store) -> Iterator[Finding]:
    """Data may not be as old as it usually is.

    `freshness` allows less than `data_every`, the time between two exports: shortly before each
    export the newest fact is too old, and every plan and run says so, or stops.

    Fails:
        contact_policy: {data_every: 1d}
        freshness: {limits: {orders: 6h}}
    Passes:
        contact_policy: {data_every: 1d}
        freshness: {limits: {orders: 2d}}

    中文：允许的数据时效比数据更新的间隔还短。
    freshness 的期限短于 data_every：每次导出之前最新数据都会过旧，计划与运行会一再提示或停止。
    """
    usual = store.contact_policy.data_every
    for name, limit in store.freshness.limits.items():
        if limit < usual:
            shown = format_duration(limit), format_duration(usual)
            yield found(
                ("freshness", "limits", name),
                (
                    f"{name} may be {shown[0]} old, the sources bring new facts every {shown[1]}",
                    f"{name} 最多容许 {shown[0]}，而数据每 {shown[1]} 才更新",
                ),
                (
                    f"Allow more than {shown[1]}, or correct `data_every` in contact_policy.",
                    f"请放宽到 {shown[1]} 以上，或更正 contact_policy 的 data_every。",
                ),
            )


@store_rule("C154", "error")
def rules_of_the_store(store: Store) -> Iterator[Finding]:
    """The rule of a tag, or an audience of the store, is no condition over the fields.

    A tag of the store is carried as long as its rule holds (A1#20). Audiences of the store are for all of its
    calendars, so they name no phase, and a play or benefit only after its calendar: `contacted_by('autumn/recall')`.
    A rule that cannot be read holds for nobody.

    Fails:
        tags: {big-basket: {family: purchase, where: items_per_baskt >= 3}}
        audiences: {regulars: orders_365 >= 3}
    Passes:
        tags: {big-basket: {family: purchase, where: items_per_basket >= 3}}
        audiences: {regulars: orders_365d >= 3}

    中文：标签的规则或店铺的人群不是可用的条件。
    规则成立期间会员带有该标签（A1#20）。店铺的人群供所有日历使用，不能引用阶段；玩法与权益须写明日历：
    contacted_by('autumn/recall')。无法理解的规则对任何人都不成立。
    """
    names = AudienceNames.of_the_store(store)
    for tag in names.tags:
        if tag.where is not None:
            others = tuple(other for other in names.tags if other.name != tag.name)
            yield from _wrong(("tags", tag.name, "where"), tag.name, tag.where, replace(names, tags=others))
    for audience in names.audiences:
        yield from _wrong(("audiences", audience.name, "where"), audience.name, audience.where, names)


def _wrong(path: Path, name: str, where: str, names: AudienceNames) -> Iterator[Finding]:
    for finding in analyse(where, names)[1]:
        texts = (f"{name}: {finding.message}", f"{name}：{finding.zh}")
        yield found(path, texts, (finding.hint, finding.hint_zh))

"""What the store's member product and its category allow (A1#6, A9)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.standing import CUSTOM_KINDS

_SAMPLING = frozenset({"daily", "reservoir", "presale", "warm_up"})


@rule("C220", "error")
def edition_allows_it(view: View) -> Iterator[Finding]:
    """The calendar uses what the store's edition of the member product does not have.

    The official edition has simple tiers and basic rights, and asks for a purchase before joining; joining
    without a threshold and plays made by providers (friends of members, games, exchange cards, points with
    cash) need the custom edition or the member pass (A1#6). Where the edition changes with `crm_edition_from`, that
    of the phase counts: a benefit is found where all phases that tell of it end under the official one. On a day
    that is still official nobody is given it.

    Fails:
        crm_edition: official
        benefits: {c: {kind: referral, threshold: 79, value: 8, child_value: 8}}
    Passes:
        crm_edition: custom
        benefits: {c: {kind: referral, threshold: 79, value: 8, child_value: 8}}

    中文：日历使用了店铺会员产品版本所没有的能力。
    官方版等级简单、权益基础，须先购买再入会；无门槛招募与服务商定制玩法（裂变、游戏、兑换卡、积分加钱购）
    需要定制版或会员通（A1#6）。版本随 crm_edition_from 变化时按阶段判断：告知该权益的各阶段结束时仍为官方版才报；
    仍为官方版的日子不发放。
    """
    official = _official_phases(view)
    if not official:
        return
    hints = (
        "Leave it out, or set `crm_edition: custom` once the store has it.",
        "请去掉，或在店铺开通后写 crm_edition: custom。",
    )
    for name, benefit in view.calendar.benefits.items():
        if benefit.kind in CUSTOM_KINDS and _told_in(view, name) <= official:
            texts = (f"the official edition has no {benefit.kind}", f"官方版没有 {benefit.kind}")
            yield found(("benefits", name, "kind"), texts, hints)
    for path, phase, play in view.plays():
        if phase.id not in official:
            continue
        kinds = {view.calendar.benefits[name].kind for name in play.told if name in view.calendar.benefits}
        invites = any(kind.startswith("new_member_") for kind in kinds) and not view.may_hold(play.audience, "joined")
        if invites and view.may_hold(play.audience, "not joined and orders_total = 0"):
            yield found(
                (*path, "audience"),
                (
                    f"{play.audience} may hold people who never bought; the official edition lets buyers join only",
                    f"人群 {play.audience} 可能包含未购买者；官方版须先购买再入会",
                ),
                (
                    "Ask for `orders_total > 0`, or set `crm_edition: custom` once the store has it.",
                    "请加上 orders_total > 0，或在店铺开通后写 crm_edition: custom。",
                ),
            )


def _official_phases(view: View) -> set[str]:
    """Ids of the phases that end under the official edition."""
    spans = view.timeline.phases.items()
    return {phase for phase, span in spans if view.store.edition_on(span.last.date()) == "official"}


def _told_in(view: View, benefit: str) -> set[str]:
    """Ids of the phases whose plays tell of a benefit; all where none does."""
    told = {phase.id for _, phase, play in view.plays() if benefit in play.told}
    return told or set(view.timeline.phases)


@rule("C221", "warning")
def several_systems_need_an_id_map(view: View) -> Iterator[Finding]:
    """The store keeps members of several systems, and the project has no source that maps their ids.

    The member pass (会员通) joins store, WeChat, counter and other platforms; without the dataset
    `identities` one person counts several times and is contacted several times (A1#6). Looked at when the
    calendar belongs to a project; in the examples its sources are members and orders, then identities as well.

    Fails:
        crm_edition: huiyuantong
    Passes:
        crm_edition: custom

    中文：店铺使用会员通，而项目没有 id 对照的数据源。
    会员通汇集店铺、微信、柜台与其他平台；没有 identities 数据集，同一人会被重复统计、重复触达（A1#6）。
    日历属于某个项目时检查。
    """
    editions = {view.store.crm_edition, *view.store.crm_edition_from.values()}
    if "huiyuantong" in editions and view.sources is not None and "identities" not in view.sources:
        yield found(
            ("store",),
            (
                "the store has members of several systems, and promocal.toml has no source for identities",
                "店铺使用会员通，而 promocal.toml 没有 identities 数据源",
            ),
            ("Add a section [sources.identities].", "请添加 [sources.identities]。"),
        )


@rule("C222", "warning")
def samples_are_for_fresh_goods(view: View) -> Iterator[Finding]:
    """A one-cent sample is given where the playbooks do not use it.

    One-cent samples belong to fresh goods, daily and before a sale (A9): not to other categories, and not
    into the burst. Looked at when the store says its `category`.

    Fails:
        category: standard
        benefits: {c: {kind: member_gift_001, item: nuts, unit_cost: 3, stock: 10, daily_cap: 5}}
    Passes:
        category: fresh
        benefits: {c: {kind: member_gift_001, item: pears, unit_cost: 3, stock: 10, daily_cap: 5}}
        phases:
          - id: before
            kind: warm_up
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, benefits: [c], positions: [home_page]}]

    中文：1 分钱派样用在了类目打法之外。
    1 分钱派样适用于生鲜的日常期与大促前（A9），不用于其他类目，也不用于爆发期。店铺写明 category 时检查。
    """
    category = view.store.category
    if category is None:
        return
    for place, phase, _, name, benefit in view.benefits():
        if benefit.kind != "member_gift_001":
            continue
        if category == "fresh" and phase.kind in _SAMPLING:
            continue
        why = (f"in {phase.id}, a phase of kind {phase.kind}", f"阶段 {phase.id}（{phase.kind}）")
        if category != "fresh":
            why = (f"by a store of category {category}", f"类目 {category}")
        yield found(
            place,
            (f"{name} is a one-cent sample given {why[0]}", f"{name} 是 1 分钱派样，用于{why[1]}"),
            ("Give something else, or accept it with a reason.", "请换用其他权益，或写明原因后接受。"),
        )

"""Names that point at something: whether it is there, whether it is there once, whether it is used."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from campaign_calendars.audiences.references import references
from campaign_calendars.checks.registry import View, found, rule, unknown
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.benefits.coupons import MemberCoupon
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import CALENDAR_START, SALE_START


@rule("C120", "error")
def audience_exists(view: View) -> Iterator[Finding]:
    """A play names an audience the calendar does not define.

    Without it nobody could be chosen.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everbody, channels: [sms], at: D 10:00, message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00, message: m.txt}]

    中文：玩法引用了未定义的人群。
    没有人群就无法选人。
    """
    for path, _, play in view.plays():
        yield from unknown((*path, "audience"), play.audience, view.calendar.audiences, ("audience", "人群"))


@rule("C121", "error")
def benefit_exists(view: View) -> Iterator[Finding]:
    """A play, or `beats`, names a benefit the calendar does not define.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, beats: shop}}
    Passes:
        benefits:
          shop: {kind: store_coupon, value: 3}
          c: {kind: member_coupon, value: 5, beats: shop}

    中文：玩法或 beats 引用了未定义的权益。
    请先在 benefits 中定义，或改正名称。
    """
    benefits = view.calendar.benefits
    for path, _, play in view.plays():
        for key, names in (("benefits", play.benefits), ("announces", play.announces)):
            for index, name in enumerate(names):
                yield from unknown((*path, key, index), name, benefits, ("benefit", "权益"))
    for name, benefit in benefits.items():
        if isinstance(benefit, MemberCoupon) and benefit.beats is not None:
            stores = [other for other, b in benefits.items() if b.kind == "store_coupon"]
            yield from unknown(("benefits", name, "beats"), benefit.beats, stores, ("store_coupon", "店铺通用券"))


@rule("C122", "error")
def channel_exists(view: View) -> Iterator[Finding]:
    """A play names a channel the store does not have.

    Channels, their consent rules and quiet hours live with the store.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [smss], at: D 10:00, message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00, message: m.txt}]

    中文：玩法引用了店铺没有的渠道。
    渠道及其授权规则、免打扰时段都在店铺中定义。
    """
    for path, _, play in view.plays():
        for index, name in enumerate(play.channels):
            yield from unknown((*path, "channels", index), name, view.store.channels, ("channel", "渠道"))


@rule("C123", "error")
def position_exists(view: View) -> Iterator[Finding]:
    """A play names a display position the store does not have (A4).

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, positions: [home]}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, positions: [home_page]}]

    中文：玩法引用了店铺没有的阵地（A4）。
    请在店铺的 positions 中定义，或改正名称。
    """
    for path, _, play in view.plays():
        for index, name in enumerate(play.positions):
            yield from unknown((*path, "positions", index), name, view.store.positions, ("position", "阵地"))


@rule("C124", "error")
def pool_exists(view: View) -> Iterator[Finding]:
    """A benefit is paid from a pool the budget does not have.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, pool: cupons}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, pool: coupons}}

    中文：权益使用了预算中没有的资金池。
    请在 budget.pools 中定义，或改正名称。
    """
    pools = view.calendar.budget.pools if view.calendar.budget else {}
    for name, benefit in view.calendar.benefits.items():
        if benefit.pool is not None:
            yield from unknown(("benefits", name, "pool"), benefit.pool, pools, ("pool", "资金池"))


@rule("C125", "error")
def wave_exists(view: View) -> Iterator[Finding]:
    """A phase belongs to a wave the calendar does not define.

    Fails:
        phases: [{id: burst, kind: burst, wave: wave-2, window: {from: D-3, to: D}}]
    Passes:
        waves: [{id: wave-2, window: {from: D-3, to: D}}]
        phases: [{id: burst, kind: burst, wave: wave-2, window: {from: D-3, to: D}}]

    中文：阶段引用了未定义的波段。
    请在 waves 中定义，或改正名称。
    """
    waves = [wave.id for wave in view.calendar.waves]
    for index, phase in enumerate(view.calendar.phases):
        if phase.wave is not None:
            yield from unknown(("phases", index, "wave"), phase.wave, waves, ("wave", "波段"))


@rule("C126", "error")
def sub_phase_exists(view: View) -> Iterator[Finding]:
    """A play is limited to a sub-phase its phase does not have.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, positions: [home_page], during: slump}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            sub_phases: [{id: slump, window: {from: D-2, to: D-1}}]
            plays: [{id: p, audience: everybody, positions: [home_page], during: slump}]

    中文：玩法限定在所属阶段没有的子阶段内。
    请在该阶段的 sub_phases 中定义，或改正名称。
    """
    for path, phase, play in view.plays():
        if play.during is not None:
            known = [sub.id for sub in phase.sub_phases]
            yield from unknown((*path, "during"), play.during, known, ("sub-phase", "子阶段"))


@rule("C127", "error")
def tier_exists(view: View) -> Iterator[Finding]:
    """A benefit names a tier the store does not have.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, tiers: [platinium]}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, tiers: [gold]}}

    中文：权益引用了店铺没有的等级。
    请改正名称，或在店铺的 tiers 中定义。
    """
    for name, benefit in view.calendar.benefits.items():
        for index, tier in enumerate(benefit.tiers):
            yield from unknown(("benefits", name, "tiers", index), tier, view.tier_ids, ("tier", "等级"))
        if isinstance(benefit, MemberPresaleRight):
            for index, window in enumerate(benefit.windows):
                path: Path = ("benefits", name, "windows", index, "tier")
                yield from unknown(path, window.tier, view.tier_ids, ("tier", "等级"))


@rule("C128", "error")
def ids_are_unique(view: View) -> Iterator[Finding]:
    """Two things have the same id.

    Phases and waves share one set of names, because a moment may count from either; plays share
    one set in the whole calendar, because `contacted_by('…')` and the records name them alone.

    Fails:
        phases:
          - {id: burst, kind: burst, window: {from: D-3, to: D-2}}
          - {id: burst, kind: burst, window: {from: D-1, to: D}}
    Passes:
        phases:
          - {id: burst-1, kind: burst, window: {from: D-3, to: D-2}}
          - {id: burst-2, kind: burst, window: {from: D-1, to: D}}

    中文：两处使用了相同的 id。
    阶段与波段共用一组名称（时间可以从任一处起算）；玩法在整个日历中不可重名（contacted_by 与记录只写玩法名）。
    """
    calendar = view.calendar
    spans: list[tuple[Path, str]] = [(("waves", i, "id"), wave.id) for i, wave in enumerate(calendar.waves)]
    spans += [(("phases", i, "id"), phase.id) for i, phase in enumerate(calendar.phases)]
    yield from _doubles(spans, ("phase or wave", "阶段或波段"))
    yield from _doubles([((*path, "id"), play.id) for path, _, play in view.plays()], ("play", "玩法"))
    for index, phase in enumerate(calendar.phases):
        subs: list[tuple[Path, str]] = [
            (("phases", index, "sub_phases", i, "id"), sub.id) for i, sub in enumerate(phase.sub_phases)
        ]
        yield from _doubles(subs, ("sub-phase", "子阶段"))


def _doubles(named: list[tuple[Path, str]], kinds: tuple[str, str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, name in named:
        if name in seen:
            yield found(
                path,
                (f"there is another {kinds[0]} {name!r}", f"{kinds[1]} {name!r} 重复"),
                ("Give it an id of its own.", "请改用不同的 id。"),
            )
        seen.add(name)


@rule("C149", "error")
def bought_from_exists(view: View) -> Iterator[Finding]:
    """`bought_from` names a phase the calendar does not define.

    It says from when on an order counts as bought in the campaign: sale_start, calendar_start, or a phase (A14).

    Fails:
        bought_from: brust
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D}}]
    Passes:
        bought_from: burst
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D}}]

    中文：bought_from 引用了未定义的阶段。
    它说明订单从何时起算作活动期已购：sale_start、calendar_start，或某个阶段（A14）。
    """
    known = [SALE_START, CALENDAR_START, *(phase.id for phase in view.calendar.phases)]
    yield from unknown(("bought_from",), view.calendar.bought_from, known, ("phase", "阶段"))


@rule("C129", "warning")
def definitions_are_used(view: View) -> Iterator[Finding]:
    """Something is defined and never used.

    Often the name was changed in one place only, and the play that should use it does not.

    Fails:
        audiences: {everybody: joined, lapsed: lifecycle = 'lost'}
    Passes:
        audiences: {everybody: joined}

    中文：有定义从未被使用。
    常见原因是只改了一处名称，本应使用它的玩法并没有用到。
    """
    calendar = view.calendar
    plays = [play for _, _, play in view.plays()]
    used = {name for play in plays for name in play.told} | {
        benefit.beats for benefit in calendar.benefits.values() if isinstance(benefit, MemberCoupon) and benefit.beats
    }
    asked = {play.audience for play in plays}
    asked |= {name for audience in calendar.audiences.values() for name in references(audience.where)}
    yield from _unused("audiences", calendar.audiences, asked, ("audience", "人群"))
    yield from _unused("benefits", calendar.benefits, used, ("benefit", "权益"))
    if calendar.budget is not None:
        pools = {benefit.pool for benefit in calendar.benefits.values()}
        for name in calendar.budget.pools:
            if name not in pools:
                yield _idle(("budget", "pools", name), name, ("pool", "资金池"))
    waves = {phase.wave for phase in calendar.phases}
    for index, wave in enumerate(calendar.waves):
        if wave.id not in waves:
            yield _idle(("waves", index, "id"), wave.id, ("wave", "波段"))


def _unused(
    section: str, defined: Collection[str], used: Collection[str | None], kinds: tuple[str, str]
) -> Iterator[Finding]:
    for name in defined:
        if name not in used:
            yield _idle((section, name), name, kinds)


def _idle(path: Path, name: str, kinds: tuple[str, str]) -> Finding:
    return found(
        path,
        (f"{kinds[0]} {name!r} is never used", f"{kinds[1]} {name!r} 从未被使用"),
        ("Use it, or delete it.", "请使用它，或删除它。"),
        on="key",
    )

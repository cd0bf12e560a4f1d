"""Rules of benefit kinds that need more than the benefit itself (A3, A11)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from campaign_calendars.checks.coupons import first_basket_not_better
from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.benefits.base import coupon_text, yuan
from campaign_calendars.model.benefits.coupons import MemberCoupon, Pack, StoreCoupon
from campaign_calendars.model.benefits.prices import EarlyBirdPrice
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.stacking import exclude_each_other, group_of
from campaign_calendars.model.triggers import BIRTHDAY
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.scalars import FULL_SHARE

_EARLY_BIRD_DAYS = frozenset({(11, 1), (11, 2), (11, 3), (11, 11)})
_JOIN_FIELDS = frozenset({"joined_in_campaign", "joined_days", "joined_at", "joined"})


@rule("C160", "error")
def better_than_store_coupon(view: View) -> Iterator[Finding]:
    """A member coupon is not better than the store's general coupon for every basket.

    Members who may use a coupon that is no better than everybody's have no reason to join (A3,
    A11#1). What a member pays is compared for every basket value at which either coupon applies;
    between the two thresholds nothing changes, so looking at the thresholds proves all baskets. Where the store's
    `stacking` lets an order use both, the member's comes on top and is better.

    Fails:
        benefits:
          shop: {kind: store_coupon, threshold: 199, value: 20}
          c: {kind: member_coupon, threshold: 299, value: 40, beats: shop}
    Passes:
        benefits:
          shop: {kind: store_coupon, threshold: 199, value: 20}
          c: {kind: member_coupon, threshold: 199, value: 21, beats: shop}

    中文：会员专享券并非在每个购物金额上都优于店铺通用券。
    会员券不优于通用券，会员就没有入会的理由（A3、A11#1）。两个门槛处的比较即证明所有金额。
    店铺的 stacking 允许同单叠加时，会员券在通用券之上再减，即为更优。
    """
    benefits = view.calendar.benefits
    for name, benefit in benefits.items():
        if not isinstance(benefit, MemberCoupon) or benefit.beats is None:
            continue
        general = benefits.get(benefit.beats)
        if not isinstance(general, StoreCoupon) or not _instead_of(view, benefit, general):
            continue
        basket = first_basket_not_better((benefit.threshold, benefit.value), (general.threshold, general.value))
        if basket is not None:
            own = [coupon_text(benefit.threshold, benefit.value, lang) for lang in ("en", "zh")]
            other = [coupon_text(general.threshold, general.value, lang) for lang in ("en", "zh")]
            yield found(
                ("benefits", name),
                (
                    f"{own[0]} is not better than {other[0]} for a basket of {yuan(basket)}",
                    f"购物金额 {yuan(basket)} 时，{own[1]} 不优于 {other[1]}",
                ),
                (
                    "Lower its threshold to the general coupon's or below, and give more off.",
                    "请把门槛降到不高于通用券，并提高减免金额。",
                ),
                on="key",
            )


def _instead_of(view: View, benefit: MemberCoupon, general: StoreCoupon) -> bool:
    """Whether an order can use only one of the two; where it uses both, the member's comes on top."""
    groups = [group_of(coupon, view.store.stacking) for coupon in (benefit, general)]
    return exclude_each_other(*groups)


@rule("C161", "error")
def store_coupon_is_not_granted(view: View) -> Iterator[Finding]:
    """A play gives the store's general coupon.

    Everybody may use it anyway; giving it to members costs a message and says nothing (A3).

    Fails:
        benefits: {c: {kind: store_coupon, value: 5}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5}}

    中文：玩法发放了店铺通用券。
    通用券人人可用，作为会员权益没有意义（A3）。
    """
    for place, _, _, name, benefit in view.given():
        if isinstance(benefit, StoreCoupon):
            yield found(
                place,
                (f"{name} is the store's general coupon", f"{name} 是店铺通用券"),
                ("Give a member_coupon that beats it.", "请改用优于它的 member_coupon。"),
            )


@rule("C162", "error")
def higher_tier_opens_first(view: View) -> Iterator[Finding]:
    """A higher tier may buy later than a lower one.

    Priority purchase is a privilege of rank: a higher tier opens not later than a lower (A3).

    Fails:
        benefits:
          c:
            kind: member_presale_right
            item: tea
            windows: [{tier: basic, opens_at: D-3 10:00}, {tier: gold, opens_at: D-2 10:00}]
    Passes:
        benefits:
          c:
            kind: member_presale_right
            item: tea
            windows: [{tier: basic, opens_at: D-2 10:00}, {tier: gold, opens_at: D-3 10:00}]

    中文：高等级会员的优先购晚于低等级。
    优先购是等级特权：高等级不得晚于低等级（A3）。
    """
    ranks = {tier: rank for rank, tier in enumerate(view.tier_ids)}
    for name, benefit in view.calendar.benefits.items():
        if not isinstance(benefit, MemberPresaleRight):
            continue
        opened = [
            (ranks[window.tier], utc(at), index, window.tier)
            for index, window in enumerate(benefit.windows)
            if window.tier in ranks and (at := view.timeline.opens.get((name, window.tier))) is not None
        ]
        for lower, higher in pairwise(sorted(opened)):
            if higher[1] > lower[1]:
                yield found(
                    ("benefits", name, "windows", higher[2], "opens_at"),
                    (f"{higher[3]} may buy later than {lower[3]}", f"{higher[3]} 的开放时间晚于 {lower[3]}"),
                    ("Let higher tiers open first.", "请让高等级先开放。"),
                )


@rule("C163", "error")
def packs_increase(view: View) -> Iterator[Finding]:
    """In a coupon pack, a higher threshold does not bring a bigger discount.

    Packs are graded by purchasing power: higher threshold, bigger discount (A3).

    Fails:
        benefits:
          c:
            kind: member_coupon_pack
            coupons: [{threshold: 99, value: 20}, {threshold: 199, value: 20}]
    Passes:
        benefits:
          c:
            kind: member_coupon_pack
            coupons: [{threshold: 99, value: 10}, {threshold: 199, value: 30}]

    中文：券包中门槛更高的券没有更大的优惠。
    券包按购买力分级：门槛越高，优惠越大（A3）。
    """
    for name, benefit in view.calendar.benefits.items():
        if not isinstance(benefit, Pack):
            continue
        for index, (lower, higher) in enumerate(pairwise(benefit.coupons), start=1):
            if higher.threshold <= lower.threshold or higher.value <= lower.value:
                upper = [coupon_text(higher.threshold, higher.value, lang) for lang in ("en", "zh")]
                below = [coupon_text(lower.threshold, lower.value, lang) for lang in ("en", "zh")]
                yield found(
                    ("benefits", name, "coupons", index),
                    (f"{upper[0]} does not outdo {below[0]}", f"{upper[1]} 未优于 {below[1]}"),
                    (
                        "List the coupons lowest first, threshold and value both rising.",
                        "请由低到高列出，门槛与减免同时递增。",
                    ),
                )


@rule("C164", "error")
def early_bird_days(view: View) -> Iterator[Finding]:
    """An early-bird price may be used on other than its four days.

    It is exempt from the lowest price only on 1 to 3 and 11 November (A3, A11#2).

    Fails:
        benefits: {c: {kind: early_bird_price, rate: 0.9, unit_cost: 5, days: [2021-11-04]}}
    Passes:
        benefits: {c: {kind: early_bird_price, rate: 0.9, unit_cost: 5, days: [2021-11-01, 2021-11-11]}}

    中文：早鸟价用在四天之外。
    仅 11 月 1 至 3 日与 11 日不计入最低价（A3、A11#2）。
    """
    for name, benefit in view.calendar.benefits.items():
        if not isinstance(benefit, EarlyBirdPrice) or benefit.is_counted:
            continue
        for index, moment in enumerate(benefit.days):
            day = getattr(moment.base, "month", None), getattr(moment.base, "day", None)
            if day not in _EARLY_BIRD_DAYS:
                yield found(
                    ("benefits", name, "days", index),
                    (f"{moment} is not one of the four days", f"{moment} 不在四天之内"),
                    (
                        "Use 11-01, 11-02, 11-03 or 11-11 as dates, or set counts_lowest_price: true.",
                        "请用 11-01、11-02、11-03 或 11-11 的日期，或设 counts_lowest_price: true。",
                    ),
                )


@rule("C165", "error")
def challenge_needs_admission(view: View) -> Iterator[Finding]:
    """The calendar uses a challenge and the store is not admitted to it.

    The challenge plan is open to admitted stores only (A3, A11#11): list it in the store's `admitted_to`, with
    `from` and `until` where that holds for some days. It is found where no day of the calendar is one of them; on
    a day that is none nobody is given it, and the plan says so.

    Fails:
        benefits: {c: {kind: challenge, item: box, spend: 500, unit_cost: 30}}
    Passes:
        admitted_to: [challenge]
        benefits: {c: {kind: challenge, item: box, spend: 500, unit_cost: 30}}

    中文：日历使用了挑战计划，但店铺未获准入。
    挑战计划仅对准入店铺开放（A3、A11#11）；请在店铺的 admitted_to 中列出，限期准入时写 from 与 until。
    日历期间没有一天获准时才报此项；未获准的日子不发放，计划中会写明。
    """
    first, last = view.timeline.campaign.start.date(), view.timeline.campaign.last.date()
    ever = any(
        one.plan == "challenge" and (one.from_ or first) <= last and (one.until or last) >= first
        for one in view.store.admitted_to
    )
    for name, benefit in view.calendar.benefits.items():
        if benefit.kind == "challenge" and not ever:
            yield found(
                ("benefits", name, "kind"),
                ("the store is not admitted to the challenge plan", "店铺未获准入挑战计划"),
                (
                    "Add `admitted_to: [challenge]` to the store once it is.",
                    "获准后请在店铺中加上 admitted_to: [challenge]。",
                ),
            )


@rule("C166", "warning")
def has_non_price_benefit(view: View) -> Iterator[Finding]:
    """No benefit of the calendar is a non-price one.

    Besides prices, services and points keep members longer (A1#25, S4).

    Fails:
        benefits: {c: {kind: member_coupon, value: 5}}
    Passes:
        benefits:
          c: {kind: member_coupon, value: 5}
          s: {kind: service, offers: after_sales, unit_cost: 0}

    中文：日历没有任何非价格权益。
    价格之外的服务与积分更能留住会员（A1#25，S4）。
    """
    benefits = view.calendar.benefits
    if benefits and all(benefit.is_price for benefit in benefits.values()):
        yield found(
            ("benefits",),
            ("all benefits are price benefits", "所有权益都是价格权益"),
            (
                "Add a service, points or priority purchase, or set `nature: non_price` where it applies.",
                "请增加服务、积分或优先购，或在适用处设 nature: non_price。",
            ),
            on="key",
        )


_HALF_PRICE = 5_000


@rule("C199", "warning")
def price_rate_is_usual(view: View) -> Iterator[Finding]:
    """A price benefit leaves members less than half of the price to pay.

    `rate` is what is paid, not what is taken off: 0.08 means that members pay 8%. Where that is meant,
    accept the warning with its reason. It asks at less than 0.5.

    Fails:
        benefits: {c: {kind: member_price, item: tea, rate: 0.08, unit_cost: 2}}
    Passes:
        benefits: {c: {kind: member_price, item: tea, rate: 8折, unit_cost: 2}}

    中文：价格权益使会员实付不到原价的一半。
    rate 是实付比例而非减免比例：0.08 即会员只付 8%（0.8折）。若确实如此，请写明理由接受该警告。低于 0.5 时询问。
    """
    for name, benefit in view.calendar.benefits.items():
        rate = getattr(benefit, "rate", None)
        if isinstance(rate, int) and rate < _HALF_PRICE:
            paid, fold = f"{rate / 100:g}%", f"{rate / 1000:g}折"
            yield found(
                ("benefits", name, "rate"),
                (f"members pay {paid} of the price ({fold})", f"会员只付原价的 {paid}（{fold}）"),
                (
                    f"If {paid} is taken off, write {(FULL_SHARE - rate) / FULL_SHARE:g}; if it is meant, accept C199.",
                    f"若指减 {paid}，请写 {(FULL_SHARE - rate) / FULL_SHARE:g}；若确实如此，请接受 C199。",
                ),
            )


@rule("C167", "warning")
def new_member_benefits_go_to_new_members(view: View) -> Iterator[Finding]:
    """A new-member benefit is offered to an audience that does not ask about joining.

    New-member coupons, gifts and packs are for members who joined in the campaign (A3).

    Fails:
        audiences: {everybody: recency_days > 30}
        benefits: {c: {kind: new_member_coupon, value: 5}}
    Passes:
        audiences: {everybody: joined_in_campaign}
        benefits: {c: {kind: new_member_coupon, value: 5}}

    中文：新会员权益面向的人群没有入会条件。
    新会员券、礼、礼包只给活动期入会的会员（A3）。
    """
    for place, _, play, name, benefit in view.benefits():
        if benefit.kind.startswith("new_member_") and not _fields(view, play) & _JOIN_FIELDS:
            yield found(
                place,
                (
                    f"{name} is for new members, {play.audience} does not ask about joining",
                    f"{name} 面向新会员，但人群 {play.audience} 没有入会条件",
                ),
                ("Use an audience such as `joined_in_campaign`.", "请使用 joined_in_campaign 之类的人群。"),
            )


@rule("C168", "warning")
def birthday_gifts_go_to_birthdays(view: View) -> Iterator[Finding]:
    """A birthday gift is offered to an audience that does not ask about the birthday.

    It is for members who bought before, in the month of their birthday (A3). A birthday trigger asks by itself.

    Fails:
        audiences: {everybody: joined}
        benefits: {c: {kind: birthday_gift, item: cake, unit_cost: 5}}
    Passes:
        audiences: {everybody: joined and is_birthday_month and orders_total > 0}
        benefits: {c: {kind: birthday_gift, item: cake, unit_cost: 5}}

    中文：生日礼面向的人群没有生日条件。
    生日礼给生日当月且购买过的会员（A3）；生日触发本身即为条件。
    """
    for place, _, play, _, benefit in view.benefits():
        if benefit.kind != "birthday_gift" or (play.trigger is not None and play.trigger.event == BIRTHDAY):
            continue
        if not _fields(view, play) & {"is_birthday_month", "birth_month"}:
            yield found(
                place,
                (
                    f"{play.audience} does not ask about the birthday",
                    f"人群 {play.audience} 没有生日条件",
                ),
                (
                    "Use an audience such as `is_birthday_month and orders_total > 0`.",
                    "请使用 is_birthday_month and orders_total > 0 之类的人群。",
                ),
            )


def _fields(view: View, play: Play) -> frozenset[str]:
    """Fields the play's audience uses; all that matter when it cannot be read (reported elsewhere)."""
    expression = view.expression(play.audience)
    return expression.fields if expression is not None else _JOIN_FIELDS | {"birth_month"}

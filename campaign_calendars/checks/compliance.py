"""Rules of law and platform that calendars break most easily (A11, B7)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.audiences.language import analyse
from campaign_calendars.checks.registry import View, found, rule, store_rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.benefits.rights import Service
from campaign_calendars.model.store import Store


@rule("C213", "warning")
def free_shipping_is_for_tiers(view: View) -> Iterator[Finding]:
    """Free shipping is given to others than tiers.

    The platform's campaign tool gives free shipping to VIP tiers only, not to tags or everybody (A3,
    A11#9): name `tiers` in the benefit, or ask for the tier in the audience.

    Fails:
        benefits: {c: {kind: service, offers: free_shipping, unit_cost: 5}}
    Passes:
        benefits: {c: {kind: service, offers: free_shipping, unit_cost: 5, tiers: [gold]}}

    中文：包邮权益发给了等级以外的会员。
    平台活动工具的包邮只能面向 VIP 等级，不能面向标签或全部（A3、A11#9）：请在权益写 tiers，或在人群中限定等级。
    """
    for place, _, play, name, benefit in view.benefits():
        if not isinstance(benefit, Service) or benefit.offers != "free_shipping" or benefit.tiers:
            continue
        expression = view.expression(play.audience)
        if expression is not None and "tier" not in expression.fields:
            yield found(
                place,
                (
                    f"{name} is free shipping, and neither it nor {play.audience} names tiers",
                    f"{name} 是包邮，但它与人群 {play.audience} 都没有限定等级",
                ),
                ("Add `tiers` to the benefit.", "请在权益中写明 tiers。"),
            )


@rule("C214", "warning")
def balance_coupons_are_for_the_balance(view: View) -> Iterator[Finding]:
    """A balance coupon does not say when the balance is paid.

    Points are exchanged for a coupon on the presale balance (A3); outside the balance window it is
    worth nothing, so its `valid` has to be that window.

    Fails:
        benefits: {c: {kind: points_final_payment_coupon, points: 300, value: 15}}
    Passes:
        benefits:
          c: {kind: points_final_payment_coupon, points: 300, value: 15, valid: {from: D 00:30, to: D}}

    中文：尾款券没有写明尾款支付的时间。
    积分兑换的尾款券只在尾款期可用（A3），valid 应为尾款窗口。
    """
    for name, benefit in view.calendar.benefits.items():
        if benefit.kind == "points_final_payment_coupon" and (benefit.valid is None or benefit.valid.for_ is not None):
            yield found(
                ("benefits", name),
                (f"{name} has no window in which the balance is paid", f"{name} 没有写明尾款窗口"),
                ("Add `valid: {from: …, to: …}`.", "请写明 valid: {from: …, to: …}。"),
                on="key",
            )


@rule("C215", "error")
def not_only_the_under_age(view: View) -> Iterator[Finding]:
    """An audience holds only members who are too young to be targeted.

    Members known to be under the store's `min_age` are left out of every play (A1#13, B7).

    Fails:
        audiences: {everybody: joined and age < 18}
    Passes:
        audiences: {everybody: joined and age <= 25}

    中文：人群只包含未达到触达年龄的会员。
    已知未满店铺 min_age 的会员不参与任何玩法（A1#13、B7）。
    """
    least = view.store.contact_policy.min_age
    for name, audience in view.calendar.audiences.items():
        expression, _ = analyse(audience.where, view.names)
        if expression is None or not expression.can_hold or "age" not in expression.fields:
            continue
        allowed, _ = analyse(f"(age is null or age >= {least}) and ({audience.where})", view.names)
        if allowed is not None and not allowed.can_hold:
            yield found(
                ("audiences", name, "where"),
                (
                    f"{name} holds only members under {least}, who are never targeted",
                    f"{name} 只包含未满 {least} 岁、不会触达的会员",
                ),
                (f"Ask for `age >= {least}`, or leave the age out.", f"请写 age >= {least}，或去掉年龄条件。"),
            )


@store_rule("C216", "error")
def sms_needs_consent(store: Store) -> Iterator[Finding]:
    """A channel of kind sms does not ask for consent.

    Commercial SMS may only be sent to those who agreed or asked for them (B7); joining a membership
    is not enough.

    Fails:
        channels: {sms: {kind: sms, consent: implied}, push: {consent: implied}}
    Passes:
        channels: {sms: {kind: sms, consent: required}, push: {consent: implied}}

    中文：短信渠道没有要求同意。
    商业短信只能发给同意或请求接收的人（B7），入会不等于同意。
    """
    for name, channel in store.channels.items():
        if channel.kind == "sms" and channel.consent != "required":
            yield found(
                ("channels", name, "consent"),
                (f"{name} sends SMS without consent", f"{name} 未经同意发送短信"),
                ("Set `consent: required`.", "请写 consent: required。"),
            )

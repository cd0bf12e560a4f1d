"""Explanations of what is found in message templates; the finding is done by `sms`."""

from __future__ import annotations

from campaign_calendars.checks.registry import documented

documented(
    "C610",
    "error",
    """A promotional SMS does not end with the way to refuse it.

    It has to end with 拒收请回复R (B3); without it carriers refuse it, and the law asks for an easy way
    to refuse. Found in message templates of plays that use a channel of kind sms.

    中文：推广短信没有以退订方式结尾。
    须以“拒收请回复R”结尾（B3），否则运营商拒发；法规也要求提供便捷的拒收方式。
    """,
)
documented(
    "C611",
    "warning",
    """An SMS is about a subject the channel's provider refuses.

    Template rules of some providers exclude coupons, recall, points, invitations, alcohol and more
    (B3). Use the dedicated service, a group or push for it, or the platform's own SMS.

    中文：短信内容属于该渠道服务商拒绝的题材。
    部分服务商的模板规则不允许优惠券、召回、积分、邀请、酒类等（B3）；请改用专属客服、群、推送或平台短信。
    """,
)
documented(
    "C612",
    "warning",
    """An SMS may need more segments than the channel allows.

    Up to 70 characters are one segment, longer texts are cut into parts of 67; signature and the
    longest values of variables count (B3). Each segment costs.

    中文：短信可能超过渠道允许的条数。
    70 字以内为一条，更长则按 67 字拆分；签名与变量的最长取值都计入（B3），每条都收费。
    """,
)
documented(
    "C613",
    "error",
    """The body of an SMS holds 【】.

    The signature adds its own; a second pair is refused (B3).

    中文：短信正文含有【】。
    签名会自动加上【】，正文再用会被拒绝（B3）。
    """,
)

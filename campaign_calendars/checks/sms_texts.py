"""What `messages.sms` finds in the texts of promotional SMS, explained.

The examples are the text of a template, which a play with a benefit sends as SMS through huawei, one segment long.
"""

from __future__ import annotations

from campaign_calendars.checks.registry import documented

documented(
    "C611",
    "warning",
    """An SMS is about a subject the channel's provider refuses.

    Template rules of some providers exclude coupons, recall, points, invitations, alcohol and more
    (B3). Use the dedicated service, a group or push for it, or the platform's own SMS.

    Fails:
        您有一张优惠券待领取。
    Passes:
        春季上新，欢迎选购。

    中文：短信内容属于该渠道服务商拒绝的题材。
    部分服务商的模板规则不允许优惠券、召回、积分、邀请、酒类等（B3）；请改用专属客服、群、推送或平台短信。
    """,
    acceptable=True,
)
documented(
    "C612",
    "warning",
    """An SMS may need more segments than the channel allows.

    Up to 70 characters are one segment, longer texts are cut into parts of 67; signature and the
    longest values of variables count (B3), a name of six characters, and every branch of the text at once:
    what may be. What the plan reckons with is rendered branch by branch, so it may be less. Each segment costs.

    Fails:
        春季上新，一百二十款好物陆续到店，欢迎选购；到店自提可在店员处领取试吃装一份，数量有限，先到先得，送完为止；自提点营业至晚上八点，节假日照常。
    Passes:
        春季上新，一百二十款好物陆续到店，欢迎选购。

    中文：短信可能超过渠道允许的条数。
    70 字以内为一条，更长则按 67 字拆分；签名与变量的最长取值（姓名按六字）都计入（B3），文本的所有分支合在一起，
    即可能的最大长度。计划的费用逐个分支渲染，可能更少。每条都收费。
    """,
    acceptable=True,
)
documented(
    "C613",
    "error",
    """The body of an SMS holds 【】.

    The signature adds its own; a second pair is refused (B3).

    Fails:
        【小店】春季上新。
    Passes:
        春季上新。

    中文：短信正文含有【】。
    签名会自动加上【】，正文再用会被拒绝（B3）。
    """,
)
documented(
    "C614",
    "warning",
    """A promotional SMS holds a variable its provider does not take.

    Templates of promotional SMS take no variables that differ from member to member unless the provider
    has approved them (B3): `promo_variables: true` on the channel. Then each variable stands once, not
    beside another, and has at most 35 characters. Looked at for channels that name their `provider`.

    Fails:
        {{ member.name }}，春季上新。
    Passes:
        {{ store.title }}春季上新。

    中文：推广短信含有服务商不支持的变量。
    除非服务商已批准（渠道写 promo_variables: true），推广模板不支持因人而异的变量（B3）。
    获批后每个变量只出现一次、不相邻、不超过 35 字。只检查写明 provider 的渠道。
    """,
    acceptable=True,
)
documented(
    "C622",
    "warning",
    """A promotional SMS holds a character that arrives garbled.

    Providers name signs that phones or carriers do not show, such as ¥ and ★ (B3); those of the channel's
    `provider` are looked for.

    Fails:
        春季上新，满减低至 ¥99。
    Passes:
        春季上新，满减低至 99 元。

    中文：推广短信含有会变成乱码的字符。
    服务商列有手机或运营商无法显示的符号，如 ¥、★（B3）；按渠道的 provider 检查。
    """,
    acceptable=True,
)

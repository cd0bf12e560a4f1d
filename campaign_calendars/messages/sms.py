"""What a promotional SMS may say and how long it is (B3): rules of carriers and providers.

`lint` looks at a message template as it is written; variables count as long as they may become.
Codes C611 to C614 are explained by `promocal explain`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.model.store import Channel

OPT_OUT = "拒收请回复R"
ONE, PART = 70, 67
_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{-?\s*([\w.]+).*?\}\}", re.DOTALL)
_LARGEST_PLAIN = 0xFFFF
_UNKNOWN_LENGTH = 10
LONGEST_VARIABLE = 35

_COMMON: tuple[tuple[str, str, str], ...] = (
    ("优惠券|[^\\W\\d_]券|领券|券包", "coupons", "优惠券推广"),
    ("召回|好久不见|想念您|回来看看", "recall of customers", "用户召回"),
    ("积分", "exchange of points", "积分兑换"),
    ("邀请好友|拉新|老带新", "winning new users", "用户拉新"),
    ("入会|成为会员|加入会员", "invitations to become a member", "邀请成为会员"),
    ("香烟|卷烟|电子烟", "tobacco", "烟草"),
    ("酒", "alcohol", "酒类"),
    ("直播", "live streams", "直播"),
    ("加群|进群|入群|加微信", "joining groups or contacts", "加群、加微信"),
    ("抽奖", "draws", "抽奖"),
    ("[1一]元秒杀|[1一]分钱", "one-yuan sales", "一元秒杀"),
)
SUBJECTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "alibaba": (),
    "tencent": _COMMON,
    "huawei": (*_COMMON, ("茶", "tea", "茶叶")),
}
"""Subjects a provider's template rules refuse: pattern, English, Chinese."""


def length(text: str) -> int:
    """Characters as a carrier counts them: every character 1, an emoji 2."""
    return sum(2 if ord(char) > _LARGEST_PLAIN else 1 for char in text)


def segments(count: int) -> int:
    """Billed parts of a text of `count` characters, signature included: 70 → 1, 71 → 2, 160 → 3."""
    return 1 if count <= ONE else -(-count // PART)


def signature_length(channel: Channel) -> int:
    """Characters the signature adds with its 【】."""
    return length(channel.signature) + 2 if channel.signature else 0


def with_opt_out(text: str) -> str:
    """The text with the way to refuse at its end, once; a link before it stays a link."""
    plain = text.strip()
    if not plain or plain.endswith(OPT_OUT):
        return plain
    last = plain[-1]
    between = "" if not (last.isalnum() or last in "/=&") else " " if last.isascii() else "，"
    return f"{plain}{between}{OPT_OUT}"


def longest_text(template: str, lengths: Mapping[str, int]) -> str:
    """The template with every branch written and every variable as long as `lengths` says."""
    plain = _TAG.sub("", template)
    return _VARIABLE.sub(lambda mark: "字" * lengths.get(mark[1], _UNKNOWN_LENGTH), plain).strip()


def longest(template: str, lengths: Mapping[str, int]) -> int:
    """The characters of an SMS when every variable is as long as `lengths` says, the way to refuse included."""
    return length(with_opt_out(longest_text(template, lengths)))


def lint(
    template: str, file: str, channel: Channel, lengths: Mapping[str, int], changing: Collection[str] = ("member",)
) -> list[Problem]:
    """What is wrong with a template as a text of this channel; nothing for other kinds than sms.

    `lengths` says how long a variable may become, `changing` which variables differ from member to member.
    """
    if channel.kind != "sms":
        return []
    return [*_linted(template, file, channel, lengths), *_variables(template, file, channel, lengths, changing)]


_NO_VARIABLES = (
    "Write it without, or set `promo_variables: true` on the channel once its provider has approved them.",
    "请去掉变量；若服务商已批准，请在渠道写 promo_variables: true。",
)
_REFUSED = ("Write the text anew; the provider would refuse the template.", "请改写内容，否则服务商会拒绝该模板。")


def _variables(
    template: str, file: str, channel: Channel, lengths: Mapping[str, int], changing: Collection[str]
) -> Iterator[Problem]:
    """C614: what a provider takes for variables of a promotional template (B3)."""
    if channel.provider is None:
        return
    used = [m for m in _VARIABLE.finditer(_without_questions(template)) if m[1].partition(".")[0] in changing]
    hints = _REFUSED if channel.promo_variables else _NO_VARIABLES
    seen: dict[str, int] = {}
    end = -1
    for match in used:
        name = match[1]
        stands_beside = end >= 0 and not template[end : match.start()].strip()
        end = match.end()
        seen[name] = seen.get(name, 0) + 1
        if not channel.promo_variables:
            why = (
                "differs by member, and promotional SMS take no variables",
                "因人而异，推广短信不支持变量",
            )
        elif stands_beside:
            why = ("stands beside another variable", "与另一个变量相邻")
        elif lengths.get(name, 0) > LONGEST_VARIABLE:
            why = (f"may have more than {LONGEST_VARIABLE} characters", f"可能超过 {LONGEST_VARIABLE} 字")
        elif seen[name] > 1:
            why = ("is written more than once", "出现多次")
        else:
            continue
        line = template.count("\n", 0, match.start()) + 1
        yield Problem(
            "C614", "warning", f"{name} {why[0]}", hints[0], Location(file, line, 1), f"{name} {why[1]}", hints[1]
        )


def _without_questions(template: str) -> str:
    """The template with its tags blanked, every character in its place."""
    return _TAG.sub(lambda tag: " " * len(tag[0]), template)


def _linted(template: str, file: str, channel: Channel, lengths: Mapping[str, int]) -> Iterator[Problem]:
    for line, text in enumerate(template.split("\n"), start=1):
        if "【" in text or "】" in text:
            yield Problem(
                "C613",
                "error",
                "the SMS holds 【】, which the signature adds",
                "Delete the brackets.",
                Location(file, line, 1),
                "短信正文含有【】，签名会自动加上",
                "请删除【】。",
            )
        yield from _subjects(text, Location(file, line, 1), channel)
    count = longest(template, lengths) + signature_length(channel)
    if channel.max_segments is not None and segments(count) > channel.max_segments:
        needed, allowed = segments(count), channel.max_segments
        yield Problem(
            "C612",
            "warning",
            f"the SMS may have {count} characters, {needed} segments; the channel allows {allowed}",
            "Shorten it.",
            Location(file, 1, 1),
            f"短信最长 {count} 字，需 {needed} 条，渠道允许 {allowed} 条",
            "请缩短内容。",
        )


def _subjects(text: str, at: Location, channel: Channel) -> Iterator[Problem]:
    for pattern, english, chinese in SUBJECTS.get(channel.provider or "", ()):
        if (match := re.search(pattern, text)) is not None:
            yield Problem(
                "C611",
                "warning",
                f"{match[0]!r}: {channel.provider} refuses promotional SMS about {english}",
                "Use the dedicated service, a group or push, or the platform's own SMS.",
                at,
                f"“{match[0]}”：{channel.provider} 不接受“{chinese}”题材的推广短信",
                "请改用专属客服、群或推送，或平台自有短信。",
            )

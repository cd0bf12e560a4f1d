"""What a promotional SMS may say and how long it is (B3): rules of carriers and of the provider.

`lint` looks at a message template as it is written; variables count as long as they may become.
Codes C611 to C614 and C622 are explained by `promocal explain`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.model.store import Channel
from campaign_calendars.providers.of_channel import profile_of

OPT_OUT = "拒收请回复R"
"""Where a provider states no other (B3)."""
ONE, PART = 70, 67
_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{-?\s*([\w.]+).*?\}\}", re.DOTALL)
_UNKNOWN_LENGTH = 10
_LONGEST_VARIABLE = 35


def length(text: str) -> int:
    """Characters as a carrier counts them: every character 1, an emoji 2."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def segments(count: int, channel: Channel | None = None) -> int:
    """Parts that the channel's provider bills for `count` characters, signature included: 70 → 1, 71 → 2, 160 → 3."""
    profile = profile_of(channel) if channel is not None else None
    stated = profile.segments if profile is not None else None
    one, part = (stated.one, stated.part) if stated is not None else (ONE, PART)
    return 1 if count <= one else -(-count // part)


def opt_out(channel: Channel) -> str:
    """The words with which every promotional SMS of the channel ends."""
    profile = profile_of(channel)
    return profile.opt_out.value if profile is not None and profile.opt_out is not None else OPT_OUT


def signature_length(channel: Channel) -> int:
    """Characters the signature adds with its 【】."""
    return length(channel.signature) + 2 if channel.signature else 0


def with_opt_out(text: str, words: str = OPT_OUT) -> str:
    """The text with the way to refuse at its end, once; a link before it stays a link."""
    plain = text.strip()
    if not plain or plain.endswith(words):
        return plain
    last = plain[-1]
    between = "" if not (last.isalnum() or last in "/=&") else " " if last.isascii() else "，"
    return f"{plain}{between}{words}"


def longest_text(template: str, lengths: Mapping[str, int]) -> str:
    """The template with every branch written and every variable as long as `lengths` says."""
    plain = _TAG.sub("", template)
    return _VARIABLE.sub(lambda mark: "字" * lengths.get(mark[1], _UNKNOWN_LENGTH), plain).strip()


def longest(template: str, lengths: Mapping[str, int], refusal: str = OPT_OUT) -> int:
    """The characters of an SMS when every variable is as long as `lengths` says, the way to refuse included."""
    return length(with_opt_out(longest_text(template, lengths), refusal))


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
    profile = profile_of(channel)
    if profile is None or profile.variables is None:
        return
    approved = channel.promo_variables or profile.variables.value
    used = [m for m in _VARIABLE.finditer(_without_questions(template)) if m[1].partition(".")[0] in changing]
    hints = _REFUSED if approved else _NO_VARIABLES
    seen: dict[str, int] = {}
    stated = profile.longest_variable
    most = stated.value if stated is not None else _LONGEST_VARIABLE
    end = -1
    for match in used:
        name = match[1]
        stands_beside = end >= 0 and not template[end : match.start()].strip()
        end = match.end()
        seen[name] = seen.get(name, 0) + 1
        if not approved:
            why = (
                "differs by member, and promotional SMS take no variables",
                "因人而异，推广短信不支持变量",
            )
        elif stands_beside:
            why = ("stands beside another variable", "与另一个变量相邻")
        elif lengths.get(name, 0) > most:
            why = (f"may have more than {most} characters", f"可能超过 {most} 字")
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
        yield from _symbols(text, file, line, channel)
    count = longest(template, lengths, opt_out(channel)) + signature_length(channel)
    if channel.max_segments is not None and segments(count, channel) > channel.max_segments:
        needed, allowed = segments(count, channel), channel.max_segments
        yield Problem(
            "C612",
            "warning",
            f"the SMS may have {count} characters, {needed} segments; the channel allows {allowed}",
            "Shorten it.",
            Location(file, 1, 1),
            f"短信最长 {count} 字，需 {needed} 条，渠道允许 {allowed} 条",
            "请缩短内容。",
        )


_INSTEAD = {
    "dedicated_service": ("the dedicated service", "专属客服"),
    "group": ("a group", "群"),
    "push": ("push", "推送"),
    "wecom": ("WeCom", "企业微信"),
}


def _subjects(text: str, at: Location, channel: Channel) -> Iterator[Problem]:
    profile = profile_of(channel)
    for subject in profile.subjects.refused if profile is not None and profile.subjects is not None else ():
        if (match := re.search(subject.pattern, text)) is not None and profile is not None:
            other, other_zh = (
                word.join(_INSTEAD[kind][n] for kind in subject.instead) for n, word in enumerate((", ", "、"))
            )
            yield Problem(
                "C611",
                "warning",
                f"{match[0]!r}: {profile.en} refuses promotional SMS about {subject.en}",
                f"Tell it elsewhere: {other}, or the platform's own SMS.",
                at,
                f"“{match[0]}”：{profile.zh}不接受“{subject.zh}”题材的推广短信",
                f"请改用其他渠道：{other_zh}，或平台自有短信。",
            )


def _symbols(text: str, file: str, line: int, channel: Channel) -> Iterator[Problem]:
    """C622: characters that the provider's carriers garble."""
    profile = profile_of(channel)
    if profile is None or profile.symbols is None:
        return
    for place, symbol in enumerate(_without_questions(text), start=1):
        if symbol in profile.symbols.value:
            yield Problem(
                "C622",
                "warning",
                f"{symbol} arrives garbled through {profile.en}",
                "Write it in words.",
                Location(file, line, place),
                f"{symbol} 经{profile.zh}发送会变成乱码",
                "请改用文字。",
            )
            return

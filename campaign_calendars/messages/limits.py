"""What a channel takes of a text, whatever its kind: characters, bytes, and where the way to refuse may stand (B3, B4).

Codes C610 and C615 are explained by `promocal explain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.sms import length, longest_text, opt_out, signature_length, with_opt_out
from campaign_calendars.model.store import Channel
from campaign_calendars.providers.of_channel import profile_of

_WAYS_TO_REFUSE = re.compile(
    r"(?:拒收|退订)请?(?:回复?|发送?)\s*[A-Za-z]{1,2}|(?:回复?|发送?)\s*[A-Za-z]{1,2}\s*(?:退订|拒收)"
)


def finished(text: str, channel: Channel) -> str:
    """The text as it leaves through a channel: an SMS ends with the way to refuse it."""
    return with_opt_out(text, opt_out(channel)) if channel.kind == "sms" else text


def too_long(text: str, channel: Channel) -> Said | None:
    """Why a text is too long for a channel, in English and Chinese; None when it fits. SMS are billed by segment."""
    if channel.max_chars is not None and (count := length(text)) > channel.max_chars:
        return (
            f"{count} characters, the channel takes {channel.max_chars}",
            f"{count} 字，渠道最多 {channel.max_chars} 字",
        )
    profile = profile_of(channel)
    if profile is None:
        return None
    if profile.most_bytes is not None and (count := len(text.encode())) > (most := profile.most_bytes.value):
        return f"{count} bytes, {profile.en} takes {most}", f"{count} 字节，{profile.zh}最多 {most} 字节"
    if profile.most_chars is not None and (count := length(text) + signature_length(channel)) > (
        most := profile.most_chars.value
    ):
        return f"{count} characters, {profile.en} takes {most}", f"{count} 字，{profile.zh}最多 {most} 字"
    return None


def lint_limits(template: str, file: str, channel: Channel, lengths: Mapping[str, int]) -> Iterator[Problem]:
    """C610, C615: what is wrong with a template as a text of this channel, every variable as long as it may become."""
    yield from _ways_to_refuse(template, file, channel)
    filled = finished(longest_text(template, lengths), channel)
    if (said := too_long(filled, channel)) is not None:
        yield Problem(
            "C615",
            "error",
            f"the text may have {said[0]}",
            "Shorten it, or give the channel a text of its own: `message: {CHANNEL: …, default: …}`.",
            Location(file, 1, 1),
            f"文本最长 {said[1]}",
            "请缩短，或为该渠道另写文本：message: {渠道: …, default: …}。",
        )


def _ways_to_refuse(template: str, file: str, channel: Channel) -> Iterator[Problem]:
    ours = opt_out(channel)
    for number, line in enumerate(template.split("\n"), start=1):
        for match in _WAYS_TO_REFUSE.finditer(line):
            if channel.kind == "sms" and match[0] == ours:
                continue
            at = Location(file, number, match.start() + 1)
            if channel.kind == "sms":
                texts = (f"{match[0]} stands beside {ours}", f"“{match[0]}”与“{ours}”重复")
                hints = (
                    f"Delete it; promocal ends every SMS with {ours}.",
                    f"请删除；每条短信由 promocal 以“{ours}”结尾。",
                )
            else:
                texts = (
                    f"{match[0]} stands in a text of a channel that is no SMS",
                    f"“{match[0]}”出现在非短信渠道的文本中",
                )
                hints = (
                    f"Delete it; promocal adds {ours} to SMS, and only there.",
                    f"请删除；“{ours}”由 promocal 只加在短信上。",
                )
            yield Problem("C610", "error", texts[0], hints[0], at, texts[1], hints[1])

"""What a channel takes of a text, whatever its kind: characters, bytes, and where the way to refuse may stand (B3, B4).

Codes C610 and C615 are explained by `promocal explain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.sms import OPT_OUT, length, longest_text, with_opt_out
from campaign_calendars.model.store import Channel

MOST_WECOM_BYTES = 4_000
"""Of the text of a message through WeCom (B4)."""
_WAYS_TO_REFUSE = re.compile(
    r"(?:拒收|退订)请?(?:回复?|发送?)\s*[A-Za-z]{1,2}|(?:回复?|发送?)\s*[A-Za-z]{1,2}\s*(?:退订|拒收)"
)


def finished(text: str, channel: Channel) -> str:
    """The text as it leaves through a channel: an SMS ends with the way to refuse it."""
    return with_opt_out(text) if channel.kind == "sms" else text


def too_long(text: str, channel: Channel) -> Said | None:
    """Why a text is too long for a channel, in English and Chinese; None when it fits. SMS are billed by segment."""
    if channel.max_chars is not None and (count := length(text)) > channel.max_chars:
        return (
            f"{count} characters, the channel takes {channel.max_chars}",
            f"{count} 字，渠道最多 {channel.max_chars} 字",
        )
    if channel.kind == "wecom" and (count := len(text.encode())) > MOST_WECOM_BYTES:
        return (
            f"{count} bytes, WeCom takes {MOST_WECOM_BYTES}",
            f"{count} 字节，企业微信最多 {MOST_WECOM_BYTES} 字节",
        )
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
    for number, line in enumerate(template.split("\n"), start=1):
        for match in _WAYS_TO_REFUSE.finditer(line):
            if channel.kind == "sms" and match[0] == OPT_OUT:
                continue
            at = Location(file, number, match.start() + 1)
            if channel.kind == "sms":
                texts = (f"{match[0]} stands beside {OPT_OUT}", f"“{match[0]}”与“{OPT_OUT}”重复")
                hints = (
                    f"Delete it; promocal ends every SMS with {OPT_OUT}.",
                    f"请删除；每条短信由 promocal 以“{OPT_OUT}”结尾。",
                )
            else:
                texts = (
                    f"{match[0]} stands in a text of a channel that is no SMS",
                    f"“{match[0]}”出现在非短信渠道的文本中",
                )
                hints = (
                    f"Delete it; promocal adds {OPT_OUT} to SMS, and only there.",
                    f"请删除；“{OPT_OUT}”由 promocal 只加在短信上。",
                )
            yield Problem("C610", "error", texts[0], hints[0], at, texts[1], hints[1])

"""Chinese texts of the reference pages: messages, tests of texts, attachments, links and goods lists."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "Message template, a path from the project's directory; or channel and template, with `default` for the channels"
    " that have none of their own.": ("消息模板，相对项目目录的路径；或按渠道写模板，default 用于没有另写的渠道。"),
    "template": "模板",
    "`messages/recall.txt`, or `{sms: messages/short.txt, default: messages/recall.txt}`.": (
        "`messages/recall.txt`，或 `{sms: messages/short.txt, default: messages/recall.txt}`。"
    ),
    "Characters a text may have; an emoji counts two.": "文本最多字数；一个表情计两字。",
    "Several messages instead of `message`, by name, to find the best (A11#13).": (
        "代替 message 的多个文案，按名称，用于找出最优（A11#13）。"
    ),
    "Who gets which of `texts`; default: all members, in equal parts, by chance.": (
        "谁收到 texts 中的哪一个；默认全部会员随机均分。"
    ),
    "A test of texts: which share of the members gets which (A11#13).": "文案测试：各文案对应的会员比例（A11#13）。",
    "Text and share of the members; default: all members, in equal parts.": "文案及其会员比例；默认全部会员均分。",
    "winner: the members who are in no share wait, and get the text that did best.": (
        "winner：不在任何比例内的会员先等待，再收到表现最好的文案。"
    ),
    "How long they wait.": "等待多久。",
    "What the best text is told by; default: clicks where the events have some, else conversion.": (
        "按什么判断最优；默认有点击行为时按点击，否则按转化。"
    ),
    "Kind of the events that are clicks.": "表示点击的行为类型。",
    "Which members hear of it first; default: all at once.": "先通知哪些会员；默认同时通知。",
    "Who hears of it first: higher tiers before lower ones (优先通知).": "优先通知：高等级先于低等级。",
    "tier: the highest first, each next one later.": "tier：最高等级最先，其余依次推后。",
    "How much earlier a tier hears than the one below it.": "每个等级比下一级提前多久。",
}

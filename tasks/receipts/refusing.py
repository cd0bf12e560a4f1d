"""Whether a reply says that no more messages are wanted (B3, B7).

Who has to guess errs on the side of the member: a short word that refuses anywhere is a refusal, and so is a longer
text that names it. Everything else is a conversation, and nobody's refusal.
"""

from __future__ import annotations

import re
import unicodedata

WORDS = frozenset(
    {"r", "t", "td", "tdhf", "n", "no", "q", "qx", "stop", "stopall", "unsubscribe", "unsub", "cancel", "end", "quit",
     "optout", "remove", "退", "退订", "退訂", "拒收", "拒绝", "取消", "取消订阅", "不要", "不需要", "屏蔽", "停",
     "停止", "别发", "0000", "00000"}
)  # fmt: skip
"""A reply that is one of these alone; `回复R` and `发TD` are the same."""
_WITHIN = re.compile(
    "退订|退訂|拒收|取消订阅|不要再?发|别再?发|勿再?发|停止发送|不再接收|骚扰|举报|投诉|"
    "unsubscribe|opt.?out|stop sending|remove me",
    re.IGNORECASE,
)
_FIRST = frozenset({"td", "stop", "unsubscribe", "退订", "退訂", "拒收"})  # whatever else is said after it
_ASKED = re.compile("^(?:请|回复?|发送?|reply|text)+", re.IGNORECASE)


def refuses(said: str) -> bool:
    """Whether a reply is a refusal."""
    text = unicodedata.normalize("NFKC", said).casefold()
    bare = re.sub(r"[\W_]", "", text)
    first = re.split(r"[\W_]+", text.strip(), maxsplit=1)[0]
    if first in _FIRST or bare in WORDS or _ASKED.sub("", bare) in WORDS or _WITHIN.search(text):
        return True
    # One letter over and over, or twice the same word: TT, R R R, tdtd.
    return any(len(word) <= 2 and bare and bare == word * (len(bare) // len(word)) for word in ("r", "t", "td"))  # noqa: PLR2004

"""What a hand probably meant that wrote a moment in another way: 2026/11/11, 3月8日, d-3, T-3, D-1 10：00.

Only ever a suggestion: the moment is not read as such, it is named as the remedy.
"""

from __future__ import annotations

import re

_WIDE = str.maketrans("：－—＋　／", ":--+ /")
_REWRITES = (
    (re.compile(r"(\d{4})\s*[/.年]\s*(\d{1,2})\s*[/.月]\s*(\d{1,2})(?:\s*[日号])?"), r"\1-\2-\3"),
    (re.compile(r"(\d{4})-(\d)-"), r"\1-0\2-"),
    (re.compile(r"(\d{4}-\d{2})-(\d)(?!\d)"), r"\1-0\2"),
    (re.compile(r"^[dTt](?=\s*[+-]|$|\s)"), "D"),
    (re.compile(r"\s*(?:working days?|workdays?|个?工作日)", re.IGNORECASE), "wd"),
    (re.compile(r"^(D\s*[+-]\s*\d+)\s*(?:days?|d|天|日)(?!\w)", re.IGNORECASE), r"\1"),
    (re.compile(r"(\d)\s*(?:days?|天)(?!\w)", re.IGNORECASE), r"\1d"),
    (re.compile(r"(\d)\s*(?:hours?|小时)(?!\w)", re.IGNORECASE), r"\1h"),
    (re.compile(r"(?<=\s)(\d{1,2})\s*[点时](?:整)?$"), r"\1:00"),
    (re.compile(r"(?<=\d\s)(\d{1,2})$"), r"\1:00"),
    (re.compile(r"(?<=\s)24:00(?::00)?$"), "23:59:59"),
)
FESTIVAL_NAMES = {
    "元旦": "new-year", "女王节": "queens-day", "38": "queens-day", "双11": "double-11", "双十一": "double-11",
    "双12": "double-12", "双十二": "double-12", "母亲节": "mothers-day", "父亲节": "fathers-day",
    "春节": "spring-festival", "除夕": "new-years-eve", "元宵": "lantern", "元宵节": "lantern",
    "端午": "dragon-boat", "端午节": "dragon-boat", "七夕": "qixi", "七夕节": "qixi", "中秋": "mid-autumn",
    "中秋节": "mid-autumn", "腊八": "laba", "腊八节": "laba",
}  # fmt: skip
"""Chinese names of the festivals, as people write them."""


def rewritten(text: str) -> str:
    """The text with the usual slips mended; the same text when there are none."""
    mended = text.translate(_WIDE).strip()
    for pattern, replacement in _REWRITES:
        mended = pattern.sub(replacement, mended)
    return mended

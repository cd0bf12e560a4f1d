"""Placeholders as other tools write them: `{name}`, `${name}`, `%s`, `【姓名】`; here they would be sent as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from campaign_calendars.findings.problem import Location, Problem

_ENGINE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_HABITS = re.compile(
    r"\$\{\s*(?P<dollar>[\w.]{1,40})\s*\}"
    r"|#\{\s*(?P<hash>[\w.]{1,40})\s*\}"
    r"|\{\s*(?P<brace>[^\W\d][\w.]{0,39}|\d{0,2})\s*\}"
    r"|%\((?P<percent>\w{1,40})\)s"
    r"|%(?P<printf>[sd])(?![A-Za-z])"
    r"|【\s*(?P<square>[^【】]{1,12})\s*】"
    r"|\[\[\s*(?P<double>[\w.]{1,40})\s*\]\]"
    r"|(?P<stray>\{\{|\}\}|[{}])"
)
_MEANT: Mapping[str, str] = {
    "name": "member.name", "姓名": "member.name", "昵称": "member.name", "会员名": "member.name", "会员": "member.name",
    "用户名": "member.name", "称呼": "member.name", "member": "member.name", "nick": "member.name",
    "nickname": "member.name", "username": "member.name", "customer": "member.name", "benefit": "benefit.text",
    "优惠": "benefit.text", "权益": "benefit.text", "优惠券": "benefit.text", "coupon": "benefit.text",
    "offer": "benefit.text", "value": "benefit.value", "amount": "benefit.value", "面额": "benefit.value",
    "金额": "benefit.value", "threshold": "benefit.threshold", "门槛": "benefit.threshold", "store": "store.title",
    "shop": "store.title", "店铺": "store.title", "店铺名": "store.title", "play": "play.title",
    "phase": "phase.title", "calendar": "calendar.title", "活动": "calendar.title", "活动名": "calendar.title",
}  # fmt: skip


def foreign_placeholders(text: str, file: str, variables: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """C607 for everything outside the marks of the template engine that looks like a placeholder.

    `variables`: name → its keys, as a message may name them. Brackets 【】 count if they hold the word of one.
    """
    plain = _ENGINE.sub(lambda mark: "\x00" * len(mark[0]), text)
    for match in _HABITS.finditer(plain):
        word = next((group for name, group in match.groupdict().items() if group is not None and name != "stray"), "")
        if match["square"] is not None and word.casefold() not in _MEANT:
            continue
        at = Location(file, text.count("\n", 0, match.start()) + 1, match.start() - text.rfind("\n", 0, match.start()))
        yield _problem(match[0], _meant(word, variables), at, stray=match["stray"] is not None)


def _meant(word: str, variables: Mapping[str, tuple[str, ...]]) -> str:
    name, _, key = word.partition(".")
    if key in variables.get(name, ()):
        return word
    return _MEANT.get(word.casefold(), "")


def _problem(written: str, meant: str, at: Location, *, stray: bool) -> Problem:
    if stray:
        hint = "Write variables as {{ member.name }}; a brace that shall be read is {{ '{' }}."
        hint_zh = "变量写作 {{ member.name }}；要显示花括号请写 {{ '{' }}。"
        return Problem(
            "C607",
            "warning",
            f"{written!r} has no partner and is sent as it stands",
            hint,
            at,
            f"{written!r} 不成对，会原样发出",
            hint_zh,
        )
    form = meant or "member.name"
    hint = f"Write {{{{ {form} }}}}." if meant else f"Variables are written like {{{{ {form} }}}}."
    hint_zh = f"请写 {{{{ {form} }}}}。" if meant else f"变量写作 {{{{ {form} }}}}。"
    return Problem(
        "C607", "warning", f"{written} is no variable here and is sent as it stands", hint, at,
        f"{written} 不是变量，会原样发出", hint_zh,
    )  # fmt: skip

"""Why a message cannot be made of its template, in English and Chinese.

The ledger keeps the English of a job that failed; `FAULTS` are the templates by which it is told in Chinese later.
Words of the template engine are English alone: `read_fault` knows the Chinese of those a person meets.
"""

from __future__ import annotations

from campaign_calendars.findings.said import Said, translate_stored

NO_MESSAGE: Said = ("message {name} is no longer in the calendar", "日历中已没有消息 {name}")
NO_PHASE: Said = ("phase {name} is no longer in the calendar", "日历中已没有阶段 {name}")
NO_PLAY: Said = ("play {name} is no longer in the calendar", "日历中已没有玩法 {name}")
NO_BENEFIT: Said = ("benefit {name} is no longer in the calendar", "日历中已没有权益 {name}")
TOO_LARGE: Said = ("message {name}: more than {most} characters", "消息 {name}：超过 {most} 字")
TOO_MANY_PARTS: Said = (
    "message {name}: {count} segments, the channel allows {most}",
    "消息 {name}：短信 {count} 条，渠道最多 {most} 条",
)
_TOO_MANY_CHARACTERS: Said = (
    "message {name}: {count} characters, the channel takes {most}",
    "消息 {name}：{count} 字，渠道最多 {most} 字",
)
_TOO_MANY_BYTES: Said = (
    "message {name}: {count} bytes, WeCom takes {most}",
    "消息 {name}：{count} 字节，企业微信最多 {most} 字节",
)
NOT_COMPUTED: Said = (
    "message {name}: an expression of it cannot be computed ({error})",
    "消息 {name}：其中的表达式无法计算（{error}）",
)
_UNDEFINED: Said = ("message {name}: {what} is undefined", "消息 {name}：{what} 未定义")
_NO_ATTRIBUTE: Said = ("message {name}: {what} has no attribute {key}", "消息 {name}：{what} 没有 {key}")
_UNSAFE: Said = ("message {name}: access to {what} is unsafe.", "消息 {name}：不允许访问 {what}")
OTHERWISE: Said = ("message {name}: {error}", "消息 {name}：{error}")

FAULTS: tuple[Said, ...] = (
    NO_MESSAGE,
    NO_PHASE,
    NO_PLAY,
    NO_BENEFIT,
    TOO_LARGE,
    TOO_MANY_PARTS,
    _TOO_MANY_CHARACTERS,
    _TOO_MANY_BYTES,
    NOT_COMPUTED,
    _NO_ATTRIBUTE,
    _UNDEFINED,
    _UNSAFE,
    OTHERWISE,
)
"""The more special ones first."""

_OPEN = "The innermost block that needs to be closed is {open}."
_NESTED = "You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for"
# What the template engine says of a text it cannot read.
_OF_THE_ENGINE: tuple[Said, ...] = (
    ("unexpected end of template, expected {wanted}.", "模板意外结束，应为 {wanted}"),
    (
        f"Unexpected end of template. Jinja was looking for the following tags: {{wanted}}. {_OPEN}",
        "模板意外结束，缺少 {wanted}；最内层未关闭的是 {open}",
    ),
    (
        f"Encountered unknown tag {{tag}}. Jinja was looking for the following tags: {{wanted}}. {_OPEN}",
        "无法识别的标签 {tag}，应为 {wanted}；最内层未关闭的是 {open}",
    ),
    (
        f"Encountered unknown tag {{tag}}. {_NESTED} {{wanted}}. {_OPEN}",
        "标签 {tag} 嵌套有误，应先写 {wanted}；最内层未关闭的是 {open}",
    ),
    ("Encountered unknown tag {tag}.", "无法识别的标签 {tag}"),
    ("tag name expected", "{{% 之后应为标签名"),
    ("Expected an expression, got {found}", "应为表达式，实为 {found}"),
    ("expected name or number", "应为名称或数字"),
    ("expected subscript expression", "方括号中应为表达式"),
    ("expected token {wanted}, got {found}", "应为 {wanted}，实为 {found}"),
    ("unexpected char {found} at {place}", "第 {place} 个字符 {found} 不应出现"),
    ("unexpected {found}, expected {wanted}", "{found} 不应出现，应为 {wanted}"),
    ("unexpected {found}", "{found} 不应出现"),
    ("No filter named {name}.", "没有名为 {name} 的过滤器"),
    ("No test named {name}.", "没有名为 {name} 的判断"),
    ("Invalid character in identifier", "名称中有无效字符"),
    ("invalid syntax for function call expression", "函数调用的语法有误"),
    ("You cannot chain multiple tests with is", "is 之后只能有一个判断"),
    ("Missing end of comment tag", "注释没有结束标记"),
    ("Missing end of raw directive", "raw 没有结束标记"),
)
_TOKENS = {
    "'end of template'": "模板结尾",
    "'end of print statement'": "}}",
    "'end of statement block'": "%}",
    "'begin of print statement'": "{{",
    "'begin of statement block'": "{%",
}


def fault(said: Said, **named: object) -> Said:
    """A sentence of this module about one message."""
    return said[0].format(**named), said[1].format(**named)


def read_fault(english: str) -> Said:
    """What the template engine says of a text it cannot read, in both languages."""
    chinese = translate_stored(english, _OF_THE_ENGINE, "zh")
    if chinese != english:
        for token, sign in _TOKENS.items():
            chinese = chinese.replace(token, sign)
        chinese = chinese.replace("' or '", "' 或 '")
    return english, chinese


def fault_in(english: str, lang: str) -> str:
    """Why a message could not be made, as the ledger keeps it, told in `lang`; another sentence stays as it is."""
    name, mark, words = english.removeprefix("message ").partition(": ")
    if lang == "zh" and mark and english.startswith("message ") and (told := read_fault(words)[1]) != words:
        return OTHERWISE[1].format(name=name, error=told)
    return translate_stored(english, FAULTS, lang)

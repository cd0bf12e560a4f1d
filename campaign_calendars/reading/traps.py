"""Texts that YAML cannot read, or not as the operator meant: what is said about them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaign_calendars.findings.finding import Place
from campaign_calendars.findings.problem import Location, Problem

MAX_CHARS = 1_000_000

ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def unreadable(text: str, file: str) -> Iterator[Problem]:
    """Reasons not to hand the text to the parser at all: its size, invisible characters."""
    if len(text) > MAX_CHARS:
        yield Problem(
            "C011",
            "error",
            f"the file has {len(text)} characters; at most {MAX_CHARS} are read",
            "Split the calendar.",
            Location(file, 1, 1),
            zh=f"文件有 {len(text)} 个字符，最多读取 {MAX_CHARS} 个",
            hint_zh="请拆分日历。",
        )
        return
    for match in ODD.finditer(text):
        line, column = line_column(text, match.start())
        yield Problem(
            "C012",
            "error",
            f"invisible character U+{ord(match[0]):04X}",
            "Delete it; it was probably pasted from another program.",
            Location(file, line, column),
            zh=f"不可见字符 U+{ord(match[0]):04X}",
            hint_zh="请删除；它多半来自其他程序的粘贴。",
        )


def normal(text: str) -> str:
    """The text that places count in: without byte order mark, lines ended by \\n."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def line_column(text: str, index: int) -> Place:
    """Line and column, from 1, of a character of the text."""
    start = text.rfind("\n", 0, index) + 1
    return text.count("\n", 0, start) + 1, index - start + 1


def explain(problem: str, line: str) -> tuple[str, str]:
    """The parser's words about a line, in an operator's words, English and Chinese."""
    shown = line.strip()[:60]
    if "mapping values are not allowed" in problem:
        return f"a second colon in one line: {shown!r}", f"同一行出现了第二个冒号：{shown!r}"
    if "cannot start any token" in problem:
        return f"a value cannot start with this character: {shown!r}", f"值不能以该字符开头：{shown!r}"
    if "unexpected end of stream" in problem:
        return "a quote is opened and never closed", "引号没有闭合"
    if "did not find expected ',' or" in problem or "expected ',' or" in problem:
        return "a bracket is opened and not closed, or a comma is missing", "括号没有闭合，或缺少逗号"
    if "could not find expected ':'" in problem:
        return "a key without a colon", "键名之后缺少冒号"
    return f"this is not YAML: {problem}", f"不是合法的 YAML：{problem}"


def syntax_problem(words: str, place: Location, line: str) -> Problem:
    """C001 at a place of a line, with the parser's words about it put into an operator's."""
    if not line.strip():
        said = ("something is missing here: the lines below belong to nothing", "此处缺少内容：下面的行没有归属")
        hints = ("Write the key, or the dash, that they stand under.", "请补上它们所属的键或短横线。")
    else:
        said, hints = explain(words, line), syntax_hint(words)
    return Problem("C001", "error", said[0], hints[0], place, zh=said[1], hint_zh=hints[1])


def syntax_hint(problem: str) -> tuple[str, str]:
    """What to do about a syntax error, English and Chinese."""
    if "mapping values are not allowed" in problem or "cannot start any token" in problem:
        return "Quote the value, or check the indentation of the line.", "请为值加引号，或检查该行的缩进。"
    return (
        "Check the line and the one before it: indentation, quotes, brackets.",
        "请检查该行与上一行的缩进、引号和括号。",
    )

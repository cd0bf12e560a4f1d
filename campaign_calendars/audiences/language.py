"""The audience language: a boolean SQL expression over the segment fields, typed, never pasted.

    joined and recency_days > 30 and tier >= 'gold' and not contacted_by('recall')

The text is read into a tree, the tree is typed, and the predicate is written anew from it, so no text
of the operator reaches the database except as an escaped literal. Unknown (null) means: not in the audience.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from campaign_calendars.audiences.compiler import compile_expression
from campaign_calendars.audiences.limits import MAX_CHARS, MAX_NESTING, nesting, without_texts
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.reach import can_hold
from campaign_calendars.audiences.tags import Meaning
from campaign_calendars.audiences.tree import UnreadableError, read_expression
from campaign_calendars.audiences.types import foreign
from campaign_calendars.findings.finding import Finding
from campaign_calendars.findings.problem import Location, Problem

_WIDE = re.compile("[，、；：。！？（）【】＝＜＞＋－“”‘’＇＂]")


@dataclass(frozen=True, slots=True)
class AudienceExpr:
    """A checked expression: its text, its SQL over alias `f`, and what it uses."""

    text: str
    sql: str
    fields: frozenset[str]
    functions: frozenset[tuple[str, str]]
    can_hold: bool = True
    """False: the conditions contradict each other, nobody can be in the audience."""


def parse_audience(text: str, *, names: AudienceNames) -> AudienceExpr | list[Problem]:
    """The checked expression, or its problems; a problem's column is its offset in `text` plus 1."""
    expression, findings = analyse(text, names)
    if expression is not None:
        return expression
    return [
        Problem(f.code, f.severity, f.message, f.hint, Location("", 1, f.offset + 1), f.zh, f.hint_zh) for f in findings
    ]


def to_predicate(expression: AudienceExpr) -> str:
    """DuckDB predicate over `member_features as f`; reads `params`, `phase_windows`, `contacts`, `snap.*`."""
    return f"coalesce({expression.sql}, false)"


@lru_cache(maxsize=4096)
def analyse(text: str, names: AudienceNames) -> tuple[AudienceExpr | None, tuple[Finding, ...]]:
    """Parse and check; exactly one of expression and findings is given. Total: never raises."""
    early = tuple(_before_parsing(text))
    if early:
        return None, early
    try:
        tree = read_expression(text)
    except UnreadableError as error:
        return None, (_unreadable(text, error),)
    compiled = compile_expression(tree, names, _rule_of_tag)
    if compiled.findings:
        return None, compiled.findings
    possible = can_hold(tree, names)
    return AudienceExpr(text, compiled.sql, compiled.fields, compiled.functions, possible), ()


def _rule_of_tag(text: str, names: AudienceNames) -> Meaning | None:
    rule = analyse(text, names)[0]
    return Meaning(rule.sql, rule.fields, rule.functions) if rule is not None else None


def _before_parsing(text: str) -> Iterator[Finding]:
    if not text.strip():
        yield _finding(
            0,
            ("the expression is empty", "表达式为空"),
            ("Write a condition such as `joined`.", "请写条件，例如 joined。"),
        )
        return
    if len(text) > MAX_CHARS:
        yield _finding(
            MAX_CHARS,
            (f"the expression has more than {MAX_CHARS} characters", f"表达式超过 {MAX_CHARS} 个字符"),
            ("Use a tag instead.", "请改用标签。"),
        )
        return
    for match in _WIDE.finditer(without_texts(text)):
        yield _finding(
            match.start(),
            (f"full-width punctuation {match[0]}", f"全角标点 {match[0]}"),
            ("Type it with the input method switched to English.", "请切换到英文输入法后重新输入。"),
        )
    if nesting(text) > MAX_NESTING:
        yield _finding(
            0,
            (f"more than {MAX_NESTING} brackets or nots within each other", f"括号或 not 的嵌套超过 {MAX_NESTING} 层"),
            ("Split the audience.", "请拆分人群。"),
        )


def _unreadable(text: str, error: UnreadableError) -> Finding:
    token = error.token
    if token.text == "'":
        texts = ("a quote is opened and never closed", "引号没有闭合")
    elif error.is_foreign:
        return foreign(token.start, token.text.upper())
    else:
        shown = token.text[:40]
        texts = (f"the expression cannot be read at {shown!r}", f"表达式在 {shown!r} 处无法理解")
    hints = (
        "Write conditions joined by and, or, not: joined and recency_days > 30.",
        "请用 and、or、not 连接条件：joined and recency_days > 30。",
    )
    return _finding(min(token.start, max(len(text) - 1, 0)), texts, hints)


def _finding(offset: int, texts: tuple[str, str], hints: tuple[str, str]) -> Finding:
    return Finding("C130", (), *texts, *hints, offset=offset)

"""Message templates: Jinja in a sandbox, checked before anything is sent, the same text every time.

A template sees these variables and nothing else; `benefit` exists only where the play has one, granted or announced:

    member.name                              empty when the store knows no name; not in posts, which are for a group
    benefit.id .title .text .value .threshold    text: the benefit in one phrase; amounts as "30"
    announced.text .titles                       all that the play announces and that is on offer when it leaves
    play.id .title   phase.id .title   calendar.id .title   store.title
    link.NAME (of the calendar's links)   list.title .text .count: what is on sale of the play's goods list
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from campaign_calendars.findings.problem import Location, Problem, has_errors, sort_problems
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.faults import read_fault
from campaign_calendars.messages.paths import LEAVES, path_fault, printable
from campaign_calendars.messages.placeholders import foreign_placeholders
from campaign_calendars.messages.templates import (
    VARIABLES,
    Messages,
    lint_messages,
    templates_of,
)
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.model.store import Store
from tasks.calendars import engine
from tasks.calendars.codes import check_codes
from tasks.calendars.pictures import check_pictures

# The marks of a plain template; everything else is read by the template engine.
_MARKS = re.compile(
    r"\{\{\s*(?P<variable>\w+)\.(?P<key>\w+)\s*\}\}"
    r"|\{%-?\s*if\s+(?P<asked>\w+)\.(?P<asked_key>\w+)\s*-?%\}"
    r"|\{%-?\s*(?P<word>else|endif)\s*-?%\}"
)


class OutsideProjectError(ValueError):
    """A path leads out of the project, as it is written or through a link; nothing was read."""


def check_messages(calendar: Calendar, root: Path, store: Store | None = None) -> tuple[dict[str, str], list[Problem]]:
    """Read and check every template the calendar names; paths count from `root`.

    Returns name → text for the renderer, and all problems (C601 … C608, with a store the rules of
    each channel C610 … C615 as well), located in the templates.
    """
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for name, known in sorted(_named(calendar).items()):
        try:
            sources[name] = read_message(root, name)
        except (OSError, UnicodeDecodeError, OutsideProjectError) as error:
            problems.append(_unreadable(name, error))
        else:
            problems += check_message(sources[name], name, known)
    problems += check_pictures(calendar, root)
    problems += check_codes(calendar, root, sources)
    if store is not None:
        problems += lint_messages(calendar, store, Messages(sources))
    return sources, sort_problems(problems)


def read_message(root: Path, name: str) -> str:
    """The text of a template of the project in `root`. Raises OutsideProjectError, OSError, UnicodeDecodeError."""
    if path_fault(name) is not None or not _stays_in(root, name):
        raise OutsideProjectError(name)
    return (root / name).read_text("utf-8")


def _stays_in(root: Path, name: str) -> bool:
    """Whether a path without `..` stays in a directory: only a link leads out of it."""
    parts = Path(name).parts
    if not any(root.joinpath(*parts[:length]).is_symlink() for length in range(1, len(parts) + 1)):
        return True
    return (root / name).resolve().is_relative_to(root.resolve())


@dataclass(frozen=True, slots=True)
class Known:
    """What a template may name: links, and but for what a play that sends it `lacks` every variable."""

    lacks: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()

    @property
    def variables(self) -> dict[str, tuple[str, ...]]:
        """Variable → its keys."""
        return {**VARIABLES, "link": self.links}


def _named(calendar: Calendar) -> dict[str, Known]:
    """Template → what it may name."""
    found: dict[str, Known] = {}
    for phase in calendar.phases:
        for play in phase.plays:
            for template in templates_of(play):
                before = found.get(template, Known()).lacks
                found[template] = Known(before | _lacks(play), tuple(sorted(calendar.links)))
    return found


def _lacks(play: Play) -> frozenset[str]:
    has = {"benefit": bool(play.told), "list": play.list_ is not None, "member": play.post is None}
    return frozenset(name for name, there in has.items() if not there)


# What a play may lack of the variables: what is wrong, and the remedy.
_LACKING: dict[str, tuple[Said, Said]] = {
    "benefit": (
        (
            "the message names a benefit, but a play that uses it has none",
            "消息引用了权益，但使用它的玩法没有权益",
        ),
        (
            "Give the play a benefit, or use a message without one.",
            "请为该玩法配置权益，或换用不含权益的消息。",
        ),
    ),
    "list": (
        (
            "the message names a goods list, but a play that uses it has none",
            "消息引用了清单，但使用它的玩法没有清单",
        ),
        (
            "Write `list` at the play, or use a message without one.",
            "请在该玩法写 list，或换用不含清单的消息。",
        ),
    ),
    "member": (
        (
            "the message names a member, but a post that uses it is for everybody in the group",
            "消息引用了会员，但使用它的群帖面向全群",
        ),
        (
            "Speak to everybody, or give the post a message of its own.",
            "请面向全群撰写，或为群帖另写消息。",
        ),
    ),
}


def check_templates(calendar: Calendar, messages: Messages) -> list[Problem]:
    """Everything that would stop the calendar's templates from rendering (C601 … C607), in their files.

    A template that only writes known variables and asks whether they are empty, as most do, is passed
    without the template engine: checking a calendar should not wait for it.
    """
    found: list[Problem] = []
    for name, known in _named(calendar).items():
        text = messages.texts.get(name)
        if text is None:
            continue
        if not _is_plain(text, known):
            found += check_message(text, messages.file(name), known)
        if not has_errors(found):
            found += foreign_placeholders(text, messages.file(name), known.variables)
    return sort_problems(found)


def _is_plain(text: str, known: Known) -> bool:
    """Whether it holds only text, `{{ known.variable }}` and `{% if known.variable %}` … `{% endif %}`."""
    branches: list[str] = []
    for mark in _MARKS.finditer(text):
        variable, key = mark["variable"] or mark["asked"], mark["key"] or mark["asked_key"]
        if variable is not None:
            if _judge(variable, key, known, ("", 1)) is not None:
                return False
            if mark["asked"] is not None:
                branches.append("if")
        elif not branches or (mark["word"] == "else" and branches[-1] == "else"):
            return False
        elif mark["word"] == "else":
            branches[-1] = "else"
        else:
            branches.pop()
    rest = _MARKS.sub("", text)
    return not branches and not any(sign in rest for sign in ("{{", "}}", "{%", "%}", "{#", "#}"))


def check_message(text: str, file: str, known: Known | None = None) -> list[Problem]:
    """Everything that would stop the template from rendering, with file and line."""
    return list(_checked(text, file, known or Known()))


# Every run checks all templates of its calendar before it writes anything; the texts rarely change.
@lru_cache(maxsize=512)
def _checked(text: str, file: str, known: Known) -> tuple[Problem, ...]:
    from jinja2 import TemplateSyntaxError

    if len(text) > engine.MOST_CHARACTERS:
        return (
            _unread(f"more than {engine.MOST_CHARACTERS} characters", f"超过 {engine.MOST_CHARACTERS} 字", file, 1),
        )
    try:
        tree = engine.environment().parse(text)
        deep, line = engine.depth(tree)
        if deep <= engine.MOST_DEPTH:
            # Filters and tests are looked up when the template is compiled.
            engine.environment().compile(text)
    except TemplateSyntaxError as error:
        return (_unread(*read_fault(str(error.message)), file, error.lineno),)
    except (MemoryError, RecursionError, SyntaxError):
        return (_unread("it is nested too deep", "嵌套过深", file, _longest_line(text)),)
    if deep > engine.MOST_DEPTH:
        return (_unread("it is nested too deep", "嵌套过深", file, line),)
    found = [problem for line, name, key in _uses(tree) if (problem := _judge(name, key, known, (file, line)))]
    found += [_not_alone(Location(file, line, 1)) for line in _references(tree)]
    placed = {problem.location.line for problem in found}
    found += [_no_message(*what, file) for what in engine.too_much(tree) if what[0] not in placed]
    return tuple(sort_problems({(p.location, p.message): p for p in found}.values()))


def _longest_line(text: str) -> int:
    lines = text.split("\n")
    return max(range(len(lines)), key=lambda number: len(lines[number])) + 1


def _unread(why: str, why_zh: str, file: str, line: int) -> Problem:
    return Problem(
        "C601",
        "error",
        f"the template cannot be read: {why}",
        "Mend the braces, the tag or the filter on this line.",
        Location(file, line, 1),
        f"模板无法解析：{why_zh}",
        "请修正该行的括号、标签或过滤器。",
    )


def _no_message(line: int, what: str, what_zh: str, file: str) -> Problem:
    return Problem(
        "C606",
        "error",
        f"a message cannot {what}",
        "Write variables, filters and {% if … %}; nothing else is needed, and nothing else is bounded.",
        Location(file, line, 1),
        f"消息不能{what_zh}",
        "请只使用变量、过滤器和 {% if … %}。",
    )


def _uses(tree: Any) -> Iterator[tuple[int, str, str]]:
    """(line, variable, attribute or "") of every use of a variable the template did not set itself."""
    from jinja2 import meta, nodes

    outside = meta.find_undeclared_variables(tree)
    qualified: set[int] = set()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        key = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        if isinstance(node.node, nodes.Name) and node.node.name in outside and isinstance(key, str):
            qualified.add(id(node.node))
            yield node.lineno, node.node.name, key
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name in outside and id(node) not in qualified:
            yield node.lineno, node.name, ""


def _references(tree: Any) -> list[int]:
    """Lines that pull in another template."""
    from jinja2 import nodes

    return [node.lineno for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))]


def _not_alone(location: Location) -> Problem:
    return Problem(
        "C605",
        "error",
        "a message cannot include or extend another template",
        "Write its text here.",
        location,
        "消息不能引用或继承其他模板",
        "请把内容直接写在此处。",
    )


def _judge(name: str, key: str, known: Known, at: tuple[str, int]) -> Problem | None:
    location = Location(at[0], at[1], 1)
    written = f"{name}.{key}" if key else name
    if name not in known.variables or (key and key not in known.variables[name]):
        names = ", ".join(f"{variable}.{k}" for variable, keys in known.variables.items() for k in keys)
        return Problem(
            "C602",
            "error",
            f"{written} is not a variable of a message",
            f"Known: {names}.",
            location,
            f"{written} 不是消息变量",
            f"可用变量：{names}。",
        )
    if name in known.lacks:
        (said, said_zh), (remedy, remedy_zh) = _LACKING[name]
        return Problem("C603", "error", said, remedy, location, said_zh, remedy_zh)
    return None


def _unreadable(name: str, error: Exception) -> Problem:
    if isinstance(error, OutsideProjectError):
        fault, fault_zh = path_fault(name) or LEAVES
        said, said_zh = f"'{printable(name)}' {fault}; nothing was read", f"'{printable(name)}' {fault_zh}，未读取"
    elif isinstance(error, FileNotFoundError):
        said, said_zh = "the message does not exist", "消息模板不存在"
    else:
        said = f"the message cannot be read as UTF-8 ({type(error).__name__})"
        said_zh = f"消息模板无法以 UTF-8 读取（{type(error).__name__}）"
    return Problem(
        "C608" if isinstance(error, OutsideProjectError) else "C604",
        "error",
        said,
        "Write the template there, or correct the path in the calendar.",
        Location(printable(name)),
        said_zh,
        "请在该路径编写模板，或修正日历中的路径。",
    )

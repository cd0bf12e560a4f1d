"""Message templates: Jinja in a sandbox, checked before anything is sent, the same text every time.

A template sees these variables and nothing else; `benefit` exists only where the play has one:

    member.name                              empty when the store knows no name
    benefit.id .title .text .value .threshold    text: the benefit in one phrase; amounts as "30"
    play.id .title   phase.id .title   calendar.id .title   store.title
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.problem import Location, Problem, sort_problems
from campaign_calendars.messages.templates import VARIABLES, Messages, Names, lint_messages
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

    from warehouse.ledger.records import Job
    from warehouse.snapshots.recipients import Recipient

# Filters whose result depends on their input alone. `random` is not one; `tojson`, `xmlattr` and
# the like have no business in a message.
_FILTERS = (
    "capitalize", "default", "d", "first", "float", "int", "join", "last", "length", "lower", "replace", "round",
    "string", "title", "trim", "truncate", "upper",
)  # fmt: skip


# The marks of a plain template; everything else is read by the template engine.
_MARKS = re.compile(
    r"\{\{\s*(?P<variable>\w+)\.(?P<key>\w+)\s*\}\}"
    r"|\{%-?\s*if\s+(?P<asked>\w+)\.(?P<asked_key>\w+)\s*-?%\}"
    r"|\{%-?\s*(?P<word>else|endif)\s*-?%\}"
)


class MessageError(ValueError):
    """One message cannot be rendered; its job fails, the others go on."""


@dataclass(frozen=True)
class Renderer:
    """Jobs → texts. `sources` maps a message's name in the calendar to its template text."""

    sources: Mapping[str, str]
    names: Names
    _compiled: dict[str, Template] = field(default_factory=dict, repr=False)

    def __call__(self, job: Job, recipient: Recipient) -> str:
        """The text of one job; empty for a play without a message. Raises MessageError."""
        if job.message is None:
            return ""
        from jinja2 import TemplateError

        variables = self._variables(job, recipient)
        try:
            return self._template(job.message).render(variables)
        except MessageError:
            raise
        except TemplateError as error:
            raise MessageError(f"message {job.message}: {error.message}") from None
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # What an expression of the template did; its words could quote the member.
            raise MessageError(f"message {job.message}: {type(error).__name__}") from None

    def _template(self, name: str) -> Template:
        if name not in self._compiled:
            if name not in self.sources:
                raise MessageError(f"message {name} is no longer in the calendar")
            self._compiled[name] = _compiled(self.sources[name])
        return self._compiled[name]

    def _variables(self, job: Job, recipient: Recipient) -> dict[str, Any]:
        play = self.names.plays.get((job.phase, job.play))
        if play is None:
            raise MessageError(f"play {job.phase}/{job.play} is no longer in the calendar")
        known = {
            "member": {"name": recipient.name or ""},
            "play": play,
            "phase": self.names.phases[job.phase],
            "calendar": self.names.calendar,
            "store": self.names.store,
        }
        if job.benefit is not None:
            if job.benefit not in self.names.benefits:
                raise MessageError(f"benefit {job.benefit} is no longer in the calendar")
            known["benefit"] = self.names.benefits[job.benefit]
        return known


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, newline_sequence="\n"
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


# -- checks -------------------------------------------------------------------------------------
def check_messages(calendar: Calendar, root: Path, store: Store | None = None) -> tuple[dict[str, str], list[Problem]]:
    """Read and check every template the calendar names; paths count from `root`.

    Returns name → text for the renderer, and all problems (C601 … C605, with a store the rules of
    SMS C610 … C613 as well), located in the templates.
    """
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for name, has_benefit in sorted(_named(calendar).items()):
        try:
            sources[name] = (root / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_unreadable(name, error))
        else:
            problems += check_message(sources[name], name, has_benefit=has_benefit)
    if store is not None:
        problems += lint_messages(calendar, store, Messages(sources))
    return sources, sort_problems(problems)


def _named(calendar: Calendar) -> dict[str, bool]:
    """Template → whether every play that sends it gives a benefit: else `benefit` is unsafe in it."""
    with_benefit: dict[str, bool] = {}
    for phase in calendar.phases:
        for play in phase.plays:
            if play.message:
                with_benefit[play.message] = with_benefit.get(play.message, True) and bool(play.benefits)
    return with_benefit


def check_templates(calendar: Calendar, messages: Messages) -> list[Problem]:
    """Everything that would stop the calendar's templates from rendering (C601 … C605), in their files.

    A template that only writes known variables and asks whether they are empty, as most do, is passed
    without the template engine: checking a calendar should not wait for it.
    """
    found: list[Problem] = []
    for name, has_benefit in _named(calendar).items():
        text = messages.texts.get(name)
        if text is not None and not _is_plain(text, has_benefit=has_benefit):
            found += check_message(text, messages.file(name), has_benefit=has_benefit)
    return sort_problems(found)


def _is_plain(text: str, *, has_benefit: bool) -> bool:
    """Whether it holds only text, `{{ known.variable }}` and `{% if known.variable %}` … `{% endif %}`."""
    branches: list[str] = []
    for mark in _MARKS.finditer(text):
        variable, key = mark["variable"] or mark["asked"], mark["key"] or mark["asked_key"]
        if variable is not None:
            if key not in VARIABLES.get(variable, ()) or (variable == "benefit" and not has_benefit):
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


def check_message(text: str, file: str, *, has_benefit: bool = True) -> list[Problem]:
    """Everything that would stop the template from rendering, with file and line."""
    return list(_checked(text, file, has_benefit))


# Every run checks all templates of its calendar before it writes anything; the texts rarely change.
@lru_cache(maxsize=512)
def _checked(text: str, file: str, has_benefit: bool) -> tuple[Problem, ...]:
    from jinja2 import TemplateSyntaxError

    try:
        tree = _environment().parse(text)
        # Filters and tests are looked up when the template is compiled.
        _environment().compile(text)
    except TemplateSyntaxError as error:
        return (
            Problem(
                "C601",
                "error",
                f"the template cannot be read: {error.message}",
                "Mend the braces, the tag or the filter on this line.",
                Location(file, error.lineno, 1),
                f"模板无法解析：{error.message}",
                "请修正该行的括号、标签或过滤器。",
            ),
        )
    found = [problem for line, name, key in _uses(tree) if (problem := _judge(name, key, has_benefit, (file, line)))]
    found += [_not_alone(Location(file, line, 1)) for line in _references(tree)]
    return tuple(sort_problems({(p.location, p.message): p for p in found}.values()))


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


def _judge(name: str, key: str, has_benefit: bool, at: tuple[str, int]) -> Problem | None:
    location = Location(at[0], at[1], 1)
    written = f"{name}.{key}" if key else name
    if name not in VARIABLES or (key and key not in VARIABLES[name]):
        known = ", ".join(f"{variable}.{k}" for variable, keys in VARIABLES.items() for k in keys)
        return Problem(
            "C602",
            "error",
            f"{written} is not a variable of a message",
            f"Known: {known}.",
            location,
            f"{written} 不是消息变量",
            f"可用变量：{known}。",
        )
    if name == "benefit" and not has_benefit:
        return Problem(
            "C603",
            "error",
            "the message names a benefit, but a play that uses it has none",
            "Give the play a benefit, or use a message without one.",
            location,
            "消息引用了权益，但使用它的玩法没有权益",
            "请为该玩法配置权益，或换用不含权益的消息。",
        )
    return None


def _unreadable(name: str, error: Exception) -> Problem:
    missing = isinstance(error, FileNotFoundError)
    return Problem(
        "C604",
        "error",
        "the message does not exist" if missing else f"the message cannot be read as UTF-8 ({type(error).__name__})",
        "Write the template there, or correct the path in the calendar.",
        Location(name),
        "消息模板不存在" if missing else "消息模板无法以 UTF-8 读取",
        "请在该路径编写模板，或修正日历中的路径。",
    )


RenderMessage = Callable[["Job", "Recipient"], str]
"""What dispatch wants of a renderer: raises MessageError when one message cannot be rendered."""

"""Plain data from the parser's events, with the place of every key and value and every trap on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from campaign_calendars.findings.finding import Locations, Path, Place, Scalar
from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.reading.traps import explain, line_column, syntax_hint

MAX_DEPTH = 40
MAX_NODES = 200_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SKIPPED = "\x00"
"""Marks a key that was reported and takes no part in the data."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TAB = re.compile(r"^ *\t", re.MULTILINE)
_WIDE_COLON = re.compile(r"^[ \u3000]*(?:- )?[A-Za-z_][\w-]*(：)", re.MULTILINE)
_WIDE_INDENT = re.compile(r"^[ \t]*(\u3000)", re.MULTILINE)
_WIDE_COMMA = re.compile("[，、]")


@dataclass
class _Open:
    """A collection that is still being read."""

    value: dict[str, Any] | list[Any]
    path: Path
    is_flow: bool
    anchor: str | None
    key: str | None = None
    expects_key: bool = True
    skipped_keys: int = 0
    size: int = 1


@dataclass
class Reader:
    """Builds the data from parse events; one instance per text."""

    text: str
    file: str
    problems: list[Problem] = field(default_factory=list)
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    scalars: dict[Path, Scalar] = field(default_factory=dict)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    quoted_lines: set[int] = field(default_factory=set)
    max_depth: int = MAX_DEPTH
    stack: list[_Open] = field(default_factory=list)
    root: Any = None
    nodes: int = 0
    documents: int = 0
    stopped: bool = False
    error: yaml.MarkedYAMLError | None = None

    def locations(self) -> Locations:
        return Locations(self.file, self.keys, self.values, self.scalars, self.text)

    def document(self, parsed: str | None = None) -> dict[str, Any] | None:
        """The data of one document, None where it could not be read to its end.

        `parsed` is a text of the same lines that is parsed in place of this one, see `parts`.
        """
        self.take(self.text if parsed is None else parsed)
        self.full_width()
        if self.error is not None:
            self._syntax(self.error)
        elif not self.problems and not isinstance(self.root, dict):
            what, what_zh = ("is empty", "为空") if self.root is None else ("is not a mapping", "不是键值结构")
            self._say(
                "C010",
                (1, 1),
                (f"the file {what}", f"文件{what_zh}"),
                (
                    "Start with a line such as `calendar: queens-day-2026`.",
                    "请以 calendar: queens-day-2026 这样的一行开头。",
                ),
            )
        readable = self.error is None and not self.stopped and isinstance(self.root, dict)
        return self.root if readable else None

    def take(self, text: str) -> None:
        """Read every event of a text, up to where the parser gives up."""
        loader = LOADER(text)
        try:
            while not self.stopped and (event := loader.get_event()) is not None:
                self._take(event)
        except yaml.MarkedYAMLError as caught:
            self.error = caught
        finally:
            loader.dispose()

    # -- events ----------------------------------------------------------------------------

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):  # nearly all of them
            self._scalar(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._say(
                    "C008",
                    _place(event),
                    ("a second document starts here", "此处开始了第二个文档"),
                    ("Keep one calendar in one file; delete the `---`.", "一个文件只放一个日历；请删除 ---。"),
                )
                self.stopped = True
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    def _scalar(self, event: Any) -> None:
        start = event.start_mark
        place = start.line + 1, start.column + 1
        if event.tag is not None:
            self._check_tag(event, place)
        plain = not event.style
        if not plain:
            self.quoted_lines.update(range(event.start_mark.line, event.end_mark.line + 1))
        parent = self.stack[-1] if self.stack else None
        if parent is not None and parent.expects_key and isinstance(parent.value, dict):
            self._key(parent, event, place, plain)
            return
        if plain and parent is not None and parent.is_flow and isinstance(parent.value, list):
            self._flow_text(event.value, place)
        value = None if plain and event.value in _NULLS else event.value
        path = self._attach(value, place, collection=False)
        if path is not None and value is not None:
            end = event.end_mark
            self.scalars[path] = Scalar(value, start.line, start.column, end.line, end.column)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)

    def _key(self, parent: _Open, event: Any, place: Place, plain: bool) -> None:
        name = event.value
        parent.expects_key = False
        parent.key = name
        path = (*parent.path, name)
        if plain and name in _NULLS:
            self._say(
                "C009",
                place,
                ("a key is missing before the colon", "冒号前缺少键名"),
                ("Write the key, or quote it.", "请写出键名，或为其加引号。"),
            )
        elif plain and name == "<<":
            self._say(
                "C006",
                place,
                ("merge keys (`<<`) are not part of the calendar language", "日历语言不支持合并键（<<）"),
                ("Write the keys out.", "请逐项写出。"),
            )
        elif name in parent.value:
            line = self.keys[path][0]
            self._say(
                "C004",
                place,
                (f"{name!r} is written twice; first on line {line}", f"{name!r} 重复；首次出现在第 {line} 行"),
                ("Keep one of the two.", "请只保留一处。"),
            )
        else:
            self.keys[path] = place
            if plain and "：" in name:
                self._wide_colon(name, (place[0], place[1] + name.index("：")))
            return
        parent.key = f"{name}{_SKIPPED}{parent.skipped_keys}"
        parent.skipped_keys += 1

    def _start(self, event: Any) -> None:
        place = _place(event)
        self._check_tag(event, place)
        if len(self.stack) >= self.max_depth:
            self._say(
                "C011",
                place,
                (f"more than {MAX_DEPTH} levels of nesting", f"嵌套超过 {MAX_DEPTH} 层"),
                ("A calendar is never this deep; look for a bracket too many.", "日历不会这么深；请检查多余的括号。"),
            )
            self.stopped = True
            return
        parent = self._parent()
        if isinstance(parent, _Open) and isinstance(parent.value, dict) and parent.expects_key:
            self._say(
                "C009",
                place,
                ("a key has to be a text, not a list or a mapping", "键名必须是文本，不能是列表或键值结构"),
                ("Braces around a value such as {{ … }} need quotes.", "像 {{ … }} 这样的值需要加引号。"),
            )
            self.stopped = True
            return
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._attach(value, place, collection=not event.flow_style)
        self.stack.append(_Open(value, path or (), bool(event.flow_style), event.anchor))

    def _end(self) -> None:
        closed = self.stack.pop()
        if closed.anchor:
            self.anchors[closed.anchor] = (closed.value, closed.size)
        if self.stack:
            self.stack[-1].size += closed.size

    def _alias(self, event: Any) -> None:
        place = _place(event)
        value, size = self.anchors.get(event.anchor, (None, 0))
        if not size:
            self._say(
                "C005",
                place,
                (f"*{event.anchor} refers to nothing that stands before it", f"*{event.anchor} 之前没有对应的锚点"),
                ("A text that starts with * needs quotes.", "以 * 开头的文本需要加引号。"),
            )
        parent = self._parent()
        if parent is not None and isinstance(parent.value, dict) and parent.expects_key:
            parent.expects_key, parent.key = False, f"*{_SKIPPED}{parent.skipped_keys}"
            parent.skipped_keys += 1
            return
        self._attach(value, place, collection=False, size=max(size, 1))

    # -- building --------------------------------------------------------------------------

    def _parent(self) -> _Open | None:
        return self.stack[-1] if self.stack else None

    def _attach(self, value: Any, place: Place, *, collection: bool, size: int = 1) -> Path | None:
        """Put a value where it belongs and note its place; returns its path."""
        self.nodes += size
        if self.nodes > MAX_NODES:
            self._say(
                "C005",
                place,
                (f"aliases blow the file up to more than {MAX_NODES} values", f"别名展开后超过 {MAX_NODES} 个值"),
                ("Write the repeated parts out.", "请直接写出重复的部分。"),
            )
            self.stopped = True
            return None
        parent = self._parent()
        if parent is None:
            self.root = value
            self.values[()] = place
            return ()
        parent.size += size
        if isinstance(parent.value, list):
            path: Path = (*parent.path, len(parent.value))
            parent.value.append(value)
        else:
            key = parent.key or ""
            path = (*parent.path, key)
            if _SKIPPED not in key:
                parent.value[key] = value
            parent.expects_key = True
            # A block below its key is best pointed at by the key.
            place = self.keys.get(path, place) if collection else place
        self.values[path] = place
        return path

    # -- problems --------------------------------------------------------------------------

    def _check_tag(self, event: Any, place: Place) -> None:
        if event.tag is not None:
            self._say(
                "C007",
                place,
                (f"tags such as {event.tag} are not part of the calendar language", f"日历语言不支持标签 {event.tag}"),
                ("Delete the tag; a text that starts with ! needs quotes.", "请删除标签；以 ! 开头的文本需要加引号。"),
            )

    def _flow_text(self, value: str, place: Place) -> None:
        match = None if value.isascii() else _WIDE_COMMA.search(value)
        if match and match[0] == "，":
            self._say(
                "C003",
                (place[0], place[1] + match.start()),
                (
                    "full-width comma ， inside a [list]: YAML reads one item",
                    "[列表] 中使用了全角逗号：YAML 会当作一项",
                ),
                (
                    "Write `, `, or quote the text if the comma belongs to it.",
                    "请改用半角逗号；若逗号属于文本，请加引号。",
                ),
            )

    def _wide_colon(self, name: str, place: Place) -> None:
        key = name.partition("：")[0]
        self._say(
            "C003",
            place,
            (f"full-width colon ： after {key!r}", f"{key!r} 之后使用了全角冒号"),
            ("Write `: ` (a colon and a space).", "请改用半角冒号加空格。"),
        )

    def full_width(self) -> None:
        """Full-width punctuation that YAML swallows silently or trips over."""
        if "：" not in self.text and "\u3000" not in self.text:
            return
        for match in _WIDE_COLON.finditer(self.text):
            line, column = line_column(self.text, match.start(1))
            if line - 1 not in self.quoted_lines:
                self._wide_colon(match[0].strip(" \u3000-"), (line, column))
        for match in _WIDE_INDENT.finditer(self.text):
            line, column = line_column(self.text, match.start(1))
            if line - 1 not in self.quoted_lines:
                self._say(
                    "C003",
                    (line, column),
                    ("full-width space at the start of the line", "行首使用了全角空格"),
                    ("Indent with ordinary spaces.", "请用半角空格缩进。"),
                )

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        lines = self.text.split("\n")
        line = min(line, len(lines))
        tabs = [line_column(self.text, m.end() - 1) for m in _TAB.finditer(self.text)]
        tabs = [place for place in tabs if place[0] - 1 not in self.quoted_lines]
        if tabs and abs(tabs[0][0] - line) <= 1:
            for place in tabs:
                self._say(
                    "C002",
                    place,
                    ("a tab in the indentation", "缩进中使用了制表符"),
                    ("Indent with spaces.", "请用空格缩进。"),
                )
            return
        if any(problem.code == "C003" and problem.location.line <= line for problem in self.problems):
            return  # the full-width character is the cause; the parser only stumbled later
        message, zh = explain(error.problem or "", lines[line - 1])
        self._say(
            "C001", (line, min(column, len(lines[line - 1]) + 1)), (message, zh), syntax_hint(error.problem or "")
        )

    def _say(self, code: str, place: Place, texts: tuple[str, str], hints: tuple[str, str]) -> None:
        problem = Problem(code, "error", texts[0], hints[0], Location(self.file, *place), zh=texts[1], hint_zh=hints[1])
        if problem not in self.problems:
            self.problems.append(problem)


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1

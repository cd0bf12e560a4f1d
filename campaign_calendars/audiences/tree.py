"""The text of an audience expression → a tree. What it means is looked at in `segment_sql`.

From loosest to tightest, as in SQL:

    or   and minus   not   = <> is   < <= > >=   in between like   + -   *   - (sign)

A word or sign of SQL that is not part of the language is named as such; anything else that cannot
be read is pointed at. Depth and length of what is read are bounded, so no text exhausts the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

MAX_OPERATORS = 40
"""Operators of one rank in a row, `and` and `or` apart; each is one level of the tree."""
_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign><=|>=|<>|!=|==|\|\||::|//|\*\*|&&|->|.)""",
    re.VERBOSE | re.DOTALL,
)
_EQUAL = {"=": "=", "==": "=", "<>": "<>", "!=": "<>"}
_ORDERED = {">": ">", ">=": ">=", "<": "<", "<=": "<="}
_SAME_RANK = {"minus": "and"}
_OPERATORS = frozenset({"and", "or", "not", "minus", "in", "between", "is", "like"})
_FOREIGN = frozenset({
    *("any", "array", "as", "at", "case", "cast", "collate", "current_date", "current_timestamp", "date", "distinct"),
    *("else", "end", "escape", "exists", "from", "glob", "group", "having", "ilike", "interval", "isnull", "join"),
    *("lambda", "limit", "notnull", "on", "order", "regexp", "rlike", "select", "similar", "then", "time"),
    *("timestamp", "union", "using", "when", "where", "with"),
    *("/", "//", "%", "^", "**", "|", "||", "&", "&&", "::", "->", "[", "]", "{", "}", "?", "$", "@", "~", "#", "!"),
})  # fmt: skip

Sign = Literal["=", "<>", ">", ">=", "<", "<="]


class Token(NamedTuple):
    """A word of the text: `kind` is text, quoted, number, name, sign or end."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The keyword or sign; empty for everything that stands for itself."""
        return self.text.lower() if self.kind in ("name", "sign") else ""


class UnreadableError(ValueError):
    """The text cannot be read at `token`; `is_foreign`: a part of SQL that the language leaves out."""

    def __init__(self, token: Token, *, is_foreign: bool = False) -> None:
        super().__init__(token.text)
        self.token = token
        self.is_foreign = is_foreign


@dataclass(eq=False, repr=False)
class Node:
    """A part of an expression; `start` is the offset of its first word. Nobody changes one or compares two.

    (Fifteen frozen classes with slots would take longer to make than all the audiences to read.)
    """

    start: int


@dataclass(eq=False, repr=False)
class Logic(Node):
    """`and` or `or` of two or more parts, and where in the text each of them ends; `a minus b` is `a and not b`."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]
    ends: tuple[int, ...] = ()


@dataclass(eq=False, repr=False)
class Not(Node):
    inner: Node


@dataclass(eq=False, repr=False)
class Bracket(Node):
    inner: Node


@dataclass(eq=False, repr=False)
class Compare(Node):
    sign: Sign
    left: Node
    right: Node


@dataclass(eq=False, repr=False)
class Is(Node):
    """`is` and what follows it: null, true, false, or something that does not belong there."""

    left: Node
    right: Node


@dataclass(eq=False, repr=False)
class In(Node):
    """`options` is empty when no list of values follows."""

    left: Node
    options: tuple[Node, ...]


@dataclass(eq=False, repr=False)
class Between(Node):
    left: Node
    low: Node
    high: Node


@dataclass(eq=False, repr=False)
class Like(Node):
    left: Node
    right: Node


@dataclass(eq=False, repr=False)
class Arithmetic(Node):
    sign: Literal["+", "-", "*"]
    left: Node
    right: Node


@dataclass(eq=False, repr=False)
class Negative(Node):
    inner: Node


@dataclass(eq=False, repr=False)
class Name(Node):
    """A field as written; not `is_plain` when quoted or with a dot."""

    text: str
    is_plain: bool = True


@dataclass(eq=False, repr=False)
class Text(Node):
    value: str


@dataclass(eq=False, repr=False)
class Number(Node):
    text: str


@dataclass(eq=False, repr=False)
class Truth(Node):
    value: bool


@dataclass(eq=False, repr=False)
class Null(Node):
    """`null`, which belongs behind `is` only."""


@dataclass(eq=False, repr=False)
class Call(Node):
    """A function of the one text that is its argument, and of a number behind it; None when it got anything else."""

    name: str
    argument: Text | None
    number: Number | None = None


def read_expression(text: str) -> Node:
    """The tree of one expression; UnreadableError names the word at which it cannot be read."""
    reader = _Reader(_tokens(text))
    tree = reader.alternatives()
    if reader.token.kind != "end":
        raise reader.unreadable()
    return tree


def text_in(node: Node, value: str) -> Text | None:
    """The first text of this value inside the node; None when there is none."""
    if isinstance(node, Text):
        return node if node.value == value else None
    for below in vars(node).values():
        for part in below if isinstance(below, tuple) else (below,):
            if isinstance(part, Node) and (found := text_in(part, value)):
                return found
    return None


def _tokens(text: str) -> list[Token]:
    tokens = [
        Token(match.lastgroup or "sign", match[0], match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "skip"
    ]
    return [*tokens, Token("end", "", len(text.rstrip()))]


class _Reader:
    """Reads tokens from the left; one method for each rank of operators."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.token = tokens[0]

    def next(self) -> Token:
        """Go on by one token; returns the one that was left behind."""
        token = self.token
        if token.kind != "end":
            self.position += 1
            self.token = self.tokens[self.position]
        return token

    def end_before(self) -> int:
        """Where the token ends that was left behind last."""
        token = self.tokens[max(self.position - 1, 0)]
        return token.start + len(token.text)

    def takes(self, word: str) -> bool:
        if self.token.word != word:
            return False
        self.next()
        return True

    def unreadable(self) -> UnreadableError:
        """At the present token; at the last one when the text ends too early."""
        token = self.token
        if token.kind == "end" and self.position:
            return UnreadableError(self.tokens[self.position - 1])
        return UnreadableError(token, is_foreign=token.word in _FOREIGN)

    def alternatives(self) -> Node:
        return self._logic("or", lambda: self._logic("and", self.negation))

    def _logic(self, word: Literal["and", "or"], part: Callable[[], Node]) -> Node:
        first = part()
        parts, ends = [first], [self.end_before()]
        while word in (self.token.word, _SAME_RANK.get(self.token.word)):
            joint = self.next()
            parts.append(part() if joint.word == word else Not(joint.start, part()))
            ends.append(self.end_before())
        return Logic(first.start, word, tuple(parts), tuple(ends)) if len(parts) > 1 else first

    def negation(self) -> Node:
        start = self.token.start
        return Not(start, self.negation()) if self.takes("not") else self.equality()

    def equality(self) -> Node:
        left = self.comparison()
        for _ in range(MAX_OPERATORS):
            if sign := _EQUAL.get(self.token.word):
                self.next()
                left = Compare(left.start, "=" if sign == "=" else "<>", left, self.comparison())
            elif self.takes("is"):
                negated = self.takes("not")
                found: Node = Is(left.start, left, self.comparison())
                left = Not(left.start, found) if negated else found
            else:
                return left
        raise self.unreadable()

    def comparison(self) -> Node:
        left = self.range()
        for _ in range(MAX_OPERATORS):
            sign = _ORDERED.get(self.token.word)
            if sign is None:
                return left
            self.next()
            left = Compare(left.start, sign, left, self.range())  # type: ignore[arg-type]
        raise self.unreadable()

    def range(self) -> Node:
        left = self.sum()
        for _ in range(MAX_OPERATORS):
            negated = self.token.word == "not" and self._following().word in ("in", "between", "like")
            if negated:
                self.next()
            found: Node
            if self.takes("in"):
                found = In(left.start, left, self._options())
            elif self.takes("between"):
                low = self.sum()
                if not self.takes("and"):
                    raise self.unreadable()
                found = Between(left.start, left, low, self.sum())
            elif self.takes("like"):
                found = Like(left.start, left, self.sum())
            else:
                return left
            left = Not(left.start, found) if negated else found
        raise self.unreadable()

    def sum(self) -> Node:
        left = self.product()
        for _ in range(MAX_OPERATORS):
            if self.token.word not in ("+", "-"):
                return left
            sign = self.next().text
            left = Arithmetic(left.start, "+" if sign == "+" else "-", left, self.product())
        raise self.unreadable()

    def product(self) -> Node:
        left = self.signed()
        for _ in range(MAX_OPERATORS):
            if not self.takes("*"):
                return left
            left = Arithmetic(left.start, "*", left, self.signed())
        raise self.unreadable()

    def signed(self) -> Node:
        start = self.token.start
        if self.takes("-"):
            return Negative(start, self.signed())
        return self.signed() if self.takes("+") else self.operand()

    def operand(self) -> Node:
        token = self.token
        if token.kind == "text":
            self.next()
            return Text(token.start, token.text[1:-1].replace("''", "'"))
        if token.kind == "number":
            self.next()
            return Number(token.start, token.text)
        if self.takes("("):
            inner = self.alternatives()
            if not self.takes(")"):
                raise self.unreadable()
            return Bracket(token.start, inner)
        if token.kind == "quoted" or (token.kind == "name" and token.word not in _OPERATORS):
            return self._named()
        raise self.unreadable()

    def _named(self) -> Node:
        token = self.token
        if self._following().word == "(":
            return self._call()
        if token.word in _FOREIGN:
            raise self.unreadable()
        self.next()
        if token.word in ("true", "false"):
            return Truth(token.start, token.word == "true")
        if token.word in ("null", "unknown"):
            return Null(token.start)
        text = token.text
        while self.token.word == "." and self._following().kind in ("name", "quoted"):
            text += self.next().text + self.next().text
        return Name(token.start, text, is_plain=text == token.text and token.kind == "name")

    def _call(self) -> Node:
        name, _ = self.next(), self.next()
        first, *rest = self._inside() or [Token("end", "", name.start)]
        number = None
        if [token.kind for token in rest] == ["sign", "number"] and rest[0].text == ",":
            number = Number(rest[1].start, rest[1].text)
        if first.kind != "text" or (rest and number is None):
            return Call(name.start, name.text, None)
        return Call(name.start, name.text, Text(first.start, first.text[1:-1].replace("''", "'")), number)

    def _options(self) -> tuple[Node, ...]:
        """The values of a list; none when something else follows `in`."""
        if not self.takes("("):
            self.sum()
            return ()
        if self.token.word in ("select", "with", ")"):
            self._inside()
            return ()
        options = [self.alternatives()]
        while self.takes(",") and self.token.word != ")":
            options.append(self.alternatives())
        if not self.takes(")"):
            raise self.unreadable()
        return tuple(options)

    def _inside(self) -> list[Token]:
        """The tokens up to the bracket that closes the one just opened, which is left behind."""
        depth = 1
        inside: list[Token] = []
        while self.token.kind != "end":
            depth += {"(": 1, ")": -1}.get(self.token.word, 0)
            token = self.next()
            if not depth:
                return inside
            inside.append(token)
        raise self.unreadable()

    def _following(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

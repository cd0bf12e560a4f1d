"""What one line opens and does not close: quotes, brackets and braces."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_VALUE = re.compile(r"^ *(?:- +)*(?:[^\s'\"\[\]{}#,][^'\"\[\]{}#]*?: +)?(?=['\"\[{])")
_CLOSERS = {"[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Ends:
    """What is missing at the end of a line, and where its text ends (before a comment).

    `is_torn`: something is closed that was not opened, or stands behind the end of the value.
    """

    missing: str
    end: int
    is_torn: bool = False

    def closed(self, line: str) -> str:
        """The line with everything closed."""
        text = line[: self.end].rstrip()
        return text + " " * text.endswith(":") + self.missing + line[len(text) :]


def open_ends(line: str) -> Ends:
    """Read one line's value by the rules of quotes and brackets; nothing is open where it begins otherwise."""
    start = _VALUE.match(line)
    return _Scan(line, start.end()).ends() if start is not None else Ends("", len(line))


@dataclass
class _Scan:
    line: str
    at: int
    stack: list[str] = field(default_factory=list)
    quote: str = ""
    fresh: bool = True
    """Whether a quote here would begin a value, not stand inside one."""

    def ends(self) -> Ends:
        while self.at < len(self.line) and not self._is_comment():
            if self.quote:
                self._quoted()
            elif not self._plain():
                return Ends("", self.at, is_torn=True)
            self.at += 1
        return Ends(self.quote + "".join(reversed(self.stack)), min(self.at, len(self.line)))

    def _is_comment(self) -> bool:
        return not self.quote and self.line[self.at] == "#" and self.line[self.at - 1] == " "

    def _quoted(self) -> None:
        sign = self.line[self.at]
        if (sign == "\\" and self.quote == '"') or sign == self.quote == "'" == self.line[self.at + 1 : self.at + 2]:
            self.at += 1
        elif sign == self.quote:
            self.quote, self.fresh = "", False

    def _plain(self) -> bool:
        """Take one sign outside quotes; False where it closes what is not open or stands behind the end."""
        sign = self.line[self.at]
        if sign in "'\"" and self.fresh:
            self.quote = sign
        elif sign in _CLOSERS and (self.fresh or self.stack):
            self.stack.append(_CLOSERS[sign])
            self.fresh = True
        elif sign in "]}" and self.stack:
            self.fresh = False
            return self.stack.pop() == sign
        elif not self.stack and not sign.isspace():
            return False
        elif not sign.isspace():
            self.fresh = sign == "," or (sign == ":" and self.line[self.at + 1 : self.at + 2] in (" ", ""))
        return True

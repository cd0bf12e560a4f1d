"""The people of a batch, taken out of what the other side says about it.

A gateway's error quotes what it was sent: `cannot reach 王小明 at 139 0000 0101`. Names, addresses, member ids
and texts of the whole batch go, however they are spelt: full width, capitals, escapes of HTML, JSON and URLs,
blanks and dots between digits.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from urllib.parse import unquote

from campaign_calendars.values.masking import masked_words
from tasks.channels.port import Message

STARS = "***"
_SHORTEST_ID = 3  # a member called 40 would star every HTTP 404
_SHORTEST_NAME = 2  # of letters that make words only together
_QUOTED = 8  # characters in a row of a message's text: no accident any more
_LONGEST = 64  # of a name or id that is looked for as a whole
_TEXTS = 200  # of so many messages every text is looked for; of more, a text is only known by its people
_NUMBER = re.compile(r"\+?\d(?:[ .\-_/()·•]{0,3}\d){6,}")
_PLAIN = re.compile(r"[!-~]*")
_DIGIT_RUN = re.compile(r"\d{7,}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class PrivateWords:
    """What of these messages must not be kept. Made lazily: an answer without texts costs nothing.

    What is said of a whole batch, a file's name or why a gateway is busy, is said of each of its messages: each
    saying is looked through once.
    """

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = messages
        self._errors: dict[str, str] = {}
        self._receipts: dict[str, str] = {}

    def out_of(self, said: str) -> str:
        """An error or reason without the people, and without any number of seven digits or more or mail address."""
        if said not in self._errors:
            text = unicodedata.normalize("NFKC", _unescaped(said))
            self._errors[said] = masked_words(_NUMBER.sub(STARS, self._without_texts(self._words.starred(text))))
        return self._errors[said]

    def out_of_receipt(self, said: str) -> str:
        """A receipt without the people. Other numbers stay: the provider is asked by them later."""
        if said not in self._receipts:
            self._receipts[said] = self._out_of_receipt(said)
        return self._receipts[said]

    def _out_of_receipt(self, said: str) -> str:
        if _PLAIN.fullmatch(said) and not self._mentions_number(said):
            plain = self._plain_names.starred(said)
            return plain if "@" not in plain else masked_words(plain)
        return self.out_of(said)

    def _mentions_number(self, receipt: str) -> bool:
        for run in _DIGIT_RUN.findall(receipt):
            digits = self._numbers
            for size in {len(number) for number in digits}:
                if any(run[at : at + size] in digits for at in range(len(run) - size + 1)):
                    return True
        return False

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """Digits of the addresses that are telephone numbers, without what stands before them abroad."""
        found = (re.sub(r"\D", "", m.address) for m in self._messages if m.address and "@" not in m.address)
        return frozenset(each for digits in found if len(digits) >= 7 for each in (digits, digits[-11:]))  # noqa: PLR2004

    @cached_property
    def _names(self) -> _Words:
        return _Words(word for m in self._messages if m.name for word in _spellings(m.name))

    @cached_property
    def _plain_names(self) -> _Words:
        """Those of the names that can stand in a plain text: one in characters of Chinese alone cannot."""
        names = {m.name for m in self._messages if m.name}
        plain = {c for c in set().union(*names) if any(one.isascii() for one in unicodedata.normalize("NFKC", c))}
        return _Words(word for name in names if not plain.isdisjoint(name) for word in _spellings(name))

    @cached_property
    def _words(self) -> _Words:
        ids = (_folded(m.member_id) for m in self._messages if _SHORTEST_ID <= len(m.member_id) <= _LONGEST)
        addresses = (_folded(m.address) for m in self._messages if m.address and len(m.address) >= _SHORTEST_ID)
        return _Words(chain(self._names.words, ids, addresses))

    def _without_texts(self, said: str) -> str:
        """Without what is quoted of the texts: every run of characters that stands in one of them."""
        if len(said) < _QUOTED or not self._shingles:
            return said
        quoted = bytearray(len(said))
        for at in range(len(said) - _QUOTED + 1):
            if said[at : at + _QUOTED] in self._shingles:
                quoted[at : at + _QUOTED] = b"\1" * _QUOTED
        return re.sub("\0+", STARS, "".join("\0" if hidden else c for c, hidden in zip(said, quoted, strict=True)))

    @cached_property
    def _shingles(self) -> frozenset[str]:
        texts = {unicodedata.normalize("NFKC", " ".join(m.text.split())) for m in self._messages[:_TEXTS]}
        return frozenset(t[at : at + _QUOTED] for t in texts for at in range(len(t) - _QUOTED + 1))


class _Words:
    """Words that are looked for as wholes, in small letters."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._sizes = sorted({len(word) for word in self.words}, reverse=True)
        self._first = {word[0] for word in self.words}

    def starred(self, text: str) -> str:
        """The text without every word, the longest first, that does not stand inside a longer one."""
        folded = _folded(text)
        if self._first.isdisjoint(folded):
            return text
        kept: list[str] = []
        at = 0
        while at < len(text):
            size = self._found(folded, at) if folded[at] in self._first else 0
            kept.append(STARS if size else text[at])
            at += size or 1
        return "".join(kept)

    def _found(self, text: str, at: int) -> int:
        """How long the longest word is that begins here; 0: none does."""
        ends = (size for size in self._sizes if at + size <= len(text) and text[at : at + size] in self.words)
        return next((size for size in ends if _bounded(text, at, at + size)), 0)


def _spellings(name: str) -> Iterator[str]:
    """A name, its parts, and the given name of a Chinese one by itself."""
    whole = _folded(unicodedata.normalize("NFKC", name).strip())[:_LONGEST]
    parts = [whole, whole.replace(" ", ""), *re.split(r"[\s,·]+", whole)]
    if whole.isalpha() and not whole.isascii():  # without a family name of one character, or of two
        parts += [given for given in (whole[1:], whole[2:]) if len(given) >= _SHORTEST_NAME]
    yield from (part for part in parts if len(part) >= (_SHORTEST_NAME if part.isascii() else 1))


def _bounded(text: str, start: int, end: int) -> bool:
    """Letters and digits of ASCII stand in words; only whole ones are meant."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_joins(before, text[start]) or _joins(text[end - 1], after))


def _joins(left: str, right: str) -> bool:
    return bool(left and right) and all(c.isascii() and c.isalnum() for c in (left, right))


def _folded(text: str) -> str:
    """Small letters; as long as before, so that places stay the same."""
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _unescaped(said: str) -> str:
    text = html.unescape(said) if "&" in said else said
    text = unquote(text) if "%" in text else text
    return _ESCAPED.sub(_character, text) if "\\u" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code < 0x20 else chr(code)  # noqa: PLR2004
